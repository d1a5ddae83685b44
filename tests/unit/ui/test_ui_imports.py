"""The web server starts without the heavy libraries."""

import json
import subprocess
import sys

import pytest

from ftcore.settings import ROOT

HEAVY = ("torch", "transformers", "peft", "sklearn", "scipy", "gradio", "pandas")


@pytest.mark.parametrize("module", ["app", "ftcore.ui.frame", "ftcore.ui.playground"])
def test_the_web_process_stays_light(module: str) -> None:
    code = (
        f"import sys, json, {module}; "
        f"print(json.dumps([n for n in {HEAVY!r} if n in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == []
