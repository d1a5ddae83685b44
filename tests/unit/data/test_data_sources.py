"""What each row was in the file: mends, rows left out, and the table's shape."""

import json

import pytest

from ftcore.data.check import check_file
from ftcore.data.options import ColumnChoice, Limits, ReadOptions
from ftcore.data.origins import MOST_RAW
from ftcore.data.readers import read_dataset


def read(text, name="d.jsonl", **options):
    return read_dataset(name, text.encode(), ReadOptions(**options))


def test_a_mended_line_keeps_what_it_was():
    text = '{"prompt": "a", "completion": "b",}\n{"prompt": "c", "completion": "d"}\n'
    (mend,) = read(text).mends
    assert (mend.line, mend.row, mend.codes) == (1, 1, ("trailing_comma",))
    assert mend.before == '{"prompt": "a", "completion": "b",}'


def test_a_lost_line_is_kept_as_it_was():
    text = '{"prompt": "a", "completion": "b"}\n{"prompt": "c", "comple\n'
    (left,) = read(text).left_out
    assert (left.line, left.code) == (2, "truncated_object")
    assert left.raw == '{"prompt": "c", "comple'


def test_rows_of_one_physical_line_are_told_apart():
    rows = [{"text": "hola", "label": "a"}, {"text": "", "label": "b"}]
    found = read(json.dumps(rows), "d.json")
    (left,) = found.left_out
    assert left.code == "empty_prompt"
    assert json.loads(left.raw) == rows[1]
    assert found.mends == ()


def test_rows_of_a_wrapping_object_are_told_apart():
    rows = {"a": {"text": "hola", "label": "x"}, "b": {"text": " ", "label": "y"}}
    (left,) = read(json.dumps(rows), "d.json").left_out
    assert json.loads(left.raw) == rows["b"]


def test_a_row_over_several_lines_is_whole():
    text = 'text,label\n"dos\nlíneas",\notra,b\n'
    (left,) = read(text, "d.csv").left_out
    assert (left.line, left.code, left.raw) == (2, "empty_label", '"dos\nlíneas",')


def test_a_table_row_keeps_its_line():
    text = "text;label\r\nhola;a\r\nsola\r\nuna;dos;tres\r\n\r\nfin;b\r\n"
    found = read(text, "d.csv")
    assert [(r.line, r.code, r.raw) for r in found.left_out] == [
        (3, "too_few_fields", "sola"),
        (4, "too_many_fields", "una;dos;tres"),
    ]


def test_mojibake_is_shown_as_it_was():
    text = "text,label\nbuenos dÃ­as,a\nadiós,b\n"
    (mend,) = read(text, "d.csv").mends
    assert (mend.before, mend.codes) == ("buenos dÃ­as,a", ("mojibake",))


def test_label_variants_are_mends():
    text = "text,label\nuno,Alta\ndos,alta \ntres,Alta\ncuatro,baja\n"
    (mend,) = read(text, "d.csv").mends
    assert (mend.line, mend.row, mend.codes) == (3, 2, ("label_variants",))


def test_rows_of_another_task_are_left_out():
    labels = [f'{{"text": "t{i}", "label": "a"}}' for i in range(3)]
    text = "\n".join([*labels, '{"prompt": "p", "completion": "c"}'])
    (left,) = read(text).left_out
    assert (left.line, left.code) == (4, "other_task")


def test_loose_messages_are_one_mend_a_conversation():
    rows = [{"role": r, "content": r} for r in ("user", "assistant") * 2]
    found = read("\n".join(map(json.dumps, rows)))
    assert [(m.line, m.row) for m in found.mends] == [(1, 1), (3, 2)]
    assert found.mends[1].before == "\n".join(map(json.dumps, rows[2:]))


def test_a_long_row_is_cut_only_as_a_mend():
    long = "ñ" * 5_000
    text = f'{{"prompt": "{long}", "completion": "b",}}\n{{"prompt": "{long}'
    found = read(text)
    assert len(found.mends[0].before) == MOST_RAW
    assert found.left_out[0].raw == f'{{"prompt": "{long}'


