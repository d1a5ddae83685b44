"""Spreadsheets: what is in the cells, on which sheet, and what cannot be opened."""

import datetime as dt
import io
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftcore.data.check import check_file
from ftcore.data.examples import Task
from ftcore.data.findings import Severity, Verdict
from ftcore.data.options import ColumnChoice, Limits, ReadOptions
from ftcore.data.readers import read_dataset
from ftcore.data.workbook_worker import as_shown

sys.path.insert(0, str(Path(__file__).parent))

from odd_files import label_rows
from workbooks import ods, xlsx, zipped

ROWS = [("text", "label"), *label_rows()]


def read(content, name="d.xlsx", **options):
    return read_dataset(name, content, ReadOptions(**options))


def pairs(found):
    return [(example.prompt, example.target) for example in found.dataset]


def codes(found):
    return {finding.code for finding in found.findings}


def test_a_plain_workbook_has_nothing_to_mend():
    found = read(xlsx(("Hoja1", ROWS)))
    assert found.findings == ()
    assert pairs(found) == ROWS[1:]
    assert [example.line for example in found.dataset] == list(range(2, 14))
    assert found.dataset.task is Task.CLASSIFICATION
    assert (found.table.names, found.table.sheets) == (("text", "label"), ())


@pytest.mark.parametrize("name", ["d.csv", "d.jsonl.txt", "d.json", "d", "d.zip"])
def test_the_name_does_not_matter(name):
    assert len(read(xlsx(("Hoja1", ROWS)), name).dataset) == 12


def test_an_open_document_reads_alike():
    assert read(ods(ROWS), "d.ods").dataset == read(xlsx(("H", ROWS))).dataset


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (5.0, "5"),
        (-3, "-3"),
        (0.1 + 0.2, "0.3"),
        (4.5, "4.5"),
        (1e15, "1000000000000000"),
        (12345678901234567, "12345678901234600"),
        (1.5e-9, "1.5e-09"),
        (1e300, "1e+300"),
        (True, "true"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.datetime(2026, 1, 2, 9, 5), "2026-01-02 09:05"),  # noqa: DTZ001
        (dt.time(9, 5, 7), "09:05:07"),
        (dt.timedelta(hours=30, minutes=4), "30:04"),
        (" igual ", " igual "),
    ],
)
def test_cells_are_text_as_a_person_sees_them(value, shown):
    assert as_shown(value) == shown


def test_values_of_every_type_are_read():
    rows = [
        ("pregunta", "respuesta"),
        ("¿Cuánto cuesta?", 5),
        ("¿Y con IVA?", 6.05),
        ("¿Cuándo abre?", dt.date(2026, 3, 1)),
        ("¿Hay stock?", True),
    ]
    answers = [target for _, target in pairs(read(xlsx(("H", rows))))]
    assert answers == ["5", "6.05", "2026-03-01", "true"]


def test_a_table_may_start_anywhere_below_a_title():
    blank = (None, None, None, None)
    rows = [blank, (None, "Mis ejemplos"), blank]
    rows += [(None, a, None, b) for a, b in ROWS]
    found = read(xlsx(("H", rows)))
    assert pairs(found) == ROWS[1:]
    assert found.dataset.examples[0].line == 5
    offset = next(f for f in found.findings if f.code == "sheet_offset")
    assert offset.params == {"cell": "B2"}
    titles = [f.line for f in found.findings if f.code == "title_row"]
    assert titles == [2]


def test_a_title_above_unknown_names():
    rows = [("Registro de 2026",), ("uno", "dos")]
    rows += [(f"frase larga número {i}", "sí" if i % 2 else "no") for i in range(9)]
    found = read(xlsx(("H", rows)))
    assert len(found.dataset) == 9
    assert (found.table.source, found.table.target) == ("uno", "dos")


def test_blank_and_hidden_rows():
    def hide(book):
        book.active.row_dimensions[3].hidden = True

    rows = [*ROWS[:4], (None, None), *ROWS[4:], (None, " ")]
    found = read(xlsx(("H", rows), edit=hide))
    assert pairs(found) == ROWS[1:]
    assert [f.line for f in found.findings if f.code == "blank_rows"] == [5]
    assert "hidden_rows" in codes(found)


