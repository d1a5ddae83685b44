"""``check``: say everything there is to say about one file."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from ftcore.cli.check_facts import (
    MOST_AT_ONCE,
    MOST_COMPARED,
    Facts,
    gather_facts,
    report_json,
)
from ftcore.cli.check_output import FORMATS, MASK, mend, write_output
from ftcore.cli.check_text import change_lines, fact_lines, report_lines
from ftcore.data.changes import Change, FixResult
from ftcore.data.check import check_file
from ftcore.data.examples import Dataset, Task
from ftcore.data.findings import CheckReport, Finding, Severity, Verdict
from ftcore.data.formats import example_to_json
from ftcore.data.options import ColumnChoice, Limits, ReadOptions
from ftcore.data.readers import read_dataset
from ftcore.data.sampling import SAMPLE_ROWS
from ftcore.errors import FileNotReadableError, FtcoreError, Param
from ftcore.settings import load_settings
from ftcore.texts import error_texts, number, text


def add_parser(subparsers: Any) -> None:  # noqa: ANN401  (argparse has no public name for it)
    """Add the command to the parser of all."""
    parser = subparsers.add_parser("check", help=text("cli_check.help"))
    parser.add_argument("file", type=Path, help=text("cli_check.file"))
    tasks = ["auto", *(task.value for task in Task)]
    parser.add_argument(
        "--task", choices=tasks, default="auto", help=text("cli_check.task")
    )
    parser.add_argument(
        "--columns",
        type=_two_columns,
        metavar=text("cli_check.metavars.columns"),
        help=text("cli_check.columns"),
    )
    parser.add_argument(
        "--sheet",
        metavar=text("cli_check.metavars.sheet"),
        help=text("cli_check.sheet"),
    )
    parser.add_argument(
        "--no-header", action="store_true", help=text("cli_check.no_header")
    )
    parser.add_argument("--json", action="store_true", help=text("cli_check.json"))
    _add_output_options(parser)
    parser.set_defaults(run=run, refuse=parser.error)


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fix",
        action="append",
        default=[],
        metavar=text("cli_check.metavars.fix"),
        help=text("cli_check.fix_option"),
    )
    parser.add_argument("--mask", action="store_true", help=text("cli_check.mask"))
    parser.add_argument(
        "--output",
        type=Path,
        metavar=text("cli_check.metavars.output"),
        help=text("cli_check.output"),
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        metavar=text("cli_check.metavars.format"),
        help=text("cli_check.format", formats=", ".join(FORMATS)),
    )


def run(args: argparse.Namespace) -> int:
    """Check the file and print the report; 1 if it cannot train.

    Raises:
        UnknownFixError: A fix asked for does not exist.
        FileNotWritableError: The output cannot be written.
        CellTooLongError: An example does not fit into the workbook asked for.
    """
    if args.format and not args.output:
        args.refuse(text("cli_check.format_alone"))
    options = _options(args)
    try:
        report = _report(args.file, options)
    except FtcoreError as error:
        report = _refusal(args.file.name, error)
    codes = [*args.fix, *([MASK] if args.mask else [])]
    whole, mended = report.dataset, None
    if whole is not None and (codes or args.output):
        whole = _whole(whole, report.rows, args.file, options)
        mended = mend(whole, codes, report.findings) if codes else None
    facts = _facts(report, mended, MOST_AT_ONCE if args.json else MOST_COMPARED)
    if args.json:
        _write_json(report, facts, mended)
    else:
        _write_text(report, facts, mended)
    if args.output:
        _write_examples(mended.dataset if mended else whole, args.output, args.format)
    return 1 if report.verdict is Verdict.REJECT else 0


def _options(args: argparse.Namespace) -> ReadOptions:
    return ReadOptions(
        task=None if args.task == "auto" else Task(args.task),
        limits=Limits.of(load_settings()),
        columns=args.columns,
        has_header=False if args.no_header else None,
        sheet=args.sheet,
    )


def _two_columns(value: str) -> ColumnChoice:
    source, comma, target = (part.strip() for part in value.partition(","))
    if not (source and comma and target):
        raise argparse.ArgumentTypeError(text("cli_check.columns_wrong"))
    return ColumnChoice(source, target)


def _report(path: Path, options: ReadOptions) -> CheckReport:
    try:
        with path.open("rb"):
            pass  # says at once what is wrong with the path
        with _bar() as progress:
            return check_file(path.name, path, options, progress=progress)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = text(f"cli_check.reasons.{_reason(error)}")
        raise FileNotReadableError(path=str(path), reason=reason) from error


@contextmanager
def _bar() -> Iterator[Callable[[float], None]]:
    """Draw a bar on a terminal once a big file reports its progress."""
    from tqdm import tqdm  # noqa: PLC0415  (only commands with a bar draw)

    title, form = text("cli_check.reading"), "{desc}: {percentage:3.0f} %|{bar}|"
    with tqdm(
        total=1.0, desc=title, bar_format=form, disable=None, leave=False, delay=0.5
    ) as bar:

        def tell(share: float) -> None:
            bar.update(share - bar.n)

        yield tell


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "missing"
    if isinstance(error, IsADirectoryError):
        return "folder"
    return "denied" if isinstance(error, PermissionError) else "other"


def _refusal(filename: str, error: FtcoreError) -> CheckReport:
    """Report an expected error as a rejected file."""
    problem, fix = error_texts(error)
    params: dict[str, Param] = {"problem": problem, "fix": fix}
    finding = Finding("refused", Severity.ERROR, params=params)
    return CheckReport(
        filename=filename,
        verdict=Verdict.REJECT,
        dataset=None,
        findings=(finding,),
        rows=0,
        first="",
        message=f"{problem} {fix}",
    )


def _whole(sample: Dataset, rows: int, path: Path, options: ReadOptions) -> Dataset:
    """Return all examples of a file, of which the report may hold a sample."""
    if len(sample) == rows:
        return sample
    return read_dataset(path.name, path.read_bytes(), options).dataset or sample


def _facts(
    report: CheckReport, mended: FixResult | None, most_compared: int
) -> Facts | None:
    dataset = mended.dataset if mended is not None else report.dataset
    if dataset is None or not len(dataset):
        return None
    rows = len(dataset) if mended is not None else report.rows
    step = -(-len(dataset) // SAMPLE_ROWS)
    sample = replace(dataset, examples=dataset.examples[::step])
    return gather_facts(sample, rows, load_settings().models_dir, most_compared)


def _write_json(
    report: CheckReport, facts: Facts | None, mended: FixResult | None
) -> None:
    values = {**report.to_json(), **report_json(report)}
    if facts is not None:
        values |= facts.to_json()
    if mended is not None:
        values["changes"] = [_change_json(change) for change in mended.changes]
    _write(json.dumps(values, ensure_ascii=not _speaks_utf8()))


def _write_text(
    report: CheckReport, facts: Facts | None, mended: FixResult | None
) -> None:
    lines = [*report_lines(report)]
    lines += change_lines(mended.changes) if mended is not None else ()
    lines += fact_lines(facts) if facts is not None else ()
    for line in lines:
        _write(line)


def _write_examples(dataset: Dataset | None, path: Path, form: str | None) -> None:
    if dataset is None:
        sys.stderr.write(text("cli_check.nothing_written", path=path) + "\n")
        return
    chosen = write_output(dataset, path, form)
    words = {"path": path, "rows": number(len(dataset)), "format": chosen}
    sys.stderr.write(text("cli_check.written", **words) + "\n")


def _change_json(change: Change) -> dict[str, object]:
    return {
        "row": change.row,
        "before": change.before and example_to_json(change.before),
        "after": change.after and example_to_json(change.after),
    }


def _write(line: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")


def _speaks_utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
