"""Help a small model to repeat what it is shown, word for word.

It was taught to answer from the example before it, and now and then slips: 'cuesta' for
'cuenta', or a phrase without end. The tokens of the example's answer are made a little
likelier, each as often as the example has it; and when all have been said, the answer
ends with the sentence.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

# Logits: e² times as likely. Why: docs/decisions/training-defaults.md.
BONUS = 2.0
MISSED_SHARE = 0.05  # of the tokens, in an answer that has said all


class SourceKeeper:
    """What of a shown answer has not been said yet."""

    def __init__(self, tokens: Sequence[int]) -> None:
        """Take the tokens of the shown answer."""
        self._left = Counter(tokens)
        self._least = MISSED_SHARE * len(tokens)

    def favour(self, scores: npt.NDArray[np.float32]) -> None:
        """Raise the scores of what is left."""
        places = [token for token, count in self._left.items() if count > 0]
        scores[places] += np.float32(BONUS)

    def said(self, token: int) -> None:
        """Count a token that was said."""
        self._left[token] -= 1

    @property
    def is_said(self) -> bool:
        """Whether all of it was said, but for a slip."""
        left = sum(count for count in self._left.values() if count > 0)
        return bool(self._left) and left <= self._least
