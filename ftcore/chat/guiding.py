"""Guide the choice of each token by what the answer shall keep."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ftcore.chat.base import SamplingOptions
from ftcore.chat.copying import SourceKeeper
from ftcore.chat.writing import FormKeeper, Vocabulary
from ftcore.models.house import is_finished


class Guide:
    """What the options ask one answer to keep: a house's form, a source's words."""

    def __init__(self, options: SamplingOptions, vocabulary: Vocabulary) -> None:
        """Prepare for one answer of the model with this vocabulary."""
        self._form = FormKeeper(options.form, vocabulary) if options.form else None
        self._source = SourceKeeper(vocabulary.tokens(options.source))
        self._vocabulary = vocabulary
        self._ends_sentence = False

    def choose(self, scores: npt.NDArray[np.float32], draw: Callable[[], int]) -> int:
        """Return the next token.

        Args:
            scores: Of all tokens; they are changed.
            draw: Chooses by the scores as they are then.
        """
        self._source.favour(scores)
        token = self._form.choose(scores, draw) if self._form else draw()
        self._source.said(token)
        piece = self._vocabulary.piece(token).decode("utf-8", "ignore")
        self._ends_sentence = is_finished(piece)
        return token

    def foresee(self, most: int) -> list[int]:
        """Return the tokens that will probably be chosen next, at most so many."""
        return [] if self._form else self._source.foresee(most)

    @property
    def is_over(self) -> bool:
        """Whether nothing may follow, though the model did not end."""
        if self._form:
            return self._form.is_over
        return self._ends_sentence and self._source.is_said
