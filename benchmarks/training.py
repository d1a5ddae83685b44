"""Lines of the training: how fast, how good, how near to what the machine can do."""

import json
import os
import statistics
import subprocess
import sys

from benchmarks.line import Line
from ftcore.settings import ROOT

ROUNDS = 3  # interleaved: what else the machine does falls on both sides alike
GROWTH = (10, 100, 1_000, 10_000)
LEAST_SHARE = 0.5  # of a product of matrices: model FLOPs utilisation
# What a training may be worse by than TRL's, in nats per token: seeds differ by more.
_TOLERANCE = {"train_loss": 0.05, "held_out_loss": 0.02}

Found = dict[str, float]


def training_speed() -> list[Line]:
    """Tokens per second of a whole training: ours, TRL's defaults, TRL at its best."""
    defaults = _python("benchmarks.reference_run", "trl")  # once: it can take minutes
    ours, plain = [], []
    for _ in range(ROUNDS):
        ours.append(_python("benchmarks.reference_run", "ours"))
        plain.append(_python("benchmarks.reference_run", "trl_plain"))
    value, best = (statistics.median(map(_speed, runs)) for runs in (ours, plain))
    name, unit, goal = "training_speed", "tokens/s", "at least 5x"
    usual = _speed(defaults)
    peer = "TRL SFTTrainer with its defaults"
    lines = [Line(name, value, unit, peer, usual, goal, value >= 5 * usual)]
    name, peer = f"{name}_plain", "TRL SFTTrainer, float32, no checkpointing"
    lines.append(Line(name, value, unit, peer, best, goal, value >= 5 * best))
    return lines + _quality(ours[0], plain[0])


def _quality(ours: Found, peer: Found) -> list[Line]:
    """Compare what both learnt; both are the same whenever they run."""
    lines = []
    for name, worse in _TOLERANCE.items():
        goal = f"at most {worse} above"
        met = ours[name] <= peer[name] + worse
        unit = "nats/token"
        lines.append(
            Line(name, ours[name], unit, "TRL SFTTrainer", peer[name], goal, met)
        )
    mine, theirs = 100 * ours["exact"], 100 * peer["exact"]
    name, goal = "held_out_exact", "at least as many"
    met = mine >= theirs
    return [*lines, Line(name, mine, "%", "TRL SFTTrainer", theirs, goal, met)]


def gemm_share() -> Line:
    """Model FLOPs of a training step over those of a bare product."""
    found = _python("benchmarks.gemm_share")
    ours, product = found["training"] / 1e9, found["product"] / 1e9
    peer = f"2048³ product of {found['bits']:.0f}-bit numbers"
    is_met = ours / product >= LEAST_SHARE
    goal = f"at least {LEAST_SHARE}x"
    return Line("gemm_share", ours, "GFLOP/s", peer, product, goal, is_met)


def training_growth() -> list[Line]:
    """Time and memory of a whole training by the number of examples."""
    return [line for count in GROWTH for line in training_of(count)]


def training_of(count: int) -> list[Line]:
    """Time and memory of a whole training with so many examples."""
    found = _python("benchmarks.training_growth", str(count))
    return [
        Line(
            f"training_{name}_{count}", found[name], unit, "", None, "to be seen", True
        )
        for name, unit in (("seconds", "s"), ("megabytes", "MB"))
    ]


def _speed(run: Found) -> float:
    return run["tokens"] / run["seconds"]


def _python(*words: str) -> Found:
    """Run a module in a process of its own; its last line is a JSON object."""
    command = [sys.executable, "-m", *words]
    env = {**os.environ, "TOKENIZERS_PARALLELISM": "false"}
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found
