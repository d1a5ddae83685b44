"""What the checks share: the contract, lines, and the words that they look for."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from ftcore.data.cleaning import comparable
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.vocabulary import patterns
from ftcore.errors import Param
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

# Looks at all the examples and says what it found; never raises on odd ones.
Check = Callable[[Dataset], Iterable[Finding]]

MIN_EXAMPLES = 10  # the course's minimum, and OpenAI's


def warning(code: str, line: int | None = None, **params: Param) -> Finding:
    """Return a finding that leaves the file able to train."""
    return Finding(code, Severity.WARNING, line, params)


def numbered(dataset: Dataset) -> Iterator[tuple[int, Example]]:
    """Yield each example with its line, or its position if it comes from no file."""
    for position, example in enumerate(dataset, 1):
        yield example.line or position, example


def identity(example: Example) -> tuple[str, ...]:
    """Return what two copies of an example have in common, as people tell copies."""
    return tuple(comparable(message.content) for message in example.messages)


def distinct(dataset: Dataset) -> list[tuple[int, Example]]:
    """Return each example once, with its line: a copy says nothing about style."""
    first: dict[tuple[str, ...], tuple[int, Example]] = {}
    for line, example in numbered(dataset):
        first.setdefault(identity(example), (line, example))
    return list(first.values())


def writes_answers(dataset: Dataset) -> bool:
    """Whether the targets are prose; the style of a label is its spelling."""
    return dataset.task is not Task.CLASSIFICATION


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return one expression of ``patterns.yaml``; a list means any of its words."""
    found = patterns()[name]
    if isinstance(found, list):
        return re.compile("|".join(re.escape(str(word)) for word in found))
    return re.compile(str(found), re.IGNORECASE)


@cache
def style_words(name: str) -> frozenset[str]:
    """Return one list of words of ``style.yaml``.

    Raises:
        TypeError: It is no list of texts; a fault of ours.
    """
    return _words(name, _style()[name])


@cache
def style_table(name: str) -> dict[str, frozenset[str]]:
    """Return one group of lists of ``style.yaml``.

    Raises:
        TypeError: It is no mapping of such lists; a fault of ours.
    """
    table = _style()[name]
    if not isinstance(table, dict):
        raise TypeError(f"{name} must be a mapping")
    return {key: _words(name, words) for key, words in table.items()}


def _words(name: str, words: object) -> frozenset[str]:
    # YAML takes a bare 'no' or 'on' for a truth value; here both are words.
    if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
        raise TypeError(f"{name} must be a list of texts, in quotes where YAML errs")
    return frozenset(words)


@cache
def style_names(name: str) -> dict[str, str]:
    """Return one group of names of ``style.yaml``.

    Raises:
        TypeError: It is no mapping; a fault of ours.
    """
    table = _style()[name]
    if not isinstance(table, dict):
        raise TypeError(f"{name} must be a mapping")
    return {str(key): str(value) for key, value in table.items()}


@cache
def _style() -> dict[str, object]:
    path = ASSETS / "data" / "style.yaml"
    loaded: dict[str, object] = read_yaml(path)
    return loaded
