"""Put words together for the screen: variants by name and number, safe Markdown."""

from ftcore.texts import catalog, duration, number, text

_MARKDOWN = frozenset(r"\`*_{}[]()<>#+-.!|$:~")


def text_for(prefix: str, name: str, /, **params: object) -> str:
    """Return the text written for ``name``, or the one for any other.

    A template or a tool that was added later may have no wording of its own yet.
    """
    key = f"{prefix}.{name}"
    return text(key if key in catalog() else f"{prefix}.other", **params)


def counted(prefix: str, count: int) -> str:
    """Return the text ``<prefix>.one`` or ``<prefix>.many`` for a number of things."""
    return text(f"{prefix}.{'one' if count == 1 else 'many'}", count=number(count))


def lower_first(words: str) -> str:
    """Return the words as they read in the middle of a sentence."""
    return words[:1].lower() + words[1:]


def shortened(words: str, most: int) -> str:
    """Return words on one line, cut between two of them to ``most`` characters."""
    line = " ".join(words.split())
    if len(line) <= most:
        return line
    kept, space, _ = line[:most].rpartition(" ")
    return f"{kept if space else line[: most - 1]}…"


def plain(words: str) -> str:
    """Return somebody's words with Markdown's signs made harmless."""
    return "".join(f"\\{sign}" if sign in _MARKDOWN else sign for sign in words)


def roughly(seconds: float) -> str:
    """Return a forecast with no more digits than it bears: ``40 s``, ``3 min``.

    Rounds to 5 s below a minute, to half minutes below ten; never down to nothing.
    """
    step = 5 if seconds <= 60 else 30 if seconds <= 600 else 60
    return duration(max(1, round(seconds / step)) * step)
