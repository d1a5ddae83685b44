"""``models``: which base models are here, and how to bring the others."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

from ftcore.models.catalog import (
    GENERATION,
    PREPARE_COMMAND,
    BaseModel,
    load_catalog,
)
from ftcore.models.downloads import MB, OnBytes
from ftcore.models.pace import Pace
from ftcore.models.prepare import FETCHING, OnStage, fetch_base_model
from ftcore.settings import load_settings
from ftcore.texts import duration, number, text
from ftcore.training.capacity import threads_of_each, worker_count

Make = Callable[[BaseModel, Path, OnStage, OnBytes], Path]
_GAP = "  "
_REDRAW_SECONDS = 0.5
_LINE_WIDTH = 60  # a shorter line is drawn over a longer one
# Measured on two cores: 98 MB of 4-bit weights became 270 MB of floats in 10 s.
_CONVERT_SECONDS_PER_MB = 0.1


def add_parser(subparsers: Any) -> None:  # noqa: ANN401  (argparse has no public name for it)
    """Add the command to the parser of all."""
    parser = subparsers.add_parser("models", help=text("cli_models.help"))
    parser.add_argument(
        "--prepare",
        nargs="*",
        metavar=text("cli_models.name"),
        help=text("cli_models.prepare"),
    )
    parser.add_argument("--json", action="store_true", help=text("cli_models.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List the catalogue; with ``--prepare``, make some models ready first."""
    models_dir = load_settings().models_dir
    if args.prepare is not None:
        prepare_models(models_dir, args.prepare)
    rows = [describe(model, models_dir) for model in load_catalog().models]
    if args.json:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False) + "\n")
        return 0
    sys.stdout.write(table(rows))
    if any(row["state"] != "here" for row in rows):
        sys.stdout.write(text("cli_models.how", command=PREPARE_COMMAND) + "\n")
    return 0


def describe(model: BaseModel, models_dir: Path) -> dict[str, object]:
    """Return what there is to say of one model; plain values."""
    path = model.locate(models_dir)
    return {
        "name": model.name,
        "title": model.title,
        "kind": model.kind,
        "state": "here" if path is not None else "fetchable",
        "path": None if path is None else str(path),
        "source": model.source.requirement or model.source.hub,
        "licence": model.licence,
        "licence_url": model.licence_url,
        "sha256": model.source.sha256,
        "size_mb": model.size_mb,
        "languages": list(model.languages),
    }


def table(rows: list[dict[str, object]]) -> str:
    """Lay the models out in columns, with a heading."""
    columns = ("name", "kind", "state", "licence", "size", "languages")
    lines = [[text(f"cli_models.columns.{column}") for column in columns]]
    lines += [
        [
            str(row["name"]),
            text(f"cli_models.kinds.{row['kind']}"),
            text(f"cli_models.states.{row['state']}"),
            str(row["licence"]),
            text("cli_models.size", mb=number(float(str(row["size_mb"])))),
            ", ".join(map(str, row["languages"])),  # type: ignore[call-overload]
        ]
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = (
        _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )
    return "".join(f"{line.rstrip()}\n" for line in padded)


def prepare_models(models_dir: Path, names: Sequence[str] = ()) -> None:
    """Bring models here and make them ready, saying how long is left.

    Args:
        models_dir: Folder of downloaded base models.
        names: Of the catalogue; the default ones if there are none.

    Raises:
        UnknownBaseModelError: The catalogue has no such model.
        BaseModelNotFetchedError: One is not here and cannot be downloaded; for the
            other ways to fail see :func:`ftcore.models.prepare.fetch_base_model`.
    """
    catalog = load_catalog()
    usual = (catalog.default_embedding, catalog.default_generation)
    models = [catalog.find(name) for name in names or usual]
    for model in models:
        _prepare(model, models_dir)


def _prepare(model: BaseModel, models_dir: Path) -> None:
    from ftcore.training.measure import (  # noqa: PLC0415  (torch)
        measure_encoder,
        measure_machine,
    )
    from ftcore.training.prepare import prepare_base_model  # noqa: PLC0415

    settings = load_settings()
    threads = threads_of_each(settings, worker_count(settings))
    if model.kind != GENERATION:
        _make(model, fetch_base_model, models_dir)
        if model.is_encoder:
            _say("cli_models.measuring", model)
            measure_encoder(model, models_dir, threads)
        return
    prepared = _make(model, prepare_base_model, models_dir)
    _say("cli_models.measuring", model)
    measure_machine(model.name, prepared, models_dir, threads)


def _make(model: BaseModel, make: Make, models_dir: Path) -> Path:
    started = time.monotonic()

    def say(stage: str) -> None:
        left = duration(model.size_mb * _CONVERT_SECONDS_PER_MB)
        if stage == FETCHING and model.source.hub:
            key = f"base_models.licences.{model.licence}"
            _say("cli_models.licence", model, licence=text(key), url=model.licence_url)
        _say(f"cli_models.stages.{stage}", model, left=left)

    made = make(model, models_dir, say, download_line(sys.stderr))
    _say("cli_models.ready", model, time=duration(time.monotonic() - started))
    return made


def download_line(screen: TextIO) -> OnBytes:
    """Return what writes the progress of a download, in one line on a terminal.

    Elsewhere (a file, a pipe) it is a line for each tenth.
    """
    pace, shown = Pace(), {"at": 0.0, "tenth": -1.0}

    def tell(done: int, total: int) -> None:
        pace.look(done, total)
        tenth, now = int(10 * pace.share), time.monotonic()
        is_over = bool(total) and done >= total
        due = now - shown["at"] > _REDRAW_SECONDS if screen.isatty() else False
        if not (due or is_over or (not screen.isatty() and tenth > shown["tenth"])):
            return
        shown["at"], shown["tenth"] = now, tenth
        start, end = ("\r", "\n" if is_over else "") if screen.isatty() else ("", "\n")
        screen.write(start + download_words(pace).ljust(_LINE_WIDTH) + end)
        screen.flush()

    return tell


def download_words(pace: Pace) -> str:
    """Return how far a download is: bytes, share and time left."""
    left = pace.seconds_left
    return text(
        "cli_models.progress" if left is not None else "cli_models.progress_untimed",
        done=number(pace.done / MB),
        total=number(pace.total / MB),
        percent=int(100 * pace.share),
        left=duration(left or 0),
    )


def _say(key: str, model: BaseModel, **params: object) -> None:
    line = text(key, title=model.title, mb=number(model.size_mb), **params)
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
