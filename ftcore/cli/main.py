"""Read the command line and hand over to one command."""

import argparse
import os
import sys

from ftcore.cli import check, doctor, evaluate, models, predict, train
from ftcore.cli.spanish import speak_spanish
from ftcore.errors import FtcoreError
from ftcore.runtime import choose_thread_waiting
from ftcore.texts import error_texts, text

COMMANDS = (check, train, predict, evaluate, models, doctor)
INTERRUPTED = 130  # what shells use for Ctrl+C: 128 + SIGINT


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    speak_spanish()
    parser = argparse.ArgumentParser(
        prog="python -m ftcore", description=text("cli.about")
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="")
    for module in COMMANDS:
        module.add_parser(subparsers)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code; expected errors are told in Spanish."""
    # Nothing here needs the Hub; without this, libraries wait for it when offline.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    choose_thread_waiting()
    args = build_parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except FtcoreError as error:
        problem, fix = error_texts(error)
        sys.stderr.write(f"{problem} {fix}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write(text("cli.interrupted") + "\n")
        return INTERRUPTED
    except BrokenPipeError:  # the reader went away: `… | head`
        sys.stderr.close()
        return 0
