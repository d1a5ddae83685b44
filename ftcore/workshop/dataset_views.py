"""What can be seen of a project's examples, without changing anything."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from ftcore.data.destinations.base import Judgement
from ftcore.data.destinations.registry import DESTINATIONS, judge_all, write_for
from ftcore.data.differences import DatasetDiff, compare
from ftcore.data.examples import Dataset, Example
from ftcore.data.exports import EXPORTS
from ftcore.data.findings import Finding
from ftcore.data.likeness import ExampleMap, likeness_texts, map_examples
from ftcore.data.quality import Quality, measure_quality
from ftcore.data.splitting import SplitPlan
from ftcore.errors import UnknownFileKindError
from ftcore.models.embeddings import Vectors, default_embedder
from ftcore.models.token_counters import token_counter
from ftcore.models.vector_store import KeptEmbedder, VectorStore
from ftcore.storage.records import DatasetRow, ProjectRow
from ftcore.texts import text
from ftcore.training.costs import quotes
from ftcore.training.prices import Quote
from ftcore.workshop.context import Context
from ftcore.workshop.dataset_folder import KeptDataset, Reading
from ftcore.workshop.history import (
    after,
    before,
    edits_since_import,
    find_version,
    recovered_lines,
)
from ftcore.workshop.recent import Recent
from ftcore.workshop.substance import MOST_COMPARED, SubstanceMaker, plan_of
from ftcore.workshop.vectors_ahead import VectorsAhead
from ftcore.workshop.versions import DatasetVersion, Versions


@dataclass(frozen=True, slots=True)
class CurrentDataset:
    """The examples that would train now.

    Attributes:
        row: What the store knows of them.
        dataset: The examples; ``line`` is their position, from 1.
        test: Held-out examples that came with a template; empty otherwise.
        findings: What may be wrong with the examples, worst first, by position.
        reading: How the file was read that they descend from.
        plan: What trains and what is asked.
        version: Number of this version, from 1.
        edits: Changes made by hand since the file was read.
    """

    row: DatasetRow
    dataset: Dataset
    test: tuple[Example, ...]
    findings: tuple[Finding, ...]
    reading: Reading
    plan: SplitPlan
    version: int
    edits: int = 0

    @property
    def held_out(self) -> int:
        """How many examples the model will be examined with."""
        return len(self.plan.test)


class DatasetViews:
    """Verbs that only look."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._versions = Versions(context)
        store = VectorStore(context.settings.vectors_file)
        self._vectors = KeptEmbedder(default_embedder, store)
        self._ahead = VectorsAhead(self._vectors)
        self._substance = SubstanceMaker(self._vectors)
        self._plans: Recent[SplitPlan] = Recent()
        self._pictures: Recent[ExampleMap] = Recent()
        self._judgements: Recent[list[Judgement]] = Recent()
        self._qualities: Recent[Quality] = Recent()

    def current(self, participant_id: str) -> CurrentDataset | None:
        """Return the examples that would train now, if there are any.

        What follows from them is worked out once a version; that embeds at most
        ``MOST_AT_ONCE`` new texts, a second's wait.
        """
        project = self._context.store.current_project(participant_id)
        rows = self._versions.rows(project) if project else []
        if project is None or not rows:
            return None
        row = rows[0]
        kept = self._versions.read(row)
        substance = self._substance.of(row, kept)
        return CurrentDataset(
            row=row,
            dataset=kept.dataset,
            test=kept.test,
            findings=substance.findings,
            reading=_without_lines(self._versions.reading(row), recovered_lines(rows)),
            plan=substance.plan,
            version=row.number,
            edits=edits_since_import(rows),
        )

    def examples(self, participant_id: str) -> Dataset | None:
        """Return the current examples alone, without looking at what they are like."""
        project = self._context.store.current_project(participant_id)
        rows = self._versions.rows(project) if project else []
        return self._versions.read(rows[0]).dataset if rows else None

    def exam_size(self, participant_id: str) -> int | None:
        """Return how many questions the exam asks; ``None`` without examples."""
        project = self._context.store.current_project(participant_id)
        rows = self._versions.rows(project) if project else []
        return len(self.load(rows[0])[1].test) if rows else None

    def load(self, row: DatasetRow) -> tuple[KeptDataset, SplitPlan]:
        """Return the examples of a version, and how they are shared out."""
        kept = self._versions.read(row)
        return kept, self._plans.get(row.id, row.rows, lambda: plan_of(row, kept))

    def versions(self, participant_id: str) -> list[DatasetVersion]:
        """Return every version of the current project's examples, newest first."""
        return self._versions.history(self._context.project(participant_id))

    def before(self, participant_id: str) -> DatasetRow | None:
        """Return the version that an undo would bring back, if any."""
        return before(self._versions.rows(self._context.project(participant_id)))

    def after(self, participant_id: str) -> DatasetRow | None:
        """Return the version that a redo would bring back, if any."""
        return after(self._versions.rows(self._context.project(participant_id)))

    def diff(
        self, participant_id: str, version_id: str, against: str | None = None
    ) -> DatasetDiff:
        """Say what a version changed.

        Args:
            participant_id: Whose project it is.
            version_id: The newer version.
            against: The older one; by default the version that it was made from.

        Raises:
            UnknownVersionError: The project has no such version.
        """
        rows = self._versions.rows(self._context.project(participant_id))
        row = find_version(rows, version_id)
        now = self._versions.read(row).dataset
        older = against or row.parent_id
        if older is None:
            return compare(Dataset(now.name, now.task, ()), now)
        return compare(self._versions.read(find_version(rows, older)).dataset, now)

    def vectors(self, participant_id: str) -> Vectors:
        """Return one unit row for each current example; only new texts are embedded.

        Raises:
            StepLockedError: There are no examples yet.
        """
        _project, row = self._ready(participant_id)
        texts = likeness_texts(self._versions.read(row).dataset)
        return self._vectors.query(texts)

    def embed_ahead(self, participant_id: str) -> None:
        """Have the vectors made that a training will need; returns at once.

        Harmless for whoever has no examples yet.
        """
        project = self._context.store.current_project(participant_id)
        rows = self._versions.rows(project) if project else []
        if rows:
            row = rows[0]
            self._ahead.prepare(
                row.fingerprint, lambda: self._versions.read(row).dataset
            )

    def close(self) -> None:
        """End what goes on in the background."""
        self._ahead.close()

    def picture(self, participant_id: str) -> ExampleMap | None:
        """Return the map of the examples by meaning.

        Embedding takes about 10 ms for each text that was never seen, so this is
        for a page that says so first; above ``MOST_COMPARED`` there is no map.

        Raises:
            StepLockedError: There are no examples yet.
        """
        _project, row = self._ready(participant_id)
        if row.rows > MOST_COMPARED:
            return None
        dataset = self._versions.read(row).dataset
        return self._pictures.get(
            row.fingerprint,
            row.rows,
            lambda: map_examples(dataset, self.vectors(participant_id)),
        )

    def quality(self, participant_id: str) -> Quality:
        """Return how good the current examples are, and what would help most.

        Raises:
            StepLockedError: There are no examples yet.
        """
        _project, row = self._ready(participant_id)
        kept = self._versions.read(row)
        found = self._substance.of(row, kept)
        return self._qualities.get(
            f"{row.id} {len(found.findings)}",  # more are found once vectors are known
            row.rows,
            lambda: measure_quality(
                kept.dataset, found.findings, test_size=len(found.plan.test)
            ),
        )

    def destinations(self, participant_id: str) -> list[Judgement]:
        """Return what each place to train says of the examples, the ready ones first.

        Raises:
            StepLockedError: There are no examples yet.
        """
        _project, row = self._ready(participant_id)
        dataset = self._versions.read(row).dataset
        models_dir = self._context.settings.models_dir
        return self._judgements.get(
            row.id,
            row.rows,
            lambda: judge_all(dataset, lambda name: token_counter(name, models_dir)),
        )

    def costs(self, participant_id: str) -> list[Quote]:
        """Return what training with the examples would cost elsewhere.

        Raises:
            StepLockedError: There are no examples yet.
        """
        return quotes(self.destinations(participant_id))

    def file(self, participant_id: str, kind: str) -> tuple[str, bytes]:
        """Return the current examples as a file to take away: its name and content.

        Args:
            participant_id: Whose examples.
            kind: One of the forms of ``EXPORTS``, or the name of a destination.

        Raises:
            StepLockedError: There are no examples yet.
            UnknownFileKindError: There is no such form or destination.
        """
        _project, row = self._ready(participant_id)
        dataset = self._versions.read(row).dataset
        if kind in DESTINATIONS:
            name, content = write_for(kind, dataset)
            return name, content.encode("utf-8", "replace")
        if kind not in EXPORTS:
            available = ", ".join([*EXPORTS, *DESTINATIONS])
            raise UnknownFileKindError(name=kind, available=available)
        export = EXPORTS[kind]
        return f"{_stem(dataset.name)}.{export.ending}", export.write(dataset)

    def _ready(self, participant_id: str) -> tuple[ProjectRow, DatasetRow]:
        project = self._context.project(participant_id)
        return project, self._context.dataset(project)


def _stem(name: str) -> str:
    """Return a file's name without its endings, safe on every system."""
    plain = "".join(c if c.isalnum() or c in "-_ " else "." for c in name)
    return plain.split(".")[0].strip()[:60] or text("dataset.file_name")


def _without_lines(reading: Reading, lines: Collection[int]) -> Reading:
    """Forget the left-out rows that have been recovered, and why they were."""
    if not lines:
        return reading
    waiting = tuple(row for row in reading.left_out if row.line not in lines)
    gone = {(row.code, row.line) for row in reading.left_out if row.line in lines}
    told = tuple(f for f in reading.findings if (f.code, f.line) not in gone)
    return replace(reading, left_out=waiting, findings=told)
