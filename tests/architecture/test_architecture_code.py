"""Sizes, docstrings and layers that the architecture promises."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = sorted((ROOT / "ftcore").rglob("*.py"))
PAGES = sorted((ROOT / "pages").glob("*.py"))
MOST_LINES = 400
A_LIST = {"ftcore/errors.py": 520}  # one short class after another, nothing to follow
MOST_PAGE_LINES = 120
MOST_FUNCTION_LINES = 60
# Letters that Spanish has and English has not: a sign of words outside assets/.
SPANISH = set("áéíóúñ¿¡ÁÉÍÓÚÑ")


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", LIBRARY, ids=relative)
def test_modules_stay_small(path):
    most = A_LIST.get(relative(path), MOST_LINES)
    assert len(path.read_text(encoding="utf-8").splitlines()) <= most


@pytest.mark.parametrize("path", PAGES, ids=relative)
def test_pages_stay_thin(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_PAGE_LINES


@pytest.mark.parametrize("path", [*LIBRARY, *PAGES], ids=relative)
def test_functions_stay_short(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno >= MOST_FUNCTION_LINES
    ]
    assert not long


@pytest.mark.parametrize("path", [*LIBRARY, *PAGES, ROOT / "app.py"], ids=relative)
def test_spanish_lives_in_assets_only(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    words = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
        # Single letters and character tables are data, not words.
        and any(
            len(w) > 2 and SPANISH & set(w) and w.isalpha() for w in node.value.split()
        )
    ]
    assert not words


def test_unfinished_work_is_not_on_main():
    marks = ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")
    found = [
        f"{relative(path)}: {mark}"
        for path in [*LIBRARY, *PAGES]
        for mark in marks
        if mark in path.read_text(encoding="utf-8")
    ]
    assert not found


def imported(code: str) -> set[str]:
    """Run code in a fresh interpreter and return the modules that it imported."""
    probe = f"import sys\n{code}\nprint(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return {name.split(".")[0] for name in done.stdout.split()}


def test_the_web_server_never_loads_torch():
    modules = imported("import ftcore.workshop, ftcore.ui.server, ftcore.ui.services")
    assert not modules & {"torch", "peft", "transformers", "sklearn", "gradio"}


def test_the_library_knows_no_screen():
    modules = imported("import ftcore.workshop, ftcore.cli.main")
    assert not modules & {"streamlit", "gradio", "torch"}


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells it on Linux")
def test_threads_are_told_to_sleep_before_any_are_made():
    probe = (
        "import os, sys\n"
        "sys.argv = ['ftcore', 'models', '--json']\n"
        "from ftcore.cli import main\n"
        "loaded = open('/proc/self/maps').read()\n"
        "assert 'gomp' not in loaded and 'libomp' not in loaded\n"
        "main.main(sys.argv[1:])\n"
        "assert os.environ['OMP_WAIT_POLICY'] == 'PASSIVE'\n"
        "assert 0 < int(os.environ['GOMP_SPINCOUNT']) < 100_000\n"
    )
    told = ("OMP_", "GOMP_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(told)}
    subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        cwd=ROOT,
        env=environment,
        check=True,
    )
