"""The words around personal data, as patterns; they live in assets."""

import re
from functools import cache

from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

_FILE = ASSETS / "data" / "personal.yaml"


@cache
def _loaded() -> dict[str, dict[str, list[str] | str]]:
    loaded: dict[str, dict[str, list[str] | str]] = read_yaml(_FILE)
    return loaded


def words(group: str, name: str) -> str:
    """Return a list of the assets as one non-capturing alternative.

    Raises:
        KeyError: The assets have no such list.
    """
    found = _loaded()[group][name]
    return found if isinstance(found, str) else f"(?:{'|'.join(found)})"


def listed(group: str, name: str) -> tuple[str, ...]:
    """Return a list of the assets as it is.

    Raises:
        KeyError: The assets have no such list.
    """
    return tuple(_loaded()[group][name])


@cache
def whole(group: str, name: str) -> re.Pattern[str]:
    """Return a pattern for any of the words, with nothing else around them."""
    return re.compile(rf"{words(group, name)}\Z", re.IGNORECASE)


@cache
def label(document: str) -> re.Pattern[str]:
    """Return a pattern for 'DNI n.º: ' and the like, at the end of a text."""
    between = words("labels", "between")
    return re.compile(
        rf"(?<!\w){words('labels', document)}(?!\w)[^\w\x01]{{0,4}}"
        rf"(?:{between}(?!\w)[^\w\x01]{{1,3}}){{0,3}}\Z",
        re.IGNORECASE,
    )
