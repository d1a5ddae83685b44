"""The web server starts without the heavy libraries."""

import json
import subprocess
import sys

import pytest

from ftcore.settings import ROOT

HEAVY = ("torch", "transformers", "peft", "sklearn", "scipy", "gradio", "pandas")


LATER = ("sqlalchemy", "alembic", "ftcore.workshop", "xllamacpp", "pydantic")


def imported(module: str, names: tuple[str, ...]) -> list[str]:
    code = (
        f"import sys, json, {module}; "
        f"print(json.dumps([n for n in {names!r} if n in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_the_first_page_is_served_before_the_workshop_is_imported() -> None:
    assert imported("app", LATER) == []


@pytest.mark.parametrize("module", ["app", "ftcore.ui.frame", "ftcore.ui.playground"])
def test_the_web_process_stays_light(module: str) -> None:
    assert imported(module, HEAVY) == []
