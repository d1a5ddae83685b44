"""``python -m benchmarks.quality.encoders NAME``: a tuned encoder and the head alone.

Both learn the same texts of the sets of labels and are asked the same ones, drawn as in
``classification.py``. NAME is an encoder of the catalogue that is on this machine. The
sharpness is that of least log-loss on what was asked, at the least strength: its mean
over the sets is the prior of the calibration (``training/encoder_run.py``).
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.quality.classification import (
    FIGURES,
    NO_CLASS,
    SEED,
    SETS,
    figures,
    read_rows,
    taught_rows,
    unsure,
)
from ftcore.data.examples import Dataset, Example, Task
from ftcore.models.embeddings import Embedder, default_embedder
from ftcore.models.label_head import LabelHead, load_head, text_vectors
from ftcore.models.trained import load_trained
from ftcore.models.tuned_encoder import EncoderShelf
from ftcore.settings import load_settings
from ftcore.training.base import Preset, TrainingRequest
from ftcore.training.calibration import fit_sharpness
from ftcore.training.classifier import DEFAULT_STRENGTH, fit_label_head
from ftcore.training.encoder_course import VIEWS
from ftcore.training.labelled import LabelledTexts
from ftcore.training.linear import fit_head
from ftcore.training.machine import peak_memory_mb
from ftcore.training.presets import configure
from ftcore.training.run import run_training

COPIES = 100  # of each text, so that the prior of the sharpness weighs nothing


def measure(
    head: LabelHead, embedder: Embedder, asked: list[Example], labels: list[str]
) -> list[float]:
    """Return the figures on what was asked, and the share right when sure."""
    vectors = text_vectors([e.prompt for e in asked], embedder, head.views)
    chances = head.linear.probabilities(vectors).astype(np.float64)
    targets = tuple(labels.index(e.target) for e in asked)
    sure = ~unsure(head, vectors)
    right = chances.argmax(axis=1) == np.array(targets)
    when_sure = float(right[sure].mean()) if sure.any() else float("nan")
    return [*figures(chances, targets), float(sure.mean()), when_sure]


def sharpness(
    taught: list[Example], asked: list[Example], labels: list[str], tuned: Embedder
) -> float:
    """Return the sharpness of least log-loss on what was asked."""
    head = fit_head(LabelledTexts.embed(taught, labels, tuned, VIEWS), DEFAULT_STRENGTH)
    scores = head.scores(text_vectors([e.prompt for e in asked], tuned, VIEWS))
    answers = [labels.index(e.target) for e in asked]
    repeated = np.repeat(scores, COPIES, axis=0)
    return fit_sharpness(repeated, np.repeat(answers, COPIES).tolist(), 3.0)


def main() -> None:
    """Print a line for each draw, and the means."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--draws", type=int, default=2)
    parser.add_argument("--sets", nargs="*", default=[])
    parser.add_argument("--preset", default=Preset.BALANCED.value)
    asked_for = parser.parse_args()
    models_dir = load_settings().models_dir
    found: list[list[list[float]]] = []
    print(f"| set, draw | arm | {' | '.join(FIGURES)} | sure | right when sure | s |")
    for folder in sorted(SETS.iterdir()):
        if asked_for.sets and folder.name not in asked_for.sets:
            continue
        rows = [row for row in read_rows(folder) if row[1] != NO_CLASS]
        examples = [Example.from_pair(text, label) for text, label, _ in rows]
        labels = sorted({e.target for e in examples})
        targets = [labels.index(e.target) for e in examples]
        trains = [row[2] for row in rows]
        for draw in range(asked_for.draws):
            at = taught_rows(targets, trains, draw)
            taught = [examples[row] for row in at]
            asked = [e for row, e in enumerate(examples) if row not in set(at)]
            pair = compare(asked_for, models_dir, taught, asked, labels)
            found.append(pair)
            for arm, values in zip(("head", "tuned"), pair, strict=True):
                cells = " | ".join(f"{value:.3f}" for value in values)
                print(f"| {folder.name}, {draw} | {arm} | {cells} |", flush=True)
    means = np.nanmean(np.array(found), axis=0)
    for arm, values in zip(("head", "tuned"), means, strict=True):
        print(f"| mean | {arm} | {' | '.join(f'{v:.3f}' for v in values)} |")


def compare(
    asked_for: argparse.Namespace,
    models_dir: Path,
    taught: list[Example],
    asked: list[Example],
    labels: list[str],
) -> list[list[float]]:
    """Return the figures of the head alone and of the tuned encoder."""
    usual = default_embedder()
    head = fit_label_head(LabelledTexts.embed(taught, labels, usual), SEED)
    dataset = Dataset("d", Task.CLASSIFICATION, tuple(taught))
    config = configure(
        Task.CLASSIFICATION, Preset(asked_for.preset), len(taught), asked_for.name
    )
    with tempfile.TemporaryDirectory() as name:
        began, folder = time.monotonic(), Path(name)
        request = TrainingRequest("job", dataset, config, test=tuple(asked))
        run_training(
            request,
            folder,
            models_dir=models_dir,
            on_event=lambda _: None,
            should_stop=lambda: False,
            threads=1,
        )
        took = time.monotonic() - began
        tuned = EncoderShelf(models_dir).embedder(folder, load_trained(folder))
        best = sharpness(taught, asked, labels, tuned)
        own = measure(load_head(folder), tuned, asked, labels)
    print(f"# sharpness {best:.2f}, peak {peak_memory_mb():.0f} MB", flush=True)
    return [[*measure(head, usual, asked, labels), 0.0], [*own, took]]


if __name__ == "__main__":
    main()
