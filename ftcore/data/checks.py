"""Checks of substance: what may be wrong with examples that can be read."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache

from ftcore.data.cleaning import comparable, without_accents
from ftcore.data.examples import Dataset, Example, Message, Task
from ftcore.data.findings import Finding, Severity
from ftcore.data.values import excerpt
from ftcore.data.vocabulary import patterns
from ftcore.texts import percent

Check = Callable[[Dataset], Iterable[Finding]]

MIN_EXAMPLES = 10  # the course's minimum, and OpenAI's
MAX_EXAMPLES = 1_000  # above this the course calls it counterproductive
WINDOW_TOKENS = 2_048  # context of the embedded base model
CHARACTERS_PER_TOKEN = 3.5  # Spanish text in a small English-first vocabulary
_LONGEST_PLACEHOLDER = 40  # characters
_FEW = 3  # fewer numbers than this may be chance
_NUMBER = re.compile(r"\s*+[+-]?\d[\d.,\s]*+(?:e[+-]?\d++)?%?\s*+", re.IGNORECASE)
MAX_SHARE = 0.70  # of one class before the rest is drowned


def check_size(dataset: Dataset) -> Iterator[Finding]:
    """Fewer examples than a model learns from, or more than a workshop can use."""
    count = len(dataset)
    if count < MIN_EXAMPLES:
        params = {"count": count, "minimum": MIN_EXAMPLES}
        yield Finding("few_examples", Severity.WARNING, params={**params})
    if count > MAX_EXAMPLES:
        params = {"count": count, "maximum": MAX_EXAMPLES}
        yield Finding("many_examples", Severity.WARNING, params={**params})


def _asked(example: Example) -> tuple[str, ...]:
    return tuple(comparable(m.content) for m in example.prompt_messages)


def check_repeated(dataset: Dataset) -> Iterator[Finding]:
    """The same example twice, or one question with several answers or labels."""
    answers: dict[tuple[str, ...], dict[str, int | None]] = defaultdict(dict)
    is_label = dataset.task is Task.CLASSIFICATION
    for example in dataset:
        known = answers[_asked(example)]
        target = comparable(example.target)
        if target in known:
            params = {"first": known[target] or 0}
            yield Finding("duplicate", Severity.WARNING, example.line, {**params})
            continue
        if known:
            params = {"first": next(iter(known.values())) or 0}
            code = "two_labels" if is_label else "two_answers"
            yield Finding(code, Severity.WARNING, example.line, {**params})
        known[target] = example.line


def check_classes(dataset: Dataset) -> Iterator[Finding]:
    """One class only, classes too small to be tested, one class above the rest."""
    if dataset.task is not Task.CLASSIFICATION or not len(dataset):
        return
    counts = Counter(example.target for example in dataset)
    if len(counts) == 1:
        label = excerpt(dataset.examples[0].target)
        yield Finding("one_class", Severity.ERROR, params={"label": label})
        return
    for label, count in sorted(counts.items()):
        if count < 2:
            params = {"label": excerpt(label)}
            yield Finding("small_class", Severity.WARNING, params={**params})
    label, count = counts.most_common(1)[0]
    share = count / len(dataset)
    if share > MAX_SHARE and len(dataset) >= MIN_EXAMPLES:
        found = {"label": excerpt(label), "share": percent(share)}
        yield Finding("imbalance", Severity.WARNING, params={**found})


def check_echo(dataset: Dataset) -> Iterator[Finding]:
    """An answer that only repeats the question."""
    for example in dataset:
        same = comparable(example.target) == comparable(example.prompt)
        if same and dataset.task is not Task.CLASSIFICATION:
            yield Finding("answer_is_question", Severity.WARNING, example.line)


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
    """Text that only keeps the place, such as 'lorem ipsum'."""
    known, start = _placeholders()
    for example in dataset:
        for message in example.messages:
            if len(message.content) > _LONGEST_PLACEHOLDER and not (
                message.content[:1] in "lL " and "ipsum" in message.content[:40].lower()
            ):
                continue
            text = without_accents(message.content[:60])
            if text in known or text.startswith(start):
                params = {"found": excerpt(message.content)}
                yield Finding("placeholder", Severity.WARNING, example.line, {**params})
                break


def check_length(dataset: Dataset) -> Iterator[Finding]:
    """Examples longer than what the base model can look at."""
    limit = WINDOW_TOKENS * CHARACTERS_PER_TOKEN
    for example in dataset:
        size = sum(len(message.content) for message in example.messages)
        if size > limit:
            tokens = round(size / CHARACTERS_PER_TOKEN)
            params = {"tokens": tokens, "limit": WINDOW_TOKENS}
            yield Finding("too_long", Severity.WARNING, example.line, {**params})


@cache
def _pattern(name: str) -> re.Pattern[str]:
    found = patterns()[name]
    if isinstance(found, list):
        return re.compile("|".join(re.escape(str(word)) for word in found))
    return re.compile(str(found), re.IGNORECASE)


def _matching(dataset: Dataset, name: str, code: str) -> Iterator[Finding]:
    pattern = _pattern(name)
    for example in dataset:
        found = _first_match(example.messages, pattern)
        if found:
            params = {"found": excerpt(found)}
            yield Finding(code, Severity.WARNING, example.line, {**params})


def _first_match(messages: tuple[Message, ...], pattern: re.Pattern[str]) -> str:
    for message in messages:
        match = pattern.search(message.content)
        if match:
            return match.group().strip()
    return ""


def check_template_tokens(dataset: Dataset) -> Iterator[Finding]:
    """Marks that chat models use to tell turns apart."""
    return _matching(dataset, "template_tokens", "template_tokens")


def check_markup(dataset: Dataset) -> Iterator[Finding]:
    """HTML or a script inside a text."""
    return _matching(dataset, "html", "html")


def check_formulas(dataset: Dataset) -> Iterator[Finding]:
    """Spreadsheet formulas, which run when the file is opened."""
    return _matching(dataset, "formula", "formula")


CHECKS: tuple[Check, ...] = (
    check_size,
    check_classes,
    check_repeated,
    check_echo,
    check_numbers,
    check_placeholders,
    check_length,
    check_template_tokens,
    check_markup,
    check_formulas,
)
