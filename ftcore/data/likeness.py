"""Examples that say practically the same, and test questions that were trained."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ftcore.data.checking import identity, numbered, warning
from ftcore.data.cleaning import comparable, without_accents
from ftcore.data.example_map import ExampleMap, map_examples
from ftcore.data.examples import Dataset, Example, Role, Task
from ftcore.data.findings import Finding
from ftcore.data.splitting import Leak
from ftcore.data.wording import same_wording, wording

__all__ = [
    "ExampleMap",
    "Leak",
    "check_near_duplicates",
    "find_leaks",
    "likeness_texts",
    "map_examples",
    "near_duplicates",
    "spelling_vectors",
]

# Unit rows, one for each example, of the texts that `likeness_texts` returns.
Vectors = npt.NDArray[np.float32]

# How the thresholds were measured: docs/decisions/substance-checks.md.
# Vectors say which examples to compare, the words decide: e5 puts '¿Abren en junio?'
# nearer to '… en julio?' than to a misspelt copy, so no cosine tells copies apart.
MIN_COSINE = 0.5  # below it nothing of the question is shared
MOST_COMPARED = 2_000  # examples that are compared while a file is checked
MOST_NEIGHBOURS = 8  # compared word by word, for each example
_BLOCK = 512  # rows of the product at once: 512 x 5,000 cosines are 10 MB
_GRAM = 3
_SPELLING_SIZE = 512


def likeness_texts(dataset: Dataset) -> list[str]:
    """Return what has to be turned into vectors: what the person says, all turns.

    Answers are left out: many questions rightly share one.
    """
    return [_asked(example) for example in dataset]


def near_duplicates(dataset: Dataset, vectors: Vectors) -> Iterator[Finding]:
    """Name each example that practically repeats an earlier one.

    Of the examples nearest in meaning, a near-duplicate is one whose question
    differs only in spelling, filler words or order, and so does its answer. A
    paraphrase is no fault, and neither is '¿Abren el lunes?' beside '… el martes?'.
    Exact copies are left to ``duplicate``.

    Args:
        dataset: ``n`` examples.
        vectors: Unit rows of shape ``(n, any)`` of :func:`likeness_texts`.
    """
    lines = [line for line, _ in numbered(dataset)]
    rows = _first_copies(dataset)
    questions = [wording(_asked(dataset.examples[row])) for row in rows]
    answers = [wording(dataset.examples[row].target) for row in rows]
    near = _neighbours(vectors[rows])
    gone: set[int] = set()
    for later, others in enumerate(near):
        for earlier in others:
            if earlier in gone or not _same_kind(dataset, rows[later], rows[earlier]):
                continue
            if same_wording(questions[later], questions[earlier]) and same_wording(
                answers[later], answers[earlier]
            ):
                gone.add(later)
                line, first = lines[rows[later]], lines[rows[earlier]]
                yield warning("near_duplicate", line, first=first)
                break


def check_near_duplicates(dataset: Dataset) -> Iterator[Finding]:
    """Find near-duplicates by spelling alone, where no vectors are at hand."""
    if len(dataset) <= MOST_COMPARED:
        yield from near_duplicates(dataset, spelling_vectors(likeness_texts(dataset)))


def find_leaks(
    train: Dataset, test: Dataset, train_vectors: Vectors, test_vectors: Vectors
) -> list[Leak]:
    """Return the held-out questions that were trained with, or nearly.

    A question asked in other words is what a test is for, so it is no leak: the
    words must be practically the same. Whatever the answer says, it is a leak.
    Rows are told by their lines: in a kept dataset, their positions.

    Args:
        train: ``n`` examples.
        test: ``m`` examples.
        train_vectors: Unit rows of shape ``(n, any)`` of :func:`likeness_texts`.
        test_vectors: Unit rows of shape ``(m, any)``, in the same space.
    """
    if not len(train) or not len(test):
        return []
    known = [wording(_asked(example)) for example in train]
    lines = [line for line, _ in numbered(train)]
    leaks: list[Leak] = []
    for (line, example), vector in zip(numbered(test), test_vectors, strict=True):
        cosines = train_vectors @ vector
        asked = wording(_asked(example))
        for near in np.argsort(-cosines, kind="stable")[:MOST_NEIGHBOURS]:
            cosine = float(cosines[near])
            if cosine >= MIN_COSINE and same_wording(asked, known[near]):
                leaks.append(Leak(lines[near], line, min(1.0, cosine)))
                break
    return leaks


def spelling_vectors(texts: Sequence[str]) -> Vectors:
    """Return unit rows of hashed three-letter pieces, shape ``(len(texts), 512)``.

    The hash is a polynomial of the code points, the same on every machine.
    """
    vectors = np.zeros((len(texts), _SPELLING_SIZE), dtype=np.float32)
    for row, text in zip(vectors, texts, strict=True):
        codes = np.array([ord(c) for c in f" {without_accents(text)} "], dtype=np.int64)
        pieces = codes[:-2] * 961 + codes[1:-1] * 31 + codes[2:]
        np.add.at(row, pieces % _SPELLING_SIZE, 1.0)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, 1e-9)
    return unit


def _asked(example: Example) -> str:
    turns = (m.content for m in example.prompt_messages if m.role is not Role.SYSTEM)
    return "\n".join(turns)


def _first_copies(dataset: Dataset) -> list[int]:
    first: dict[tuple[str, ...], int] = {}
    for row, example in enumerate(dataset):
        first.setdefault(identity(example), row)
    return list(first.values())


def _same_kind(dataset: Dataset, one: int, other: int) -> bool:
    """Whether both have as many turns and, if they are labelled, the same label."""
    first, second = dataset.examples[one], dataset.examples[other]
    if len(first.messages) != len(second.messages):
        return False
    if dataset.task is not Task.CLASSIFICATION:
        return True
    return comparable(first.target) == comparable(second.target)


def _neighbours(vectors: Vectors) -> list[list[int]]:
    """Return, for each row, its nearest earlier rows, the nearest first."""
    found: list[list[int]] = []
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK] @ vectors[: start + _BLOCK].T
        for at, cosines in enumerate(block, start):
            earlier = cosines[:at]
            best = np.argsort(-earlier, kind="stable")[:MOST_NEIGHBOURS]
            found.append([int(i) for i in best if earlier[i] >= MIN_COSINE])
    return found
