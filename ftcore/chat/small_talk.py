"""Meet a greeting as a greeting: no example is about it, and any would be nonsense."""

import unicodedata
from collections.abc import Mapping
from functools import cache

from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

SMALL_TALK_FILE = ASSETS / "chat" / "small_talk.yaml"
MOST_WORDS = 6  # longer than any greeting people type


def small_talk_reply(message: str) -> str | None:
    """Return what to say to a greeting, thanks or farewell; ``None`` to anything else.

    Only a message made of nothing but such words counts, so that 'hola, ¿cuánto
    cuesta?' is still a question.
    """
    words = _plain(message).split()
    rules = _rules()
    known, marks = rules["words"].split(), rules["marks"].split()
    if not 0 < len(words) <= MOST_WORDS or not set(words) & set(marks):
        return None
    if not set(words) <= set(known):
        return None
    for kind in ("thanks", "farewell"):
        if set(words) & set(rules[f"{kind}_marks"].split()):
            return rules[kind]
    return rules["reply"]


def _plain(message: str) -> str:
    """Return the message without case, accents or punctuation."""
    marks = unicodedata.normalize("NFD", message.casefold())
    return "".join(
        c if c.isalnum() else " " for c in marks if not unicodedata.combining(c)
    )


@cache
def _rules() -> Mapping[str, str]:
    rules: Mapping[str, str] = read_yaml(SMALL_TALK_FILE)
    return rules
