"""Put people's words into Markdown without letting them become markup."""

import re

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")
LONGEST_QUOTE = 400  # characters of an answer that a report shows


def inline(text: str) -> str:
    """Return ``text`` on one line, with every character of markup escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def quote(text: str) -> str:
    """Return ``text`` as :func:`inline`, cut at :data:`LONGEST_QUOTE` characters."""
    joined = " ".join(text.split())
    if len(joined) > LONGEST_QUOTE:
        joined = joined[: LONGEST_QUOTE - 1].rstrip() + "…"
    return inline(joined)


def bullets(lines: list[str]) -> str:
    """Return the lines as a list."""
    return "\n".join(f"- {line}" for line in lines)
