"""Writing and reading again is the identity, whatever the text holds."""

import csv
import io
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ftcore.data.examples import Dataset, Example, Message, Role, Task
from ftcore.data.formats import (
    dataset_from_csv,
    dataset_from_jsonl,
    dataset_to_csv,
    dataset_to_json,
    dataset_to_jsonl,
    dataset_to_native_jsonl,
)

NASTY = [
    '"', '""', "'", "“”", "\\", "\\n", "\n", "\r", "\r\n", "\t", "\0", "\x1f", "\x7f",
    ",", ";", "|", ",,", '","', '";"', '"\n"', "{", "}", "[]", "null", "=1+1",
    "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\ufeff", "\u200b", "\u202e", "\ufffd",
    "é", "e\u0301", "ñ", "n\u0303", "İ", "ß", "ﬁ", "٣", "中", "ع", "\U0001d7d9",
    "🙂", "👩\u200d👩\u200d👧", "🇲🇽", "👍🏽", "☕\ufe0f", " ", "  ", "\u00a0",
    "text", "label", "prompt,completion", "messages", '{"messages": []}', "a", "1",
]  # fmt: skip
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
nasty = st.lists(st.sampled_from(NASTY), max_size=8).map("".join)
texts = any_text | nasty


def from_pairs(task, pairs):
    return Dataset("d", task, tuple(Example.from_pair(a, b) for a, b in pairs))


pairs = st.builds(
    from_pairs, st.sampled_from(Task), st.lists(st.tuples(texts, texts), max_size=5)
)
# Any order of roles, as long as it ends in an answer.
turns = st.tuples(
    st.lists(st.builds(Message, st.sampled_from(Role), texts), max_size=4),
    st.builds(Message, st.just(Role.ASSISTANT), texts),
).map(lambda parts: Example((*parts[0], parts[1])))
conversations = st.builds(
    lambda task, rows: Dataset("d", task, tuple(rows)),
    st.sampled_from(Task),
    st.lists(turns, max_size=5),
)
datasets = pairs | conversations


def from_native(values, task):
    """Read the task's own shape without any code of ours."""
    if "messages" in values:
        assert list(values) == ["messages"]
        turns = [Message(Role(m["role"]), m["content"]) for m in values["messages"]]
        return Example(tuple(turns))
    keys = {
        Task.COMPLETION: ("prompt", "completion"),
        Task.CLASSIFICATION: ("text", "label"),
    }[task]
    assert tuple(values) == keys
    return Example.from_pair(*values.values())


@given(datasets)
@settings(deadline=None)
@example(from_pairs(Task.CHAT, [("", "")]))
@example(from_pairs(Task.CHAT, [("".join(NASTY), "".join(reversed(NASTY)))]))
def test_lines_of_json(dataset):
    text = dataset_to_jsonl(dataset).encode().decode()
    assert dataset_from_jsonl(text, name="d", task=dataset.task) == dataset
    assert text.count("\n") == len(dataset)


@given(datasets)
@settings(deadline=None)
@example(from_pairs(Task.COMPLETION, [("".join(NASTY), "")]))
def test_lines_in_the_task_s_own_shape(dataset):
    text = dataset_to_native_jsonl(dataset).encode().decode()
    rows = [json.loads(line) for line in text.split("\n") if line]
    assert tuple(from_native(row, dataset.task) for row in rows) == dataset.examples
    assert text.count("\n") == len(dataset)


@given(datasets)
@settings(deadline=None)
def test_an_array_of_json(dataset):
    rows = json.loads(dataset_to_json(dataset).encode())
    assert tuple(from_native(row, dataset.task) for row in rows) == dataset.examples


@given(datasets)
@settings(deadline=None)
@example(from_pairs(Task.CLASSIFICATION, [(text, text) for text in NASTY]))
@example(from_pairs(Task.CLASSIFICATION, [("text", "label")]))
@example(from_pairs(Task.CHAT, [("messages", "[]")]))
def test_a_table(dataset):
    text = dataset_to_csv(dataset).encode().decode()
    assert dataset_from_csv(text, name="d", task=dataset.task) == dataset


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@given(dataset=pairs)
@settings(deadline=None, max_examples=40)
def test_a_table_with_another_delimiter(delimiter, end, dataset):
    text = dataset_to_csv(dataset, delimiter=delimiter, end=end)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    written = [[example.prompt, example.target] for example in dataset]
    assert rows[1:] == written


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "text\nhola\n"])
def test_a_table_of_others_is_refused(text):
    with pytest.raises(ValueError, match="other columns"):
        dataset_from_csv(text, name="d", task=Task.CLASSIFICATION)


@pytest.mark.parametrize("line", ["{}", '{"messages": []}', '{"messages": "Hola"}'])
def test_lines_of_others_are_refused(line):
    with pytest.raises(ValueError, match="list of messages"):
        dataset_from_jsonl(line, name="d", task=Task.CHAT)
