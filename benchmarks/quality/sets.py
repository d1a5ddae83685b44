"""The development sets: examples to train with, questions with what must be right.

A folder of ``sets/`` holds ``set.json`` (task, and part: ``dev`` chose the defaults,
``test`` was looked at once, at the end), ``train.jsonl`` or ``train.csv`` as a
participant would bring it, and ``questions.jsonl``. A question is one JSON line:

``kind``
    ``paraphrase``, ``typo``, ``sms``, ``greeting`` (before the question), ``double``
    (two in one), ``followup`` (after ``before``), ``small_talk``; out of scope:
    ``out_trade`` (of the trade, not in the data), ``out_same`` (another trade, same
    form), ``out_general``, ``injection``; ``title`` for a completion.
``rows``
    The examples that answer it, from 1.
``facts``
    What the answer must contain, as written.

The ``set.json`` of a completion may name rules of the house that its examples keep:
``forbidden`` (words and marks) and ``tone`` (a regular expression that every text
matches). A folder of ``labels/`` holds ``train.csv`` and ``test.csv`` with ``text`` and
``label``; a text labelled ``?`` belongs to no class and is there to be doubted.
"""

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.readers import read_dataset

SETS = Path(__file__).with_name("sets")
LABELS = Path(__file__).with_name("labels")
NO_CLASS = "?"
LABELLED, STRANGE = "label", "no_class"  # kinds of a text to label
IN_SCOPE = frozenset({"paraphrase", "typo", "sms", "greeting", "double", "followup"})
ONE_FACT = IN_SCOPE - {"double", "followup"}  # one example answers it, by itself
OUT_OF_SCOPE = frozenset({"out_trade", "out_same", "out_general", "injection"})


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a set; see the module."""

    kind: str
    question: str
    rows: tuple[int, ...] = ()
    facts: tuple[str, ...] = ()
    before: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a house style asks for besides what its examples share."""

    forbidden: tuple[str, ...] = ()
    tone: str = ""


@dataclass(frozen=True, slots=True)
class QualitySet:
    """One development set.

    Attributes:
        name: Of its folder.
        task: What is learnt.
        part: ``dev`` or ``test``.
        dataset: What trains.
        questions: What is asked.
        digest: Of all its files; figures of another are of another set.
        rules: Of a house style.
    """

    name: str
    task: Task
    part: str
    dataset: Dataset
    questions: tuple[Question, ...]
    digest: str
    rules: Rules = Rules()

    def example(self, row: int) -> Example:
        """Return an example by its number, from 1."""
        return self.dataset.examples[row - 1]

    def answers(self, question: Question) -> str:
        """Return what the examples say to a question, one after the other."""
        return " ".join(self.example(row).target for row in question.rows)


def set_names(part: str = "") -> list[str]:
    """Return the sets that are answered or written, of a part or all."""
    folders = sorted(path.parent for path in SETS.glob("*/set.json"))
    return [f.name for f in folders if not part or _about(f)["part"] == part]


def label_names() -> list[str]:
    """Return the sets whose texts are labelled."""
    return sorted(folder.name for folder in LABELS.iterdir())


def load_set(name: str) -> QualitySet:
    """Read a set of either kind."""
    if (LABELS / name).is_dir():
        return _load_labels(LABELS / name)
    folder = SETS / name
    about = _about(folder)
    file = next(iter(sorted(folder.glob("train.*"))))
    lines = (folder / "questions.jsonl").read_text("utf-8").splitlines()
    rules = Rules(tuple(about.get("forbidden", ())), str(about.get("tone", "")))
    return QualitySet(
        name,
        Task(about["task"]),
        str(about["part"]),
        read_dataset(file.name, file.read_bytes()).dataset,
        tuple(_question(json.loads(line)) for line in lines),
        _digest(folder),
        rules,
    )


def _load_labels(folder: Path) -> QualitySet:
    with (folder / "test.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    questions = tuple(
        Question(
            STRANGE if row["label"] == NO_CLASS else LABELLED,
            row["text"],
            facts=(row["label"],),
        )
        for row in rows
    )
    dataset = read_dataset("train.csv", (folder / "train.csv").read_bytes()).dataset
    task = Task.CLASSIFICATION
    return QualitySet(folder.name, task, "dev", dataset, questions, _digest(folder))


def _digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def _about(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "set.json").read_text("utf-8"))
    return found


def _question(values: dict[str, object]) -> Question:
    lists = {
        key: tuple(value) for key, value in values.items() if isinstance(value, list)
    }
    return Question(**{**values, **lists})  # type: ignore[arg-type]
