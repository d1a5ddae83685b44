"""The nouns that everything else is made of: message, example, dataset."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Who says a message."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class Task(StrEnum):
    """What the model learns to do with a text."""

    CHAT = "chat"
    COMPLETION = "completion"
    CLASSIFICATION = "classification"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str

    def to_json(self) -> dict[str, str]:
        """Return the message as providers write it."""
        return {"role": self.role.value, "content": self.content}


@dataclass(frozen=True, slots=True)
class Example:
    """A conversation to learn from; its last message is the answer.

    All three tasks share this form: a completion is a user message (the prompt)
    and an assistant message (the completion); a labelled text is a user message
    (the text) and an assistant message (the label).

    Attributes:
        messages: At least one user message, and last the assistant's.
        line: Line (or row) of the source file, from 1; not part of its identity.
    """

    messages: tuple[Message, ...]
    line: int | None = field(default=None, compare=False)

    @classmethod
    def from_pair(
        cls, prompt: str, completion: str, line: int | None = None
    ) -> "Example":
        """Build the usual single-turn example."""
        pair = (Message(Role.USER, prompt), Message(Role.ASSISTANT, completion))
        return cls(pair, line)

    @property
    def prompt_messages(self) -> tuple[Message, ...]:
        """Everything before the answer."""
        return self.messages[:-1]

    @property
    def prompt(self) -> str:
        """The first user message: question, prompt or text to label."""
        return next((m.content for m in self.messages if m.role is Role.USER), "")

    @property
    def target(self) -> str:
        """The answer that the model should learn to give (or the label)."""
        return self.messages[-1].content


@dataclass(frozen=True, slots=True)
class Dataset:
    """A named, ordered, immutable set of examples for one task."""

    name: str
    task: Task
    examples: tuple[Example, ...]

    def __len__(self) -> int:
        return len(self.examples)

    def __iter__(self) -> Iterator[Example]:
        return iter(self.examples)

    @property
    def labels(self) -> tuple[str, ...]:
        """The classes in alphabetical order; empty unless it is a classification."""
        if self.task is not Task.CLASSIFICATION:
            return ()
        return tuple(sorted({example.target for example in self.examples}))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content, the same for the same examples in the same order."""
        digest = hashlib.sha256(self.task.value.encode())
        for example in self.examples:
            row = [message.to_json() for message in example.messages]
            digest.update(json.dumps(row, ensure_ascii=True, sort_keys=True).encode())
        return digest.hexdigest()
