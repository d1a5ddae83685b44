"""Keep one version of the examples in one folder, and what its file was like."""

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.origins import LeftOut, Mend, TableShape
from ftcore.models.trained import StoredExample, load_examples, save_examples

DATASET_FILE = "dataset.jsonl"
TEST_FILE = "test.jsonl"
READING_FILE = "reading.json"
SOURCE_FILE = "source.bin"
OLD_FINDINGS_FILE = "findings.json"  # until versions were kept: findings and no more


@dataclass(frozen=True, slots=True)
class KeptDataset:
    """What a version's folder holds for itself.

    Attributes:
        dataset: The examples, numbered from 1.
        test: Held-out examples that came with a template; empty otherwise.
    """

    dataset: Dataset
    test: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What happened when a file was read.

    Attributes:
        findings: What was wrong with the file, worst first, by its lines.
        mends: Rows repaired on the way in.
        left_out: Rows that could not become an example.
        table: How columns or keys were understood.
        filename: Name of the file; empty if there was none.
    """

    findings: tuple[Finding, ...] = ()
    mends: tuple[Mend, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    table: TableShape | None = None
    filename: str = ""


NO_READING = Reading()


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was brought, and how it was read."""

    reading: Reading
    content: bytes | Path


def save_dataset(folder: Path, kept: KeptDataset, source: Source | None = None) -> None:
    """Write a version into a folder that does not exist yet.

    It is written under another name first: a folder of that name is whole.

    Args:
        folder: Folder of the version.
        kept: Its examples.
        source: The file that it was read from, if it has just been read.
    """
    partial = folder.with_name(f".{folder.name}.partial")
    partial.mkdir(parents=True)
    examples = [StoredExample(e, held_out=False) for e in kept.dataset]
    save_examples(partial / DATASET_FILE, examples)
    if kept.test:
        save_examples(
            partial / TEST_FILE, [StoredExample(e, held_out=True) for e in kept.test]
        )
    if source is not None:
        _save_source(partial, source)
    partial.rename(folder)


def load_dataset(folder: Path, name: str, task: Task) -> KeptDataset:
    """Read the examples of a version, numbered from 1."""
    stored = load_examples(folder / DATASET_FILE)
    test = _numbered(load_examples(folder / TEST_FILE))
    return KeptDataset(Dataset(name, task, _numbered(stored)), test)


def load_reading(folder: Path) -> Reading:
    """Read how a version's file was read; a folder of before has findings only."""
    path = folder / READING_FILE
    if not path.is_file():
        return Reading(_load_old_findings(folder))
    values = json.loads(path.read_text(encoding="utf-8"))
    table = values["table"]
    return Reading(
        tuple(_finding_from_json(row) for row in values["findings"]),
        tuple(Mend(**{**row, "codes": tuple(row["codes"])}) for row in values["mends"]),
        tuple(LeftOut(**row) for row in values["left_out"]),
        _table(table) if table is not None else None,
        values["filename"],
    )


def load_source(folder: Path) -> bytes | None:
    """Return the bytes that a version was read from, if they were kept."""
    path = folder / SOURCE_FILE
    return path.read_bytes() if path.is_file() else None


def _numbered(stored: list[StoredExample]) -> tuple[Example, ...]:
    rows = enumerate(stored, 1)
    return tuple(Example(entry.example.messages, row) for row, entry in rows)


def _save_source(folder: Path, source: Source) -> None:
    if isinstance(source.content, Path):
        shutil.copyfile(source.content, folder / SOURCE_FILE)
    else:
        (folder / SOURCE_FILE).write_bytes(source.content)
    reading = source.reading
    values = {
        **asdict(reading),
        "findings": [_finding_to_json(finding) for finding in reading.findings],
    }
    content = json.dumps(values, ensure_ascii=False)
    (folder / READING_FILE).write_text(content, encoding="utf-8", errors="replace")


def _load_old_findings(folder: Path) -> tuple[Finding, ...]:
    path = folder / OLD_FINDINGS_FILE
    rows: list[dict[str, object]] = (
        json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    )
    found = (_finding_from_json(row) for row in rows)
    # Warnings were mostly about the examples, which every version looks for anew.
    return tuple(f for f in found if f.severity is not Severity.WARNING)


def _table(values: dict[str, Any]) -> TableShape:
    lists = {name: tuple(values[name]) for name in ("names", "sheets")}
    return TableShape(**{**values, **lists})


def _finding_to_json(finding: Finding) -> dict[str, object]:
    # Not Finding.to_json: that carries today's words instead of the values.
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "line": finding.line,
        "params": finding.params,
    }


def _finding_from_json(row: dict[str, object]) -> Finding:
    line, params = row["line"], row["params"]
    return Finding(
        str(row["code"]),
        Severity(str(row["severity"])),
        line if isinstance(line, int) else None,
        {**params} if isinstance(params, dict) else {},
    )
