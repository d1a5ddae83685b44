"""The object that one line of each provider's file holds, and how labels are sent."""

from collections.abc import Mapping
from dataclasses import replace

from ftcore.data.examples import Dataset, Example, Message, Role, Task
from ftcore.data.formats import example_to_json, example_to_native_json
from ftcore.texts import text

_BETWEEN_LABELS = " | "  # a label may hold a comma
CONVERSE_VERSION = "bedrock-conversation-2024"  # any text will do; Amazon writes this


def as_it_is(dataset: Dataset) -> Dataset:
    """Return the dataset unchanged: this destination trains every task."""
    return dataset


def as_conversations(dataset: Dataset) -> Dataset:
    """Give every labelled text an instruction that names the labels.

    Chat models answer a label only if they are told which ones there are; the same
    instruction must be sent when the trained model is asked.
    """
    if dataset.task is not Task.CLASSIFICATION:
        return dataset
    labels = _BETWEEN_LABELS.join(dataset.labels)
    words = text("destinations.label_instruction", labels=labels)
    opening = Message(Role.SYSTEM, words)
    examples = (
        example
        if example.messages[0].role is Role.SYSTEM
        else replace(example, messages=(opening, *example.messages))
        for example in dataset
    )
    return replace(dataset, examples=tuple(examples))


def native_line(example: Example, task: Task) -> Mapping[str, object]:
    """Return text/label, prompt/completion or messages, as this workshop reads them."""
    return example_to_native_json(example, task)


def openai_line(example: Example, task: Task) -> Mapping[str, object]:  # noqa: ARG001
    """Return ``messages`` with roles and texts, as OpenAI's chat models learn."""
    return example_to_json(example)


def trl_line(example: Example, task: Task) -> Mapping[str, object]:  # noqa: ARG001
    """Return conversational prompt and completion, as TRL's ``SFTTrainer`` learns.

    With this form it learns the answer alone, whatever the chat template, while
    from plain ``messages`` it would learn to ask the question too.
    """
    return {
        "prompt": [message.to_json() for message in example.prompt_messages],
        "completion": [example.messages[-1].to_json()],
    }


def gemini_line(example: Example, task: Task) -> Mapping[str, object]:  # noqa: ARG001
    """Return ``contents`` with parts, where the assistant is called ``model``."""
    names = {Role.USER: "user", Role.ASSISTANT: "model"}
    turns = [
        {"role": names[m.role], "parts": _parts(m)} for m in _without_system(example)
    ]
    opening = _system(example)
    if opening is None:
        return {"contents": turns}
    system = {"role": "system", "parts": _parts(opening)}
    return {"systemInstruction": system, "contents": turns}


def converse_line(example: Example, task: Task) -> Mapping[str, object]:  # noqa: ARG001
    """Return Amazon's Converse form, which Nova and Llama 3.2 and 3.3 learn from."""
    opening = _system(example)
    system = {} if opening is None else {"system": _parts(opening)}
    turns = [
        {"role": m.role.value, "content": _parts(m)} for m in _without_system(example)
    ]
    return {"schemaVersion": CONVERSE_VERSION, **system, "messages": turns}


def haiku_line(example: Example, task: Task) -> Mapping[str, object]:  # noqa: ARG001
    """Return ``messages`` with the instruction beside them, as Claude 3 learns."""
    opening = _system(example)
    system = {} if opening is None else {"system": opening.content}
    return {**system, "messages": [m.to_json() for m in _without_system(example)]}


def _system(example: Example) -> Message | None:
    return next((m for m in example.messages if m.role is Role.SYSTEM), None)


def _without_system(example: Example) -> list[Message]:
    return [m for m in example.messages if m.role is not Role.SYSTEM]


def _parts(message: Message) -> list[dict[str, str]]:
    return [{"text": message.content}]
