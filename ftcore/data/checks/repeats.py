"""The same example twice, or one question with several answers or labels."""

from collections import defaultdict
from collections.abc import Iterator

from ftcore.data.checking import distinct, numbered, warning, writes_answers
from ftcore.data.cleaning import comparable
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.findings import Finding
from ftcore.data.values import excerpt

MIN_SAME = 5  # questions with one answer before it is no chance


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


def check_same_answer(dataset: Dataset) -> Iterator[Finding]:
    """One and the same answer to every question: the model would learn only that."""
    rows = distinct(dataset)
    if not writes_answers(dataset) or len(rows) < MIN_SAME:
        return
    said = {comparable(example.target) for _, example in rows}
    if len(said) == 1 and said != {""}:
        answer = excerpt(dataset.examples[0].target)
        yield warning("same_answer", found=answer, count=len(rows))
