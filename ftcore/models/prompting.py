"""Build the conversation that a model sees: the same in training and in serving."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from ftcore.data.examples import Example, Message, Role
from ftcore.models.retrieval import last_question

# What every chat template is told: a small model that learns to answer must not be
# asked to think aloud first (Qwen3's template then closes the thinking at once).
TEMPLATE_OPTIONS: Mapping[str, object] = MappingProxyType({"enable_thinking": False})


def conversation(
    system_prompt: str, turns: Sequence[Message], context: Sequence[Example] = ()
) -> list[Message]:
    """Return the messages to be answered.

    Args:
        system_prompt: Opens the conversation unless ``turns`` brings its own.
        turns: The conversation so far; its last message is the user's.
        context: Examples shown before it as earlier turns, the nearest last.
    """
    own = [m for m in turns if m.role is Role.SYSTEM]
    rest = [m for m in turns if m.role is not Role.SYSTEM]
    opening = own[0].content if own else system_prompt
    # An explicit (even empty) system message keeps the template's English default out.
    messages = [Message(Role.SYSTEM, opening)]
    for example in context:
        messages.append(Message(Role.USER, last_question(example)))
        messages.append(Message(Role.ASSISTANT, example.target))
    return messages + rest
