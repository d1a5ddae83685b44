"""``doctor``: what works on this machine, what is missing and how to get it."""

import argparse
import json
import sys
from typing import Any

from ftcore.cli.health import Check, State, examine
from ftcore.settings import load_settings
from ftcore.texts import text

_MARKS = {State.OK: "✓", State.NOTE: "·", State.MISSING: "✗"}


def add_parser(subparsers: Any) -> None:  # noqa: ANN401  (argparse has no public name for it)
    """Add the command to the parser of all."""
    parser = subparsers.add_parser("doctor", help=text("cli_doctor.help"))
    parser.add_argument("--json", action="store_true", help=text("cli_doctor.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Look at everything and tell; 1 if the app cannot run."""
    checks = examine(load_settings())
    can_run = all(check.state is not State.MISSING for check in checks)
    if args.json:
        report = {"ok": can_run, "checks": [to_json(check) for check in checks]}
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write("".join(map(_lines, checks)))
        verdict = "can_run" if can_run else "cannot_run"
        sys.stdout.write("\n" + text(f"cli_doctor.{verdict}") + "\n")
    return 0 if can_run else 1


def to_json(check: Check) -> dict[str, object]:
    """Return one check as ``doctor --json`` prints it."""
    return {
        "name": check.name,
        "state": check.state.value,
        "message": message(check),
        "fix": fix(check),
    }


def message(check: Check) -> str:
    """Return what was found, in Spanish."""
    return text(f"cli_doctor.checks.{check.name}.{check.state}", **check.params)


def fix(check: Check) -> str:
    """Return what to do about it, in Spanish; empty if there is nothing to do."""
    if check.state is State.OK:
        return ""
    return text(f"cli_doctor.checks.{check.name}.fix", **check.params)


def _lines(check: Check) -> str:
    title = text(f"cli_doctor.checks.{check.name}.title")
    line = f"{_MARKS[check.state]} {title}: {message(check)}\n"
    advice = fix(check)
    return f"{line}    {advice}\n" if advice else line
