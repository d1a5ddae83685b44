"""The form of a house's texts: how they close, and how long they are."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ftcore.models.spelling import words_of

FEWEST_TEXTS = 6  # of which a habit can be told
HABIT_SHARE = 0.8  # of the texts that must close alike
SHORTEST_CLOSING = 5  # letters; 'El' is no formula
REPEATED_OF = 4  # words of a piece that a text may or may not say twice
_BORDER = re.compile(r"(?<=[.!?…])[\"»)]*\s+|\n+")
_FINISHED = re.compile(r"[.!?…][\"»)]*\s*$")


@dataclass(frozen=True, slots=True)
class HouseForm:
    """What the texts of a house have in common.

    Attributes:
        first_mark: What ends the first sentence, '?'; empty if it is not always the
            same or a mere full stop.
        closing: How the last sentence opens, 'Consejo:'; empty if they do not close
            alike.
        gap: The white space before it.
        fewest_words: Words before the last sentence in the shortest text.
        most_words: And in the longest.
        repeats: Whether some text says a piece of four words twice.
    """

    first_mark: str
    closing: str
    gap: str
    fewest_words: int
    most_words: int
    repeats: bool

    @classmethod
    def of(cls, texts: Sequence[str]) -> "HouseForm | None":
        """Read the form of some texts; ``None`` if they are too few to tell."""
        cut = [cut_last(text.strip()) for text in texts if text.strip()]
        if len(cut) < FEWEST_TEXTS:
            return None
        lengths = [len(words_of(body)) for body, _, _ in cut]
        gaps = Counter(gap for _, gap, _ in cut if gap)
        marks = {first_mark(text) for text in texts} - {"."}
        return cls(
            marks.pop() if marks and _opens_alike(texts) else "",
            _closing([last for _, _, last in cut]),
            gaps.most_common(1)[0][0] if gaps else " ",
            min(lengths),
            max(lengths),
            any(_repeats(text) for text in texts),
        )


def cut_last(text: str) -> tuple[str, str, str]:
    """Return what stands before the last sentence, the white space, the sentence."""
    borders = list(_BORDER.finditer(text))
    if not borders:
        return "", "", text
    last = borders[-1]
    space = len(last[0]) - len(last[0].lstrip('"»)'))
    return text[: last.start() + space], last[0][space:], text[last.end() :]


def is_finished(text: str) -> bool:
    """Whether a text ends where a sentence does."""
    return _FINISHED.search(text) is not None


def first_mark(text: str) -> str:
    """Return the mark that ends the first sentence; empty if it has not ended."""
    return next((char for char in text if char in ".?!…"), "")


def _opens_alike(texts: Sequence[str]) -> bool:
    return len({first_mark(text) for text in texts}) == 1


def _closing(sentences: Sequence[str]) -> str:
    openings = Counter(s.split()[0] for s in sentences if s.split())
    word, count = openings.most_common(1)[0] if openings else ("", 0)
    if count < HABIT_SHARE * len(sentences):
        return ""
    alike = [s for s in sentences if s.split() and s.split()[0] == word]
    shared = _shared_opening(alike)
    is_whole = all(s == shared for s in alike)
    if not is_whole and not shared.endswith(" "):  # only whole words
        shared = shared[: shared.rfind(" ") + 1]
    shared = shared.strip()
    is_formula = " " in shared or shared.endswith(":")
    return shared if is_formula and len(shared) >= SHORTEST_CLOSING else ""


def _shared_opening(sentences: Iterable[str]) -> str:
    found = list(sentences)
    shortest, longest = min(found), max(found)  # all between them share what these do
    size = 0
    while size < len(shortest) and shortest[size] == longest[size : size + 1]:
        size += 1
    return shortest[:size]


def _repeats(text: str) -> bool:
    found = words_of(text)
    pieces = [
        tuple(found[at : at + REPEATED_OF])
        for at in range(len(found) - REPEATED_OF + 1)
    ]
    return len(set(pieces)) < len(pieces)
