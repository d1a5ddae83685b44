"""``python -m benchmarks.quality.classification``: every head on every set of labels.

Each set is drawn anew several times, with as many training texts of each class as its
own file has; the first draw is the file itself. Texts labelled ``?`` belong to no
class: they are only asked, to see whether the head doubts.
"""

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from ftcore.data.examples import Example
from ftcore.evaluation.statistics import macro_f1
from ftcore.models.embeddings import default_embedder
from ftcore.models.label_head import VIEWS, LabelHead, text_vectors
from ftcore.training.calibration import balanced_weights
from ftcore.training.classifier import fit_label_head
from ftcore.training.labelled import LabelledTexts
from ftcore.training.linear import fit_head

SETS = Path(__file__).with_name("labels")
NO_CLASS = "?"
DRAWS = 10
SEED = 42
BINS = 10
_Array = npt.NDArray[np.float64]
Head = Callable[[LabelledTexts, LabelledTexts], _Array]


@dataclass(frozen=True, slots=True)
class LabelSet:
    """A set with its vectors; ``strange`` are those of texts of no class."""

    name: str
    texts: LabelledTexts
    trains: tuple[bool, ...]
    strange: npt.NDArray[np.float32]


def load_sets() -> list[LabelSet]:
    """Read and embed every set."""
    return [_load(folder) for folder in sorted(SETS.iterdir())]


def read_rows(folder: Path) -> list[tuple[str, str, bool]]:
    """Return the texts of a set with their labels, and whether they train."""
    rows: list[tuple[str, str, bool]] = []
    for part in ("train", "test"):
        with (folder / f"{part}.csv").open(encoding="utf-8", newline="") as file:
            rows += [
                (r["text"], r["label"], part == "train") for r in csv.DictReader(file)
            ]
    return rows


def _load(folder: Path) -> LabelSet:
    rows = read_rows(folder)
    known = [row for row in rows if row[1] != NO_CLASS]
    other = [text for text, label, _ in rows if label == NO_CLASS]
    embedder = default_embedder()
    examples = [Example.from_pair(text, label) for text, label, _ in known]
    labels = sorted({label for _, label, _ in known})
    texts = LabelledTexts.embed(examples, labels, embedder)
    dim = texts.vectors.shape[1]
    strange = (
        text_vectors(other, embedder) if other else np.zeros((0, dim), dtype=np.float32)
    )
    return LabelSet(folder.name, texts, tuple(row[2] for row in known), strange)


def taught_rows(targets: Sequence[int], trains: Sequence[bool], seed: int) -> list[int]:
    """Return the rows that train in a draw: with the seed 0 the file's own."""
    answers, own = np.array(targets), np.array(trains)
    if seed == 0:
        return [int(row) for row in np.flatnonzero(own)]
    rng = np.random.default_rng(seed)
    wanted = Counter(answers[own].tolist())
    chosen = [
        rng.choice(np.flatnonzero(answers == c), n, replace=False)
        for c, n in sorted(wanted.items())
    ]
    return [int(row) for row in np.concatenate(chosen)]


def draws(found: LabelSet, count: int) -> Iterator[tuple[LabelledTexts, LabelledTexts]]:
    """Yield training and test texts, the file's own first."""
    for seed in range(count):
        taught = taught_rows(found.texts.targets, found.trains, seed)
        asked = np.setdiff1d(np.arange(len(found.trains)), taught)
        yield found.texts.pick(taught), found.texts.pick(asked.tolist())


