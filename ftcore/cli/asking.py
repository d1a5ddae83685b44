"""Tell what a row of an input file asks."""

from collections.abc import Mapping

from ftcore.cli.rows import question_column
from ftcore.data.examples import Message, Role
from ftcore.data.vocabulary import find_name, normal_name, role_names

_SCALARS = (str, int, float)


def asked_messages(
    values: Mapping[str, object], first: str = ""
) -> tuple[Message, ...] | None:
    """Return the conversation that a row asks to be continued.

    Args:
        values: The row.
        first: Part of an example whose column counts before the others: ``text``
            for a classifier.

    Returns:
        A conversation that ends with the user's question, or ``None`` if the row
        has none. A last turn of the assistant's is the answer known already, and
        is left out.
    """
    key = find_name("messages", list(values))
    if key is not None and isinstance(values[key], list):
        return _conversation(values[key])
    names = [name for name, value in values.items() if _plain(value).strip()]
    found = question_column(names, first)
    if found is None:
        return None
    question = Message(Role.USER, _plain(values[found]))
    system = find_name("system", [name for name in names if name != found])
    if system is None:
        return (question,)
    return Message(Role.SYSTEM, _plain(values[system])), question


def _conversation(items: object) -> tuple[Message, ...] | None:
    if not isinstance(items, list):
        return None
    messages = [_message(item) for item in items]
    known = [message for message in messages if message is not None]
    if len(known) < len(messages):
        return None
    if known and known[-1].role is Role.ASSISTANT:
        known.pop()
    if not known or known[-1].role is not Role.USER or not known[-1].content.strip():
        return None
    return tuple(known)


def _message(item: object) -> Message | None:
    if not isinstance(item, dict):
        return None
    names = list(item)
    role_key = "role" if "role" in item else find_name("role", names)
    rest = [name for name in names if name != role_key]
    content_key = "content" if "content" in item else find_name("content", rest)
    if role_key is None or content_key is None:
        return None
    role = role_names().get(normal_name(str(item[role_key])))
    return None if role is None else Message(Role(role), _plain(item[content_key]))


def _plain(value: object) -> str:
    """Return a value as text; a list of text parts is joined, anything else empty."""
    if isinstance(value, _SCALARS) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, Mapping):
        return _plain(value.get("text"))
    if isinstance(value, list):
        return "\n".join(filter(None, map(_plain, value)))
    return ""
