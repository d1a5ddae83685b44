"""Step 2: bring examples from a file, the Hub, a template or an empty table."""

from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from ftcore.data.check import check_file
from ftcore.data.examples import Dataset, Task
from ftcore.data.findings import CheckReport, Finding, Verdict
from ftcore.data.hub import load_hub_dataset
from ftcore.data.options import MEGABYTE, ColumnChoice, Limits, ReadOptions
from ftcore.data.templates import Template, load_template
from ftcore.errors import FileTooLargeError, NoSourceFileError
from ftcore.texts import text
from ftcore.workshop.dataset_edits import Params
from ftcore.workshop.dataset_fixes import DatasetFixes
from ftcore.workshop.dataset_folder import KeptDataset, Reading, Source
from ftcore.workshop.dataset_views import CurrentDataset
from ftcore.workshop.history import edits_since_import
from ftcore.workshop.versions import NewVersion

Progress = Callable[[float], None]
Content = bytes | Path

_MORE = "more_like_this"


class Datasets(DatasetFixes):
    """Verbs on the examples of the participant's current project.

    Looking is in ``DatasetViews``, changing by hand in ``DatasetEdits``, with one click
    in ``DatasetFixes``, and bringing here.
    """

    def check(
        self,
        participant_id: str,
        filename: str,
        content: Content,
        options: ReadOptions | None = None,
        *,
        progress: Progress | None = None,
    ) -> CheckReport:
        """Say everything about a file, and keep nothing.

        Args:
            participant_id: Who asks; a project must be there.
            filename: Name as uploaded.
            content: The bytes, or where a big file lies.
            options: What is decided before reading.
            progress: Told the share read, 0 to 1.

        Raises:
            StepLockedError: There is no project yet.
            FileTooLargeError: The file is over the limit of the settings.
            WrongTaskError: No example can serve ``options.task``.
        """
        self._context.project(participant_id)
        self._require_size(content)
        chosen = options or ReadOptions(limits=Limits.of(self._context.settings))
        return check_file(filename, content, chosen, progress=progress)

    def import_file(  # noqa: PLR0913 - one word for each thing that a person decides
        self,
        participant_id: str,
        filename: str,
        content: Content,
        *,
        columns: ColumnChoice | None = None,
        has_header: bool | None = None,
        sheet: str | None = None,
        task: Task | None = None,
        progress: Progress | None = None,
    ) -> CheckReport:
        """Read and check a file; what can train becomes the current version.

        A rejected file changes nothing, but its report is whole: the left-out rows
        can be mended by hand.

        Raises:
            StepLockedError: There is no project yet.
            FileTooLargeError: The file is over the limit of the settings.
            WrongTaskError: No example can serve ``task``.
        """
        limits = Limits.of(self._context.settings)
        options = ReadOptions(task, limits, columns, has_header, sheet)
        report = self.check(
            participant_id, filename, content, options, progress=progress
        )
        self._keep_report(participant_id, report, content, "import")
        return report

    def import_hub(
        self,
        participant_id: str,
        dataset_id: str,
        *,
        columns: ColumnChoice | None = None,
        progress: Progress | None = None,
    ) -> CheckReport:
        """Bring the first rows of a public dataset of the Hub, as a file would be.

        The rows are kept as a file, so they can be read again without a network.

        Args:
            participant_id: Who asks.
            dataset_id: ``owner/name``, or the address of its page.
            columns: The two columns to read, if they are known.
            progress: Told the share read, 0 to 1, once the rows are here.

        Raises:
            StepLockedError: There is no project yet.
            HubDatasetMissingError: There is no public dataset of that id.
            HubDatasetGatedError: Its owner asks for a registration first.
            HubUnreachableError: There is no network, or no answer in time.
            HubDatasetEmptyError: It has no rows.
            HubDatasetUnreadableError: The library cannot read it.
        """
        self._context.project(participant_id)
        filename, content = load_hub_dataset(dataset_id)
        limits = Limits.of(self._context.settings)
        options = ReadOptions(limits=limits, columns=columns)
        report = self.check(
            participant_id, filename, content, options, progress=progress
        )
        params = {"dataset_id": dataset_id}
        self._keep_report(participant_id, report, content, "hub", params)
        return report

    def reread(
        self,
        participant_id: str,
        *,
        columns: ColumnChoice | None = None,
        has_header: bool | None = None,
        sheet: str | None = None,
        task: Task | None = None,
    ) -> CheckReport:
        """Read the kept file in another way; edits since stay in the old version.

        ``CurrentDataset.edits`` says before how many those are, and the new
        version's params (``edits``) say it after.

        Raises:
            StepLockedError: There are no examples yet.
            NoSourceFileError: They do not come from a file that was kept.
            WrongTaskError: No example can serve ``task``.
        """
        project = self._context.project(participant_id)
        rows = self._versions.rows(project)
        row = self._newest(project, None)
        content = self._versions.source(row)
        if content is None:
            raise NoSourceFileError(number=row.number)
        limits = Limits.of(self._context.settings)
        options = ReadOptions(task, limits, columns, has_header, sheet)
        report = check_file(self._versions.reading(row).filename, content, options)
        params = {"edits": edits_since_import(rows)}
        self._keep_report(participant_id, report, content, "reread", params)
        return report

    def use_template(self, participant_id: str, name: str) -> Template:
        """Make a template's examples the current version.

        Raises:
            StepLockedError: There is no project yet.
            UnknownTemplateError: There is no such template.
        """
        template = load_template(name)
        kept = KeptDataset(template.dataset, template.test)
        params = {"title": template.title}
        self._keep(
            participant_id, NewVersion(kept, "template", params, None, None, "template")
        )
        return template

    def start_table(self, participant_id: str, task: Task) -> CurrentDataset:
        """Begin an empty table; step 3 stays locked until it has an example.

        Raises:
            StepLockedError: There is no project yet.
        """
        kept = KeptDataset(Dataset(text("dataset.table_name"), task, ()))
        self._keep(participant_id, NewVersion(kept, "table", origin="table"))
        return self._current(participant_id)

    def _keep_report(
        self,
        participant_id: str,
        report: CheckReport,
        content: Content,
        code: str,
        params: Params | None = None,
    ) -> None:
        if report.dataset is None or report.verdict is Verdict.REJECT:
            return
        # What is about the examples is looked for in every version anew.
        codes = {finding.code for finding in self._substance.checked(report.dataset)}
        reading = Reading(
            tuple(_without(report.findings, codes)),
            report.mends,
            report.left_out,
            report.table,
            report.filename,
        )
        kept = KeptDataset(report.dataset)
        told = {"filename": report.filename, **(params or {})}
        origin = "hub" if code == "hub" else "upload"
        source = Source(reading, content)
        new = NewVersion(kept, code, told, origin=origin, source=source)
        self._keep(participant_id, new)

    def _keep(self, participant_id: str, new: NewVersion) -> None:
        project = self._context.project(participant_id)
        with self._versions.lock(project):
            self._versions.keep(project, participant_id, new)

    def _require_size(self, content: Content) -> None:
        limit = self._context.settings.max_upload_mb
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        if size > limit * MEGABYTE:
            raise FileTooLargeError(found_mb=round(size / MEGABYTE), limit_mb=limit)


def _without(findings: Iterable[Finding], codes: Collection[str]) -> Iterator[Finding]:
    """Leave out the findings of some codes, with the lines that count more of them."""
    was_left_out = False
    for finding in findings:
        if finding.code != _MORE:
            was_left_out = finding.code in codes
        if not was_left_out:
            yield finding
