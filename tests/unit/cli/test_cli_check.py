"""``check``: everything that can be said of a file, for a person and for a program."""

import json
from pathlib import Path

import pytest

from ftcore.cli.main import main
from ftcore.data.destinations.registry import DESTINATIONS
from ftcore.data.exports import EXPORTS
from ftcore.texts import ASSETS

SHOP = ASSETS / "templates" / "shop" / "train.jsonl"
EMAILS = ASSETS / "templates" / "hr_emails" / "train.csv"
OLD_KEYS = ["file", "verdict", "rows", "first", "message", "findings"]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path, monkeypatch):
    monkeypatch.setenv("FTCORE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FTCORE_MODELS", str(tmp_path / "models"))


@pytest.fixture
def check(capsys):
    def run(path: Path, *options: str) -> tuple[int, str, str]:
        code = main(["check", str(path), *options])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def check_json(check):
    def run(path: Path, *options: str) -> dict:
        return json.loads(check(path, "--json", *options)[1])

    return run


def table(folder: Path, text: str, name: str = "datos.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def labels(folder: Path, *extra: str) -> Path:
    rows = [f"¿Cuándo llega el pedido número {i}?,envios" for i in range(12)]
    rows += [f"Quiero devolver el artículo número {i},devoluciones" for i in range(12)]
    return table(folder, "\n".join(["texto,etiqueta", *rows, *extra]) + "\n")


def test_the_old_keys_come_first_and_the_new_ones_follow(check_json):
    found = check_json(SHOP)
    assert list(found)[: len(OLD_KEYS)] == OLD_KEYS
    new = {"columns", "destinations", "tokens", "costs", "split", "quality"}
    assert new | {"left_out", "mends", "classes", "near_duplicates"} <= set(found)
    assert found["rows"] == 28


def test_a_program_learns_where_it_may_train_and_for_how_much(check_json):
    found = check_json(SHOP)
    places = {place["destination"]: place for place in found["destinations"]}
    assert set(places) == set(DESTINATIONS)
    assert places["local"]["level"] == "ready"
    assert places["nova2"]["level"] == "blocked"
    assert places["nova2"]["reasons"][0]["code"] == "too_few"
    tokens = {each["destination"]: each for each in found["tokens"]}
    assert tokens["openai"]["exact"]
    assert not tokens["google"]["exact"]
    costs = {(each["provider"], each.get("model")): each for each in found["costs"]}
    assert costs["local", None]["usd"] == 0
    assert costs["local", None]["measured"] is False
    assert 0 < costs["openai", "gpt-4o-mini"]["usd"] < 1


def test_the_split_says_what_the_test_can_prove(check_json, tmp_path):
    found = check_json(labels(tmp_path))["split"]
    assert found["method"] == "stratified"
    assert found["train"] + found["test"] == 24
    assert len(found["held_out"]) == found["test"]
    assert f"cada error son {100 // found['test']} puntos" in found["message"]


def test_what_was_left_out_is_listed_whole(check_json, tmp_path):
    path = table(tmp_path, '{"prompt": "a", "completion": "b"}\n{"x": 1}\n', "a.jsonl")
    found = check_json(path)
    assert found["rows"] == 1
    assert [(row["line"], row["raw"]) for row in found["left_out"]] == [(2, '{"x": 1}')]


def test_a_rejected_file_has_no_facts(check_json, check, tmp_path):
    path = table(tmp_path, "", "vacio.csv")
    found = check_json(path)
    assert found["verdict"] == "reject"
    assert "destinations" not in found
    assert check(path)[0] == 1
    missing = check_json(tmp_path / "nada.csv")
    assert missing["verdict"] == "reject"
    assert "no existe" in missing["message"]


def test_a_person_reads_all_sections(check):
    code, out, _ = check(EMAILS)
    assert code == 0
    for words in (
        "Etiquetas: ",
        "cada error son",
        "Calidad: ",
        "Dónde se puede entrenar:",
        "✓ Esta máquina: listo",
        "OpenAI no admite cuentas nuevas",
        "aprox.",
        "Cuánto cuesta:",
        "sin medir aquí",
        "El curso decía",
        "Precio visto el 5 de agosto de 2026",
    ):
        assert words in out
    assert max(map(len, out.splitlines())) < 900


def test_each_finding_says_where_why_and_what_to_do(check, tmp_path):
    out = check(labels(tmp_path, "¿Cuándo llega el pedido número 0?,envios"))[1]
    line = next(i for i, each in enumerate(out.splitlines()) if "Línea 26" in each)
    told = "\n".join(out.splitlines()[line + 1 : line + 4])
    assert "Qué hacer:" in told


def test_columns_and_header_can_be_said(check_json, tmp_path):
    rows = "".join(f"{i},hola {i},{'si' if i % 2 else 'no'}\n" for i in range(12))
    named = table(tmp_path, "n,algo,otra\n" + rows)
    found = check_json(named, "--columns", "algo,otra")
    assert found["first"] == "hola 0"
    assert (found["columns"]["source"], found["columns"]["target"]) == ("algo", "otra")
    bare = table(tmp_path, "hola a,si\nhola b,no\n", "b.csv")
    assert check_json(bare, "--no-header")["first"] == "hola a"


def test_one_column_is_no_choice(check, tmp_path):
    with pytest.raises(SystemExit):
        check(labels(tmp_path), "--columns", "texto")


@pytest.mark.parametrize("form", [*EXPORTS, *DESTINATIONS])
def test_the_examples_are_written_in_any_form(check, tmp_path, form):
    target = tmp_path / "out" / "salida.bin"
    code, _, err = check(EMAILS, "--output", str(target), "--format", form)
    assert code == 0
    assert target.stat().st_size > 100
    assert f"«{form}»" in err


def test_the_form_follows_the_name(check, check_json, tmp_path):
    target = tmp_path / "salida.json"
    check(EMAILS, "--output", str(target))
    assert len(json.loads(target.read_text("utf-8"))) == check_json(EMAILS)["rows"]
    again = check_json(target)
    assert again["classes"] == check_json(EMAILS)["classes"]


def test_a_fix_is_told_and_written(check, check_json, tmp_path):
    twice = "¿Cuándo llega el pedido número 0?,envios"
    path, target = labels(tmp_path, twice), tmp_path / "limpio.csv"
    options = ("--fix", "duplicate", "--output", str(target))
    out = check(path, *options)[1]
    assert "0 ejemplos cambiados y 1 quitados" in out
    assert "Ejemplo 25, quitado" in out
    assert check_json(target)["rows"] == 24
    (change,) = check_json(path, "--fix", "all")["changes"]
    assert change["row"] == 25
    assert change["after"] is None


def test_an_unknown_fix_names_the_known_ones(check, tmp_path):
    code, _, err = check(labels(tmp_path), "--fix", "magia")
    assert code == 1
    assert "magia" in err
    assert "duplicate" in err


def test_personal_data_can_be_masked(check, tmp_path):
    mail = "Mi correo es ana.lopez@example.com y espero respuesta,envios"
    target = tmp_path / "sin_datos.csv"
    check(labels(tmp_path, mail), "--mask", "--output", str(target))
    written = target.read_text("utf-8")
    assert "ana.lopez" not in written
    assert "espero respuesta" in written


def test_nothing_is_written_of_a_rejected_file(check, tmp_path):
    target = tmp_path / "salida.csv"
    path = table(tmp_path, "", "vacio.csv")
    code, _, err = check(path, "--output", str(target))
    assert code == 1
    assert not target.exists()
    assert "No hay ejemplos que escribir" in err


def test_a_place_that_cannot_be_written_is_told(check, tmp_path):
    (tmp_path / "file").write_text("in the way")
    code, _, err = check(EMAILS, "--output", str(tmp_path / "file" / "a.csv"))
    assert code == 1
    assert "a.csv" in err


def test_a_machine_without_models_still_checks(check_json, monkeypatch):
    monkeypatch.setattr(
        "ftcore.models.catalog.BaseModel.locate", lambda self, folder: None
    )
    monkeypatch.setattr("ftcore.models.openai_tokens._carried_file", lambda: None)
    found = check_json(SHOP)
    assert found["verdict"] in {"accept", "accept_with_warning"}
    assert not any(each["exact"] for each in found["tokens"])
