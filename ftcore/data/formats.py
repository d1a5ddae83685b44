"""Write a dataset as text and read it back without losing a character."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence

from ftcore.data.examples import Dataset, Example, Message, Role, Task

_COLUMNS = {
    Task.CHAT: ("question", "answer"),
    Task.COMPLETION: ("prompt", "completion"),
    Task.CLASSIFICATION: ("text", "label"),
}
_MESSAGES = "messages"


def example_to_json(example: Example) -> dict[str, object]:
    """Return the example in the ``messages`` shape."""
    return {_MESSAGES: [message.to_json() for message in example.messages]}


def example_to_native_json(example: Example, task: Task) -> dict[str, object]:
    """Return the task's own shape: prompt/completion, text/label or ``messages``.

    An example with more than one turn or a system message keeps ``messages``.
    """
    if task is Task.CHAT or not _is_pair(example):
        return example_to_json(example)
    source, target = _COLUMNS[task]
    return {source: example.prompt, target: example.target}


def example_from_json(values: Mapping[str, object], line: int | None = None) -> Example:
    """Rebuild an example written by :func:`example_to_json`; extra keys are ignored.

    Raises:
        ValueError: The values are not of that shape.
    """
    messages = values.get(_MESSAGES)
    if not isinstance(messages, list) or not messages:
        raise ValueError("An example needs a list of messages.")
    turns = (Message(Role(item["role"]), item["content"]) for item in messages)
    return Example(tuple(turns), line)


def dataset_to_jsonl(dataset: Dataset) -> str:
    r"""Return one ``{"messages": […]}`` object a line, each line ended by ``\n``."""
    return "".join(_line(example_to_json(example)) for example in dataset)


def dataset_from_jsonl(text: str, *, name: str, task: Task) -> Dataset:
    r"""Read what :func:`dataset_to_jsonl` wrote; for files of our own only.

    A participant's file goes through :func:`ftcore.data.readers.read_dataset`.

    Raises:
        ValueError: A line is not of that shape.
    """
    lines = text.split("\n")
    examples = (
        example_from_json(json.loads(line), number)
        for number, line in enumerate(lines, 1)
        if line
    )
    return Dataset(name, task, tuple(examples))


def dataset_to_native_jsonl(dataset: Dataset) -> str:
    """Return the task's own shape: prompt/completion, text/label or messages.

    Examples that have more than one turn or a system message keep ``messages``.
    """
    return "".join(_line(example_to_native_json(e, dataset.task)) for e in dataset)


def dataset_to_json(dataset: Dataset) -> str:
    """Return one JSON array, an object a line, each in the task's own shape."""
    rows = (example_to_native_json(e, dataset.task) for e in dataset)
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n"


def dataset_to_rows(dataset: Dataset) -> Iterator[Sequence[str]]:
    """Give a table: the names of the task's two columns, then the examples.

    If an example has more than a question and an answer, the table has one column
    ``messages`` with JSON instead, so that nothing is lost.
    """
    if all(_is_pair(example) for example in dataset):
        yield _COLUMNS[dataset.task]
        yield from ((example.prompt, example.target) for example in dataset)
        return
    yield (_MESSAGES,)
    for example in dataset:
        messages = [message.to_json() for message in example.messages]
        yield (json.dumps(messages, ensure_ascii=False),)


def dataset_to_csv(dataset: Dataset, *, delimiter: str = ",", end: str = "\n") -> str:
    """Return the table of :func:`dataset_to_rows`, everything quoted."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(
        buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator=end
    )
    writer.writerows(dataset_to_rows(dataset))
    return buffer.getvalue()


def dataset_from_csv(text: str, *, name: str, task: Task) -> Dataset:
    """Read what :func:`dataset_to_csv` wrote; for files of our own only.

    Raises:
        ValueError: The table is not of that shape.
    """
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if rows[:1] == [[_MESSAGES]]:
        examples = [example_from_json({_MESSAGES: json.loads(r[0])}) for r in rows[1:]]
    elif rows[:1] == [list(_COLUMNS[task])]:
        examples = [Example.from_pair(prompt, target) for prompt, target in rows[1:]]
    else:
        raise ValueError("The table has other columns.")
    return Dataset(name, task, tuple(examples))


def _is_pair(example: Example) -> bool:
    return [message.role for message in example.messages] == [
        Role.USER,
        Role.ASSISTANT,
    ]


def _line(values: Mapping[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"