def test_a_whole_file_of_broken_rows_can_be_kept():
    found = read("text,label\nhola,\nadiós,\n", "d.csv")
    assert found.dataset is None
    assert [row.raw for row in found.left_out] == ["hola,", "adiós,"]


# --- columns ----------------------------------------------------------------------

TABLE = "fecha,texto,etiqueta,respuesta\n1,hola,a,buenas\n2,adiós,b,hasta luego\n"


def test_every_column_can_be_chosen():
    shape = read(TABLE, "d.csv").table
    assert shape.names == ("fecha", "texto", "etiqueta", "respuesta")
    assert (shape.source, shape.target) == ("texto", "etiqueta")
    assert (shape.has_header, shape.guessed) == (True, False)


def test_chosen_columns_are_read():
    found = read(TABLE, "d.csv", columns=ColumnChoice("texto", "respuesta"))
    pairs = [(e.prompt, e.target) for e in found.dataset]
    assert pairs == [("hola", "buenas"), ("adiós", "hasta luego")]
    assert (found.table.source, found.table.target) == ("texto", "respuesta")


def test_unknown_columns_can_be_chosen_from_what_is_told():
    text = "uno,dos,tres\n" + "".join(f"frase {i},b{i},c{i}\n" for i in range(4))
    refused = read(text, "d.csv", has_header=True)
    assert refused.dataset is None
    assert refused.table.names == ("uno", "dos", "tres")
    names = refused.table.names
    choice = ColumnChoice(names[2], names[0])
    found = read(text, "d.csv", columns=choice, has_header=True)
    assert found.dataset.examples[0].prompt == "c0"
    assert not found.table.guessed


def test_keys_of_objects_and_of_lists_can_be_chosen():
    text = '{"a": "x", "b": "y", "c": "z"}\n{"a": "u", "b": "v", "c": "w"}'
    found = read(text, columns=ColumnChoice("c", "a"))
    assert found.table.names == ("a", "b", "c")
    assert found.dataset.examples[0].prompt == "z"
    lists = read('["x", "y", "z"]\n["u", "v", "w"]', columns=ColumnChoice("#3", "#1"))
    assert lists.dataset.examples[0].prompt == "z"
    assert lists.table.names == ("#1", "#2", "#3")


def test_a_choice_that_is_not_there_is_said():
    found = read(TABLE, "d.csv", columns=ColumnChoice("texto", "otra"))
    assert found.table.target == "etiqueta"
    assert "choice_missing" in {f.code for f in found.findings}


def test_a_chosen_pair_wins_over_a_list_of_messages():
    row = {
        "messages": [{"role": "user", "content": "u"}],
        "tema": "gatos",
        "resumen": "ronronean",
    }
    found = read(json.dumps(row), columns=ColumnChoice("tema", "resumen"))
    assert found.dataset.examples[0].target == "ronronean"


def test_system_and_context_stay_with_a_choice():
    row = {"system": "s", "instruction": "i", "input": "c", "output": "o", "x": "y"}
    found = read(json.dumps(row), columns=ColumnChoice("instruction", "output"))
    (example,) = found.dataset
    assert [m.content for m in example.messages] == ["s", "i\n\nc", "o"]


@pytest.mark.parametrize(
    ("said", "rows", "first"), [(True, 3, "uno"), (False, 4, "hola"), (None, 4, "hola")]
)
def test_the_header_is_what_the_participant_says(said, rows, first):
    text = "hola,a\nuno,b\ndos,a\ntres,b\n"
    found = read(text, "d.csv", has_header=said)
    assert (len(found.dataset), found.dataset.examples[0].prompt) == (rows, first)
    assert found.table.has_header is bool(said)


def test_a_known_header_can_be_data():
    text = "text,label\nuno,b\ndos,label\ntres,b\n"
    found = read(text, "d.csv", has_header=False)
    assert found.dataset.examples[0].prompt == "text"


def test_a_conversation_has_no_columns():
    row = {"messages": [{"role": r, "content": "x"} for r in ("user", "assistant")]}
    shape = read(json.dumps(row)).table
    assert (shape.names, shape.source, shape.has_header) == ((), "", None)


