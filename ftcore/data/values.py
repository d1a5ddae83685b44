"""Turn one value of a file into text, or say why it is none."""

import re
from dataclasses import dataclass, field

from ftcore.data.cleaning import clean_cell, cleaning_code, needs_cleaning
from ftcore.data.tolerant_json import NumberText

# What Excel, Sheets and LibreOffice show in place of a value, in Spanish and English.
_CELL_ERROR = re.compile(
    r"\s*#(?:¡(?:REF|VALOR|DIV/0|NUM|NULO|DESBORDAMIENTO|CALC)!|¿NOMBRE\?|N/[AD]"
    r"|(?:REF|VALUE|DIV/0|NUM|NULL|SPILL|CALC)!|NAME\?)\s*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class TextValue:
    """A value as text.

    Attributes:
        text: The text; meaningless if there is a fault.
        notes: Codes of the repairs made.
        fault: Code of the reason why there is no text; empty if there is.
    """

    text: str = ""
    notes: list[str] = field(default_factory=list)
    fault: str = ""


class CellError(str):
    """What a spreadsheet shows in place of a value; empty if nothing was saved."""

    __slots__ = ()


def as_text(value: object) -> TextValue:
    """Accept text, numbers, truth values and OpenAI's or Google's text parts."""
    if type(value) is str and not needs_cleaning(value):
        if "#" in value and _CELL_ERROR.fullmatch(value):
            return TextValue(fault="cell_error")
        return TextValue(value)  # the usual, fast case
    return _as_clean_text(value)


def _as_clean_text(value: object) -> TextValue:
    if isinstance(value, CellError):
        return TextValue(fault="cell_error" if value else "formula_unsaved")
    if isinstance(value, str):
        notes = ["number_to_text"] if isinstance(value, NumberText) else []
        if not needs_cleaning(value):
            return TextValue(str(value), notes)
        cleaned = clean_cell(str(value))
        notes += [cleaning_code(kind) for kind in cleaned.removed]
        return TextValue(cleaned.text, notes)
    if value is None:
        return TextValue(fault="null_value")
    if isinstance(value, bool):
        return TextValue("true" if value else "false", ["number_to_text"])
    if isinstance(value, list):
        return _joined(value)
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        inner = as_text(value["text"])
        return TextValue(inner.text, ["content_parts", *inner.notes])
    return TextValue(fault="not_text")


def _joined(parts: list[object]) -> TextValue:
    pieces: list[str] = []
    notes = ["content_parts"]
    if len(parts) > 1 and any(isinstance(part, str) for part in parts):
        return TextValue(fault="not_text")
    for part in parts:
        text = part.get("text") if isinstance(part, dict) else part
        if not isinstance(text, str):
            return TextValue(fault="not_text")
        inner = as_text(text)
        pieces.append(inner.text)
        notes += inner.notes
    if not pieces:
        return TextValue(fault="null_value")
    return TextValue("\n".join(pieces), notes)


def excerpt(value: object, limit: int = 40) -> str:
    """Return a short, printable form of a value for a sentence about it."""
    text = " ".join(clean_cell(str(value)).text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
