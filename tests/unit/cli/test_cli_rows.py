"""Rows are read in any layout and written back untouched, with their answers."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.cli.asking import asked_messages
from ftcore.cli.rows import UNREADABLE, json_line, read_rows, table_text, write_whole
from ftcore.data.examples import Role
from ftcore.errors import (
    FileNotReadableError,
    FileNotWritableError,
    NoQuestionColumnError,
)

# What a file can hold: no lone surrogates, and no NUL, which marks a binary file.
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


@pytest.fixture
def read(tmp_path):
    def make(content, name="preguntas.jsonl"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_rows(path)

    return make


def values(rows):
    return [row.values for row in rows.rows]


def question(row, first=""):
    messages = asked_messages(row.values, first)
    return None if messages is None else messages[-1].content


def test_a_row_keeps_its_spelling_to_the_letter(read):
    rows = read('{"n": 1.50, "question":"\\u00bfQu\\u00e9?"}\n')
    line = json_line(rows.rows[0], {"answer": "Sí"})
    assert line == '{"n": 1.50, "question":"\\u00bfQu\\u00e9?", "answer": "Sí"}'


def test_an_answer_that_was_there_is_overwritten_in_its_place(read):
    rows = read('{"answer": "vieja", "prompt": "hola"}')
    line = json_line(rows.rows[0], {"answer": "nueva"})
    assert list(json.loads(line).items()) == [("answer", "nueva"), ("prompt", "hola")]


def test_an_empty_object_is_a_row(read):
    assert json_line(read("{}\n").rows[0], {"answer": ""}) == '{"answer": ""}'


def test_blank_lines_are_no_rows_and_every_other_line_is_one(read):
    rows = read('\n{"question": "a"}\n  \nno es json\n[1]\n{"question": "b"')
    assert [row.line for row in rows.rows] == [2, 4, 5, 6]
    assert values(rows)[1] == {UNREADABLE: "no es json"}
    assert [question(row) for row in rows.rows] == ["a", None, None, "b"]


def test_slips_in_one_line_do_not_cost_the_row(read):
    rows = read("{'question': 'a',}\n{\"question\": \"b\"},\n")
    assert [question(row) for row in rows.rows] == ["a", "b"]


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_or_a_wide_layout_is_read_too(read, indent):
    items = [{"question": "a"}, {"question": "b", "messages": None}]
    rows = read(json.dumps(items, indent=indent), "preguntas.json")
    assert values(rows) == items
    wide = "\n".join(json.dumps(item, indent=2) for item in items)
    assert values(read(wide)) == items


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_any_encoding_is_read(read, encoding):
    rows = read('{"question": "¿Qué año?"}\n'.encode(encoding))
    assert question(rows.rows[0]) == "¿Qué año?"


@given(st.lists(st.dictionaries(words, words | st.integers() | st.none()), max_size=8))
def test_json_rows_come_back_as_they_went_in(tmp_path_factory, items):
    path = tmp_path_factory.mktemp("rows") / "in.jsonl"
    lines = [json.dumps(item, ensure_ascii=False) for item in items]
    path.write_text("".join(f"{line}\n" for line in lines) or "\n", encoding="utf-8")
    if not items:
        return
    rows = read_rows(path)
    written = [json.loads(json_line(row, {"answer": "ñ"})) for row in rows.rows]
    assert written == [{**item, "answer": "ñ"} for item in items]


# --- what a row asks ------------------------------------------------------------------


def test_a_last_answer_is_left_out_of_the_question():
    roles = ["system", "user", "assistant", "user", "assistant"]
    turns = [{"role": role, "content": f"{i}"} for i, role in enumerate(roles)]
    asked = asked_messages({"messages": turns})
    assert [m.content for m in asked] == ["0", "1", "2", "3"]
    assert asked == asked_messages({"messages": turns[:4]})


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"question": "  "},
        {"question": None},
        {"prompt": True},
        {"messages": []},
        {"messages": [{"role": "user"}]},
        {"messages": ["hola"]},
        {"messages": [{"role": "assistant", "content": "solo yo"}]},
        {"messages": [{"role": "loro", "content": "hola"}]},
        {UNREADABLE: "hola"},
    ],
)
def test_a_row_without_a_question_says_so(row):
    assert asked_messages(row) is None


def test_other_names_and_shapes_are_understood():
    assert asked_messages({"Pregunta": "hola"})[0].content == "hola"
    assert asked_messages({"question": 12})[0].content == "12"
    parts = [{"type": "text", "text": "hola"}]
    rows = {"conversations": [{"from": "human", "value": parts}]}
    assert asked_messages(rows)[0].content == "hola"
    with_system = asked_messages({"system": "Sé breve.", "prompt": "hola"})
    assert [m.role for m in with_system] == [Role.SYSTEM, Role.USER]


def test_a_classifier_looks_for_the_text_first():
    row = {"question": "¿qué es?", "text": "un correo"}
    assert asked_messages(row, "text")[-1].content == "un correo"
    assert asked_messages(row)[-1].content == "¿qué es?"


# --- tables ---------------------------------------------------------------------------


def test_a_table_keeps_line_ends_and_quotes_inside_a_text(read):
    rows = read('text\r\n"uno, ""dos""\r\ntres"\r\n\r\n""\r\nfin', "a.csv")
    assert values(rows) == [
        {"text": 'uno, "dos"\r\ntres'},
        {"text": ""},
        {"text": "fin"},
    ]


def test_an_unquoted_comma_stays_in_the_text(read):
    assert values(read("text\nhola, me llamo Ana\n", "a.csv")) == [
        {"text": "hola, me llamo Ana"}
    ]
    rows = read("id;texto;label\n1;hola; adiós;alta\n2;corto\n", "a.csv")
    assert values(rows) == [
        {"id": "1", "texto": "hola; adiós", "label": "alta"},
        {"id": "2", "texto": "corto", "label": ""},
    ]


def test_a_stray_quote_costs_its_own_line_only(read):
    rows = read('text\n"abierta\nsegunda\ntercera\n', "a.csv")
    assert [row.values["text"] for row in rows.rows] == [
        '"abierta',
        "segunda",
        "tercera",
    ]


def test_a_table_without_questions_is_refused(read):
    with pytest.raises(NoQuestionColumnError):
        read("fecha,importe\n1,2\n", "a.csv")


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40)
multiline = st.lists(cells, min_size=1, max_size=3).map("\n".join)


@given(st.lists(multiline.filter(str.strip), min_size=1, max_size=8))
def test_texts_come_back_byte_for_byte(tmp_path_factory, texts):
    path = tmp_path_factory.mktemp("rows") / "in.csv"
    path.write_text(table_text(["text"], [[t] for t in texts]), "utf-8", newline="")
    rows = read_rows(path)
    assert [row.values["text"] for row in rows.rows] == texts
    written = table_text(("text", "label"), [[t, "x"] for t in texts])
    back = list(csv.reader(io.StringIO(written, newline="")))
    assert back == [["text", "label"], *([t, "x"] for t in texts)]


# --- files ----------------------------------------------------------------------------


def test_a_binary_file_is_refused(read):
    with pytest.raises(FileNotReadableError):
        read(b"\x89PNG\r\n\x1a\n" + bytes(200))


def test_an_absent_file_is_refused(tmp_path):
    with pytest.raises(FileNotReadableError):
        read_rows(tmp_path / "nada.jsonl")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    target = tmp_path / "sub" / "out.jsonl"
    write_whole(target, "línea\r\n")
    assert target.read_bytes() == "línea\r\n".encode()
    assert list(target.parent.iterdir()) == [target]
    with pytest.raises(FileNotWritableError):
        write_whole(target / "imposible.jsonl", "x")
