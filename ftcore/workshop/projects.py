"""Steps 1 to 3: the participant, the project, its data and its tool."""

from dataclasses import dataclass
from pathlib import Path

from ftcore.data.check import arrange, check_file
from ftcore.data.checks import CHECKS
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import CheckReport, Finding, Verdict
from ftcore.data.formats import dataset_to_jsonl
from ftcore.data.options import Limits, ReadOptions
from ftcore.data.splitting import split_dataset
from ftcore.data.templates import Template, list_templates, load_template
from ftcore.errors import FileTooLargeError, TrainerClosedError, UnknownTrainerError
from ftcore.runtime import DEFAULT_SEED, new_id
from ftcore.storage.records import DatasetRow, ParticipantRow, ProjectRow
from ftcore.training.base import Availability, Forecast, Preset
from ftcore.training.presets import configure
from ftcore.workshop.context import Context
from ftcore.workshop.dataset_folder import KeptDataset, load_dataset, save_dataset
from ftcore.workshop.steps import Overview

MEGABYTE = 1_000_000
MAX_NICKNAME = 40
MAX_NAME = 120
MAX_OBJECTIVE = 600


@dataclass(frozen=True, slots=True)
class CurrentDataset:
    """The dataset that would train now.

    Attributes:
        row: What the store knows of it.
        dataset: The examples.
        test: Held-out examples that came with a template; empty otherwise.
        findings: What was found when it came in, worst first.
    """

    row: DatasetRow
    dataset: Dataset
    test: tuple[Example, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def held_out(self) -> int:
        """How many examples the model will be examined with."""
        if self.test:
            return len(self.test)
        return len(split_dataset(self.dataset, seed=DEFAULT_SEED).test)


@dataclass(frozen=True, slots=True)
class ToolOffer:
    """One training backend as step 3 shows it."""

    name: str
    availability: Availability
    forecast: Forecast | None


class Projects:
    """Verbs on participants, projects, datasets and tools."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    def visit(self, participant_id: str) -> Overview:
        """Note that the participant is here, and return where they are."""
        return self.overview(self._store.see_participant(participant_id))

    def overview(self, participant: ParticipantRow) -> Overview:
        """Return where a participant is, without noting a visit."""
        project = self._store.current_project(participant.id)
        if project is None:
            return Overview(participant.id, participant.nickname)
        datasets = self._store.datasets(project.id)
        jobs = self._store.jobs(project.id)
        model_job = self._context.model_job(project)
        evaluation = self._store.latest_evaluation(model_job.id) if model_job else None
        return Overview(
            participant.id,
            participant.nickname,
            project,
            datasets[0] if datasets else None,
            jobs[0] if jobs else None,
            model_job,
            evaluation,
        )

    def templates(self) -> list[Template]:
        """Return the ready templates in the order that the course shows them."""
        return list_templates()

    def save(
        self,
        participant_id: str,
        *,
        use_case: str,
        template: str | None,
        name: str,
        objective: str,
        nickname: str = "",
    ) -> ProjectRow:
        """Keep what step 1 asks.

        The same use case changes the current project; another one starts a new
        project, and the old one is kept with all that it led to.
        """
        self._store.see_participant(participant_id)
        if nickname.strip():
            self._store.name_participant(
                participant_id, nickname.strip()[:MAX_NICKNAME]
            )
        fields = {
            "use_case": use_case,
            "template": template,
            "name": name.strip()[:MAX_NAME],
            "objective": objective.strip()[:MAX_OBJECTIVE],
        }
        current = self._store.current_project(participant_id)
        if current is not None and _same_choice(current, use_case, template):
            self._store.update_project(current.id, **fields)
            return self._context.project(participant_id)
        return self._store.add_project(participant_id, **fields)

    def import_dataset(
        self, participant_id: str, filename: str, content: bytes
    ) -> CheckReport:
        """Read and check a file; what can train becomes the current dataset.

        A rejected file changes nothing: the dataset before it stays.

        Raises:
            FileTooLargeError: The file is over the limit of the settings.
        """
        project = self._context.project(participant_id)
        settings = self._context.settings
        if len(content) > settings.max_upload_mb * MEGABYTE:
            raise FileTooLargeError(
                found_mb=round(len(content) / MEGABYTE), limit_mb=settings.max_upload_mb
            )
        report = check_file(filename, content, ReadOptions(limits=Limits.of(settings)))
        if report.dataset is not None and report.verdict is not Verdict.REJECT:
            kept = KeptDataset(report.dataset, findings=report.findings)
            self._keep(project, kept, "upload")
        return report

    def use_template(self, participant_id: str, name: str) -> Template:
        """Make a template's examples the current dataset."""
        project = self._context.project(participant_id)
        template = load_template(name)
        found = arrange(f for check in CHECKS for f in check(template.dataset))
        kept = KeptDataset(template.dataset, template.test, tuple(found))
        self._keep(project, kept, "template")
        return template

    def dataset(self, participant_id: str) -> CurrentDataset | None:
        """Return the dataset that would train now, if there is one."""
        project = self._store.current_project(participant_id)
        rows = self._store.datasets(project.id) if project else []
        return self.load(rows[0]) if rows else None

    def previous_dataset(self, participant_id: str) -> DatasetRow | None:
        """Return the dataset that an undo would bring back, if any."""
        rows = self._store.datasets(self._context.project(participant_id).id)
        current = rows[0].fingerprint if rows else ""
        return next((row for row in rows if row.fingerprint != current), None)

    def undo_dataset(self, participant_id: str) -> CurrentDataset | None:
        """Bring back the dataset before the current one; both stay kept."""
        project = self._context.project(participant_id)
        row = self.previous_dataset(participant_id)
        if row is None:
            return self.dataset(participant_id)
        self._keep(project, self._read(row), row.origin)
        return self.dataset(participant_id)

    def load(self, row: DatasetRow) -> CurrentDataset:
        """Read a kept dataset from its folder."""
        kept = self._read(row)
        return CurrentDataset(row, kept.dataset, kept.test, kept.findings)

    def dataset_file(self, participant_id: str) -> str:
        """Return the current dataset as clean JSONL, to take away."""
        current = self.dataset(participant_id)
        return dataset_to_jsonl(current.dataset) if current else ""

    def tools(self, participant_id: str) -> list[ToolOffer]:
        """Return every training backend with what it would take."""
        current = self.dataset(participant_id)
        offers = []
        for name, trainer in self._context.trainers.items():
            forecast = None
            if current is not None:
                task, count = current.dataset.task, len(current.dataset)
                config = configure(task, Preset.BALANCED, count)
                forecast = trainer.forecast(current.dataset, config)
            offers.append(ToolOffer(name, trainer.availability(), forecast))
        return offers

    def choose_tool(self, participant_id: str, name: str) -> None:
        """Keep the choice of step 3.

        Raises:
            UnknownTrainerError: There is no such tool.
            TrainerClosedError: It cannot be used here and now.
        """
        project = self._context.project(participant_id)
        if name not in self._context.trainers:
            available = ", ".join(self._context.trainers)
            raise UnknownTrainerError(name=name, available=available)
        availability = self._context.trainers[name].availability()
        if not availability.is_open:
            raise TrainerClosedError(name=name, reason=availability.reason or "")
        self._store.update_project(project.id, tool=name)

    def _keep(self, project: ProjectRow, kept: KeptDataset, origin: str) -> None:
        dataset_id = new_id()
        save_dataset(self._folder(dataset_id), kept)
        self._store.add_dataset(
            project.id,
            dataset_id,
            filename=kept.dataset.name,
            origin=origin,
            task=kept.dataset.task.value,
            rows=len(kept.dataset),
            fingerprint=kept.dataset.fingerprint,
        )

    def _read(self, row: DatasetRow) -> KeptDataset:
        return load_dataset(self._folder(row.id), row.filename, Task(row.task))

    def _folder(self, dataset_id: str) -> Path:
        return self._context.settings.data_dir / "datasets" / dataset_id


def _same_choice(current: ProjectRow, use_case: str, template: str | None) -> bool:
    return current.use_case == use_case and current.template == template
