"""Cheap signs of a text's health: Spanish, complete, not caught in a loop."""

from collections import Counter

from ftcore.evaluation.normalisation import lexicon, words

FEW_WORDS = 8  # below this a text may hold no function word at all
LONGEST_WORD = 45  # no Spanish word comes near
LOOP_OF = 3  # words in the piece that is counted
LOOP_TIMES = 4  # a good answer may repeat a piece of three words twice or thrice
FEWEST_KINDS = 0.25  # share of different words in a long text
LONG_TEXT = 24  # words


def looks_spanish(text: str) -> bool:
    """Whether function words say Spanish rather than English, or nothing at all."""
    found = words(text)
    letters = [char for char in text if char.isalpha()]
    latin = sum(ord(char) < 0x250 for char in letters)
    if not letters:
        return bool(found)
    if latin < 0.7 * len(letters):
        return False
    lists = lexicon()
    spanish = sum(word in lists.spanish_words for word in found)
    english = sum(word in lists.english_words for word in found)
    return spanish > english or (english == 0 and len(found) < FEW_WORDS)


def is_loop(text: str) -> bool:
    """Whether the text repeats itself like a model that lost its way."""
    found = words(text)
    if any(len(word) > LONGEST_WORD for word in found):
        return True
    if len(found) >= LOOP_TIMES and len(set(found)) == 1:
        return True
    pieces = Counter(zip(*(found[start:] for start in range(LOOP_OF)), strict=False))
    if pieces and max(pieces.values()) >= LOOP_TIMES:
        return True
    return len(found) >= LONG_TEXT and len(set(found)) < FEWEST_KINDS * len(found)


def is_complete(text: str) -> bool:
    """Whether the text does not stop in the middle of a phrase."""
    found = words(text)
    if not found:
        return False
    last = text.rstrip()[-1]
    if last in ",;-":
        return False
    has_ending = last in ".!?…:)\"'»*`"
    return has_ending or (found[-1] not in lexicon().dangling and _is_short(found))


def _is_short(found: list[str]) -> bool:
    """Short answers, titles and lists often end without a full stop."""
    return len(found) <= 2 * LONG_TEXT


def count_sentences(text: str) -> int:
    """Return about how many sentences or lines the text has, at least 1."""
    return max(1, sum(text.count(mark) for mark in (".", "?", "!", "\n")))
