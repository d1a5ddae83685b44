"""A version's folder gives back what was put in."""

import json
from pathlib import Path

import pytest

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.origins import LeftOut, Mend, TableShape
from ftcore.workshop.dataset_folder import (
    KeptDataset,
    Reading,
    Source,
    load_dataset,
    load_reading,
    load_source,
    save_dataset,
)

READING = Reading(
    findings=(
        Finding("bad_row", Severity.ERROR, 3, {"found": "x"}),
        Finding("few_examples", Severity.WARNING, None, {"count": 3, "minimum": 10}),
    ),
    mends=(Mend(4, ("trailing_comma", "single_quotes"), "{'a':1,}", 2),),
    left_out=(LeftOut(9, "empty_answer", "¿Y?\ud800;"),),
    table=TableShape(("p", "r"), "p", "r", True, None, ("Hoja 1",), "Hoja 1"),
    filename="café.csv",
)


def kept(count: int = 3) -> KeptDataset:
    examples = (
        Example.from_pair(f"¿{i}?\u2028", f"«{i}»\n<b>", i) for i in range(1, count + 1)
    )
    test = (Example.from_pair("¿9?", "9", 1),)
    return KeptDataset(Dataset("tienda", Task.CHAT, tuple(examples)), test)


def test_examples_and_test_come_back_the_same_and_numbered(tmp_path: Path) -> None:
    save_dataset(tmp_path / "one", kept())
    again = load_dataset(tmp_path / "one", "tienda", Task.CHAT)
    assert again == kept()
    assert [e.line for e in again.dataset] == [1, 2, 3]
    assert load_reading(tmp_path / "one") == Reading()
    assert load_source(tmp_path / "one") is None


def test_a_reading_comes_back_whole_but_for_what_no_file_can_hold(
    tmp_path: Path,
) -> None:
    save_dataset(tmp_path / "one", kept(), Source(READING, b"\x00\xff"))
    again = load_reading(tmp_path / "one")
    assert again.left_out[0].raw == "¿Y??;"
    assert again.findings == READING.findings
    assert again.mends == READING.mends
    assert again.table == READING.table
    assert again.filename == READING.filename
    assert load_source(tmp_path / "one") == b"\x00\xff"


def test_a_big_source_is_copied_from_its_file(tmp_path: Path) -> None:
    source = tmp_path / "upload.bin"
    source.write_bytes(b"many rows")
    save_dataset(tmp_path / "one", kept(), Source(READING, source))
    source.unlink()
    assert load_source(tmp_path / "one") == b"many rows"


def test_a_folder_is_never_seen_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "rename", stop)
    with pytest.raises(OSError, match="disk full"):
        save_dataset(tmp_path / "one", kept(), Source(READING, b""))
    assert not (tmp_path / "one").exists()


def test_a_folder_of_before_gives_what_was_wrong_with_its_file(tmp_path: Path) -> None:
    save_dataset(tmp_path / "one", kept())
    rows = [
        {"code": "trailing_comma", "severity": "repair", "line": 3, "params": {}},
        {"code": "duplicate", "severity": "warning", "line": 3, "params": {}},
    ]
    (tmp_path / "one" / "findings.json").write_text(json.dumps(rows))
    found = load_reading(tmp_path / "one").findings
    assert found == (Finding("trailing_comma", Severity.REPAIR, 3),)
