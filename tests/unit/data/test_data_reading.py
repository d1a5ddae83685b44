"""Readers, templates and the command line, where a table of files says too little."""

import argparse
import json

import pytest

from ftcore.cli import check as check_command
from ftcore.data.check import MOST_PER_CODE, check_file
from ftcore.data.cleaning import clean_cell, without_accents
from ftcore.data.decoding import decode
from ftcore.data.examples import Role, Task
from ftcore.data.findings import Severity, Verdict
from ftcore.data.options import Limits, ReadOptions
from ftcore.data.readers import dataset_name, read_dataset
from ftcore.data.summary import lines_phrase
from ftcore.data.templates import list_templates, load_template
from ftcore.errors import UnknownTemplateError, WrongTaskError


def read(text, name="d.jsonl", **options):
    return read_dataset(name, text.encode(), ReadOptions(**options))


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("text,label\nhola,a\nadiós,b\n", Task.CLASSIFICATION),
        ("pregunta,respuesta\n¿Qué?,Esto\n¿Y?,Eso\n", Task.CHAT),
        ("prompt,completion\nTema,Texto largo\n", Task.COMPLETION),
        ('{"question": "q", "answer": "a"}', Task.CHAT),
        ('{"prompt": "q", "completion": "a"}', Task.COMPLETION),
        ('{"input": "q", "output": "a"}', Task.CHAT),
        ('{"text": "q", "label": "a"}', Task.CLASSIFICATION),
        ("mensaje,categoría\nhola,a\n", Task.CLASSIFICATION),
        ("mensaje,respuesta\nhola,a\n", Task.CHAT),
        (
            "uno,dos\n" + "este texto es largo,sí\neste otro también,no\n" * 4,
            Task.CLASSIFICATION,
        ),
        (
            "uno,dos\n"
            + "".join(
                f"este texto es largo {i},y su respuesta {i} también\n"
                for i in range(9)
            ),
            Task.CHAT,
        ),
    ],
)
def test_task_is_told_by_the_names_or_the_values(text, task):
    assert read(text).dataset.task is task


def test_task_can_be_asked_for():
    text = '{"prompt": "hola", "completion": "a"}\n{"prompt": "yo", "completion": "b"}'
    assert read(text, task=Task.CLASSIFICATION).dataset.labels == ("a", "b")


def test_impossible_task_is_an_error():
    turns = [("user", "a"), ("assistant", "b")] * 2
    row = {"messages": [{"role": r, "content": c} for r, c in turns]}
    with pytest.raises(WrongTaskError):
        read(json.dumps(row), task=Task.CLASSIFICATION)


def test_lines_are_those_of_the_file():
    text = 'text,label\n"dos\nlíneas",a\nuna,b\nsola\n'
    found = read(text)
    assert [example.line for example in found.dataset] == [2, 4]
    assert [f.line for f in found.findings if f.severity is Severity.ERROR] == [5]


def test_lines_of_a_pretty_array():
    text = json.dumps(
        [{"text": "a", "label": "x"}, {"text": "b", "label": "y"}], indent=1
    )
    assert [example.line for example in read(text, "d.json").dataset] == [2, 6]


def test_system_column_and_alpaca_input():
    row = {
        "system": "Sé breve",
        "instruction": "Traduce",
        "input": "dog",
        "output": "perro",
    }
    (example,) = read(json.dumps(row)).dataset
    assert example.messages[0].role is Role.SYSTEM
    assert (example.prompt, example.target) == ("Traduce\n\ndog", "perro")


def test_gemini_shape():
    row = {
        "systemInstruction": {"role": "system", "parts": [{"text": "Sé breve"}]},
        "contents": [
            {"role": "user", "parts": [{"text": "hola"}]},
            {"role": "model", "parts": [{"text": "buenas"}]},
        ],
    }
    (example,) = read(json.dumps(row)).dataset
    assert [m.content for m in example.messages] == ["Sé breve", "hola", "buenas"]


def test_numbers_keep_their_spelling():
    row = '{"prompt": "precio", "completion": 4.50}'
    assert read(row).dataset.examples[0].target == "4.50"


def test_unanswered_last_question_is_dropped():
    turns = [("user", "a"), ("assistant", "b"), ("user", "c")]
    row = {"messages": [{"role": r, "content": c} for r, c in turns]}
    found = read(json.dumps(row))
    assert found.dataset.examples[0].target == "b"
    assert [f.code for f in found.findings] == ["unanswered_question"]


@pytest.mark.parametrize("word", ["Usuario", "HUMAN", "cliente", "usser"])
def test_roles_are_recognised(word):
    turns = [(word, "a"), ("Asistente", "b")]
    row = {"messages": [{"role": r, "content": c} for r, c in turns]}
    roles = [m.role for m in read(json.dumps(row)).dataset.examples[0].messages]
    assert roles == [Role.USER, Role.ASSISTANT]


