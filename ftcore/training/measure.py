"""Measure what training takes on this machine: the first forecast is no guess."""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median

from ftcore.models.embeddings import default_embedder
from ftcore.training.memory import (
    MemoryRun,
    knows_memory,
    learn_memory,
    peak_memory_mb,
    write_memory,
)
from ftcore.training.speed import knows_speed, write_speed

_TOKENS, _ANSWER = 100, 30  # of a conversation, about a workshop's
_CONVERSATIONS, _BATCH = 24, 4
_TEXTS, _TEXT_PIECES = 24, 20
_RANK = 16  # the presets' own
Timer = Callable[[], float]


def measure_machine(
    base_model: str, prepared: Path, models_dir: Path, clock: Timer = time.perf_counter
) -> None:
    """Note the speed and the memory of training, and the speed of embedding.

    It takes some seconds the first time. Later runs keep the speed up to date.

    Args:
        base_model: Name of the generation model.
        prepared: Its folder, as `prepare_base_model` returned it.
        models_dir: Where the figures are kept.
        clock: Gives the time in seconds.
    """
    if not knows_memory(models_dir, base_model):
        # Memory is only to be seen in a process that has done nothing else.
        where = [base_model, str(prepared), str(models_dir)]
        # Without it forecasts go by the size of the model: no reason to stop here.
        subprocess.run([sys.executable, "-m", __name__, *where], check=False)  # noqa: S603 - our own module
    if not knows_speed(models_dir, base_model):
        write_speed(models_dir, base_model, training_speed(prepared, clock))
    embedder = default_embedder()
    if not knows_speed(models_dir, embedder.name):
        write_speed(models_dir, embedder.name, embedding_speed(clock))


def training_speed(prepared: Path, clock: Timer = time.perf_counter) -> float:
    """Return the tokens trained in a second, with a job's usual threads.

    Args:
        prepared: Folder of the prepared base model.
        clock: Gives the time in seconds.
    """
    return _train(prepared, clock)[0]


def _train(
    prepared: Path, clock: Timer, checkpoint_dir: Path | None = None
) -> tuple[float, MemoryRun]:
    """Return tokens per second and, if nothing was done before, the memory held."""
    from ftcore.training.checkpoint import Checkpoints  # noqa: PLC0415  (torch)
    from ftcore.training.learners import make_learner  # noqa: PLC0415
    from ftcore.training.lora import LoraLoop  # noqa: PLC0415
    from ftcore.training.packing import TokenSequence  # noqa: PLC0415
    from ftcore.training.threads import use_threads  # noqa: PLC0415

    use_threads((os.cpu_count() or 1) - 1)
    rng = random.Random(0)  # noqa: S311 - text to compute with, not a secret
    conversations = [
        TokenSequence(
            tuple(rng.randrange(100, 1_000) for _ in range(_TOKENS)), _TOKENS - _ANSWER
        )
        for _ in range(_CONVERSATIONS)
    ]
    ends: list[float] = []
    learner = make_learner(prepared, _RANK, 0, _TOKENS)
    loaded = peak_memory_mb()
    kept = None
    if checkpoint_dir is not None:
        kept = Checkpoints(checkpoint_dir, "", lambda: 0.0)
    loop = LoraLoop(
        learner,
        1e-4,
        _BATCH,
        0,
        lambda _: ends.append(clock()),
        lambda: False,
        checkpoints=kept,
    )
    loop.run([conversations], conversations[:1])
    steps = [after - before for before, after in pairwise(ends)]
    run = MemoryRun(
        loaded, peak_memory_mb(), learner.master.numel(), _RANK, [_TOKENS] * _BATCH
    )
    return _BATCH * _TOKENS / median(steps), run


def embedding_speed(clock: Timer = time.perf_counter) -> float:
    """Return the texts turned into vectors in a second."""
    embedder = default_embedder()
    texts = [f"{at} " * _TEXT_PIECES for at in range(_TEXTS)]
    embedder.passage(texts[:1])  # loading is not counted
    before = clock()
    embedder.passage(texts)
    return _TEXTS / (clock() - before)


def main(arguments: list[str]) -> None:
    """Measure one base model in a process of its own, and note what it took.

    Args:
        arguments: Name of the model, its prepared folder, where figures are kept.
    """
    base_model, prepared, models_dir = arguments[0], Path(arguments[1]), arguments[2]
    with tempfile.TemporaryDirectory() as folder:
        speed, run = _train(prepared, time.perf_counter, Path(folder))
    write_memory(Path(models_dir), base_model, learn_memory(run, prepared))
    if not knows_speed(Path(models_dir), base_model):
        write_speed(Path(models_dir), base_model, speed)


if __name__ == "__main__":
    main(sys.argv[1:])
