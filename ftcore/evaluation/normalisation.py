"""Make two spellings of the same Spanish comparable: fold, cut into words, stem."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

WORD_LISTS = ASSETS / "evaluation"
SHORTEST_STEM = 3  # cutting further makes 'mes' and 'mesa' the same word

_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Return ``text`` in lower case without accents (``Ñ`` becomes ``n``)."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return bare.casefold()


def words(text: str) -> list[str]:
    """Return the folded words and numbers of ``text``, in order."""
    return _WORD.findall(fold(text))


def normalise(text: str) -> str:
    """Return ``text`` folded, with one space between words and no punctuation."""
    return " ".join(words(text))


def load_list(name: str) -> dict[str, Any]:
    """Read ``assets/evaluation/<name>.yaml``."""
    loaded: dict[str, Any] = read_yaml(WORD_LISTS / f"{name}.yaml")
    return loaded


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word lists of ``assets/evaluation/words.yaml``, folded."""

    stopwords: frozenset[str]
    spanish_words: frozenset[str]
    english_words: frozenset[str]
    negators: frozenset[str]
    negators_of_next: frozenset[str]
    clause_breaks: frozenset[str]
    dangling: frozenset[str]
    verb_endings: tuple[str, ...]
    neutral: re.Pattern[str]
    phrases: re.Pattern[str]
    phrase_values: Mapping[str, str]
    says_yes: re.Pattern[str]
    says_no: re.Pattern[str]


@cache
def lexicon() -> Lexicon:
    """Return the word lists, read once."""
    lists = load_list("words")
    phrases = {fold(key): fold(value) for key, value in lists["phrases"].items()}
    return Lexicon(
        stopwords=frozenset(words(lists["stopwords"])),
        spanish_words=frozenset(words(lists["spanish_words"])),
        english_words=frozenset(words(lists["english_words"])),
        negators=frozenset(words(lists["negators"])),
        negators_of_next=frozenset(words(lists["negators_of_next"])),
        clause_breaks=frozenset(words(lists["clause_breaks"])),
        dangling=frozenset(words(lists["dangling"])),
        verb_endings=tuple(words(lists["verb_endings"])),
        neutral=_any_of([fold(phrase) for phrase in lists["neutral_phrases"]]),
        phrases=_any_of(list(phrases)),
        phrase_values=phrases,
        says_yes=re.compile("|".join(lists["says_yes"])),
        says_no=re.compile("|".join(lists["says_no"])),
    )


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    inner = "|".join(re.escape(phrase) for phrase in longest_first)
    return re.compile(rf"(?<!\w)(?:{inner})(?!\w)")


def plain(text: str) -> str:
    """Return folded ``text`` without courtesy phrases and with set phrases unified."""
    lists = lexicon()
    kept = lists.neutral.sub(" ", fold(text))
    return lists.phrases.sub(lambda found: lists.phrase_values[found[0]], kept)


@cache
def _endings() -> tuple[str, ...]:
    return tuple(sorted(words(load_list("words")["endings"]), key=len, reverse=True))


def _cut(word: str) -> str:
    for ending in _endings():
        if word.endswith(ending) and len(word) - len(ending) >= SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


@cache
def _same_word() -> dict[str, str]:
    """Map each stem of a synonym group to the group's first stem."""
    groups = [words(group) for group in load_list("words")["synonyms"]]
    return {_cut(word): _cut(group[0]) for group in groups for word in group}


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return what folded ``word`` shares with its inflections and synonyms."""
    cut = _cut(word)
    return _same_word().get(cut, cut)


@cache
def antonyms() -> dict[str, str]:
    """Map the stem of a word to the stem of its opposite."""
    pairs = load_list("words")["antonyms"].items()
    return {stem(fold(word)): stem(fold(opposite)) for word, opposite in pairs}


def content_stems(text: str) -> set[str]:
    """Return the stems of the words that carry meaning; numbers are left out."""
    found = words(plain(text))
    stopwords = lexicon().stopwords
    return {stem(word) for word in found if word not in stopwords and word.isalpha()}


def rewrite_question(question: str) -> str:
    """Return the question as someone in a hurry types it: same sense, other form.

    Lower case, no accents, no opening marks; when that changes nothing, the closing
    mark is dropped or added, so that the form always differs.
    """
    folded = " ".join(fold(question).replace("¿", " ").replace("¡", " ").split())
    if folded != question:
        return folded
    return folded.rstrip("?").rstrip() if folded.endswith("?") else f"{folded}?"
