"""Learn how near an example must be before its answer may be given."""

import numpy as np

from ftcore.models.retrieval import ExampleIndex, last_question, unrelated_questions

UNRELATED_QUANTILE = 0.98
OWN_QUANTILE = 0.05
# Where between the two. Of 267 questions of six sets 195 are right (the right example
# first and not refused, or rightly refused) at 0, 198 at 0.03 and 0.05, 194 to 196 at
# 0.07 to 0.15.
POSITION = 0.05
NEVER_REFUSES = -1.0


def learn_threshold(index: ExampleIndex) -> float:
    """Return the similarity below which a question is refused.

    Two samples are compared with the index: generic questions that no example is
    about, and the examples' own questions. The threshold lies a twentieth of the way
    from the 98 % quantile of the first to the 5 % quantile of the second; but never
    above the second, so that a known question is answered even if the two overlap. How
    often it errs and why no chance takes part:
    ``docs/decisions/training-defaults.md``.

    Args:
        index: All examples of the model.

    Returns:
        A similarity as :meth:`ExampleIndex.nearest` gives; -1 (never refuse) when the
        embedder knows only spelling, which cannot tell a paraphrase from an
        unrelated question.
    """
    if not index.embedder.is_semantic:
        return NEVER_REFUSES
    own = [last_question(example) for example in index.examples]
    far = float(
        np.quantile(index.certainties(unrelated_questions()), UNRELATED_QUANTILE)
    )
    near = float(np.quantile(index.certainties(own), OWN_QUANTILE))
    return min(near, far + POSITION * (near - far))
