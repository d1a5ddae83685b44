"""A training that is killed again and again ends as if nobody had touched it."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from ftcore.settings import ROOT
from tests.tiny_bases import save_llama

pytestmark = pytest.mark.slow

CHILD = Path(__file__).with_name("killed_child.py")
STEPS = 36
KILLS = 3


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_llama(tmp_path_factory.mktemp("llama"))


def start(
    model: Path, kept: Path, out: Path, pause: float = 0.05
) -> subprocess.Popen[str]:
    arguments = [model, kept, out, pause]
    return subprocess.Popen(
        [sys.executable, str(CHILD), *map(str, arguments)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PATH": ""},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_killed_several_times_it_ends_with_the_same_weights(
    model: Path, tmp_path: Path
) -> None:
    whole = start(model, tmp_path / "whole", tmp_path / "whole.safetensors", 0.0)
    expected = dict(line.split() for line in whole.communicate()[0].splitlines())
    assert whole.returncode == 0
    assert len(expected) == STEPS

    rng = random.Random(0)
    kept, out = tmp_path / "kept", tmp_path / "out.safetensors"
    losses: dict[str, str] = {}
    first_steps = []
    for _ in range(KILLS):
        child = start(model, kept, out)
        assert child.stdout is not None
        for at in range(rng.randrange(5, 12)):
            step, loss = child.stdout.readline().split()
            losses[step] = loss
            if at == 0:
                first_steps.append(int(step))
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        assert not out.exists()
    last = start(model, kept, out, 0.0)
    rest = [line.split() for line in last.communicate()[0].splitlines()]
    losses.update(dict(rest))
    first_steps.append(int(rest[0][0]))

    assert last.returncode == 0
    assert first_steps[0] == 1
    assert first_steps[-1] > 3, "it began again from nothing"
    assert first_steps == sorted(first_steps)
    assert losses == expected
    found = load_file(out)["master"]
    assert torch.equal(found, load_file(tmp_path / "whole.safetensors")["master"])
