"""Whether a text keeps the style of the house."""

import re
from collections.abc import Callable, Iterable, Mapping

from benchmarks.quality.sets import QualitySet
from ftcore.evaluation.language import is_complete, is_loop, looks_spanish
from ftcore.evaluation.normalisation import words

SHORTEST, LONGEST = 0.75, 1.35  # of the shortest and longest example, in words
COPIED_OF = 6  # words in a piece that is looked for among the examples
MOST_COPIED = 0.4  # of the pieces between opening and closing; the rest must be new

Check = Callable[[str], bool]


def form_checks(data: QualitySet) -> Mapping[str, Check]:
    """Return the checks of a house style, by name.

    The style is read from the examples, so that the same checks serve every blog: the
    mark or the words that open it, the words that open its last sentence, the length;
    and from the set's rules, if it has any.
    """
    texts = [example.target for example in data.dataset.examples]
    lengths = [len(words(text)) for text in texts]
    low, high = SHORTEST * min(lengths), LONGEST * max(lengths)
    closing = _common_opening([_last_sentence(text) for text in texts])
    return {
        "opening": _opening(texts),
        "closing": lambda text: _last_sentence(text).startswith(closing),
        "length": lambda text: low <= len(words(text)) <= high,
        "ends_whole": is_complete,
        "no_loop": lambda text: not is_loop(text),
        "spanish": looks_spanish,
        "not_copied": _is_new(texts),
        **_rules(data),
    }


def _rules(data: QualitySet) -> Mapping[str, Check]:
    found: dict[str, Check] = {}
    if data.rules.forbidden:
        found["nothing_forbidden"] = lambda text: (
            not any(word in text.casefold() for word in data.rules.forbidden)
        )
    if data.rules.tone:
        tone = re.compile(data.rules.tone, re.IGNORECASE)
        found["tone"] = lambda text: tone.search(text) is not None
    return found


def _opening(texts: list[str]) -> Check:
    """Return whether a text opens as all do: with a question, or with some words."""
    if {_first_mark(text) for text in texts} == {"?"}:
        return lambda text: _first_mark(text) == "?"
    opening = _common_opening(texts)
    return lambda text: text.startswith(opening)


def _first_mark(text: str) -> str:
    return next((char for char in text if char in ".?!"), "")


def _last_sentence(text: str) -> str:
    paragraph = text.strip().splitlines()[-1] if text.strip() else ""
    sentences = [s.strip() for s in paragraph.rstrip(".!?").split(". ")]
    return sentences[-1]


def _common_opening(sentences: list[str]) -> str:
    """Return the longest opening that all sentences share, in whole letters."""
    first, *others = sentences
    size = len(first)
    for other in others:
        while size and not other.startswith(first[:size]):
            size -= 1
    return first[:size]


def _is_new(texts: list[str]) -> Check:
    """Return whether a text is more than pieces of the examples, formulas apart."""
    each = [_pieces(text) for text in texts]
    formulas = {piece for pieces in each for piece in pieces}
    for pieces in each:
        formulas &= pieces
    known = {piece for pieces in each for piece in pieces}

    def is_new(text: str) -> bool:
        found = _pieces(text) - formulas
        return len(found & known) <= MOST_COPIED * len(found)

    return is_new


def _pieces(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    starts: Iterable[int] = range(len(found) - COPIED_OF + 1)
    return {tuple(found[at : at + COPIED_OF]) for at in starts}
