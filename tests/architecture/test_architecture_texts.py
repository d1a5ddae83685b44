"""Every text that code asks for exists, with the same placeholders."""

import ast
import string
from pathlib import Path

import pytest

from ftcore import errors
from ftcore.data.findings import Severity, Verdict
from ftcore.errors import FtcoreError
from ftcore.models import download_errors
from ftcore.texts import catalog, duration, number, percent
from ftcore.training.base import JobState, Phase, Preset

ROOT = Path(__file__).parents[2]
SOURCES = [
    *sorted((ROOT / "ftcore").rglob("*.py")),
    *sorted((ROOT / "pages").glob("*.py")),
]


def all_errors(kind: type[FtcoreError] = FtcoreError) -> list[type[FtcoreError]]:
    found = []
    for child in kind.__subclasses__():
        found += [child, *all_errors(child)]
    return found


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("error", all_errors(), ids=lambda e: e.code)
def test_every_error_says_problem_and_fix(error):
    texts = catalog()
    problem = texts[f"errors.{error.code}.problem"]
    fix = texts[f"errors.{error.code}.fix"]
    assert fields(problem) | fields(fix) <= fields(error.message.replace("!r", ""))
    assert "!" not in problem
    assert "¡" not in problem


def test_no_text_explains_an_error_that_does_not_exist():
    known = {error.code for error in all_errors()} | JOB_ONLY_CODES
    named = {key.split(".")[1] for key in catalog() if key.startswith("errors.")}
    assert named <= known


# Codes that a job may end with although no exception of that name is raised.
JOB_ONLY_CODES = {"interrupted"}


def test_error_codes_are_unique():
    codes = [error.code for error in all_errors()]
    assert len(codes) == len(set(codes))
    homes = {errors.__name__, download_errors.__name__}
    assert all(e.__module__ in homes for e in all_errors())


@pytest.mark.parametrize(
    "key",
    [
        *[f"phases.{phase}" for phase in Phase],
        *[f"states.{state}" for state in JobState],
        *[f"presets.{preset}.name" for preset in Preset],
        *[f"verdicts.{verdict}" for verdict in Verdict],
        *[f"severities.{severity}" for severity in Severity],
    ],
)
def test_every_word_of_the_field_has_a_name(key):
    assert catalog()[key]


def literal_keys() -> list[tuple[str, str]]:
    """Return every call ``text("literal")`` with the file that makes it."""
    return [
        (str(node.args[0].value), str(path.relative_to(ROOT)))
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "text"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    ]


@pytest.mark.parametrize(("key", "where"), literal_keys())
def test_every_text_asked_for_exists(key, where):
    assert key in catalog(), f"{where} asks for {key}"


def test_texts_end_well():
    bad = [key for key, value in catalog().items() if value != value.rstrip()]
    assert not bad


def test_numbers_are_written_the_spanish_way():
    assert number(1234567.891, 2) == "1.234.567,89"
    assert number(-0.5, 1) == "-0,5"
    assert percent(0.785) == "78 %"
    assert duration(40) == "40 s"
    assert duration(125) == "2 min 5 s"
    assert duration(4200) == "1 h 10 min"
