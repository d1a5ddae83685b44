"""Whether a text of the blog keeps the form of the house."""

from collections.abc import Callable, Mapping

from benchmarks.quality.sets import QualitySet
from ftcore.evaluation.language import is_complete, is_loop, looks_spanish
from ftcore.evaluation.normalisation import words

SHORTEST, LONGEST = 0.75, 1.35  # of the shortest and longest example, in words
FIRST_WORDS = 4  # of a sentence, by which a formula is told


def form_checks(data: QualitySet) -> Mapping[str, Callable[[str], bool]]:
    """Return the checks of a house style, by name.

    The style is read from the examples, so that the same checks serve every blog:
    the mark that ends the first sentence, the words that open the last one, the
    length.
    """
    texts = [example.target for example in data.dataset.examples]
    lengths = [len(words(text)) for text in texts]
    low, high = SHORTEST * min(lengths), LONGEST * max(lengths)
    closing = _common_opening([_last_sentence(text) for text in texts])
    return {
        "opens_with_a_question": lambda text: _first_mark(text) == "?",
        "closes_as_the_house": lambda text: _last_sentence(text).startswith(closing),
        "length_of_the_house": lambda text: low <= len(words(text)) <= high,
        "ends_whole": is_complete,
        "no_loop": lambda text: not is_loop(text),
        "spanish": looks_spanish,
    }


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
