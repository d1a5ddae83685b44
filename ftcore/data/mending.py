"""Mend one text at a time: take off marks, code and formulas, keep the words."""

import html
import re
from collections.abc import Callable
from dataclasses import replace

from ftcore.data.checking import pattern
from ftcore.data.cleaning import remove_hidden
from ftcore.data.examples import Example, Message

Mending = Callable[[str], str]

_CODE = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(r"[ \t]{2,}")
_FORMULA_START = re.compile(r"\A\s*[=+@-]+")


def without_tokens(text: str) -> str:
    """Put a space for each mark of the chat models, so that no new one comes of it."""
    found = pattern("template_tokens")
    if not found.search(text):
        return text
    return _tidy(found.sub(" ", pattern("role_marks").sub(" ", text)))


def without_markup(text: str) -> str:
    """Take off HTML tags and scripts, and write entities as their characters."""
    return _until_settled(text, _drop_markup)


def without_formula(text: str) -> str:
    """Take off the signs that make a spreadsheet run the text.

    Of a link the text that it shows is left, and of a mere sum nothing.
    """
    return _until_settled(text, _drop_formula)


def with_full_stop(text: str) -> str:
    """Close the sentence."""
    return f"{text.rstrip()}."


def mend_messages(example: Example, mend: Mending) -> Example | None:
    """Mend every message; ``None`` if one of them has no words left."""
    turns = tuple(Message(m.role, mend(m.content)) for m in example.messages)
    if all(turn.content.strip() for turn in turns):
        return replace(example, messages=turns)
    return None


def _until_settled(text: str, step: Mending) -> str:
    """Repeat a step that only shortens until it changes nothing more."""
    while (mended := step(text)) != text:
        text = mended
    return text


def _drop_markup(text: str) -> str:
    found = pattern("html")
    if not found.search(text):
        return text
    bare = found.sub(_bare, _CODE.sub(" ", text))
    return _tidy(remove_hidden(bare).text)


def _bare(match: re.Match[str]) -> str:
    piece = match.group()
    return html.unescape(piece) if piece.startswith("&") else " "


def _drop_formula(text: str) -> str:
    if not pattern("formula").search(text):
        return text
    shown = pattern("formula_text").search(text)
    if shown is not None:
        return shown[1].strip()
    if pattern("formula_wordless").search(text):
        return ""
    return _FORMULA_START.sub("", text).strip()


def _tidy(text: str) -> str:
    return _SPACES.sub(" ", text.replace(" .", ".").replace(" ,", ",")).strip()
