"""Texts that are no sentences for a model: echoes, fillers, marks, code, numbers."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from ftcore.data.checking import (
    numbered,
    pattern,
    warning,
    writes_answers,
)
from ftcore.data.cleaning import comparable, without_accents
from ftcore.data.examples import Dataset, Message, Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.values import excerpt
from ftcore.data.vocabulary import patterns

_LONGEST_PLACEHOLDER = 40  # characters
_FEW = 3  # fewer numbers than this may be chance
_NUMBER = re.compile(r"\s*+[+-]?\d[\d.,\s]*+(?:e[+-]?\d++)?%?\s*+", re.IGNORECASE)


def check_empty(dataset: Dataset) -> Iterator[Finding]:
    """Nothing asked or nothing answered; only editing can make such examples."""
    is_label = dataset.task is Task.CLASSIFICATION
    for line, example in numbered(dataset):
        if not example.target.strip():
            code = "empty_label" if is_label else "empty_answer"
            yield Finding(code, Severity.ERROR, line)
        if not example.prompt.strip():
            yield Finding("empty_prompt", Severity.ERROR, line)


def check_echo(dataset: Dataset) -> Iterator[Finding]:
    """An answer that only repeats the question."""
    if not writes_answers(dataset):
        return
    for line, example in numbered(dataset):
        if _may_echo(example.target, example.prompt):
            target = comparable(example.target)
            if target and target == comparable(example.prompt):
                yield warning("answer_is_question", line)


def _may_echo(answer: str, question: str) -> bool:
    """Whether both start alike; quick, since nearly no answer does."""
    one, other = answer.lstrip()[:1], question.lstrip()[:1]
    return one == other or _base(one) == _base(other)


def _base(character: str) -> str:
    """Return the letter without case and accent, as all its spellings have it."""
    return unicodedata.normalize("NFD", character.casefold())[:1]


def check_numbers(dataset: Dataset) -> Iterator[Finding]:
    """A table of measures or codes, which has nothing to read."""
    prompts = [example.prompt for example in dataset]
    if len(prompts) >= _FEW and all(map(_NUMBER.fullmatch, prompts)):
        yield Finding("numbers_only", Severity.ERROR)


@cache
def _placeholders() -> tuple[frozenset[str], str]:
    words = patterns()["placeholders"]
    if not isinstance(words, list):
        raise TypeError("placeholders must be a list")
    known = frozenset(without_accents(str(word)) for word in words)
    return known, str(patterns()["placeholder_start"])


def check_placeholders(dataset: Dataset) -> Iterator[Finding]:
    """Text that only keeps the place, such as 'lorem ipsum'.

    A label such as 'pendiente' or 'n/a' is a class; if only one text has it,
    ``check_classes`` says so.
    """
    is_label, no_class = not writes_answers(dataset), pattern("no_class")
    for line, example in numbered(dataset):
        is_class = is_label and not no_class.fullmatch(without_accents(example.target))
        read = example.prompt_messages if is_class else example.messages
        found = next(filter(_is_placeholder, read), None)
        if found is not None:
            yield warning("placeholder", line, found=excerpt(found.content))


def _is_placeholder(message: Message) -> bool:
    content = message.content
    known, start = _placeholders()
    if len(content) > _LONGEST_PLACEHOLDER:
        begins = content[:1] in "lL " and "ipsum" in content[:40].lower()
        return begins and without_accents(content[:60]).startswith(start)
    text = without_accents(content)
    return text in known or text.startswith(start)


def check_template_tokens(dataset: Dataset) -> Iterator[Finding]:
    """Marks that chat models use to tell turns apart."""
    return _matching(dataset, "template_tokens", "template_tokens")


def check_markup(dataset: Dataset) -> Iterator[Finding]:
    """HTML or a script inside a text."""
    return _matching(dataset, "html", "html")


def check_formulas(dataset: Dataset) -> Iterator[Finding]:
    """Spreadsheet formulas, which run when the file is opened."""
    return _matching(dataset, "formula", "formula")


# What any match needs; asking for it is quicker than searching for the match.
_NEEDED: dict[str, Callable[[str], bool]] = {
    "template_tokens": lambda content: "<" in content or "[" in content,
    "html": lambda content: "<" in content or "&" in content or ":" in content,
    "formula": lambda content: content.lstrip()[:1] in {"=", "+", "@", "-"},
}


def _matching(dataset: Dataset, name: str, code: str) -> Iterator[Finding]:
    may_match, expression = _NEEDED[name], pattern(name)
    for line, example in numbered(dataset):
        for message in example.messages:
            found = may_match(message.content) and expression.search(message.content)
            if found and found.group().strip():
                yield warning(code, line, found=excerpt(found.group().strip()))
                break
