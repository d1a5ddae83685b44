"""Put one question to a model and time what comes back."""

from collections.abc import Callable, Sequence

from ftcore.chat.base import ChatModel
from ftcore.data.examples import Example, Message, Role
from ftcore.evaluation.normalisation import rewrite_question


def conversation(example: Example, system_prompt: str) -> tuple[Message, ...]:
    """Return what the model is asked: the instruction, then all before the answer."""
    messages = example.prompt_messages
    has_own = any(message.role is Role.SYSTEM for message in messages)
    if has_own or not system_prompt:
        return messages
    return (Message(Role.SYSTEM, system_prompt), *messages)


def rewritten(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return the conversation with its last question trivially rewritten."""
    last = max(i for i, message in enumerate(messages) if message.role is Role.USER)
    question = Message(Role.USER, rewrite_question(messages[last].content))
    return (*messages[:last], question, *messages[last + 1 :])


def timed_reply(
    model: ChatModel, messages: Sequence[Message], clock: Callable[[], float]
) -> tuple[str, float | None, float]:
    """Return the answer, the seconds to its first piece and the seconds in all."""
    started = clock()
    first: float | None = None
    pieces: list[str] = []
    for piece in model.reply(messages):
        if first is None and piece:
            first = clock() - started
        pieces.append(piece)
    return "".join(pieces).strip(), first, clock() - started
