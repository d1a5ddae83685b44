"""What step 2 remembers in one tab: section, row to land on, unsaved edits."""

from dataclasses import dataclass
from enum import StrEnum

import streamlit as st

from ftcore.data.findings import CheckReport
from ftcore.ui.data_draft import TableDraft
from ftcore.ui.session import current_session

_KEY = "data"


class Section(StrEnum):
    """The parts of step 2 below the verdict, in their order on screen."""

    EXAMPLES = "examples"
    IMPROVE = "improve"
    MAP = "map"
    EXAM = "exam"
    DESTINATIONS = "destinations"
    VERSIONS = "versions"


@dataclass(frozen=True, slots=True)
class Preview:
    """A fix that the participant looks at before it is applied.

    Attributes:
        code: Code of the findings to mend; empty for everything that is safe.
        rows: Positions of the examples, from 1; ``None`` for all that need it.
    """

    code: str
    rows: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file that could not be used, kept so that it can be read in another way.

    Attributes:
        report: What was found in it.
        content: Its bytes; ``None`` for the file that the examples in use come from.
    """

    report: CheckReport
    content: bytes | None


@dataclass(slots=True)
class DataState:
    """What one browser tab remembers of step 2.

    Attributes:
        project: Whose memory it is; another project starts afresh.
        section: The section on screen.
        row: Position of the example to land on, from 1.
        jumps: How often the code has moved the person: widgets that hold a place
            carry it in their key, so that they start anew there.
        seen_upload: The uploader's file that has been dealt with.
        rejected: The last file, if it could not be used.
        preview: A fix being looked at.
        editing: Position of the example in the editing dialog; 0 for a new one.
        draft: Unsaved edits of the table.
        as_table: Whether the examples are shown as an editable table.
        confirmed: Id of the reading whose columns the person has said are right.
        notice: What has just been done, to be said once.
    """

    project: str = ""
    section: Section = Section.EXAMPLES
    row: int | None = None
    jumps: int = 0
    seen_upload: str = ""
    rejected: Rejected | None = None
    preview: Preview | None = None
    editing: int | None = None
    draft: TableDraft | None = None
    as_table: bool = False
    confirmed: str = ""
    notice: str = ""

    @property
    def unsaved(self) -> int:
        """How many rows of the table were changed and not saved."""
        return self.draft.changes if self.draft else 0

    def go(self, section: Section, row: int | None = None) -> None:
        """Show a section at the next run, at one example if given."""
        self.section, self.row = section, row
        self.jumps += 1

    def done(self, notice: str) -> None:
        """Note that the examples have changed: what hung on the old ones ends."""
        self.preview = self.editing = self.draft = self.rejected = self.row = None
        self.notice = notice


def data_state(project: str | None = None) -> DataState:
    """Return this tab's memory of step 2.

    Args:
        project: Id of the current project; another one than before starts afresh.
    """
    notes = current_session().notes
    state = notes.get(_KEY)
    if not isinstance(state, DataState) or project not in (None, state.project):
        state = notes[_KEY] = DataState(project or "")
    return state


def open_example(row: int) -> None:
    """Land on an example: show the examples, with this one marked.

    Args:
        row: Position of the example, from 1.
    """
    data_state().go(Section.EXAMPLES, row)
    st.rerun()


def open_section(section: Section) -> None:
    """Show a section of step 2."""
    data_state().go(section)
    st.rerun()
