"""What each destination publishes about its limits, dated, from an editable file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

BOUNDS_FILE = ASSETS / "destinations.yaml"


class Overlong(StrEnum):
    """What happens to an example that is longer than a destination reads."""

    CUT = "cut"
    DROPPED = "dropped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Closing:
    """The end of a service.

    Attributes:
        newcomers: First day on which new accounts cannot train.
        everyone: First day on which nobody can.
        models: Day on which the trained models stop answering.
    """

    newcomers: date
    everyone: date
    models: date


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one destination accepts; ``None`` is 'nothing published'.

    Attributes:
        least: Fewest examples.
        advised: Fewest examples that it recommends.
        most: Most examples.
        tokens: Most tokens of one example.
        label_tokens: The same for a text to classify, if it differs.
        overlong: What happens to a longer one.
        megabytes: Largest file, in millions of bytes.
        reserved: Words that may not appear anywhere, whatever the case.
        marks: Marks of the chat template that confuse the model as text.
        closing: When the service ends, if it does.
        sources: Where each value was read, and when: ``(address, day)`` by name.
    """

    least: int = 1
    advised: int | None = None
    most: int | None = None
    tokens: int | None = None
    label_tokens: int | None = None
    overlong: Overlong = Overlong.CUT
    megabytes: int | None = None
    reserved: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    closing: Closing | None = None
    sources: Mapping[str, tuple[str, date]] | None = None


@cache
def load_bounds(path: Path = BOUNDS_FILE) -> Mapping[str, Bounds]:
    """Return the bounds of every destination of the file, by name.

    Raises:
        KeyError: An entry has no value, date or source.
        TypeError: An entry has a name that no bound has.
    """
    tree = read_yaml(path)
    return {name: _bounds(entries) for name, entries in tree.items()}


def _bounds(entries: Mapping[str, Mapping[str, Any]]) -> Bounds:
    values = {name: _value(name, entry["value"]) for name, entry in entries.items()}
    sources = {n: (str(e["source"]), e["as_of"]) for n, e in entries.items()}
    return Bounds(**values, sources=sources)


def _value(name: str, value: Any) -> Any:  # noqa: ANN401  (whatever the file holds)
    if name == "overlong":
        return Overlong(value)
    if name == "closing":
        return Closing(**value)
    return tuple(value) if isinstance(value, list) else value
