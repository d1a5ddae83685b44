"""The same example twice, or one question with several answers or labels."""

from collections import defaultdict
from collections.abc import Iterator

from ftcore.data.checking import numbered, warning
from ftcore.data.cleaning import comparable
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import Finding


def asked(example: Example) -> tuple[str, ...]:
    """Return all turns before the answer, as repeated questions are told."""
    return tuple(comparable(m.content) for m in example.prompt_messages)


def check_repeated(dataset: Dataset) -> Iterator[Finding]:
    """Name each later copy, and each later answer that contradicts the first."""
    answers: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    other = "two_labels" if dataset.task is Task.CLASSIFICATION else "two_answers"
    for line, example in numbered(dataset):
        known = answers[asked(example)]
        target = comparable(example.target)
        if target in known:
            yield warning("duplicate", line, first=known[target])
            continue
        if known:
            yield warning(other, line, first=next(iter(known.values())))
        known[target] = line
