"""Mend a dataset on the command line, and write it in the form asked for."""

from collections.abc import Sequence
from pathlib import Path

from ftcore.cli.rows import write_whole
from ftcore.data.changes import Change, FixResult, renumber
from ftcore.data.destinations.registry import DESTINATIONS, write_for
from ftcore.data.examples import Dataset
from ftcore.data.exports import EXPORTS
from ftcore.data.findings import Finding
from ftcore.data.fixes import FIXES, apply_all, apply_fix
from ftcore.errors import UnknownFixError

ALL = "all"
MASK = "personal_data"
FORMATS = (*EXPORTS, *DESTINATIONS)
_USUAL = "jsonl"


def mend(
    dataset: Dataset, codes: Sequence[str], findings: Sequence[Finding]
) -> FixResult:
    """Apply fixes one after another.

    Args:
        dataset: The examples.
        codes: Codes of findings, or ``all`` for the safe ones that were found.
        findings: What was found in the file.

    Returns:
        The examples after the last fix, and the changes of every one.

    Raises:
        UnknownFixError: A code has no fix.
    """
    for code in codes:
        if code != ALL and code not in FIXES:
            raise UnknownFixError(name=code, available=", ".join([ALL, *FIXES]))
    now, changes = renumber(dataset), list[Change]()
    for code in codes:
        result = apply_all(now, findings) if code == ALL else apply_fix(now, code)
        now = result.dataset
        changes += result.changes
    return FixResult(now, tuple(changes))


def write_output(dataset: Dataset, path: Path, form: str | None) -> str:
    """Write the examples whole or not at all, and return the form.

    Args:
        dataset: The examples.
        path: Where to write.
        form: One of ``FORMATS``; by the ending of the name if ``None``.

    Raises:
        CellTooLongError: A text is longer than a cell of Excel.
        FileNotWritableError: The folder cannot be written.
    """
    ending = path.suffix.lower().removeprefix(".")
    chosen = form or (ending if ending in EXPORTS else _USUAL)
    if chosen in EXPORTS:
        write_whole(path, EXPORTS[chosen].write(dataset))
    else:
        write_whole(path, write_for(chosen, dataset)[1].encode("utf-8", "replace"))
    return chosen
