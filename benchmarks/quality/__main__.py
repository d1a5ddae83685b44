"""``python -m benchmarks.quality``: right answers of every arm, with intervals.

Trains each set with the product's own code, asks every arm its questions, keeps the
outcomes in ``records.jsonl`` beside this file and prints the table of all that has been
measured. What is there already is not measured again, so a long run may be stopped
(``--minutes``) and gone on with; ``--table`` only prints. Trained models are kept in a
folder too (``--models``): ``--again`` asks them anew; without it they train anew.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

# As ftcore.runtime.THREAD_WAITING, before anything that makes threads is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "20000")

from benchmarks.quality.asking import Answer, Run, answers_of, arms_of, train
from benchmarks.quality.records import (
    RECORDS,
    About,
    append_record,
    change_of,
    config_of,
    key_of,
    load_records,
    record_of,
    write_records,
)
from benchmarks.quality.sets import QualitySet, label_names, load_set, set_names
from benchmarks.quality.tables import current, tables
from ftcore.chat.arms import ARM_NAMES, LABEL_ARMS
from ftcore.chat.base import Arm
from ftcore.data.examples import Task
from ftcore.models.trained import load_trained
from ftcore.runtime import DEFAULT_SEED
from ftcore.training.base import Preset

MODELS = Path(tempfile.gettempdir()) / "ftcore-quality"
# Neither weights nor preset change what these answer: once is enough.
UNTRAINED = frozenset({Arm.BASE.value, Arm.FEW_SHOT.value, Arm.NEAREST.value})


def main(words: Sequence[str]) -> int:
    """Measure what is asked for and not there yet; show all that is."""
    args = _arguments(words)
    ends = time.monotonic() + 60 * args.minutes
    if not args.table:
        for data, run in _runs(args):
            if not _measured(data, run, args, ends):
                return 1
    found = load_records(args.records)
    write_records(current(found.values()), args.records)
    print(tables(found.values()))
    return 0


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    names = [*set_names(), *label_names()]
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality")
    parser.add_argument("--set", action="append", choices=names)
    parser.add_argument("--task", choices=[task.value for task in Task])
    parser.add_argument("--arm", action="append", default=[])
    presets = [preset.value for preset in Preset]
    parser.add_argument("--preset", action="append", choices=presets)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument(
        "--change",
        action="append",
        default=[],
        metavar="FIELD=JSON",
        help="a field of the configuration, to compare with the product",
    )
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--again", action="store_true", help="ask what is trained anew")
    parser.add_argument("--table", action="store_true", help="measure nothing")
    parser.add_argument("--answers", type=Path, help="add every answer here (JSONL)")
    parser.add_argument("--models", type=Path, default=MODELS)
    parser.add_argument("--records", type=Path, default=RECORDS)
    return parser.parse_args(words)


def _runs(args: argparse.Namespace) -> Iterator[tuple[QualitySet, Run]]:
    changes = tuple(_change(change) for change in args.change)
    sets = [load_set(name) for name in args.set or [*set_names(), *label_names()]]
    chosen = [data for data in sets if args.task in {None, data.task.value}]
    for number in range(args.seeds):
        for preset in args.preset or [Preset.BALANCED.value]:
            for data in chosen:
                if _counts(data, preset, number):
                    seed = DEFAULT_SEED + number
                    yield data, Run(data.name, Preset(preset), seed, changes)


def _counts(data: QualitySet, preset: str, number: int) -> bool:
    """Whether it differs from what is measured anyway: a head has one preset."""
    is_usual = preset == Preset.BALANCED.value and number == 0
    return data.task is not Task.CLASSIFICATION or is_usual


def _change(words: str) -> tuple[str, object]:
    name, _, value = words.partition("=")
    return name, json.loads(value)


def _measured(
    data: QualitySet, run: Run, args: argparse.Namespace, ends: float
) -> bool:
    """Train and ask what is missing; return whether there was time for all."""
    missing = _missing(data, run, args)
    if not missing:
        return True
    folder = _folder(args.models, data, run)
    train(data, run, folder)
    about = _about(folder)
    for arm in arms_of(folder, missing):
        if time.monotonic() > ends:
            print("Stopped by --minutes; the same command goes on.")
            return False
        answers = list(answers_of(data, folder, arm))
        append_record(record_of(data, run, arm.value, answers, about), args.records)
        _log(args.answers, run, arm.value, answers)
        print(f"{data.name} {run.preset.value} {run.seed} {arm.value}", flush=True)
    return True


def _missing(data: QualitySet, run: Run, args: argparse.Namespace) -> list[str]:
    """Return the arms to ask: wanted, and not measured with this configuration."""
    known = {} if args.again else load_records(args.records)
    config = config_of(data, run)
    found = []
    for arm in ARM_NAMES:
        record = known.get(
            key_of(
                run.set_name,
                run.preset.value,
                run.seed,
                arm,
                change_of(run),
                data.digest,
            )
        )
        is_known = record is not None and record.config == config
        is_wanted = not args.arm or arm in args.arm
        if is_wanted and not is_known and _is_apart(data, run, arm):
            found.append(arm)
    return found


def _about(folder: Path) -> About:
    model = load_trained(folder)
    figures: dict[str, float] = {"kept_pass": model.kept_epoch}
    if model.eval_loss is not None:
        figures["held_out_loss"] = round(model.eval_loss, 4)
    today = datetime.now(UTC).date().isoformat()
    return About(round(model.seconds, 1), today, figures)


def _is_apart(data: QualitySet, run: Run, arm: str) -> bool:
    """Whether the task has the arm, and it differs from what is measured anyway."""
    if data.task is Task.CLASSIFICATION and Arm(arm) not in LABEL_ARMS:
        return False
    is_usual = run.preset is Preset.BALANCED and run.seed == DEFAULT_SEED
    return arm not in UNTRAINED or (is_usual and not run.changes)


def _folder(models: Path, data: QualitySet, run: Run) -> Path:
    told = f"{data.digest} {run.seed} {change_of(run)} {config_of(data, run)}"
    name = sha256(told.encode()).hexdigest()[:8]
    return models / f"{data.name}-{run.preset.value}-{run.seed}-{name}"


def _log(path: Path | None, run: Run, arm: str, answers: Sequence[Answer]) -> None:
    if path is None:
        return
    about = {"set": run.set_name, "preset": run.preset.value, "seed": run.seed}
    with path.open("a", encoding="utf-8") as stream:
        for answer in answers:
            row = {**about, "change": change_of(run), "arm": arm, **asdict(answer)}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
