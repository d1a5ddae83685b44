"""Measure how fast this machine is, so that the first forecast is no guess."""

import os
import random
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from statistics import median

from ftcore.models.embeddings import default_embedder
from ftcore.training.packing import TokenSequence
from ftcore.training.speed import knows_speed, write_speed

_TOKENS, _ANSWER = 100, 30  # of a conversation, about a workshop's
_CONVERSATIONS, _BATCH = 24, 4
_TEXTS, _TEXT_PIECES = 24, 20
_RANK = 16  # the presets' own
Timer = Callable[[], float]


def measure_machine(
    base_model: str, prepared: Path, models_dir: Path, clock: Timer = time.perf_counter
) -> None:
    """Note the speed of training and of embedding, unless they are known.

    It takes some seconds the first time. Later runs keep the speed up to date.

    Args:
        base_model: Name of the generation model.
        prepared: Its folder, as `prepare_base_model` returned it.
        models_dir: Where the speeds are kept.
        clock: Gives the time in seconds.
    """
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
    from ftcore.training.learners import make_learner  # noqa: PLC0415  (torch)
    from ftcore.training.lora import LoraLoop  # noqa: PLC0415
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
    loop = LoraLoop(
        make_learner(prepared, _RANK, 0, _TOKENS),
        1e-4,
        _BATCH,
        0,
        lambda _: ends.append(clock()),
        lambda: False,
    )
    loop.run([conversations])
    steps = [after - before for before, after in pairwise(ends)]
    return _BATCH * _TOKENS / median(steps)


def embedding_speed(clock: Timer = time.perf_counter) -> float:
    """Return the texts turned into vectors in a second."""
    embedder = default_embedder()
    texts = [f"{at} " * _TEXT_PIECES for at in range(_TEXTS)]
    embedder.passage(texts[:1])  # loading is not counted
    before = clock()
    embedder.passage(texts)
    return _TEXTS / (clock() - before)
