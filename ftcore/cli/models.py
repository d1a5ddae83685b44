"""``models``: which base models are here, and how to bring the others."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ftcore.models.catalog import PREPARE_COMMAND, BaseModel, load_catalog
from ftcore.models.prepare import OnStage, fetch_base_model
from ftcore.settings import load_settings
from ftcore.texts import duration, number, text

Make = Callable[[BaseModel, Path, OnStage], Path]
_GAP = "  "
# Measured on two cores: 98 MB of 4-bit weights became 270 MB of floats in 20 s.
_CONVERT_SECONDS_PER_MB = 0.2


def add_parser(subparsers: Any) -> None:  # noqa: ANN401  (argparse has no public name for it)
    """Add the command to the parser of all."""
    parser = subparsers.add_parser("models", help=text("cli_models.help"))
    parser.add_argument(
        "--prepare", action="store_true", help=text("cli_models.prepare")
    )
    parser.add_argument("--json", action="store_true", help=text("cli_models.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List the catalogue; with ``--prepare``, make the embedded models ready first."""
    models_dir = load_settings().models_dir
    if args.prepare:
        prepare_embedded(models_dir)
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


def prepare_embedded(models_dir: Path) -> None:
    """Bring the default models here and make them ready, saying how long is left.

    Raises:
        BaseModelNotFetchedError: One is not here and cannot be downloaded.
    """
    from ftcore.training.measure import measure_machine  # noqa: PLC0415  (torch)
    from ftcore.training.prepare import prepare_base_model  # noqa: PLC0415

    catalog = load_catalog()
    generation = catalog.find(catalog.default_generation)
    _make(catalog.find(catalog.default_embedding), fetch_base_model, models_dir)
    prepared = _make(generation, prepare_base_model, models_dir)
    _say("cli_models.measuring", generation)
    measure_machine(generation.name, prepared, models_dir)


def _make(model: BaseModel, make: Make, models_dir: Path) -> Path:
    started = time.monotonic()

    def say(stage: str) -> None:
        left = duration(model.size_mb * _CONVERT_SECONDS_PER_MB)
        _say(f"cli_models.stages.{stage}", model, left=left)

    made = make(model, models_dir, say)
    _say("cli_models.ready", model, time=duration(time.monotonic() - started))
    return made


def _say(key: str, model: BaseModel, **params: object) -> None:
    line = text(key, title=model.title, mb=number(model.size_mb), **params)
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
