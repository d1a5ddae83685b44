"""Train on so many made-up examples and print seconds and megabytes: ``… COUNT``."""

import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import psutil

from ftcore.data.examples import Dataset, Example, Task
from ftcore.settings import load_settings
from ftcore.training.base import Preset, TrainingRequest
from ftcore.training.presets import configure
from ftcore.training.run import run_training

_THINGS = ("la camisa", "el pantalón", "la mochila", "el abrigo", "el reloj")
_COLOURS = ("roja", "azul", "verde", "negra", "blanca", "gris")


def made_up(count: int) -> Dataset:
    """Return a shop's questions, each about another article."""
    rng = random.Random(0)
    examples = []
    for number in range(count):
        thing, colour = rng.choice(_THINGS), rng.choice(_COLOURS)
        price, days = rng.randrange(5, 200), rng.randrange(1, 15)
        examples.append(
            Example.from_pair(
                f"¿Cuánto cuesta {thing} {colour} del modelo {number}?",
                f"El modelo {number} cuesta {price} euros y llega en {days} días.",
            )
        )
    return Dataset("growth", Task.CHAT, tuple(examples))


def main() -> None:
    """Train once with the usual preset."""
    dataset = made_up(int(sys.argv[1]))
    config = configure(Task.CHAT, Preset.BALANCED, len(dataset))
    process = psutil.Process(os.getpid())
    peak = 0

    def watch(_event: object) -> None:
        nonlocal peak
        peak = max(peak, process.memory_info().rss)

    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        run_training(
            TrainingRequest("growth", dataset, config),
            Path(folder),
            models_dir=load_settings().models_dir,
            on_event=watch,
            should_stop=lambda: False,
        )
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "megabytes": peak / 1e6}))


if __name__ == "__main__":
    main()
