"""The names that people give to columns, keys and roles; they live in assets."""

import re
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any

from ftcore.data.cleaning import without_accents
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

Vocabulary = dict[str, tuple[str, ...]]
_MAIN_NAMES = 3  # of each part: its English and Spanish names
_SHORTEST_SLIP, _LONGEST_SLIP = 4, 20  # letters of a name that may be misspelt
_SLIP_LIKENESS = 0.8  # one letter in five: 'texot' is 'texto'
_LONGEST_TITLE = 6  # words; more make a sentence
_PARTS = ("text", "question", "prompt", "label", "answer", "completion", "output")
_BETWEEN_WORDS = re.compile(r"[\s_\-.:/()]+|(?<=[a-z])(?=[A-Z])")
_SENTENCE = re.compile(r"[¿?¡!;]|[.:]\s|\d{2}")
_DECORATION = re.compile(r"[\s_\-.:¿?*\"'“”«»()\[\]]+")


def normal_name(name: str) -> str:
    """Return a column name without case, accents, spaces or hyphens."""
    return _DECORATION.sub("", without_accents(name).replace("ñ", "n"))


@cache
def column_names() -> Vocabulary:
    """Return, for each part of an example, the normalised names it goes by."""
    loaded = _read("columns.yaml")
    return {
        part: tuple(normal_name(str(name)) or str(name) for name in names)
        for part, names in loaded.items()
        if part != "roles"
    }


@cache
def role_names() -> dict[str, str]:
    """Return normalised word -> role value, such as ``usuario`` -> ``user``."""
    loaded = _read("columns.yaml")["roles"]
    return {normal_name(w): role for role, words in loaded.items() for w in words}


def find_name(part: str, names: list[str]) -> str | None:
    """Return the original name that stands for ``part``, the best one first."""
    return _find_name(part, tuple(names))


@lru_cache(maxsize=1_000)  # the rows of a file share their names
def _find_name(part: str, names: tuple[str, ...]) -> str | None:
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(normal_name(name), name)
    return next((known[w] for w in column_names()[part] if w in known), None)


@lru_cache(maxsize=1_000)
def nearest_name(name: str) -> str | None:
    """Return the usual name that a misspelt one resembles, such as ``etiqueta``."""
    word = normal_name(name)
    if not _SHORTEST_SLIP <= len(word) <= _LONGEST_SLIP or not word.isalpha():
        return None
    known = [w for words in column_names().values() for w in words if len(w) > 4]
    close = get_close_matches(word, known, 1, _SLIP_LIKENESS)
    return close[0] if close and len(name.split()) == 1 else None


@lru_cache(maxsize=1_000)
def word_inside(title: str) -> str | None:
    """Return the first usual name inside a longer title: 'Pregunta del cliente'.

    Only of what is asked and answered, and not in whole sentences: those are data.
    """
    words = [normal_name(word) for word in _BETWEEN_WORDS.split(title) if word]
    if not 2 <= len(words) <= _LONGEST_TITLE or _SENTENCE.search(title):
        return None
    known = {w for part in _PARTS for w in column_names()[part] if len(w) > 3}
    return next((word for word in words if word in known), None)


def mentions(part: str, title: str) -> bool:
    """Whether a longer title has one of the part's first names among its words."""
    words = {normal_name(word) for word in title.split()}
    return not words.isdisjoint(column_names()[part][:_MAIN_NAMES])


@cache
def patterns() -> dict[str, object]:
    """Return the data patterns that the checks look for."""
    loaded: dict[str, object] = _read("patterns.yaml")
    return loaded


def _read(name: str) -> Any:  # noqa: ANN401  (each file has a shape of its own)
    return read_yaml(ASSETS / "data" / name)
