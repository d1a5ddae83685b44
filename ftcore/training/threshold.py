"""Learn how near an example must be before its answer may be given."""

import random

import numpy as np

from ftcore.models.embeddings import Embedder
from ftcore.models.retrieval import ExampleIndex, last_question
from ftcore.training.augment import noised, out_of_scope_questions

UNRELATED_QUANTILE = 0.95
OWN_QUANTILE = 0.05


def learn_threshold(index: ExampleIndex, seed: int) -> float:
    """Return the cosine below which a question is refused.

    Two samples are compared with the index: generic questions that no example is
    about, and the examples' own questions with noise. The threshold is the 95 %
    quantile of the first, so that about one unrelated question in twenty slips
    through; but never above the 5 % quantile of the second, so that a careless
    spelling of a known question is answered even if the two samples overlap.

    On the development sets the paraphrased questions in scope started at 0.835,
    0.854 and 0.844, and the thresholds so learnt were 0.834, 0.832 and 0.840
    (multilingual-e5-small; cosines of that model all lie between 0.7 and 1).

    Args:
        index: All examples of the model.
        seed: Seed of the noise.

    Returns:
        A cosine, -1 to 1; -1 (never refuse) when the embedder knows only spelling,
        which cannot tell a paraphrase from an unrelated question.
    """
    if not index.embedder.is_semantic:
        return -1.0
    rng = random.Random(seed)  # noqa: S311 - noise, not a secret
    own = [noised(last_question(example), rng) for example in index.examples]
    unrelated = _best(index, list(out_of_scope_questions()), index.embedder)
    known = _best(index, own, index.embedder)
    return float(
        min(
            np.quantile(unrelated, UNRELATED_QUANTILE), np.quantile(known, OWN_QUANTILE)
        )
    )


def _best(
    index: ExampleIndex, questions: list[str], embedder: Embedder
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Return the cosine of each question with the example nearest to it."""
    best: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = (
        embedder.query(questions) @ index.vectors.T
    ).max(axis=1)
    return best
