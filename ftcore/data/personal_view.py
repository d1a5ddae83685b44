"""A text as identifiers are looked for: plain digits, plain signs, nothing hidden.

What was found already, and placeholders such as ``[CORREO_1]``, become one
barrier character. So a text in which everything is masked looks exactly like one
in which everything was found, and masking can leave nothing behind.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from ftcore.texts import catalog

BARRIER = "\x01"
_WORDS = "personal.placeholders."
_HIDDEN = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0f\ufeff]"
)
# Anything but what Spanish is written with: only that may have to be made plain.
_ODD = re.compile("[^\x00-\x7f\xa1-\xac\xae-\u024f€‘’“”…]")


@dataclass(frozen=True, slots=True)
class View:
    """A text made plain, and where each character came from.

    Attributes:
        text: The plain text.
        starts: For each plain character, where it begins in the original.
        ends: For each plain character, where it ends in the original.
    """

    text: str
    starts: tuple[int, ...] | range
    ends: tuple[int, ...] | range

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the original span of a plain, non-empty span."""
        return self.starts[start], self.ends[end - 1]

    def without(self, spans: list[tuple[int, int]]) -> "View":
        """Return the view with each plain span as one barrier.

        Args:
            spans: From left to right, without overlaps.
        """
        pieces: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        here = 0
        for start, end in [*spans, (len(self.text), len(self.text))]:
            pieces.append(self.text[here:start])
            starts.extend(self.starts[here:start])
            ends.extend(self.ends[here:start])
            if start < end:
                pieces.append(BARRIER)
                starts.append(self.starts[start])
                ends.append(self.ends[end - 1])
            here = end
        return View("".join(pieces), tuple(starts), tuple(ends))


@cache
def placeholder_words() -> dict[str, str]:
    """Return the word of each kind's placeholder, such as ``CORREO``."""
    return {
        key.removeprefix(_WORDS): word
        for key, word in catalog().items()
        if key.startswith(_WORDS)
    }


@cache
def placeholder_pattern() -> re.Pattern[str]:
    """Return a pattern for a placeholder; its groups are the word and the number.

    Six digits at most: a longer number in brackets may be somebody's.
    """
    words = "|".join(sorted(set(placeholder_words().values())))
    return re.compile(rf"\[({words})_([0-9]{{1,6}})\]")


def view_of(text: str) -> View:
    """Return the text made plain, with placeholders as barriers."""
    view = _plain_view(text)
    if "[" not in view.text:
        return view
    return view.without([m.span() for m in placeholder_pattern().finditer(view.text)])


def placeholders_in(text: str) -> list[tuple[str, int]]:
    """Return word and number of each placeholder that the text has already."""
    if "_" not in text:
        return []
    found = placeholder_pattern().finditer(_plain_view(text).text)
    return [(match[1], int(match[2])) for match in found]


def _plain_view(text: str) -> View:
    if text.isascii() or _ODD.search(text) is None:
        return View(text, range(len(text)), range(1, len(text) + 1))
    kept = [(i, c) for i, c in enumerate(text) if not _HIDDEN.match(c)]
    return View(
        "".join(c if c.isascii() else _plain(c) for _, c in kept),
        tuple(i for i, _ in kept),
        tuple(i + 1 for i, _ in kept),
    )


def _plain(character: str) -> str:
    """Return one character for one: a digit of any script, a wide or odd sign."""
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    if category == "Zs":
        return " "
    if category == "Pd" or character == "\u2212":
        return "-"
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    return character