def test_merged_labels_count_for_every_row():
    def merge(book):
        book.active.merge_cells("B2:B4")

    rows = [("texto", "etiqueta"), ("uno", "a"), ("dos",), ("tres",), ("cuatro", "b")]
    found = read(xlsx(("H", rows), edit=merge))
    assert pairs(found) == [("uno", "a"), ("dos", "a"), ("tres", "a"), ("cuatro", "b")]
    assert [m.line for m in found.mends if "merged_cells" in m.codes] == [3, 4]


@pytest.mark.parametrize("cells", ["A1:A3", "F2:F5", "B12:B40", "A50:A60", "B2:C3"])
def test_merges_beside_the_data_change_nothing(cells):
    def merge(book):
        book.active.merge_cells(cells)

    rows = [(None, "texto", "etiqueta"), *[(None, f"frase {i}", "a") for i in range(9)]]
    found = read(xlsx(("H", rows), edit=merge))
    assert len(found.dataset) >= 7


def test_errors_and_unsaved_formulas_are_left_out_and_told():
    def break_cells(book):
        book.active["B3"].value = "#N/A"
        book.active["B3"].data_type = "e"
        book.active["B4"].value = "=1+1"

    found = read(xlsx(("H", ROWS), edit=break_cells))
    assert [(r.line, r.code) for r in found.left_out] == [
        (3, "cell_error"),
        (4, "formula_unsaved"),
    ]
    assert found.left_out[0].raw.startswith(ROWS[2][0] + "\t")
    assert len(found.dataset) == 10


def test_several_sheets():
    notes = [("Instrucciones",), ("Rellena la hoja siguiente",)]
    other = [("pregunta", "respuesta"), ("¿Qué?", "Esto")]
    content = xlsx(("Léeme", notes), ("Datos", ROWS), ("Vacía", []), ("Otra", other))
    found = read(content)
    assert len(found.dataset) == 12
    assert found.table.sheet == "Datos"
    assert found.table.sheets == ("Léeme", "Datos", "Otra")
    told = next(f for f in found.findings if f.code == "other_sheets")
    assert "«Otra»" in told.message
    chosen = read(content, sheet="Otra")
    assert pairs(chosen) == [("¿Qué?", "Esto")]
    assert chosen.table.sheet == "Otra"
    assert "other_sheets" not in codes(chosen)
    assert "sheet_missing" in codes(read(content, sheet="No está"))


def test_a_hidden_sheet_is_read_last():
    def hide(book):
        book["Vieja"].sheet_state = "hidden"

    content = xlsx(("Vieja", ROWS), ("Nueva", ROWS[:6]), edit=hide)
    assert read(content).table.sheet == "Nueva"


def test_chosen_columns_and_header_of_a_sheet():
    rows = [("a", "b", "c"), ("uno", "x", "1"), ("dos", "y", "2"), ("tres", "x", "3")]
    content = xlsx(("H", rows))
    found = read(content, has_header=True, columns=ColumnChoice("b", "a"))
    assert pairs(found)[0] == ("x", "uno")
    found = read(content, has_header=False, columns=ColumnChoice("#1", "#2"))
    assert pairs(found)[0] == ("a", "b")


@pytest.mark.parametrize("header", ["text,label", "text;label"])
def test_a_csv_in_one_column(header):
    mark = header[4]
    rows = [(header,), *[(f"{text}{mark}{label}",) for text, label in label_rows()]]
    found = read(xlsx(("H", rows)))
    assert pairs(found) == label_rows()
    assert "one_column_sheet" in codes(found)


def test_jsonl_in_one_column():
    rows = [(f'{{"prompt": "p{i}", "completion": "c{i}"}}',) for i in range(3)]
    rows.insert(1, ('{"prompt": "roto", "comp',))
    found = read(xlsx(("H", rows)))
    assert len(found.dataset) == 3
    assert [(r.line, r.raw) for r in found.left_out] == [(2, rows[1][0])]


def test_mojibake_and_hidden_characters_inside_cells():
    rows = [("texto", "etiqueta"), ("buenos dÃ­as", "a"), ("ho\u200bla", "b")]
    found = read(xlsx(("H", rows)))
    assert pairs(found) == [("buenos días", "a"), ("hola", "b")]
    assert [(m.line, m.codes, m.before) for m in found.mends] == [
        (2, ("mojibake",), "buenos dÃ­as\ta"),
        (3, ("hidden_zero_width",), "ho\u200bla\tb"),
    ]


