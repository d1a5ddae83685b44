"""What can be said of a file: findings, and the verdict that follows from them."""

from dataclasses import dataclass, field
from enum import StrEnum

from ftcore.data.examples import Dataset
from ftcore.data.origins import LeftOut, Mend, TableShape
from ftcore.errors import Param
from ftcore.texts import catalog, text


class Severity(StrEnum):
    """How much a finding matters, worst first."""

    ERROR = "error"  # this row or file cannot train
    REPAIR = "repair"  # it was mended on the way in
    WARNING = "warning"  # it trains, but the participant should know


class Verdict(StrEnum):
    """What the participant may do with the file."""

    ACCEPT = "accept"
    ACCEPT_WITH_WARNING = "accept_with_warning"
    REPAIR = "repair"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a file; its Spanish is looked up by ``code``.

    Attributes:
        code: Key of ``findings.<code>.message``, ``.fix`` and ``.why``.
        severity: How much it matters.
        line: Line of the source file, from 1; ``None`` if it is about the whole.
        params: Values for the placeholders of the texts.
    """

    code: str
    severity: Severity
    line: int | None = None
    params: dict[str, Param] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """What was found, in Spanish."""
        return text(f"findings.{self.code}.message", line=self.line, **self.params)

    @property
    def fix(self) -> str:
        """What to do about it, in Spanish."""
        return text(f"findings.{self.code}.fix", line=self.line, **self.params)

    @property
    def why(self) -> str:
        """Why it matters for training, in Spanish; empty if it teaches nothing."""
        return catalog().get(f"findings.{self.code}.why", "")

    def to_json(self) -> dict[str, object]:
        """Return the finding as the command line prints it."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "line": self.line,
            "message": self.message,
            "fix": self.fix,
            "why": self.why,
        }


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Everything known of one file after reading and checking it.

    Attributes:
        filename: Name as given.
        verdict: What may be done with it.
        dataset: The examples that can train; ``None`` exactly when rejected.
        findings: All findings, worst first, then by line.
        rows: Examples loaded, even when the verdict is ``reject``; of a big file,
            all of them, although ``dataset`` holds a sample.
        first: First user message, prompt or text; empty when nothing was loaded.
        message: One Spanish paragraph for a person.
        table: How columns or keys were understood; ``None`` if nothing was read.
        mends: Rows repaired while they were read, with what they were before.
        left_out: Rows that could not become an example.
    """

    filename: str
    verdict: Verdict
    dataset: Dataset | None
    findings: tuple[Finding, ...]
    rows: int
    first: str
    message: str
    table: TableShape | None = None
    mends: tuple[Mend, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the report as ``check --json`` prints it."""
        return {
            "file": self.filename,
            "verdict": self.verdict.value,
            "rows": self.rows,
            "first": self.first,
            "message": self.message,
            "findings": [finding.to_json() for finding in self.findings],
        }
