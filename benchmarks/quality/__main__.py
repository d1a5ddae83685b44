"""``python -m benchmarks.quality``: right answers of every arm, with intervals.

Trains each set with the product's own code, asks every arm its questions and prints a
table; ``results.json`` beside this file keeps the newest figures of each set, preset
and arm.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

os.environ.setdefault("OMP_NUM_THREADS", "1")  # one busy core; others work here too

from benchmarks.quality.asking import Answer, Run, answers_of
from benchmarks.quality.figures import Share, grouped, share, table
from benchmarks.quality.judging import Verdict
from benchmarks.quality.sets import (
    IN_SCOPE,
    OUT_OF_SCOPE,
    load_set,
    set_names,
)
from ftcore.runtime import DEFAULT_SEED
from ftcore.training.base import Preset

RESULTS = Path(__file__).with_name("results.json")
Row = dict[str, object]
GROUPS: Mapping[str, frozenset[str]] = {
    "in_scope": IN_SCOPE,
    "out_of_scope": OUT_OF_SCOPE,
    "small_talk": frozenset({"small_talk"}),
}


def main(words: Sequence[str]) -> int:
    """Measure what is asked for, show it and keep it."""
    args = _arguments(words)
    names = args.set or set_names(args.part)
    changes = tuple(_change(change) for change in args.change)
    rows: list[Row] = []
    for name in names:
        data = load_set(name)
        for preset in args.preset or [Preset.BALANCED.value]:
            found: list[Answer] = []
            for number in range(args.seeds):
                run = Run(name, Preset(preset), DEFAULT_SEED + number, changes)
                for answer in answers_of(data, run, args.arm):
                    found.append(answer)
                    _log(args.answers, answer)
            new = [*_summaries(found)]
            rows += new
            print(_shown(new), flush=True)
    if not changes:
        _keep(rows)
    return 0


def _log(path: Path | None, answer: Answer) -> None:
    """Add an answer to the file at once: a long run may be stopped."""
    if path is None:
        return
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(answer), ensure_ascii=False) + "\n")


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality")
    parser.add_argument("--set", action="append", choices=set_names())
    parser.add_argument("--part", choices=("dev", "test"), default="")
    parser.add_argument("--arm", action="append", default=[])
    presets = [preset.value for preset in Preset]
    parser.add_argument("--preset", action="append", choices=presets)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="FIELD=JSON",
        help="a field of the configuration, to compare; results are then not kept",
    )
    parser.add_argument("--answers", type=Path, help="keep every answer here (JSONL)")
    return parser.parse_args(words)


def _change(words: str) -> tuple[str, object]:
    name, _, value = words.partition("=")
    return name, json.loads(value)


def _summaries(answers: Sequence[Answer]) -> Iterable[Row]:
    for arm in dict.fromkeys(answer.arm for answer in answers):
        yield _summary([answer for answer in answers if answer.arm == arm])


def _summary(answers: Sequence[Answer]) -> Row:
    first = answers[0]
    shares = {"right": _share(answers, lambda _: True, "right")}
    for group, kinds in GROUPS.items():
        chosen = [a for a in answers if a.question.kind in kinds]
        if chosen:
            shares[group] = _share(chosen, lambda _: True, "right")
    for check in first.checks:
        if check != "right":
            shares[check] = _share(answers, lambda _: True, check)
    wrong = {v.value: sum(a.verdict == v for a in answers) for v in Verdict}
    seeds = len({a.run.seed for a in answers})
    return {
        "set": first.run.set_name,
        "preset": first.run.preset.value,
        "arm": first.arm,
        "seeds": seeds,
        "shares": {name: asdict(one) for name, one in shares.items()},
        "verdicts": wrong if first.verdict else {},
        "training_seconds": round(
            mean({a.run: a.training_seconds for a in answers}.values()), 1
        ),
        "answer_seconds": round(mean(a.seconds for a in answers), 3),
        "date": datetime.now(UTC).date().isoformat(),
    }


def _share(
    answers: Sequence[Answer], counts: Callable[[Answer], bool], check: str
) -> Share:
    rows = [(a.question.question, a.checks[check]) for a in answers if counts(a)]
    return share(grouped(rows))


def _shown(rows: Sequence[Row]) -> str:
    names = [*dict.fromkeys(n for row in rows for n in _dict(row["shares"]))]
    wrong = [v.value for v in Verdict if v is not Verdict.RIGHT]
    is_chat = any(row["verdicts"] for row in rows)
    head = [
        "set",
        "preset",
        "arm",
        *names,
        *(wrong if is_chat else []),
        "train s",
        "answer s",
    ]
    body = []
    for row in rows:
        shares, verdicts = _dict(row["shares"]), _dict(row["verdicts"])
        cells = [str(Share(**shares[n])) if n in shares else "" for n in names]
        cells += [str(verdicts[name]) for name in wrong] if is_chat else []
        times = [str(row["training_seconds"]), str(row["answer_seconds"])]
        body.append(
            [str(row["set"]), str(row["preset"]), str(row["arm"]), *cells, *times]
        )
    return table([head, *body])


def _dict(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}


def _keep(rows: Sequence[Row]) -> None:
    kept = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else []
    found = {(r["set"], r["preset"], r["arm"]): r for r in [*kept, *rows]}
    content = json.dumps(list(found.values()), ensure_ascii=False, indent=1)
    RESULTS.write_text(content + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
