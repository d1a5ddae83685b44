"""Our loop and its tricks learn as much as TRL's `SFTTrainer` from the same data."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from ftcore.models.catalog import load_catalog
from ftcore.settings import ROOT, load_settings

pytestmark = pytest.mark.slow

EXAMPLES = "12"


def run(kind: str) -> Any:
    """Each trainer in a process of its own: TRL changes what accelerate remembers."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reference_run", kind, EXAMPLES],
        cwd=ROOT,
        env={**os.environ, "TOKENIZERS_PARALLELISM": "false"},
        capture_output=True,
        text=True,
        timeout=540,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.skipif(
    load_catalog().find("smollm2-135m-instruct").locate(load_settings().models_dir)
    is None,
    reason="the embedded base model is not installed",
)
def test_the_reference_learns_no_more_than_we_do() -> None:
    ours, theirs = run("ours"), run("trl_plain")
    assert ours["tokens"] == theirs["tokens"]
    assert ours["train_loss"] <= theirs["train_loss"] + 0.05
    assert ours["held_out_loss"] <= theirs["held_out_loss"] + 0.02
    assert ours["exact"] >= theirs["exact"]
