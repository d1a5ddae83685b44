"""Archives: which file is read, and what is refused before it does harm."""

import bz2
import gzip
import io
import lzma
import struct
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftcore.data.archives import SHEET_OF
from ftcore.data.check import check_file
from ftcore.data.findings import Verdict
from ftcore.data.options import Limits, ReadOptions
from ftcore.data.readers import read_dataset

sys.path.insert(0, str(Path(__file__).parent))

from odd_files import CHAT, PAIRS, TABLE
from workbooks import xlsx, zipped


def read(content, name="d.zip", **options):
    return read_dataset(name, content, ReadOptions(**options))


def refusal(content, **options):
    report = check_file("datos.zip", content, ReadOptions(**options))
    assert report.verdict is Verdict.REJECT
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize("method", [0, 8, 12, 14])
def test_one_file_is_read_as_if_it_were_alone(method):
    found = read(zipped({"carpeta/datos.csv": TABLE}, method))
    assert found.findings == ()
    assert len(found.dataset) == 12
    assert (found.dataset.name, found.table.sheets) == ("d", ())


def test_what_systems_add_does_not_count():
    junk = {
        "__MACOSX/._datos.csv": b"\0\5\x16\7",
        "datos.csv": TABLE,
        ".DS_Store": b"\0\0\0\1Bud1",
        "vacio.txt": b"",
        "carpeta/": b"",
        "Thumbs.db": b"\xd0\xcf\x11\xe0",
    }
    assert read(zipped(junk)).findings == ()


def test_the_file_with_examples_is_read_and_the_others_named():
    files = {"LEEME.txt": "Hola a todos.\n", "test.jsonl": PAIRS, "train.jsonl": CHAT}
    content = zipped({**files, "foto.png": b"\x89PNG\r\n\x1a\n\0"})
    found = read(content)
    assert found.dataset.examples[0].prompt.startswith("¿Cuánto cuesta")
    assert found.table.sheet == "train.jsonl"
    assert set(found.table.sheets) == {*files, "foto.png"}
    (told,) = [f for f in found.findings if f.code == "other_files"]
    assert "«test.jsonl»" in told.message
    assert "«train.jsonl»" in told.message
    chosen = read(content, sheet="test.jsonl")
    assert chosen.dataset.examples[0].prompt == "Ventajas del tema 0"
    assert chosen.findings == ()
    missing = read(content, sheet="otro.csv")
    assert "sheet_missing" in {f.code for f in missing.findings}


def test_a_workbook_inside_and_its_sheets():
    rows = [line.split(",") for line in TABLE.splitlines()]
    book = xlsx(("Uno", rows), ("Dos", rows[:4]))
    alone = read(zipped({"libro.xlsx": book}))
    assert alone.table.sheets == ("Uno", "Dos")
    assert len(read(zipped({"libro.xlsx": book}), sheet="Dos").dataset) == 3
    both = zipped({"libro.xlsx": book, "notas.txt": "nada que ver"})
    found = read(both)
    dos = f"libro.xlsx{SHEET_OF}Dos"
    assert found.table.sheet == f"libro.xlsx{SHEET_OF}Uno"
    assert dos in found.table.sheets
    assert len(read(both, sheet=dos).dataset) == 3


def test_an_archive_in_an_archive_but_no_deeper():
    one = zipped({"datos.csv": TABLE})
    two = zipped({"uno.zip": one})
    assert len(read(two).dataset) == 12
    assert refusal(zipped({"dos.zip": two})) == ["nested_archive"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_one_compressed_file(pack):
    assert len(read(pack(TABLE.encode()), "d.csv.gz").dataset) == 12
    assert refusal(pack(TABLE.encode())[:30]) == ["damaged_archive"]


def test_encodings_inside():
    text = "texto;etiqueta\nseñal Ã¡rea;sí\n¿y ñandú?;no\n"
    found = read(zipped({"d.csv": text.encode("utf-16")}))
    assert found.dataset.examples[0].prompt == "señal área"
    codes = {f.code for f in found.findings}
    assert {"other_encoding", "mojibake"} <= codes


@pytest.mark.parametrize(
    ("signature", "named"),
    [(b"Rar!\x1a\x07\x01\x00", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z")],
)
def test_an_archive_that_stays_shut_is_named_and_told_to_unpack(signature, named):
    report = check_file("d.zip", signature + bytes(range(256)), ReadOptions())
    assert report.verdict is Verdict.REJECT
    assert [finding.code for finding in report.findings] == ["packed_file"]
    assert named in report.findings[0].message


# --- refused --------------------------------------------------------------------------


def test_empty_damaged_and_hostile():
    assert refusal(zipped({})) == ["empty_archive"]
    assert refusal(zipped({"carpeta/": b""})) == ["empty_archive"]
    assert refusal(zipped({"datos.csv": TABLE})[:-25]) == ["damaged_archive"]
    assert refusal(b"PK\x03\x04 y nada") == ["damaged_archive"]


def test_a_password_is_named():
    content = bytearray(zipped({"datos.csv": TABLE}))
    content[6] |= 1  # local header's flags
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # and the directory's
    assert refusal(bytes(content)) == ["protected_archive"]


def test_declared_size_is_refused_before_unpacking():
    bomb = zipped({"datos.csv": b"a" * 3_000_000})
    assert len(bomb) < 10_000
    assert refusal(bomb, limits=Limits(max_unpacked_mb=1)) == ["large_archive"]
    packed = gzip.compress(b"a" * 3_000_000)
    assert refusal(packed, limits=Limits(max_unpacked_mb=1)) == ["large_archive"]


def test_a_size_that_lies_is_refused():
    content = bytearray(zipped({"datos.csv": TABLE.encode() * 200}))
    at = content.rindex(b"PK\x01\x02")
    struct.pack_into("<L", content, at + 24, 10)  # declared size: ten bytes
    assert refusal(bytes(content)) == ["damaged_archive"]


def test_too_many_members():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("datos.csv", TABLE)
    content = bytearray(out.getvalue())
    struct.pack_into("<L", content, content.rindex(b"PK\x05\x06") + 12, 5_000_000)
    assert refusal(bytes(content)) == ["crowded_archive"]


def test_names_that_climb_write_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = read(zipped({"../../fuera.csv": TABLE, "/raiz.txt": "x"}))
    assert len(found.dataset) == 12
    assert list(tmp_path.iterdir()) == []


ARCHIVE = zipped({"datos.csv": TABLE, "notas.txt": "hola"})


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 5_000), st.binary(min_size=1, max_size=6))
def test_any_damage_to_an_archive_gets_a_verdict(position, noise):
    content = bytearray(ARCHIVE)
    at = position % len(content)
    content[at : at + len(noise)] = noise
    assert isinstance(check_file("d.zip", bytes(content)).verdict, Verdict)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(
        [b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08", b"BZh9", b"\xfd7zXZ\0"]
    ),
    st.binary(max_size=120),
)
def test_anything_like_an_archive_gets_a_verdict(head, tail):
    assert check_file("d.zip", head + tail).verdict is Verdict.REJECT
