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
"""

import json
from dataclasses import dataclass
from pathlib import Path

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.readers import read_dataset

SETS = Path(__file__).with_name("sets")
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
class QualitySet:
    """One development set."""

    name: str
    task: Task
    part: str
    dataset: Dataset
    questions: tuple[Question, ...]

    def example(self, row: int) -> Example:
        """Return an example by its number, from 1."""
        return self.dataset.examples[row - 1]

    def answers(self, question: Question) -> str:
        """Return what the examples say to a question, one after the other."""
        return " ".join(self.example(row).target for row in question.rows)


def set_names(part: str = "") -> list[str]:
    """Return the sets of a part (``dev``, ``test``), or all."""
    folders = sorted(path.parent for path in SETS.glob("*/set.json"))
    return [f.name for f in folders if not part or _about(f)["part"] == part]


def load_set(name: str) -> QualitySet:
    """Read a set."""
    folder = SETS / name
    about = _about(folder)
    file = next(iter(sorted(folder.glob("train.*"))))
    lines = (folder / "questions.jsonl").read_text("utf-8").splitlines()
    questions = tuple(_question(json.loads(line)) for line in lines)
    dataset = read_dataset(file.name, file.read_bytes()).dataset
    return QualitySet(name, Task(about["task"]), about["part"], dataset, questions)


def _about(folder: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((folder / "set.json").read_text("utf-8"))
    return found


def _question(values: dict[str, object]) -> Question:
    lists = {
        key: tuple(value) for key, value in values.items() if isinstance(value, list)
    }
    return Question(**{**values, **lists})  # type: ignore[arg-type]
