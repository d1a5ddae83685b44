"""How many examples there are, and how long they are."""

from collections.abc import Iterator
from statistics import median, quantiles

from ftcore.data.checking import (
    MIN_EXAMPLES,
    distinct,
    numbered,
    warning,
    writes_answers,
)
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import Finding

MAX_EXAMPLES = 1_000  # above this the course calls it counterproductive
WINDOW_TOKENS = 2_048  # context of the embedded base model
CHARACTERS_PER_TOKEN = 3.5  # Spanish text in a small English-first vocabulary

# An answer may be long; what stands out is longer than a page among short ones.
OUTLIER_TIMES = 5  # times the typical length
OUTLIER_WORDS = 100  # below this nothing is too long to be learned
MIXED_TIMES = 12  # long answers against short ones
MIXED_WORDS = 60  # what a long answer has at least


def check_size(dataset: Dataset) -> Iterator[Finding]:
    """Fewer examples than a model learns from, or more than a workshop can use."""
    count = len(dataset)
    if count < MIN_EXAMPLES:
        yield warning("few_examples", count=count, minimum=MIN_EXAMPLES)
    if count > MAX_EXAMPLES:
        yield warning("many_examples", count=count, maximum=MAX_EXAMPLES)


def check_window(dataset: Dataset) -> Iterator[Finding]:
    """Examples longer than what the base model can look at."""
    limit = WINDOW_TOKENS * CHARACTERS_PER_TOKEN
    for line, example in numbered(dataset):
        size = sum(len(message.content) for message in example.messages)
        if size > limit:
            tokens = round(size / CHARACTERS_PER_TOKEN)
            yield warning("too_long", line, tokens=tokens, limit=WINDOW_TOKENS)


def check_outliers(dataset: Dataset) -> Iterator[Finding]:
    """Texts many times longer than the rest: often several examples in one."""
    rows = distinct(dataset)
    if len(rows) < MIN_EXAMPLES:
        return
    lengths = [_words(dataset.task, example) for _, example in rows]
    typical = max(1, round(median(lengths)))
    limit = max(OUTLIER_WORDS, OUTLIER_TIMES * typical)
    for (line, _), words in zip(rows, lengths, strict=True):
        if words > limit:
            yield warning("long_outlier", line, words=words, typical=typical)


def check_length_mix(dataset: Dataset) -> Iterator[Finding]:
    """Answers of a few words beside answers of a page."""
    rows = distinct(dataset)
    if not writes_answers(dataset) or len(rows) < MIN_EXAMPLES:
        return
    lengths = sorted(_words(dataset.task, example) for _, example in rows)
    tenths = quantiles(lengths, n=10, method="inclusive")
    short, long = max(1, round(tenths[0])), round(tenths[-1])
    if long >= MIXED_WORDS and long >= MIXED_TIMES * short:
        yield warning("mixed_lengths", short=short, long=long)


def _words(task: Task, example: Example) -> int:
    """Return the words of what varies: the answer, or the text to be labelled."""
    is_label = task is Task.CLASSIFICATION
    return len((example.prompt if is_label else example.target).split())
