"""Collect findings without keeping them all: the first of each kind, and counts."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count

from ftcore.data.findings import Finding, Severity

MOST_PER_CODE = 200  # findings of one kind listed one by one
_NAMED_LINES = 8  # lines of a group that a sentence may name
_RANK = {severity: rank for rank, severity in enumerate(Severity)}
_Key = tuple[int, int, int, int]  # severity, line, stage, order of arrival


@dataclass(slots=True)
class FindingGroup:
    """All findings of one code.

    Attributes:
        kept: The first of them, each with its place among all findings.
        count: How many there are.
        lines: The first lines that they name.
        line_count: How many lines they name.
    """

    kept: list[tuple[_Key, Finding]] = field(default_factory=list)
    count: int = 0
    lines: list[int] = field(default_factory=list)
    line_count: int = 0
    last_line: int = 0

    @property
    def first(self) -> Finding:
        """The worst of them, or the first of the worst."""
        return min(self.kept, key=lambda entry: entry[0])[1]

    @property
    def others(self) -> int:
        """How many more sentences there are than the first one's."""
        if self.count > len(self.kept):
            return self.count - 1
        return len({finding.message for _, finding in self.kept}) - 1

    def place(self, line: int | None) -> None:
        """Count one more finding on this line; lines come in rising order."""
        self.count += 1
        if line is None or line == self.last_line:
            return
        self.last_line = line
        self.line_count += 1
        if len(self.lines) < _NAMED_LINES:
            self.lines.append(line)


class FindingLog:
    """Findings in batches, in memory that does not grow with the file.

    Attributes:
        kinds: Pairs of severity and 'is about the whole file' that were met.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.kinds: set[tuple[Severity, bool]] = set()
        self._groups: dict[str, FindingGroup] = {}
        self._whole: set[tuple[object, ...]] = set()
        self._seen: set[tuple[object, ...]] = set()
        self._error_lines: set[int] = set()
        self._closed_errors = 0
        self._last_line = 0
        self._order = count()

    def add(self, findings: Iterable[Finding], stage: int = 0) -> None:
        """Add a batch of findings that were made by one stage."""
        self.add_staged([(stage, findings)])

    def add_staged(self, batch: Iterable[tuple[int, Iterable[Finding]]]) -> None:
        """Add findings of one part of the file; exact repetitions count once.

        Args:
            batch: Stages of the check with what they found. Of findings alike in
                severity and line, those of an earlier stage are shown first.
        """
        entries = [
            (self._key(finding, stage), finding)
            for stage, findings in batch
            for finding in findings
        ]
        entries.sort(key=lambda entry: entry[0])
        for key, finding in entries:
            identity = _identity(finding)
            known = self._whole if finding.line is None else self._seen
            if identity in known:
                continue
            known.add(identity)
            if finding.severity is Severity.ERROR and finding.line is not None:
                self._error_lines.add(finding.line)
            self._keep(key, finding)
        self._let_go(max((finding.line or 0 for _, finding in entries), default=0))

    def _let_go(self, last: int) -> None:
        """Forget the lines before the last one, which alone may be met again."""
        self._last_line = max(last, self._last_line)
        self._seen = {entry for entry in self._seen if entry[1] == self._last_line}
        open_lines = {line for line in self._error_lines if line == self._last_line}
        self._closed_errors += len(self._error_lines) - len(open_lines)
        self._error_lines = open_lines

    @property
    def error_lines(self) -> int:
        """How many lines have an error."""
        return self._closed_errors + len(self._error_lines)

    def add_many(
        self, lines: Sequence[int], make: Callable[[int], Finding], stage: int
    ) -> None:
        """Add many findings of one code and severity that are no errors.

        Args:
            lines: Their lines, in rising order.
            make: Returns the finding at an index of ``lines``; called only for
                those that are kept.
            stage: The stage that found them.
        """
        group: FindingGroup | None = None
        for index, line in enumerate(lines):
            if group is None or len(group.kept) < MOST_PER_CODE:
                finding = make(index)
                group = self._keep(self._key(finding, stage), finding)
            else:
                group.place(line)

    def _key(self, finding: Finding, stage: int) -> _Key:
        line = finding.line or 0
        return _RANK[finding.severity], line, stage, next(self._order)

    def _keep(self, key: _Key, finding: Finding) -> FindingGroup:
        group = self._groups.setdefault(finding.code, FindingGroup())
        if len(group.kept) < MOST_PER_CODE:
            group.kept.append((key, finding))
        group.place(finding.line)
        self.kinds.add((finding.severity, finding.line is None))
        return group

    def groups(self) -> list[FindingGroup]:
        """Return the groups, worst first, then by their first line."""
        return sorted(
            self._groups.values(), key=lambda group: min(key for key, _ in group.kept)
        )

    def findings(self) -> tuple[Finding, ...]:
        """Return the kept findings, worst first; of the others, how many."""
        entries = [entry for group in self._groups.values() for entry in group.kept]
        for group in self._groups.values():
            rest = group.count - len(group.kept)
            if rest:
                key, last = max(group.kept, key=lambda entry: entry[0])
                params = {"count": rest}
                more = Finding(
                    "more_like_this", last.severity, last.line, params={**params}
                )
                entries.append(((*key[:3], key[3]), more))
        entries.sort(key=lambda entry: entry[0])  # stable: 'more' follows its last
        return tuple(finding for _, finding in entries)


def _identity(finding: Finding) -> tuple[object, ...]:
    params = finding.params
    if not params:
        return finding.code, finding.line
    return finding.code, finding.line, *sorted(params.items())


def arrange(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings worst first, then by line, and drop exact repetitions."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        kept.setdefault(_identity(finding), finding)
    return sorted(kept.values(), key=lambda f: (_RANK[f.severity], f.line or 0))


def shorten(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Keep the first findings of each kind, and count the others in one more."""
    log = FindingLog()
    log.add(findings)
    return log.findings()