# --- what cannot be opened ------------------------------------------------------------


def refusal(content):
    report = check_file("libro.xlsx", content)
    assert report.verdict is Verdict.REJECT
    (finding,) = [f for f in report.findings if f.severity is Severity.ERROR]
    assert finding.message in report.message
    return finding.code


def test_empty_workbook():
    assert refusal(xlsx(("H", []))) == "empty_workbook"
    assert refusal(xlsx(("H", [(" ",)]))) == "empty_workbook"


def test_password():
    marker = "EncryptedPackage".encode("utf-16-le")
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + marker + b"\0" * 600
    assert refusal(content) == "protected_workbook"


@pytest.mark.parametrize("keep", [100, 1_000, -40])
def test_cut_off(keep):
    assert refusal(xlsx(("H", ROWS))[:keep]) == "damaged_workbook"


def test_a_broken_sheet_inside():
    source = zipfile.ZipFile(io.BytesIO(xlsx(("H", ROWS))))
    parts = {name: source.read(name) for name in source.namelist()}
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData><row><c r='ZZZZ"
    assert refusal(zipped(parts)) == "damaged_workbook"


def test_a_cell_far_away_does_not_take_the_memory():
    def far(book):
        book.active["XFD1048576"] = "x"

    assert refusal(xlsx(("H", ROWS), edit=far)) == "large_workbook"


def test_a_workbook_that_unpacks_too_large():
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/media/a.bin": b"\0" * 2_000_000}
    report = check_file(
        "d.xlsx", zipped(parts), ReadOptions(limits=Limits(max_unpacked_mb=1))
    )
    assert [f.code for f in report.findings] == ["large_workbook"]


def test_old_word_document_is_named():
    marker = "WordDocument".encode("utf-16-le")
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + marker
    assert refusal(content) == "binary_file"


# --- for any text ---------------------------------------------------------------------

# What a cell of XML can hold, and a person can see; spaces at the ends are kept.
cell_text = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn"]),
    min_size=1,
    max_size=20,
).filter(lambda text: text.strip() and text[0] != "=")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(cell_text, cell_text), min_size=1, max_size=8))
def test_what_a_cell_holds_is_what_is_read(rows):
    found = read(xlsx(("H", [("prompt", "completion"), *rows])))
    if found.findings:  # mojibake drawn by chance is mended
        assert codes(found) <= {"mojibake", "repeated_header"}
    else:
        assert pairs(found) == rows


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text("abcñáé ,;\"'", min_size=1, max_size=12).filter(str.strip),
            st.sampled_from(["alta", "baja"]),
        ),
        min_size=2,
        max_size=8,
    )
)
def test_a_table_is_the_same_in_every_container(rows):
    import csv

    table = [("text", "label"), *rows]

    def written(delimiter):
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
        return out.getvalue().encode()

    book = xlsx(("H", table))
    files = {
        "d.csv": written(","),
        "e.csv": written(";"),
        "d.tsv": written("\t"),
        "u.txt": written("\t").decode().encode("utf-16"),
        "d.xlsx": book,
        "d.zip": zipped({"datos.csv": written(";")}),
        "x.zip": zipped({"libro.xlsx": book}),
    }
    expected = read(files["d.csv"], "d.csv").dataset.examples
    for name, content in files.items():
        assert read(content, name).dataset.examples == expected, name


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_anything_like_a_container_gets_a_verdict(tail, is_zip):
    head = b"PK\x03\x04" if is_zip else b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert check_file("d.xlsx", head + tail).verdict is Verdict.REJECT


@settings(max_examples=25, deadline=None)
@given(
    st.integers(0, 10_000),
    st.binary(min_size=1, max_size=8),
)
def test_any_damage_to_a_workbook_gets_a_verdict(position, noise):
    content = bytearray(BOOK)
    at = position % len(content)
    content[at : at + len(noise)] = noise
    assert isinstance(check_file("d.xlsx", bytes(content)).verdict, Verdict)


BOOK = xlsx(("H", ROWS), ("I", ROWS[:3]))
