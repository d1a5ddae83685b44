"""Pieces of step 2 that need no page: rows read again, bars, names of files."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.examples import Task
from ftcore.data.findings import Severity
from ftcore.data.origins import LeftOut, TableShape
from ftcore.ui.data_actions import KINDS, file_name
from ftcore.ui.data_mapping import can_map, mapping_words
from ftcore.ui.data_progress import reading_words
from ftcore.ui.data_rows import left_out_text, parts_of, read_row, row_of, with_header


def words() -> st.SearchStrategy[str]:
    """Return words as people write them, with every sign that parts a table."""
    letters = st.sampled_from('abcñé ,;"|¿?.\n')
    return st.text(letters, min_size=1, max_size=20).map(lambda t: f"x{t}y")


TABLE = TableShape(("tema", "duda", "solución"), "duda", "solución", has_header=True)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_a_mended_row_of_a_table_is_read_with_the_same_columns(sign: str) -> None:
    raw = sign.join(["envíos", "¿Cuánto tarda?", "Dos días"])
    dataset, _ = read_row(raw, TABLE, Task.CHAT)
    assert dataset is not None
    example = dataset.examples[0]
    assert (example.prompt, example.target) == ("¿Cuánto tarda?", "Dos días")


def test_a_comma_in_the_mended_sentence_parts_nothing() -> None:
    table = TableShape(("duda", "solución"), "duda", "solución", has_header=True)
    mended = "¿Hay tinte?;Sí, desde 30 €."
    dataset, _ = read_row(mended, table, Task.CHAT, "¿Hay tinte?;")
    assert dataset is not None
    assert dataset.examples[0].target == "Sí, desde 30 €."


def test_a_mended_row_of_json_needs_no_names() -> None:
    raw = json.dumps({"tema": "x", "duda": "¿Cuánto?", "solución": "Dos"})
    dataset, _ = read_row(raw, TABLE, Task.CHAT)
    assert dataset is not None
    assert dataset.examples[0].target == "Dos"


def test_a_conversation_is_read_without_a_table() -> None:
    turns = [{"role": r, "content": c} for r, c in (("user", "a"), ("assistant", "b"))]
    dataset, _ = read_row(json.dumps({"messages": turns}), None, Task.CHAT)
    assert dataset is not None
    assert dataset.examples[0].target == "b"


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("envíos;¿Cuánto tarda?;", ("¿Cuánto tarda?", "")),
        ("envíos\t¿Cuánto, sí?\tDos días", ("¿Cuánto, sí?", "Dos días")),
        ("envíos,¿Cuánto tarda?", ("¿Cuánto tarda?", "")),
        ('a;"¿Uno; dos?";c', ("¿Uno; dos?", "c")),
    ],
)
def test_the_cells_that_count_are_taken_apart(raw: str, parts: object) -> None:
    assert parts_of(raw, TABLE) == parts


@pytest.mark.parametrize(
    "raw", ['{"duda": "x"', "[1, 2]", "uno;dos;tres;cuatro", "a\tb\tc\td"]
)
def test_what_is_no_row_of_the_table_stays_in_one_piece(raw: str) -> None:
    assert parts_of(raw, TABLE) is None
    assert parts_of(raw, None) is None


@given(words(), words())
def test_cells_mended_apart_are_read_as_they_were_written(
    question: str, answer: str
) -> None:
    table = TableShape(("duda", "solución"), "duda", "solución", has_header=True)
    dataset, _ = read_row(row_of((question, answer), table), table, Task.CHAT)
    assert dataset is not None
    [example] = dataset.examples
    assert (example.prompt, example.target) == (question, answer)


def test_a_row_that_is_still_wrong_says_why() -> None:
    dataset, found = read_row("envíos;¿Cuánto tarda?;", TABLE, Task.CHAT)
    assert dataset is None
    assert any(f.severity is Severity.ERROR for f in found)


def test_names_that_hold_the_sign_are_quoted() -> None:
    assert with_header("1;2", ("a;b", "c")) == '"a;b";c\n1;2'


def test_rows_left_out_leave_as_they_came() -> None:
    rows = [LeftOut(2, "empty_answer", "a;\n"), LeftOut(4, "empty_answer", "b;")]
    assert left_out_text(rows) == "a;\nb;\n"


def test_the_bar_says_the_time_left_once_it_is_known() -> None:
    assert reading_words("Revisando", 0.1, 0.5) == "Revisando… 10 %"
    assert reading_words("Revisando", 0.25, 10) == (
        "Revisando… 25 %. Quedan unos 30 s."
    )
    assert "Quedan unos 5 s" in reading_words("Revisando", 1.0, 10)


def test_a_file_gets_a_name_that_every_system_takes() -> None:
    assert file_name("dudas/2024: *ya*", "csv_excel") == "dudas-2024- -ya.csv"
    assert file_name("???", "xlsx") == "ejemplos.xlsx"
    assert {file_name("a", kind) for kind in KINDS} >= {"a.jsonl", "a.json"}


def test_what_was_read_is_said_in_one_sentence() -> None:
    assert mapping_words(TABLE, Task.CHAT) == (
        "La pregunta está en «duda» y la respuesta en «solución»"
    )
    assert can_map(TABLE)
    assert not can_map(None)
    assert not can_map(TableShape(("messages",)))
