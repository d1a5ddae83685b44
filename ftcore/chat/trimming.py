"""Make a conversation fit into the model's context."""

from collections.abc import Sequence

from ftcore.data.examples import Message, Role

_SAFETY = 0.95  # tokens per byte vary along a text; aim below the limit
_FEWEST_BYTES = 16
_GAP = b" "


def trim(
    messages: Sequence[Message], tokens: int, budget: int, pinned: int = 1
) -> tuple[list[Message], bool]:
    """Drop the oldest exchanges until the conversation fits.

    An answer goes with its question: some chat templates (Gemma's) refuse a
    conversation in which turns do not alternate from the user's on.

    The first ``pinned`` messages and the last one always stay; if even they do not
    fit, the longest of the pinned ones and the last are shortened in the middle,
    because a question's point is at either end.

    Args:
        messages: Conversation whose last message is the question.
        tokens: Tokens that the engine counted in it.
        budget: Most tokens that it may have.
        pinned: Messages at the start that must stay: the instruction, and the
            examples shown to the model.

    Returns:
        The conversation, and whether anything was left out.
    """
    if tokens <= budget:
        return list(messages), False
    limit = int(_bytes(messages) * budget / tokens * _SAFETY)
    head, tail = list(messages[:pinned]), list(messages[pinned:])
    while len(tail) > 1 and _bytes(head + tail) > limit:
        del tail[: _exchange(tail)]
    kept = head + tail
    while _bytes(kept) > limit:
        longest = max(range(len(kept)), key=lambda i: _size(kept[i]))
        excess = _bytes(kept) - limit
        if _size(kept[longest]) <= _FEWEST_BYTES:
            break
        kept[longest] = _shorten(kept[longest], excess)
    return kept, True


def _exchange(turns: Sequence[Message]) -> int:
    """Return how many turns go before the second of the user's, the last one apart."""
    later = range(1, len(turns) - 1)
    return next((at for at in later if turns[at].role is Role.USER), len(turns) - 1)


def _size(message: Message) -> int:
    return len(message.content.encode("utf-8", "replace"))


def _bytes(messages: Sequence[Message]) -> int:
    return sum(_size(message) for message in messages)


def _shorten(message: Message, excess: int) -> Message:
    """Cut at least ``excess`` bytes out of the middle."""
    raw = message.content.encode("utf-8", "replace")
    kept = max(0, len(raw) - excess - len(_GAP))
    start, end = raw[: kept - kept // 2], raw[len(raw) - kept // 2 :]
    words = [half.decode("utf-8", "ignore") for half in (start, end)]
    return Message(message.role, _GAP.decode().join(words))
