"""Learn how near an example must be before its answer may be given."""

import random

import numpy as np

from ftcore.models.retrieval import ExampleIndex, last_question
from ftcore.training.augment import noised, out_of_scope_questions

UNRELATED_QUANTILE = 0.98
OWN_QUANTILE = 0.05
# Where between the two: of 45 questions out of scope written after the quantiles were
# chosen, 18 passed at 0, 11 at 0.25; the 27 in scope lose nothing until beyond 0.25.
POSITION = 0.25
NEVER_REFUSES = -1.0


def learn_threshold(index: ExampleIndex, seed: int) -> float:
    """Return the likeness below which a question is refused.

    Two samples are compared with the index: generic questions that no example is
    about, and the examples' own questions with noise. The threshold lies a quarter of
    the way from the 98 % quantile of the first to the 5 % quantile of the second; but
    never above the second, so that a careless spelling of a known question is
    answered even if the two overlap.

    On the development sets (shop, estate agency, restaurant; multilingual-e5-small)
    it refused the three questions that were of the trade but not in the examples,
    and one of 27 that were; see ``docs/decisions/training-defaults.md``.

    Args:
        index: All examples of the model.
        seed: Seed of the noise.

    Returns:
        A likeness as :meth:`ExampleIndex.scores` gives; -1 (never refuse) when the
        embedder knows only spelling, which cannot tell a paraphrase from an
        unrelated question.
    """
    if not index.embedder.is_semantic:
        return NEVER_REFUSES
    rng = random.Random(seed)  # noqa: S311 - noise, not a secret
    own = [noised(last_question(example), rng) for example in index.examples]
    unrelated = index.scores(list(out_of_scope_questions())).max(axis=1)
    known = index.scores(own).max(axis=1)
    far = float(np.quantile(unrelated, UNRELATED_QUANTILE))
    near = float(np.quantile(known, OWN_QUANTILE))
    return min(near, far + POSITION * (near - far))
