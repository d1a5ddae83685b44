"""Look up the Spanish that people read; the words live in ``assets/texts``."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from ftcore.errors import FtcoreError
from ftcore.yaml_files import read_yaml

ASSETS = Path(__file__).resolve().parents[1] / "assets"
TEXTS = ASSETS / "texts" / "es"


@cache
def catalog() -> Mapping[str, str]:
    """Return every text by its dotted key.

    Raises:
        ValueError: Two files define the same key.
    """
    found: dict[str, str] = {}
    for path in sorted(TEXTS.rglob("*.yaml")):
        for key, value in _flatten(read_yaml(path)):
            if key in found:
                raise ValueError(f"Text {key!r} is defined twice; see {path}.")
            found[key] = value
    return found


def _flatten(node: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{path}.")
        else:
            yield path, str(value)


def text(key: str, **params: object) -> str:
    """Return the Spanish text for ``key``; a missing key is a bug, so it raises.

    Raises:
        KeyError: No text has that key.
    """
    return catalog()[key].format(**params)


def error_texts(error: FtcoreError) -> tuple[str, str]:
    """Return what is wrong and what to do about it, in Spanish."""
    problem = text(f"errors.{error.code}.problem", **error.params)
    return problem, text(f"errors.{error.code}.fix", **error.params)


def number(value: float, decimals: int = 0) -> str:
    """Format a number the Spanish way: ``1234.5`` becomes ``1.234,5``."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def percent(share: float, decimals: int = 0) -> str:
    """Format a share of 1 as a percentage: ``0.785`` becomes ``78 %``."""
    return f"{number(100 * share, decimals)} %"


def spoken_day(day: date) -> str:
    """Format a day for people: ``7 de mayo de 2026``."""
    month = text("dates.months").split(",")[day.month - 1]
    return text("dates.day", day=day.day, month=month, year=day.year)


def duration(seconds: float) -> str:
    """Format seconds for people: ``40 s``, ``2 min 5 s``, ``1 h 10 min``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
