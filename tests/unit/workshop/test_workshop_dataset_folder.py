"""A dataset's folder gives back what was put in."""

from pathlib import Path

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import Finding, Severity
from ftcore.workshop.dataset_folder import KeptDataset, load_dataset, save_dataset


def test_examples_test_and_findings_come_back_the_same(tmp_path: Path) -> None:
    examples = tuple(Example.from_pair(f"¿{i}?\u2028", f"«{i}»\n<b>") for i in range(3))
    kept = KeptDataset(
        Dataset("tienda", Task.CHAT, examples),
        (Example.from_pair("¿9?", "9"),),
        (
            Finding("duplicate", Severity.WARNING, 3, {"first": 1}),
            Finding(
                "few_examples", Severity.WARNING, None, {"count": 3, "minimum": 10}
            ),
        ),
    )
    save_dataset(tmp_path / "one", kept)
    assert load_dataset(tmp_path / "one", "tienda", Task.CHAT) == kept
    messages = [finding.message for finding in kept.findings]
    again = load_dataset(tmp_path / "one", "tienda", Task.CHAT)
    assert [finding.message for finding in again.findings] == messages
