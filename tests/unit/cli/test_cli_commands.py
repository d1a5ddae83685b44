"""The commands predict, models and doctor, without a language model."""

import json
import threading

import pytest

from ftcore.cli.health import Check, State, compare_packages, examine, pinned
from ftcore.cli.main import main
from ftcore.cli.predict import answer_all
from ftcore.cli.rows import Row
from ftcore.data.examples import Task
from ftcore.errors import ChatFailedError, NoAnswersError
from ftcore.models.catalog import load_catalog
from tests.unit.chat.test_chat_arms import PAIRS, make_folder


@pytest.fixture
def data_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("FTCORE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path / "data"


def predict(tmp_path, folder, content, name, *more):
    source, target = tmp_path / name, tmp_path / f"out_{name}"
    source.write_text(content, encoding="utf-8")
    arguments = ["--input", str(source), "--output", str(target), *more]
    code = main(["predict", str(folder), *arguments])
    return code, target.read_text("utf-8") if target.exists() else ""


def test_a_classifier_labels_a_table(tmp_path, data_dir, capsys):
    folder = make_folder(tmp_path / "m", Task.CLASSIFICATION)
    code, written = predict(tmp_path, folder, "id,texto\n1,hola\n2,\n", "a.csv")
    assert code == 0
    first, second, empty = written.splitlines()
    assert first == "text,label,probability,is_unsure"
    words, label, probability, is_unsure = second.split(",")
    assert (words, label, is_unsure) == ("hola", "alta", "false")
    assert 0.5 < float(probability) <= 1
    assert empty == ",,,"
    said = capsys.readouterr()
    assert said.out == ""
    assert "Línea 3" in said.err


def test_a_classifier_labels_json_rows(tmp_path, data_dir):
    folder = make_folder(tmp_path / "m", Task.CLASSIFICATION)
    _, written = predict(tmp_path, folder, '{"text": "hola", "id": 7}\n', "a.jsonl")
    row = json.loads(written)
    assert 0.5 < row.pop("probability") <= 1
    assert row.pop("is_unsure") is False
    assert row == {"text": "hola", "id": 7, "label": "alta", "answer": "alta"}


def test_the_nearest_example_answers_both_formats(tmp_path, data_dir, capsys):
    folder = make_folder(tmp_path / "m", Task.CHAT)
    lines = "".join(json.dumps({"question": q}) + "\n" for q, _ in PAIRS)
    arm = ("--arm", "nearest", "--json")
    code, written = predict(tmp_path, folder, lines, "a.jsonl", *arm)
    assert code == 0
    answers = [json.loads(line)["answer"] for line in written.splitlines()]
    assert answers == [answer for _, answer in PAIRS]
    summary = json.loads(capsys.readouterr().out)
    assert (summary["rows"], summary["answered"]) == (3, 3)
    table = f"prompt,x\n{PAIRS[1][0]},1\n"
    _, written = predict(tmp_path, folder, table, "b.csv", *arm)
    assert written == f"prompt,x,answer\n{PAIRS[1][0]},1,{PAIRS[1][1]}\n"


def test_an_arm_that_the_task_lacks_is_told_in_spanish(tmp_path, data_dir, capsys):
    folder = make_folder(tmp_path / "m", Task.CLASSIFICATION)
    code, written = predict(tmp_path, folder, "text\na\n", "a.csv", "--arm", "base")
    assert (code, written) == (1, "")
    assert "tuned, nearest" in capsys.readouterr().err


def test_answers_keep_their_order_whoever_is_first():
    last_done = threading.Event()

    def ask(messages):
        question = messages[-1].content
        if question == "0":
            assert last_done.wait(10)  # the first row ends last
        if question == "3":
            last_done.set()
        return question * 2

    rows = [Row(i, {"question": str(i)}) for i in range(4)]
    assert answer_all(rows, ask) == (["00", "11", "22", "33"], [])


def test_one_failure_leaves_one_answer_empty():
    def ask(messages):
        if messages[-1].content == "b":
            raise ChatFailedError(reason="test")
        return "sí"

    rows = [Row(i, {"question": q}) for i, q in enumerate("abc", 1)]
    answers, warnings = answer_all(rows, ask)
    assert answers == ["sí", "", "sí"]
    assert len(warnings) == 1
    assert "Línea 2" in warnings[0]


def test_failing_on_every_row_is_an_error():
    def ask(messages):
        raise ChatFailedError(reason="test")

    with pytest.raises(NoAnswersError):
        answer_all([Row(1, {"question": "a"}), Row(2, {})], ask)


def test_models_lists_the_whole_catalogue(data_dir, capsys):
    assert main(["models", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in rows] == [m.name for m in load_catalog().models]
    assert {row["state"] for row in rows} <= {"here", "fetchable"}
    assert main(["models"]) == 0
    shown = capsys.readouterr().out
    assert all(row["licence"] in shown and row["name"] in shown for row in rows)


def test_doctor_says_ok_when_the_app_can_run(data_dir, capsys):
    code = main(["doctor", "--json"])
    report = json.loads(capsys.readouterr().out)
    missing = [c["name"] for c in report["checks"] if c["state"] == "missing"]
    assert (code == 0) == report["ok"] == (missing == [])
    assert all(c["fix"] for c in report["checks"] if c["state"] != "ok")
    assert main(["doctor"]) == code
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert sum(line.startswith(("✓", "·", "✗")) for line in lines) == 13


def test_doctor_fails_when_the_database_does_not_answer(data_dir, monkeypatch, capsys):
    url = "postgresql://taller:secreto@127.0.0.1:1/taller"
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["doctor"]) == 1
    shown = capsys.readouterr().out
    assert "✗ Base de datos" in shown
    assert "secreto" not in shown


def test_doctor_looks_at_each_thing_once(settings, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    names = [check.name for check in examine(settings)]
    assert len(names) == len(set(names)) == 13


def test_pins_are_read_with_extras_comments_and_markers():
    lines = ["# nota", "a==1.0", "b[x]==2 ; python_version > '3'", "c>=3", "d==4  # z"]
    assert pinned(lines) == {"a": "1.0", "b": "2", "d": "4"}


@pytest.mark.parametrize(
    ("installed", "state", "names"),
    [
        ({"a": "1", "b": "2"}, State.OK, ""),
        ({"a": "1", "b": "3"}, State.NOTE, "b"),
        ({"b": "3"}, State.MISSING, "a"),
    ],
)
def test_packages_are_compared_with_the_pins(installed, state, names):
    check = compare_packages({"a": "1", "b": "2"}, installed.get)
    assert check == Check("packages", state, {"count": "2", "names": names})
