"""Learn how near an example must be before its answer may be given."""

import random

import numpy as np

from ftcore.models.retrieval import ExampleIndex, last_question, unrelated_questions
from ftcore.training.augment import noised

UNRELATED_QUANTILE = 0.98
OWN_QUANTILE = 0.05
# Where between the two. Of 123 questions in scope and 47 out of it (development sets,
# templates), 0 refuses 8 and lets 21 pass; 0.1, 9 and 19; 0.25, 17 and 16.
POSITION = 0.1
NEVER_REFUSES = -1.0


def learn_threshold(index: ExampleIndex, seed: int) -> float:
    """Return the similarity below which a question is refused.

    Two samples are compared with the index: generic questions that no example is
    about, and the examples' own questions with noise. The threshold lies a tenth of
    the way from the 98 % quantile of the first to the 5 % quantile of the second; but
    never above the second, so that a careless spelling of a known question is
    answered even if the two overlap. How often it errs:
    ``docs/decisions/training-defaults.md``.

    Args:
        index: All examples of the model.
        seed: Seed of the noise.

    Returns:
        A similarity as :meth:`ExampleIndex.nearest` gives; -1 (never refuse) when the
        embedder knows only spelling, which cannot tell a paraphrase from an
        unrelated question.
    """
    if not index.embedder.is_semantic:
        return NEVER_REFUSES
    rng = random.Random(seed)  # noqa: S311 - noise, not a secret
    own = [noised(last_question(example), rng) for example in index.examples]
    unrelated = index.certainties(unrelated_questions())
    known = index.certainties(own)
    far = float(np.quantile(unrelated, UNRELATED_QUANTILE))
    near = float(np.quantile(known, OWN_QUANTILE))
    return min(near, far + POSITION * (near - far))