def only(view: str, texts: LabelledTexts) -> LabelledTexts:
    """Return the texts with the vectors of one view."""
    at = VIEWS.index(view)

    def part(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        wide = rows.reshape(len(rows), len(VIEWS), -1)[:, at]
        return wide * np.float32(np.sqrt(len(VIEWS)))

    return replace(texts, vectors=part(texts.vectors), names=part(texts.names))


def bare(strength: float, view: str = "query", *, balanced: bool = True) -> Head:
    """Return a logistic regression on one view, without names or calibration."""

    def head(taught: LabelledTexts, asked: LabelledTexts) -> _Array:
        model = LogisticRegression(C=strength, max_iter=2000)
        weights = balanced_weights(taught.targets) if balanced else None
        model.fit(only(view, taught).vectors, taught.targets, sample_weight=weights)
        found: _Array = model.predict_proba(only(view, asked).vectors)
        return found

    return head


def named(view: str = "") -> Head:
    """Return the head with names at the least strength, not calibrated."""

    def head(taught: LabelledTexts, asked: LabelledTexts) -> _Array:
        first, second = (
            (only(view, taught), only(view, asked)) if view else (taught, asked)
        )
        return fit_head(first, 3.0).probabilities(second.vectors).astype(np.float64)

    return head


def calibrated(taught: LabelledTexts, asked: LabelledTexts) -> _Array:
    """Answer as a trained model does."""
    head = fit_label_head(taught, SEED)
    return head.linear.probabilities(asked.vectors).astype(np.float64)


HEADS: dict[str, Head] = {
    "logistic, query, C=30": bare(30),
    "the same, classes not weighed": bare(30, balanced=False),
    "logistic, passage, C=30": bare(30, "passage"),
    "logistic, query, C=3": bare(3),
    "query and names, C=3": named("query"),
    "query, passage and names, C=3": named(),
    "the same, calibrated (what trains)": calibrated,
}
FIGURES = ("macro-F1", "log-loss", "Brier", "ECE")


def figures(chances: _Array, targets: tuple[int, ...]) -> list[float]:
    """Return macro-F1, log-loss, Brier score and expected calibration error."""
    answers = np.array(targets)
    sure = chances.max(axis=1)
    given = chances.argmax(axis=1)
    right = given == answers
    truth = np.eye(chances.shape[1])[answers]
    bins = np.array_split(np.argsort(sure), BINS)
    gaps = [len(b) * abs(sure[b].mean() - right[b].mean()) for b in bins if len(b)]
    chosen = np.maximum(chances[np.arange(len(answers)), answers], 1e-6)
    return [
        macro_f1([str(t) for t in targets], [str(g) for g in given]),
        float(-np.log(chosen).mean()),
        float(((chances - truth) ** 2).sum(axis=1).mean()),
        float(sum(gaps) / len(answers)),
    ]


def unsure(head: LabelHead, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Return which rows the head answers with a doubt."""
    caution = head.caution
    close = head.linear.probabilities(vectors).max(axis=1) < caution.least_probability
    doubted: npt.NDArray[np.bool_] = close | (
        caution.likeness(vectors) < caution.least_likeness
    )
    return doubted


def doubts(found: LabelSet, count: int) -> list[float]:
    """Return coverage, accuracy in all, accuracy when sure, strange texts doubted."""
    rows = []
    for taught, asked in draws(found, count):
        head = fit_label_head(taught, SEED)
        answers = head.linear.probabilities(asked.vectors).argmax(axis=1)
        right = answers == np.array(asked.targets)
        sure = ~unsure(head, asked.vectors)
        strange = unsure(head, found.strange).mean() if len(found.strange) else np.nan
        when_sure = right[sure].mean() if sure.any() else np.nan
        rows.append([sure.mean(), right.mean(), when_sure, strange])
    return [float(value) for value in np.mean(rows, axis=0)]


def main(count: int) -> None:
    """Print both tables as Markdown."""
    sets = load_sets()
    print(f"| head | {' | '.join(FIGURES)} | {' | '.join(s.name for s in sets)} |")
    print("|---" * (1 + len(FIGURES) + len(sets)) + "|")
    for name, head in HEADS.items():
        found = np.array(
            [
                [figures(head(a, b), b.targets) for a, b in draws(one, count)]
                for one in sets
            ]
        )
        means = found.mean(axis=0)  # over the sets: one row for each draw
        half = 1.96 * means.std(axis=0, ddof=1) / np.sqrt(count)
        cells = [f"{m:.3f} ± {h:.3f}" for m, h in zip(means.mean(0), half, strict=True)]
        each = [f"{value:.3f}" for value in found[:, :, 0].mean(axis=1)]
        print(f"| {name} | {' | '.join([*cells, *each])} |", flush=True)
    print("\n| set | sure of | right | right when sure | of no class, doubted |")
    print("|---|---|---|---|---|")
    for one in sets:
        cells = [
            "–" if np.isnan(value) else f"{100 * value:.0f} %"
            for value in doubts(one, count)
        ]
        print(f"| {one.name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS)
