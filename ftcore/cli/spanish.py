"""Make argparse speak Spanish: it has no catalogue of its own for any language."""

import argparse
from functools import cache

import yaml

from ftcore.texts import ASSETS


@cache
def _phrases() -> dict[str, str]:
    content = (ASSETS / "cli" / "argparse.yaml").read_text(encoding="utf-8")
    found: dict[str, str] = yaml.safe_load(content)
    return found


def translate(phrase: str) -> str:
    """Return the Spanish of what argparse says; what is not known stays as it is."""
    return _phrases().get(phrase, phrase)


def speak_spanish() -> None:
    """Let argparse look its phrases up here instead of in the system's catalogues."""
    # argparse asks the module-level name `_` each time, as gettext's users do.
    argparse._ = translate  # type: ignore[attr-defined]
