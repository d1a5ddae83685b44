"""What a press in step 2 does: keep, mend, remove, hold out, undo, read again."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import streamlit as st

from ftcore.data.examples import Example, Task
from ftcore.data.findings import CheckReport, Verdict
from ftcore.errors import FtcoreError
from ftcore.texts import text
from ftcore.ui.data_entry import Incoming
from ftcore.ui.data_mapping import Mapping
from ftcore.ui.data_progress import ReadingBar
from ftcore.ui.data_state import DataState, Preview, Rejected, Section
from ftcore.ui.feedback import show_error
from ftcore.ui.wording import counted
from ftcore.workshop.dataset_views import CurrentDataset
from ftcore.workshop.datasets import Datasets


@dataclass(frozen=True, slots=True)
class DataDesk:
    """One participant's examples on one screen, and every change to them.

    A verb that changes something notes what it did, and draws the page again; an
    expected error is shown where the verb was called, and changes nothing.

    Attributes:
        datasets: The verbs of the workshop.
        me: Id of the participant.
        state: The tab's memory.
        current: The examples in use.
        task: What the model learns, as far as it is known.
    """

    datasets: Datasets
    me: str
    state: DataState
    current: CurrentDataset | None
    task: Task

    def bring(self, incoming: Incoming) -> None:
        """Read what the participant has brought, with a bar, and use it."""

        def verb() -> CheckReport | None:
            with ReadingBar(incoming.label) as bar:
                return incoming.bring(self.datasets, self.me, bar)

        if (found := self._try(verb)) is not _FAILED:
            incoming.settle(
                self.state, found if isinstance(found, CheckReport) else None
            )
            st.rerun()

    def reread(self, mapping: Mapping) -> None:
        """Read the kept source in another way."""

        def verb() -> CheckReport:
            return self.datasets.reread(
                self.me,
                columns=mapping.columns,
                has_header=mapping.has_header,
                sheet=mapping.sheet,
                task=mapping.task,
            )

        report = self._try(verb)
        if not isinstance(report, CheckReport):
            return
        if report.verdict is Verdict.REJECT:
            self.state.rejected = Rejected(report, None)
        else:
            self.state.done(text("data_mapping.done"))
        self.state.jumps += 1
        st.rerun()

    def keep(self, examples: Sequence[Example]) -> None:
        """Keep all examples after an edit."""
        changed = counted("data_table.saved", len(examples))
        self._change(lambda: self._replace(examples), changed)

    def add(self, examples: Sequence[Example], line: int) -> None:
        """Add what a left-out row has become."""
        words = counted("data_left_out.added", len(examples))
        self._change(
            lambda: self.datasets.add_examples(
                self.me, examples, line=line, base=self.base
            ),
            words,
        )

    def remove(self, rows: Collection[int]) -> None:
        """Take examples out, given their positions from 1."""
        if self.current is not None:
            dataset = self.current.dataset
            left = [e for at, e in enumerate(dataset, start=1) if at not in rows]
            words = counted("data_desk.removed", len(dataset) - len(left))
            self._change(lambda: self._replace(left), words)

    def hold_out(self, rows: Collection[int] | None) -> None:
        """Choose the examples of the exam; ``None`` leaves it to the app."""
        words = text("data_desk.held_out")
        self._change(
            lambda: self.datasets.hold_out(self.me, rows, base=self.base), words
        )

    def restore(self, version_id: str) -> None:
        """Go back to a version."""
        words = text("data_desk.restored")
        self._change(lambda: self.datasets.restore(self.me, version_id), words)

    def undo(self) -> None:
        """Go back to the examples before the last change."""
        self._change(lambda: self.datasets.undo(self.me), text("data_desk.undone"))

    def fix(self, preview: Preview, rows: frozenset[int] | None, count: int) -> None:
        """Apply a fix that has been looked at."""
        words = counted("data_fixes.done", count)

        def verb() -> object:
            if not preview.code:
                return self.datasets.fix_all(self.me, base=self.base)
            chosen = preview.rows if rows is None else rows
            return self.datasets.fix(self.me, preview.code, chosen, base=self.base)

        self._change(verb, words)

    def redo(self) -> None:
        """Take one undo back."""
        self._change(lambda: self.datasets.redo(self.me), text("data_desk.redone"))

    def look_at(self, code: str, rows: frozenset[int] | None = None) -> None:
        """Open the preview of a fix."""
        self.state.preview, self.state.editing = Preview(code, rows), None

    def edit(self, row: int) -> None:
        """Open the form of one example; 0 for a new one."""
        self.state.editing, self.state.preview = row, None

    def edit_now(self, row: int) -> None:
        """Open the form of one example from the middle of a run."""
        self.edit(row)
        st.rerun()

    def land(self, row: int) -> None:
        """Show one example among the others, marked."""
        self.state.go(Section.EXAMPLES, row)
        self.state.as_table = False

    def land_now(self, row: int) -> None:
        """Show one example from the middle of a run."""
        self.land(row)
        st.rerun()

    @property
    def base(self) -> str | None:
        """Id of the version on screen: another tab may have made a newer one."""
        return self.current.row.id if self.current else None

    def _replace(self, examples: Sequence[Example]) -> object:
        return self.datasets.replace(self.me, examples, base=self.base)

    def _change(self, verb: Callable[[], object], notice: str) -> None:
        if self._try(verb) is not _FAILED:
            self.state.done(notice)
            self.state.jumps += 1
            st.rerun()

    def _try(self, verb: Callable[[], object]) -> object:
        try:
            return verb()
        except FtcoreError as error:
            show_error(error)
            return _FAILED


_FAILED = object()