def test_row_limit_refuses_the_file():
    text = "text,label\n" + "hola,a\nadiós,b\n" * 20
    report = check_file("d.csv", text.encode(), ReadOptions(limits=Limits(max_rows=39)))
    assert (report.verdict, report.rows) == (Verdict.REJECT, 0)
    assert "límite" in report.message
    assert (
        check_file("d.csv", text.encode(), ReadOptions(limits=Limits(max_rows=40))).rows
        == 40
    )


def test_many_findings_are_counted_and_not_listed():
    text = "text,label\nhola,a\nadiós,b\n" + "sola\n" * 500
    report = check_file("d.csv", text.encode())
    codes = [finding.code for finding in report.findings]
    assert codes.count("too_few_fields") == MOST_PER_CODE
    more = report.findings[codes.index("more_like_this")]
    assert more.params == {"count": 500 - MOST_PER_CODE}
    assert "496 más" in report.message


@pytest.mark.parametrize(
    ("lines", "phrase"),
    [
        ([3], "Línea 3"),
        ([3, 7], "Líneas 3 y 7"),
        ([3, 7, 9, 12], "Líneas 3, 7, 9 y 12"),
        ([3, 7, 9, 12, *range(20, 32)], "Líneas 3, 7, 9, 12 y 12 más"),
    ],
)
def test_lines_are_summarised(lines, phrase):
    assert lines_phrase(lines) == phrase


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("datos.jsonl.txt", "datos"),
        ("C:\\Mis cosas\\tienda.csv", "tienda"),
        ("/tmp/a.b/v1.2.csv", "v1.2"),
        (".csv", ".csv"),
        ("", "datos"),
    ],
)
def test_dataset_is_named_after_the_file(filename, name):
    assert dataset_name(filename) == name


@pytest.mark.parametrize(
    "text", ["👨‍👩‍👧", "❤️‍🔥", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "می‌خواهم", "«Sí», dijo… ñandú—€", "a\tb\nc"]
)
def test_valid_text_is_untouched(text):
    assert clean_cell(text).text == text


def test_accents_go_but_not_the_tilde_of_the_n():
    assert without_accents(" ÁRBOL  Año ") == "arbol año"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "utf-32", "cp1252", "mac_roman"]
)
def test_accents_survive_every_encoding(encoding):
    text = "La señora pidió un café con acción\n¿Qué tal, Íñigo?\n" * 3
    assert decode(text.encode(encoding)).text == text


def test_all_templates_are_clean_and_in_order():
    templates = list_templates()
    assert [t.order for t in templates] == sorted(t.order for t in templates)
    for template in templates:
        asked = {example.prompt for example in template.dataset}
        assert template.test
        assert asked.isdisjoint(example.prompt for example in template.test)
        assert template.examples_min <= len(template.dataset) <= template.examples_max


def test_unknown_template():
    with pytest.raises(UnknownTemplateError):
        load_template("no_existe")


# --- command line -----------------------------------------------------------------


def run(capsys, *arguments):
    parser = argparse.ArgumentParser()
    check_command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["check", *map(str, arguments)])
    return args.run(args), capsys.readouterr().out


def test_check_prints_one_object(tmp_path, capsys):
    path = tmp_path / "ñandú.csv"
    path.write_text("text,label\n" + "hola,a\nadiós,b\n" * 6, encoding="utf-8")
    code, out = run(capsys, path, "--json")
    report = json.loads(out)
    assert code == 0
    first = ["file", "verdict", "rows", "first", "message", "findings"]
    assert list(report)[:6] == first
    assert (report["file"], report["rows"], report["first"]) == (
        "ñandú.csv",
        12,
        "hola",
    )


def test_check_tells_findings_by_line(tmp_path, capsys):
    path = tmp_path / "d.csv"
    path.write_text("text,label\nhola,a\nsola\nadiós,b\n", encoding="utf-8")
    code, out = run(capsys, path)
    assert code == 0
    assert "Línea 3" in out
    assert "con arreglos" in out


@pytest.mark.parametrize("name", ["no_existe.csv", "."])
def test_a_path_that_cannot_be_read_is_rejected(tmp_path, capsys, name):
    code, out = run(capsys, tmp_path / name, "--json")
    report = json.loads(out)
    assert (code, report["verdict"], report["rows"]) == (1, "reject", 0)
    assert "No podemos leer" in report["message"]


def test_a_wrong_task_is_told(tmp_path, capsys):
    turns = [("user", "a"), ("assistant", "b")] * 2
    row = {"messages": [{"role": r, "content": c} for r, c in turns]}
    path = tmp_path / "d.jsonl"
    path.write_text(json.dumps(row), encoding="utf-8")
    code, out = run(capsys, path, "--task", "classification")
    assert code == 1
    assert "classification" in out
