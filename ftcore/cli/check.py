"""``check``: say everything there is to say about one file."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from ftcore.data.check import check_file
from ftcore.data.examples import Task
from ftcore.data.findings import CheckReport, Finding, Severity, Verdict
from ftcore.data.options import Limits, ReadOptions
from ftcore.data.summary import group_findings, lines_phrase
from ftcore.errors import FileNotReadableError, FtcoreError, Param
from ftcore.settings import load_settings
from ftcore.texts import error_texts, text

_MARKS = {Severity.ERROR: "✗", Severity.REPAIR: "✎", Severity.WARNING: "!"}


def add_parser(subparsers: Any) -> None:  # noqa: ANN401  (argparse has no public name for it)
    """Add the command to the parser of all."""
    parser = subparsers.add_parser("check", help=text("cli_check.help"))
    parser.add_argument("file", type=Path, help=text("cli_check.file"))
    tasks = ["auto", *(task.value for task in Task)]
    parser.add_argument(
        "--task", choices=tasks, default="auto", help=text("cli_check.task")
    )
    parser.add_argument("--json", action="store_true", help=text("cli_check.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check the file and print the report; 1 if it cannot train."""
    task = None if args.task == "auto" else Task(args.task)
    try:
        content = _read(args.file)
        options = ReadOptions(task, Limits.of(load_settings()))
        report = check_file(args.file.name, content, options)
    except FtcoreError as error:
        report = _refusal(args.file.name, error)
    if args.json:
        _write(json.dumps(report.to_json(), ensure_ascii=not _speaks_utf8()))
    else:
        _print_report(report)
    return 1 if report.verdict is Verdict.REJECT else 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = text(f"cli_check.reasons.{_reason(error)}")
        raise FileNotReadableError(path=str(path), reason=reason) from error


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


def _print_report(report: CheckReport) -> None:
    title = text(f"cli_check.verdicts.{report.verdict.value}")
    _write(text("cli_check.title", file=report.filename, verdict=title))
    _write(report.message)
    for group in group_findings(report.findings):
        lines = sorted({f.line for f in group if f.line is not None})
        where = lines_phrase(lines) if lines else text("cli_check.whole_file")
        mark = _MARKS[group[0].severity]
        _write(text("cli_check.finding", mark=mark, where=where, what=group[0].message))
        _write(text("cli_check.fix", fix=group[0].fix))


def _write(line: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")


def _speaks_utf8() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
