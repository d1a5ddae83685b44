"""What was measured, one JSON line for each set, preset, seed and arm."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import mean

from benchmarks.quality.asking import Answer, Run
from benchmarks.quality.judging import Verdict
from benchmarks.quality.sets import LABELLED, QualitySet
from ftcore.data.examples import Task
from ftcore.evaluation.statistics import macro_f1

RECORDS = Path(__file__).with_name("records.jsonl")
CODES: Mapping[str, str] = {
    Verdict.RIGHT.value: "r",
    Verdict.REFUSED.value: "f",
    Verdict.WRONG.value: "w",
    Verdict.ALTERED.value: "a",
    Verdict.UNREFUSED.value: "u",
}
Key = tuple[str, str, int, str, str, str]


@dataclass(frozen=True, slots=True)
class Record:
    """The outcomes of one arm, question by question in the order of the set.

    Attributes:
        set_name: What was asked.
        digest: Of the set's files.
        preset: What the training was given.
        seed: Of its choices.
        arm: Who answered.
        change: Fields changed to compare, as ``name=value``; empty for the product.
        config: What the preset means for this set, so that a new meaning is measured
            anew.
        passed: Check -> a ``1`` or ``0`` for each question.
        verdicts: A letter of ``CODES`` for each question of a chat.
        figures: Of the arm as a whole, such as ``macro_f1``.
        training_seconds: Wall time of the training with two threads.
        answer_seconds: Mean time of an answer, two at a time.
        date: Of the measurement.
    """

    set_name: str
    digest: str
    preset: str
    seed: int
    arm: str
    change: str
    config: str
    passed: Mapping[str, str]
    verdicts: str
    training_seconds: float
    answer_seconds: float
    date: str
    figures: Mapping[str, float] = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What it is the newest figure of."""
        return key_of(
            self.set_name, self.preset, self.seed, self.arm, self.change, self.digest
        )


def key_of(
    set_name: str, preset: str, seed: int, arm: str, change: str, digest: str
) -> Key:
    """Return what tells one measurement from another."""
    return (set_name, preset, seed, arm, change, digest)


def record_of(
    data: QualitySet, run: Run, arm: str, answers: Sequence[Answer], about: "About"
) -> Record:
    """Return the record of an arm's answers to all questions of a set."""
    checks = dict.fromkeys(name for answer in answers for name in answer.checks)
    passed = {
        name: "".join("01"[answer.checks[name]] for answer in answers)
        for name in checks
    }
    return Record(
        data.name,
        data.digest,
        run.preset.value,
        run.seed,
        arm,
        change_of(run),
        config_of(data, run),
        passed,
        "".join(CODES[a.verdict] for a in answers if a.verdict),
        about.training_seconds,
        round(mean(answer.seconds for answer in answers), 3),
        about.date,
        {**about.figures, **_figures(data, answers)},
    )


@dataclass(frozen=True, slots=True)
class About:
    """How the training of a model went, and when.

    Attributes:
        training_seconds: Wall time.
        date: Of the measurement.
        figures: Such as the held-out loss of the pass that was kept.
    """

    training_seconds: float
    date: str
    figures: Mapping[str, float]


def change_of(run: Run) -> str:
    """Return the changed fields of a run in words."""
    return ",".join(f"{name}={json.dumps(value)}" for name, value in run.changes)


def config_of(data: QualitySet, run: Run) -> str:
    """Return what a preset means for a set, in words."""
    config = run.config(data)
    if data.task is Task.CLASSIFICATION:
        return "head"
    layers = config.adapted_layers or "all"
    lessons = "nearest shown" if config.use_nearest else "plain"
    return (
        f"{config.epochs} passes, rate {config.learning_rate}, layers {layers}, "
        f"rank {config.lora_rank}, {lessons}"
    )


def _figures(data: QualitySet, answers: Sequence[Answer]) -> dict[str, float]:
    if data.task is not Task.CLASSIFICATION:
        return {}
    labelled = [a for a in answers if a.question.kind == LABELLED]
    wanted = [a.question.facts[0] for a in labelled]
    return {"macro_f1": round(macro_f1(wanted, [a.answer for a in labelled]), 4)}


def load_records(path: Path = RECORDS) -> dict[Key, Record]:
    """Return the newest record of each measurement."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    found = [Record(**json.loads(line)) for line in lines]
    return {record.key: record for record in found}


def append_record(record: Record, path: Path = RECORDS) -> None:
    """Add a record at the end; it counts instead of an older one of its key."""
    with path.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(record), ensure_ascii=False) + "\n")


def write_records(records: Iterable[Record], path: Path = RECORDS) -> None:
    """Write only these, in a fixed order, so that a difference is easy to read."""
    lines = [
        json.dumps(asdict(r), ensure_ascii=False)
        for r in sorted(records, key=lambda r: r.key)
    ]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
