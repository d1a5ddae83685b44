"""Keep a text in the form of its house while it is written, token by token.

A small model learns how the house closes long before it learns when: it says the
formula after two sentences, again and again. So the first sentence ends as the house's
do, the formula waits until the text is as
long as the shortest example, ends the text when it has been said, and is begun for the
model where the longest example would have ended; and no piece is said twice. What the
text says, the model says.
"""

import codecs
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ftcore.models.house import HouseForm, cut_last, first_mark, is_finished
from ftcore.models.spelling import words_of

LOOKED_AT = 40  # likeliest tokens; a draw takes no other
# How often a piece of so many tokens may be said: two or three words once, shorter
# ones a little more often. Measured: docs/decisions/training-defaults.md.
MOST_SAID = ((6, 1), (4, 2), (3, 3))
LONG_WORD = 4  # letters; a sentence that opens as the formula's short word is no sign


class Vocabulary(Protocol):
    """What is asked of a model's tokens."""

    def tokens(self, words: str) -> list[int]:
        """Return the tokens of a text."""
        ...

    def piece(self, token: int) -> bytes:
        """Return the bytes that a token stands for."""
        ...

    def ends(self, token: int) -> bool:
        """Whether a token says that the answer is over."""
        ...


@dataclass(slots=True)
class FormKeeper:
    """The form of one text while it is written.

    Attributes:
        form: Of the house.
        vocabulary: Of the model that writes.
    """

    form: HouseForm
    vocabulary: Vocabulary
    text: str = ""
    _said: list[int] = field(default_factory=list)
    _coming: list[int] = field(default_factory=list)
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8")("replace")
    )

    def choose(
        self,
        scores: npt.NDArray[np.float32],
        draw: Callable[[], int],
    ) -> int:
        """Return the next token.

        Args:
            scores: Of all tokens; those that would break the form are lowered.
            draw: Chooses by the scores as they are then.
        """
        if not self._coming and self._is_time_to_close():
            self._begin_closing()
        if not self._coming:
            self._lower(scores)
            token = draw()
            if not self.vocabulary.ends(token) or not self._lacks_closing():
                return self._say(token)
            self._begin_closing()
        return self._say(self._coming.pop(0))

    @property
    def is_over(self) -> bool:
        """Whether the closing sentence has been said."""
        if not self.form.closing or not is_finished(self.text):
            return False
        last = self._sentence(self.text)
        said = last.startswith(self.form.closing)
        return said and (len(last) > len(self.form.closing) or is_finished(last))

    def _say(self, token: int) -> int:
        self._said.append(token)
        self.text += self._decoder.decode(self.vocabulary.piece(token))
        return token

    def _lacks_closing(self) -> bool:
        closing = self.form.closing
        return bool(closing) and not self._sentence(self.text).startswith(closing)

    def _is_time_to_close(self) -> bool:
        if not self.form.closing or not is_finished(self.text) or self.is_over:
            return False
        return len(words_of(self.text)) >= self.form.most_words

    def _begin_closing(self) -> None:
        gap = "" if self.text[-1:].isspace() or not self.text else self.form.gap
        self._coming = self.vocabulary.tokens(gap + self.form.closing)

    def _lower(self, scores: npt.NDArray[np.float32]) -> None:
        if self._decoder.getstate()[0]:
            return  # half a letter: only its other half may follow
        count = min(LOOKED_AT, len(scores))
        for token in np.argpartition(-scores, count - 1)[:count]:
            if self._breaks_form(int(token)):
                scores[token] = -np.inf

    def _breaks_form(self, token: int) -> bool:
        if self.vocabulary.ends(token):
            return len(words_of(self.text)) < self.form.fewest_words
        piece = self.vocabulary.piece(token).decode("utf-8", "ignore")
        text = self.text + piece
        if self._closes(text):
            return len(words_of(cut_last(text)[0])) < self.form.fewest_words
        if self._ends_first_sentence(piece):
            return True
        # In the middle of a word, another end of it would be no word.
        return piece[:1].isspace() and not self.form.repeats and self._repeats(token)

    def _ends_first_sentence(self, piece: str) -> bool:
        """Whether a piece ends the first sentence, but not as the house does."""
        mark = self.form.first_mark
        if not mark or first_mark(self.text):
            return False
        return first_mark(self.text + piece) not in {"", mark}

    def _closes(self, text: str) -> bool:
        """Whether the last sentence of a text is, or may become, the closing one."""
        closing, sentence = self.form.closing, self._sentence(text)
        if not closing:
            return False
        word = closing.split()[0]
        sign = 0 if len(word) >= LONG_WORD else len(word) + 1
        is_alike = closing.startswith(sentence) or sentence.startswith(closing)
        return len(sentence) > sign and is_alike

    def _repeats(self, token: int) -> bool:
        return any(self._times(token, size) >= most for size, most in MOST_SAID)

    def _times(self, token: int, size: int) -> int:
        """Return how often the piece that a token would end has been said."""
        piece = [*self._said[1 - size :], token]
        ends = range(size, len(self._said) + 1)
        return sum(self._said[end - size : end] == piece for end in ends)

    @staticmethod
    def _sentence(text: str) -> str:
        return cut_last(text)[2].lstrip()
