"""Make argparse speak Spanish: it has no catalogue of its own for any language."""

import argparse
from functools import cache

from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml


@cache
def _phrases() -> dict[str, str]:
    found: dict[str, str] = read_yaml(ASSETS / "cli" / "argparse.yaml")
    return found


def translate(phrase: str) -> str:
    """Return the Spanish of what argparse says; what is not known stays as it is."""
    return _phrases().get(phrase, phrase)


def speak_spanish() -> None:
    """Let argparse look its phrases up here instead of in the system's catalogues."""
    # argparse asks the module-level name `_` each time, as gettext's users do.
    argparse._ = translate  # type: ignore[attr-defined]