@pytest.mark.parametrize("slip", ["", ","])
def test_nesting_has_a_limit(slip):
    deep = '{"prompt": "p", "completion": ' + "[" * 10 + '"c"' + "]" * 10 + slip + "}"
    plain = '{"prompt": "p", "completion": "c"}'
    for depth, code in ((10, "too_deep"), (11, "not_text")):
        found = read(f"{deep}\n{plain}", limits=Limits(max_depth=depth))
        assert [(r.line, r.code) for r in found.left_out] == [(1, code)]


def test_the_report_carries_it_all():
    report = check_file("d.csv", b"text,label\nhola,a,\nadios\nfin,b\n")
    assert report.table.names == ("text", "label")
    assert [row.raw for row in report.left_out] == ["adios"]


# --- misspelt names ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "source", "target", "meant"),
    [
        ("texto,etiqeta", "texto", "etiqeta", ["etiqueta"]),
        ("pregutna,repuesta", "pregutna", "repuesta", ["pregunta", "respuesta"]),
        ("promt,completoin", "promt", "completoin", ["prompt", "completion"]),
        ("id,texot,labl", "texot", "labl", ["texto", "label"]),
    ],
)
def test_misspelt_columns_are_read_and_asked_about(header, source, target, meant):
    width = header.count(",") + 1
    rows = [",".join(f"celda {i} {c}" for c in range(width)) for i in range(6)]
    found = read("\n".join([header, *rows]) + "\n", "d.csv")
    assert (found.table.source, found.table.target) == (source, target)
    assert found.table.guessed
    told = [f for f in found.findings if f.code == "column_meant"]
    assert [f.params["meant"] for f in told] == meant
    assert f"¿querías decir «{meant[0]}»?" in told[0].message


def test_misspelt_keys_and_roles_of_a_conversation():
    row = {
        "mesages": [
            {"rol": "usser", "conten": "hola"},
            {"rol": "asistant", "conten": "buenas"},
        ]
    }
    found = read(json.dumps(row))
    assert found.dataset.examples[0].target == "buenas"
    assert {f.code for f in found.findings} >= {"key_renamed", "role_renamed"}


def test_keys_that_no_service_accepts_are_said_once_a_line():
    row = {
        "messages": [
            {"rol": "user", "contenido": "hola"},
            {"rol": "assistant", "contenido": "buenas"},
        ]
    }
    found = read(json.dumps(row))
    assert found.dataset.examples[0].target == "buenas"
    told = [f.params for f in found.findings if f.code == "key_renamed"]
    assert told == [
        {"found": "rol", "name": "role"},
        {"found": "contenido", "name": "content"},
    ]


@pytest.mark.parametrize("header", ["texto1,texto2", "color,tamaño", "uno,dos"])
def test_other_names_are_not_taken_for_slips(header):
    rows = [f"una frase bastante larga {i},otra frase {i}" for i in range(6)]
    found = read("\n".join([header, *rows]) + "\n", "d.csv", has_header=True)
    assert "column_meant" not in {f.code for f in found.findings}


_PROSE = """pregunta,respuesta
¿Abrís hoy?,Sí.
¿Dónde estáis?,En la plaza.
¿Hay menú, también infantil?,Hay dos menús.
¿Cuándo abrís?,De lunes a viernes, de 9:00 a 14:00.
¿Cuánto cuesta?,Cuesta 5,20 € al día, con descuento.
¿Y el parking?,Es gratis,o casi
"""


def test_commas_of_prose_are_joined_where_one_cut_is_possible():
    found = read(_PROSE, "d.csv")
    pairs = [(e.prompt, e.target) for e in found.dataset.examples]
    assert pairs[2:] == [
        ("¿Hay menú, también infantil?", "Hay dos menús."),
        ("¿Cuándo abrís?", "De lunes a viernes, de 9:00 a 14:00."),
        ("¿Cuánto cuesta?", "Cuesta 5,20 € al día, con descuento."),
    ]
    assert [(f.line, f.code) for f in found.findings if f.line] == [
        (4, "unquoted_delimiter"),
        (5, "unquoted_delimiter"),
        (6, "unquoted_delimiter"),
        (7, "too_many_fields"),
    ]
