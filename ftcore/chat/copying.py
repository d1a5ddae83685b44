"""Help a small model to repeat what it is shown, word for word.

It was taught to answer from the example before it, and now and then slips: 'cuesta' for
'cuenta', or a phrase without end. The tokens of the example's answer are made a little
likelier, each as often as the example has it; and when all have been said, the answer
ends with the sentence.
"""

from collections import Counter, deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

# Logits: e² times as likely. Why: docs/decisions/training-defaults.md.
BONUS = 2.0
# Besides, for each token by which the answer is known to be inside a piece of the
# example: a small model is ten logits sure of a phrase that it has just said.
NEXT_BONUS = 2.0
FEWEST_ALIGNED, MOST_ALIGNED = 2, 8
MISSED_SHARE = 0.05  # of the tokens, in an answer that has said all


class SourceKeeper:
    """What of a shown answer has not been said yet, and what comes next in it."""

    def __init__(self, tokens: Sequence[int]) -> None:
        """Take the tokens of the shown answer."""
        self._source = list(tokens)
        self._left = Counter(tokens)
        self._least = MISSED_SHARE * len(tokens)
        self._last: deque[int] = deque(maxlen=MOST_ALIGNED)

    def favour(self, scores: npt.NDArray[np.float32]) -> None:
        """Raise the scores of what is left, and most of what comes next."""
        places = [token for token, count in self._left.items() if count > 0]
        scores[places] += np.float32(BONUS)
        following, aligned = self._following()
        scores[following] += np.float32(NEXT_BONUS * aligned)

    def said(self, token: int) -> None:
        """Count a token that was said."""
        self._left[token] -= 1
        self._last.append(token)

    def foresee(self, most: int) -> list[int]:
        """Return what the example says after what was said last, at most so many."""
        places, _ = self._places()
        if list(self._last) == self._source[:1]:
            places = [1]
        return self._source[places[0] : places[0] + most] if places else []

    @property
    def is_said(self) -> bool:
        """Whether all of it was said, but for a slip."""
        left = sum(count for count in self._left.values() if count > 0)
        return bool(self._source) and left <= self._least

    def _following(self) -> tuple[list[int], int]:
        """Return what may come next in the example, and by how many tokens it is told.

        The longest end of the answer that the example has somewhere tells the place.
        """
        places, aligned = self._places()
        return [self._source[at] for at in places], aligned

    def _places(self) -> tuple[list[int], int]:
        said, source = list(self._last), self._source
        for size in range(len(said), FEWEST_ALIGNED - 1, -1):
            end = said[-size:]
            found = [
                at
                for at in range(size, len(source))
                if source[at - size : at] == end and self._left[source[at]] > 0
            ]
            if found:
                return found, size
        return [], 0
