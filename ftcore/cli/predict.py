"""``predict``: a model answers every row of a file."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ftcore.chat.arms import ARM_NAMES, open_arm, open_label_arm
from ftcore.chat.base import Arm, Verdict
from ftcore.chat.engines import EnginePool
from ftcore.cli.asking import asked_messages
from ftcore.cli.rows import (
    Row,
    Rows,
    json_line,
    question_column,
    read_rows,
    table_text,
    write_whole,
)
from ftcore.data.examples import Message, Task
from ftcore.errors import ChatFailedError, NoAnswersError
from ftcore.models.trained import load_trained
from ftcore.settings import load_settings
from ftcore.texts import text

Answer = str | Verdict
Ask = Callable[[Sequence[Message]], Answer]

_AT_ONCE = 4
_MOST_WARNINGS = 20
_DIGITS = 4  # of a probability
_LABEL_COLUMNS = ("label", "probability", "is_unsure")


def add_parser(subparsers: Any) -> None:  # noqa: ANN401  (argparse has no public name for it)
    """Add the command to the parser of all."""
    parser = subparsers.add_parser("predict", help=text("cli_predict.help"))
    parser.add_argument("folder", type=Path, help=text("cli_predict.folder"))
    parser.add_argument(
        "--input", type=Path, required=True, help=text("cli_predict.input")
    )
    parser.add_argument(
        "--output", type=Path, required=True, help=text("cli_predict.output")
    )
    parser.add_argument(
        "--arm",
        choices=ARM_NAMES,
        default=Arm.TUNED.value,
        help=text("cli_predict.arm"),
    )
    parser.add_argument("--json", action="store_true", help=text("cli_predict.json"))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer every row and write them all, in order."""
    classifies = load_trained(args.folder).task is Task.CLASSIFICATION
    arm = Arm(args.arm)
    engines = EnginePool(load_settings().models_dir)
    try:
        ask = (
            _labeller(args.folder, arm, engines)
            if classifies
            else _answerer(args.folder, arm, engines)
        )
        rows = read_rows(args.input)
        answers, warnings = answer_all(
            rows.rows, ask, first="text" if classifies else ""
        )
    finally:
        engines.close()
    write_whole(args.output, _written(rows, answers, classifies=classifies))
    _warn(warnings)
    _tell(args, len(rows.rows), len(warnings))
    return 0


def _labeller(folder: Path, arm: Arm, engines: EnginePool) -> Ask:
    model = open_label_arm(folder, arm, engines)
    return lambda messages: model.judge(messages[-1].content)


def _answerer(folder: Path, arm: Arm, engines: EnginePool) -> Ask:
    model = open_arm(folder, arm, engines)
    return lambda messages: "".join(model.reply(messages)).strip()


def answer_all(
    rows: Sequence[Row], ask: Ask, first: str = ""
) -> tuple[list[Answer], list[str]]:
    """Answer the rows, several at once, in order.

    Args:
        rows: What to ask.
        ask: Answers one conversation.
        first: Part of an example whose column counts before the others.

    Returns:
        One answer for each row, empty where there is none, and a Spanish warning
        for each of those.

    Raises:
        NoAnswersError: The engine failed on every row that asks something.
    """
    from tqdm import tqdm  # noqa: PLC0415  (only commands with a bar draw)

    def one(row: Row) -> tuple[Answer, str]:
        messages = asked_messages(row.values, first)
        if messages is None:
            return "", "no_question"
        try:
            return ask(messages), ""
        except ChatFailedError:
            return "", "failed"

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        bar = tqdm(
            pool.map(one, rows),
            total=len(rows),
            unit=text("cli_predict.unit"),
            desc=text("cli_predict.progress"),
            disable=None,  # drawn on a terminal only
        )
        outcomes = list(bar)
    troubles = [trouble for _, trouble in outcomes]
    if "failed" in troubles and not any(answer for answer, _ in outcomes):
        raise NoAnswersError(rows=len(rows))
    warnings = [
        text(f"cli_predict.warnings.{trouble}", line=row.line)
        for row, trouble in zip(rows, troubles, strict=True)
        if trouble
    ]
    return [answer for answer, _ in outcomes], warnings


def _written(rows: Rows, answers: Sequence[Answer], *, classifies: bool) -> str:
    if not rows.is_table:
        fields = [
            _label_fields(answer) if classifies else {"answer": answer}
            for answer in answers
        ]
        lines = map(json_line, rows.rows, fields)
        return "".join(f"{line}\n" for line in lines)
    pairs = list(zip(rows.rows, answers, strict=True))
    if classifies:
        column = question_column(rows.columns, "text")
        body = [
            [row.values[column or ""], *_label_cells(answer)] for row, answer in pairs
        ]
        return table_text(("text", *_LABEL_COLUMNS), body)
    kept = [name for name in rows.columns if name != "answer"]
    body = [[*(row.values[name] for name in kept), answer] for row, answer in pairs]
    return table_text((*kept, "answer"), body)


def _label_fields(answer: Answer) -> dict[str, object]:
    """Return the label, also as ``answer``, and how sure it is."""
    if not isinstance(answer, Verdict):
        return {"label": "", "answer": "", "probability": None, "is_unsure": None}
    return {
        "label": answer.label,
        "answer": answer.label,
        "probability": round(answer.probability, _DIGITS),
        "is_unsure": answer.is_unsure,
    }


def _label_cells(answer: Answer) -> list[str]:
    label, *sureness = (_label_fields(answer)[name] for name in _LABEL_COLUMNS)
    figures = ("" if value is None else json.dumps(value) for value in sureness)
    return [str(label), *figures]


def _warn(warnings: Sequence[str]) -> None:
    for warning in warnings[:_MOST_WARNINGS]:
        sys.stderr.write(warning + "\n")
    more = len(warnings) - _MOST_WARNINGS
    if more > 0:
        sys.stderr.write(text("cli_predict.warnings.more", count=more) + "\n")


def _tell(args: argparse.Namespace, rows: int, unanswered: int) -> None:
    if args.json:
        summary = {
            "output": str(args.output),
            "arm": args.arm,
            "rows": rows,
            "answered": rows - unanswered,
        }
        sys.stdout.write(json.dumps(summary, ensure_ascii=False) + "\n")
