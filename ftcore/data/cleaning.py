"""Remove what nobody sees and undo what a wrong encoding did to the accents."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

# Emoji, their modifiers and the symbols that emoji sequences are built from.
_EMOJI = "\u00a9\u00ae\u203c-\u3299\ufe0f\U0001f000-\U0001faff"
# Scripts whose spelling needs the joiners (Arabic to Sinhala, Khmer, Mongolian).
_JOINING = "\u0600-\u0dff\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc"
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff"
_ZERO_WIDTH = "\u00ad\u180e\u200b-\u200d\u2060-\u2064\ufeff\ufff9-\ufffb"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_TAGS = "\U000e0000-\U000e007f"
_HIDDEN = re.compile(f"[{_CONTROL}{_ZERO_WIDTH}{_BIDI}{_TAGS}\ud800-\udfff]")
_KEPT = re.compile(
    f"(?<=[{_EMOJI}])\u200d(?=[{_EMOJI}])"
    f"|(?<=[{_JOINING}])[\u200c\u200d]"
    f"|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
)
_UNLIKELY = re.compile("[\x80-\x9f\ufffd]")  # a mended text has none of these
# One letter of another script inside Spanish is chance; a word of them is not.
_FOREIGN = re.compile("[^\x00-\u024f\u2000-\u2bff\ufe00-\ufe0f\U0001f000-\U0001faff]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_SOFT_BREAKS = "\x0b\x0c\x85"
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_KINDS = (
    ("control", re.compile(f"[{_CONTROL}]")),
    ("zero_width", re.compile(f"[{_ZERO_WIDTH}{_TAGS}]")),
    ("bidi", re.compile(f"[{_BIDI}]")),
    ("surrogate", re.compile("[\ud800-\udfff]")),
)

# What UTF-8 looks like when it is read as Windows-1252, Mac Roman or code page 437:
# a lead byte, then something that was a continuation byte.
# One class first, so that the search skips quickly to where it may match.
_LEADS = "\u00c2-\u00f4"
_MARKS = "\u221a\u00ac\u251c\u252c\u0393"
_SUSPECT = re.compile(
    f"[{_LEADS}{_MARKS}](?:"
    f"(?<=[{_LEADS}])"
    "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]"
    f"|(?<=[{_MARKS}])[^\x00-\x7f])"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text after cleaning.

    Attributes:
        text: What is left.
        removed: How many characters of each kind went: ``control``,
            ``zero_width``, ``bidi``, ``surrogate``; or ``mojibake`` mended.
    """

    text: str
    removed: Counter[str]


def is_hidden_free(text: str) -> bool:
    """Whether no invisible character is there at all (the usual, fast case)."""
    return (text.isascii() and text.isprintable()) or _HIDDEN.search(text) is None


def remove_hidden(text: str) -> Cleaned:
    """Remove control, zero-width and direction characters and lone surrogates.

    Joiners inside emoji and inside scripts that spell with them stay, and so do
    direction marks beside right-to-left letters. Vertical tabs and form feeds
    become a space, because they separate words.
    """
    removed: Counter[str] = Counter()
    if is_hidden_free(text):
        return Cleaned(text, removed)
    text = _PAIR.sub(_join_surrogates, text)
    marks_matter = _RIGHT_TO_LEFT.search(text) is not None
    pieces: list[str] = []
    start = 0
    for kept in _KEPT.finditer(text):
        pieces.append(_strip(text[start : kept.start()], removed, marks_matter))
        pieces.append(kept.group())
        start = kept.end()
    pieces.append(_strip(text[start:], removed, marks_matter))
    return Cleaned("".join(pieces), removed)


def _strip(piece: str, removed: Counter[str], marks_matter: bool) -> str:
    def replace(match: re.Match[str]) -> str:
        character = match.group()
        if marks_matter and character in "\u200e\u200f\u061c":
            return character
        kind = next(name for name, pattern in _KINDS if pattern.match(character))
        removed[kind] += 1
        return " " if character in _SOFT_BREAKS else ""

    return _HIDDEN.sub(replace, piece)


def _join_surrogates(match: re.Match[str]) -> str:
    return match.group().encode("utf-16", "surrogatepass").decode("utf-16")


def mend_mojibake(text: str) -> str:
    """Undo a wrong decoding ('Â¿QuÃ©' becomes '¿Qué'); anything else is untouched.

    The judgement is ftfy's, which only changes a text that becomes likelier by it.
    """
    if text.isascii() or _SUSPECT.search(text) is None:
        return text
    import ftfy  # noqa: PLC0415 - only a suspicious text pays for the import

    fixed: str = ftfy.fix_encoding(text)
    worse = len(_UNLIKELY.findall(fixed)) > len(_UNLIKELY.findall(text))
    return text if worse or 0 < len(_FOREIGN.findall(fixed)) < 3 else fixed


def needs_cleaning(text: str) -> bool:
    """Whether :func:`clean_cell` could change the text; cheap, for the usual case."""
    is_printable = text.isprintable()  # nothing hidden is, and this is quick to ask
    if is_printable and text.isascii():
        return False
    if not is_printable and _HIDDEN.search(text) is not None:
        return True
    return _SUSPECT.search(text) is not None


def clean_cell(text: str) -> Cleaned:
    """Clean one value: mojibake first, since its bytes may look like controls."""
    if text.isascii() and text.isprintable():
        return Cleaned(text, Counter())
    mended = mend_mojibake(text)
    cleaned = remove_hidden(mended)
    if mended != text:
        cleaned.removed["mojibake"] += 1
    return cleaned


def cleaning_code(kind: str) -> str:
    """Return the finding's code for one kind of :attr:`Cleaned.removed`."""
    return kind if kind == "mojibake" else f"hidden_{kind}"


def comparable(text: str) -> str:
    """Return the text as duplicates are told: no case, no extra space, NFC."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.casefold().split())


def without_accents(text: str) -> str:
    """Return ``comparable`` text with accents dropped, but ñ and ç kept."""
    plain = comparable(text)
    if plain.isascii():
        return plain
    kept = plain.replace("ñ", "\0").replace("ç", "\1")
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", kept))
    return bare.replace("\0", "ñ").replace("\1", "ç")
