"""What is taken away is what was kept, in every form, to the last character."""

import csv
import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from ftcore.data.examples import Dataset, Example, Message, Role, Task
from ftcore.data.exports import EXPORTS, MOST_CELL_CHARACTERS
from ftcore.data.formats import dataset_to_rows
from ftcore.data.options import ReadOptions
from ftcore.data.readers import read_dataset
from ftcore.errors import CellTooLongError
from ftcore.texts import catalog

sys.path.insert(0, str(Path(__file__).parent))

from test_data_properties import datasets, spanish_text

# Workbooks hold every character but these two, which Unicode assigns to nobody.
cell_text = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=30,
)


# The reader tidies labels ('Urgente ' is 'urgente'), so these are tidy already.
tidy_labels = st.lists(
    st.tuples(spanish_text, st.sampled_from(["urgente", "normal"])), min_size=1
).map(lambda rows: labelled(*rows))
tidy = datasets(spanish_text).filter(lambda d: not d.labels) | tidy_labels


def labelled(*rows: tuple[str, str]) -> Dataset:
    examples = tuple(Example.from_pair(text, label) for text, label in rows)
    return Dataset("d", Task.CLASSIFICATION, examples)


def cells(content: bytes) -> list[list[str]]:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return [[str(v) for v in row] for row in sheet.to_python(skip_empty_area=False)]


@settings(max_examples=80, deadline=None)
@given(datasets(cell_text))
def test_a_workbook_holds_any_text(dataset):
    found = cells(EXPORTS["xlsx"].write(dataset))
    assert found == [list(row) for row in dataset_to_rows(dataset)]


@settings(max_examples=80, deadline=None)
@given(datasets(cell_text))
def test_a_table_for_excel_holds_any_text(dataset):
    content = EXPORTS["csv_excel"].write(dataset).decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
    assert found == [list(row) for row in dataset_to_rows(dataset)]


@settings(max_examples=60, deadline=None)
@given(datasets(st.text(max_size=20)))
def test_an_array_holds_what_the_lines_hold(dataset):
    lines = EXPORTS["jsonl"].write(dataset).decode().split("\n")[:-1]
    array = json.loads(EXPORTS["json"].write(dataset))
    assert array == [json.loads(line) for line in lines]


@pytest.mark.parametrize("kind", ["jsonl", "json", "csv", "csv_excel"])
@settings(max_examples=60, deadline=None)
@given(dataset=tidy)
def test_our_own_reader_finds_the_same_examples(kind, dataset):
    content = EXPORTS[kind].write(dataset)
    options = ReadOptions(task=dataset.task)
    read = read_dataset(f"d.{EXPORTS[kind].ending}", content, options)
    assert read.dataset is not None
    assert read.dataset.examples == dataset.examples


def test_a_table_for_excel_opens_with_accents_and_columns():
    content = EXPORTS["csv_excel"].write(labelled(("Avería; ¡ya!", "urgente")))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == (
        '"text";"label"\r\n"Avería; ¡ya!";"urgente"\r\n'
    )


def test_a_workbook_never_computes_what_somebody_wrote():
    content = EXPORTS["xlsx"].write(labelled(('=HYPERLINK("x")', "007")))
    sheet = load_workbook(io.BytesIO(content)).active
    row = [(cell.value, cell.data_type) for cell in sheet[2]]
    assert row == [('=HYPERLINK("x")', "s"), ("007", "s")]
    assert sheet.title == "Ejemplos"


def test_a_conversation_takes_one_column():
    opening = Message(Role.SYSTEM, "Sé breve")
    row = Example((opening, *Example.from_pair("¿Abrís?", "Sí").messages))
    found = cells(EXPORTS["xlsx"].write(Dataset("d", Task.CHAT, (row,))))
    assert found[0] == ["messages"]
    assert [m["content"] for m in json.loads(found[1][0])] == [
        "Sé breve",
        "¿Abrís?",
        "Sí",
    ]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "csv_excel"])
def test_conversations_in_a_column_need_no_mending_when_read_again(kind):
    row = Example(Example.from_pair("Hola, ¿abrís?", "Sí.").messages * 2)
    export = EXPORTS[kind]
    content = export.write(Dataset("d", Task.CHAT, (row, row)))
    found = read_dataset(f"d.{export.ending}", content, ReadOptions())
    assert [e.messages for e in found.dataset.examples] == [row.messages] * 2
    mended = {f.code for f in found.findings} - {"byte_order_mark"}
    assert not mended


def test_a_text_longer_than_a_cell_is_refused_and_not_cut():
    fits = labelled(("x" * MOST_CELL_CHARACTERS, "a"))
    assert cells(EXPORTS["xlsx"].write(fits))[1][0] == "x" * MOST_CELL_CHARACTERS
    with pytest.raises(CellTooLongError) as caught:
        EXPORTS["xlsx"].write(labelled(("a", "b"), ("x" * 32_768, "c")))
    assert caught.value.params["row"] == 2


@pytest.mark.parametrize("kind", list(EXPORTS))
def test_every_form_has_its_name_and_takes_broken_text(kind):
    assert catalog()[f"exports.names.{kind}"]
    assert EXPORTS[kind].mime.count("/") == 1
    assert EXPORTS[kind].write(labelled(("a\ud800", "b")))
