"""The installer does what is missing, once, and says so."""

import json
import sys

import pytest

from ftcore import bootstrap
from ftcore.bootstrap import BootstrapError, Stage
from ftcore.settings import Settings
from ftcore.ui.launch import welcome


@pytest.fixture
def root(tmp_path, monkeypatch):
    """An empty checkout whose environment is the Python that runs the tests."""
    (tmp_path / "requirements.txt").write_text("torch==1\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / "installed.json")
    monkeypatch.setattr(bootstrap, "PYTHON", bootstrap.Path(sys.executable))
    return tmp_path


def stage(done: list[str], name: str, *inputs: str) -> Stage:
    return Stage(name, 5, inputs, lambda: done.append(name))


def test_a_second_run_does_nothing(root, capsys):
    done: list[str] = []
    wanted = [stage(done, "venv"), stage(done, "packages", "requirements.txt")]
    bootstrap.install(wanted)
    bootstrap.install(wanted)
    assert done == ["venv", "packages"]
    assert bootstrap.TEXTS["nothing_to_do"] in capsys.readouterr().out


def test_a_changed_file_repeats_only_its_stages(root):
    done: list[str] = []
    wanted = [stage(done, "venv"), stage(done, "packages", "requirements.txt")]
    bootstrap.install(wanted)
    (root / "requirements.txt").write_text("torch==2\n")
    bootstrap.install(wanted)
    assert done == ["venv", "packages", "packages"]


def test_a_failure_keeps_what_was_done(root):
    done: list[str] = []

    def fail() -> None:
        raise BootstrapError("no")

    wanted = [stage(done, "venv"), Stage("packages", 5, (), fail)]
    with pytest.raises(BootstrapError):
        bootstrap.install(wanted)
    assert set(json.loads((root / "installed.json").read_text())) == {"venv"}
    bootstrap.install([*wanted[:1], stage(done, "packages")])
    assert done == ["venv", "packages"]


def test_each_stage_has_its_words_and_says_what_is_left(root, capsys):
    for each in bootstrap.stages(dev=True):
        assert bootstrap.TEXTS[each.name]
    bootstrap.install([stage([], "venv"), stage([], "torch")])
    assert "[1/2]" in capsys.readouterr().out


def test_a_command_that_fails_is_explained(root):
    with pytest.raises(BootstrapError, match="torch"):
        bootstrap.run([sys.executable, "-c", "raise SystemExit(3)"], "torch")


def test_an_address_that_nobody_serves_does_not_answer():
    assert not bootstrap.answers("http://127.0.0.1:9/")


def test_the_terminal_says_where_to_go(tmp_path):
    settings = Settings(tmp_path, "sqlite://", port=8123, public_url="https://sala.org")
    lines = "\n".join(welcome(settings))
    assert "http://localhost:8123" in lines
    assert "https://sala.org/facilitator" in lines
