"""Keep one dataset, its own test and what was found in it, in one folder."""

import json
from dataclasses import dataclass
from pathlib import Path

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import Finding, Severity
from ftcore.models.trained import StoredExample, load_examples, save_examples

DATASET_FILE = "dataset.jsonl"
TEST_FILE = "test.jsonl"
FINDINGS_FILE = "findings.json"


@dataclass(frozen=True, slots=True)
class KeptDataset:
    """What a dataset's folder holds.

    Attributes:
        dataset: The examples.
        test: Held-out examples that came with a template; empty otherwise.
        findings: What was found when the file came in, with its lines.
    """

    dataset: Dataset
    test: tuple[Example, ...] = ()
    findings: tuple[Finding, ...] = ()


def save_dataset(folder: Path, kept: KeptDataset) -> None:
    """Write a dataset into a folder that does not exist yet."""
    folder.mkdir(parents=True)
    examples = [StoredExample(e, held_out=False) for e in kept.dataset]
    save_examples(folder / DATASET_FILE, examples)
    if kept.test:
        save_examples(
            folder / TEST_FILE, [StoredExample(e, held_out=True) for e in kept.test]
        )
    rows = [_finding_to_json(finding) for finding in kept.findings]
    (folder / FINDINGS_FILE).write_text(
        json.dumps(rows, ensure_ascii=False), encoding="utf-8"
    )


def load_dataset(folder: Path, name: str, task: Task) -> KeptDataset:
    """Read a dataset's folder; one without findings has none."""
    examples = tuple(s.example for s in load_examples(folder / DATASET_FILE))
    test = tuple(s.example for s in load_examples(folder / TEST_FILE))
    return KeptDataset(Dataset(name, task, examples), test, _load_findings(folder))


def _load_findings(folder: Path) -> tuple[Finding, ...]:
    path = folder / FINDINGS_FILE
    rows: list[dict[str, object]] = (
        json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    )
    return tuple(_finding_from_json(row) for row in rows)


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
