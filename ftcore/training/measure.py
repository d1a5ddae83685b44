"""Measure what training takes on this machine: the first forecast is no guess."""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING

from ftcore.data.examples import Task
from ftcore.models.catalog import BaseModel
from ftcore.models.embeddings import default_embedder
from ftcore.training.base import Preset, TrainingConfig
from ftcore.training.effort import keep_speed, knows_speed_of
from ftcore.training.examples import lesson_times
from ftcore.training.machine import peak_memory_mb
from ftcore.training.memory import (
    MemoryRun,
    knows_memory,
    learn_memory,
    write_memory,
)
from ftcore.training.presets import configure
from ftcore.training.speed import knows_speed, write_speed

if TYPE_CHECKING:
    from ftcore.training.packing import TokenSequence

_TOKENS, _ANSWER = 100, 30  # of a conversation, about a workshop's
_CONVERSATIONS = 12
_TEXTS, _TEXT_PIECES = 24, 20
_STEPS = 5  # of an encoder
Timer = Callable[[], float]


def measure_machine(
    base_model: str,
    prepared: Path,
    models_dir: Path,
    threads: int = 1,
    clock: Timer = time.perf_counter,
) -> None:
    """Note the speed and the memory of training, and the speed of embedding.

    Training is measured with every layer learning and as most people train. It takes
    some seconds the first time; later trainings keep the speed up to date.

    Args:
        base_model: Name of the generation model.
        prepared: Its folder, as `prepare_base_model` returned it.
        models_dir: Where the figures are kept.
        threads: Threads of one training.
        clock: Gives the time in seconds.
    """
    if not knows_memory(models_dir, base_model):
        # Memory is only to be seen in a process that has done nothing else.
        where = [base_model, str(prepared), str(models_dir), str(threads)]
        # Without it forecasts go by the size of the model: no reason to stop here.
        subprocess.run([sys.executable, "-m", __name__, *where], check=False)  # noqa: S603 - our own module
    usual = _usual(base_model)
    if not knows_speed_of(models_dir, usual):
        measured = training_speed(prepared, usual, threads, clock)
        keep_speed(models_dir, usual, measured)
    embedder = default_embedder()
    if not knows_speed(models_dir, embedder.name):
        write_speed(models_dir, embedder.name, embedding_speed(clock))


def _usual(base_model: str) -> TrainingConfig:
    """Return what most people train with, of as many passes as show all there is."""
    config = configure(Task.CHAT, Preset.BALANCED, _CONVERSATIONS, base_model)
    return replace(config, epochs=lesson_times(config))


def training_speed(
    prepared: Path,
    config: TrainingConfig,
    threads: int = 1,
    clock: Timer = time.perf_counter,
) -> float:
    """Return the tokens that a training goes through in a second.

    Args:
        prepared: Folder of the prepared base model.
        config: How to train it.
        threads: Threads to compute with.
        clock: Gives the time in seconds.
    """
    return _train(prepared, config, threads, clock)[0]


def _train(
    prepared: Path,
    config: TrainingConfig,
    threads: int,
    clock: Timer,
    checkpoint_dir: Path | None = None,
) -> tuple[float, MemoryRun]:
    """Return tokens per second and, if nothing was done before, the memory held."""
    from ftcore.training.checkpoint import Checkpoints  # noqa: PLC0415  (torch)
    from ftcore.training.learners import make_learner  # noqa: PLC0415
    from ftcore.training.lora import LoraLoop, StepReport  # noqa: PLC0415
    from ftcore.training.threads import use_threads  # noqa: PLC0415

    use_threads(threads)
    ends: list[float] = []
    rank, batch = config.lora_rank, config.batch_size
    learner = make_learner(prepared, rank, 0, _TOKENS, config.adapted_layers)
    loaded = peak_memory_mb()
    kept = None
    if checkpoint_dir is not None:
        kept = Checkpoints(checkpoint_dir, "", lambda: 0.0)
    idle = 0.0

    def on_step(report: StepReport) -> None:
        nonlocal idle
        idle += report.pause
        ends.append(clock() - idle)

    loop = LoraLoop(learner, 1e-4, batch, 0, on_step, lambda: False, checkpoints=kept)
    conversations = _conversations()
    loop.run([conversations] * config.epochs, conversations[:1])
    run = MemoryRun(
        loaded, peak_memory_mb(), learner.master.numel(), rank, [_TOKENS] * batch
    )
    return batch * _TOKENS / _mean_step(ends, config.epochs), run


def _conversations() -> "list[TokenSequence]":
    from ftcore.training.packing import TokenSequence  # noqa: PLC0415  (torch)

    rng = random.Random(0)  # noqa: S311 - text to compute with, not a secret
    return [
        TokenSequence(
            tuple(rng.randrange(100, 1_000) for _ in range(_TOKENS)), _TOKENS - _ANSWER
        )
        for _ in range(_CONVERSATIONS)
    ]


def _mean_step(ends: Sequence[float], passes: int) -> float:
    """Return the seconds of a step: the middle one of each pass, on average.

    The very first has no beginning, and is slower than any other.
    """
    steps = [after - before for before, after in pairwise(ends)]
    first = len(ends) // passes - 1
    parts = [steps[:first]]
    parts += [steps[at : at + first + 1] for at in range(first, len(steps), first + 1)]
    return fmean(median(part) for part in parts)


def measure_encoder(
    model: BaseModel,
    models_dir: Path,
    threads: int = 1,
    clock: Timer = time.perf_counter,
) -> None:
    """Note how fast an encoder learns here; it takes some seconds the first time.

    Args:
        model: An encoder of the catalogue that is on this machine.
        models_dir: Where it lies and the figures are kept.
        threads: What a training computes with.
        clock: Gives the time in seconds.
    """
    if knows_speed(models_dir, model.name):
        return
    from ftcore.models.encoder import Encoder, EncoderBase  # noqa: PLC0415
    from ftcore.training.contrast import (  # noqa: PLC0415  (torch)
        ContrastPlan,
        train_layers,
    )
    from ftcore.training.threads import use_threads  # noqa: PLC0415

    use_threads(threads)
    config = configure(Task.CLASSIFICATION, Preset.BALANCED, _TEXTS, model.name)
    base = EncoderBase(model, models_dir)
    top = min(config.adapted_layers or base.shape.layers, base.shape.layers)
    encoder = Encoder(base)
    states = [
        encoder.states(f"{at} " * (_TEXT_PIECES // 2), base.shape.layers - top)
        for at in range(_TEXTS)
    ]
    plan = ContrastPlan(_STEPS, config.batch_size, config.learning_rate, top, 0)
    ends: list[tuple[float, int]] = []
    classes = [at % 2 for at in range(_TEXTS)]
    train_layers(
        base, states, classes, plan, lambda _, tokens: ends.append((clock(), tokens))
    )
    rates = [
        tokens / (after - before) for (before, _), (after, tokens) in pairwise(ends)
    ]
    keep_speed(models_dir, config, median(rates))


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
        arguments: Name of the model, its prepared folder, where figures are kept, and
            the threads of one training.
    """
    base_model, prepared, models_dir = arguments[0], Path(arguments[1]), arguments[2]
    every = replace(_usual(base_model), adapted_layers=None, epochs=1)
    with tempfile.TemporaryDirectory() as folder:
        speed, run = _train(
            prepared, every, int(arguments[3]), time.perf_counter, Path(folder)
        )
    write_memory(Path(models_dir), base_model, learn_memory(run, prepared))
    keep_speed(Path(models_dir), every, speed)


if __name__ == "__main__":
    main(sys.argv[1:])
