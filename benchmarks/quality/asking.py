"""Train a set as the product does, and ask every arm its questions."""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.quality.form import form_checks
from benchmarks.quality.judging import Verdict, judge
from benchmarks.quality.sets import QualitySet, Question
from ftcore.chat.arms import available_arms, open_arm
from ftcore.chat.base import Arm, ChatModel
from ftcore.chat.engines import EnginePool
from ftcore.data.examples import Message, Role, Task
from ftcore.evaluation.asking import timed_reply
from ftcore.models.trained import load_trained
from ftcore.settings import load_settings
from ftcore.training.base import Preset, TrainingRequest
from ftcore.training.presets import configure
from ftcore.training.run import run_training


@dataclass(frozen=True, slots=True)
class Run:
    """What is trained: a set, a preset, a seed, and fields changed to compare."""

    set_name: str
    preset: Preset
    seed: int
    changes: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and what was found of it.

    Attributes:
        run: What was trained.
        arm: Who answered.
        question: What was asked.
        answer: What came.
        checks: Name -> whether it holds; ``right`` always among them.
        verdict: How it is wrong, if it is; empty for a completion.
        seconds: Time to the end of the answer.
        training_seconds: Time that the model took to train.
    """

    run: Run
    arm: str
    question: Question
    answer: str
    checks: Mapping[str, bool]
    verdict: str
    seconds: float
    training_seconds: float


@contextmanager
def trained(data: QualitySet, run: Run) -> Iterator[tuple[Path, float]]:
    """Train in a folder of its own; yield it and the seconds that it took."""
    config = configure(
        data.task, run.preset, len(data.dataset), seed=run.seed, **dict(run.changes)
    )
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run_training(
            TrainingRequest("quality", data.dataset, config),
            Path(folder),
            models_dir=load_settings().models_dir,
            on_event=lambda _event: None,
            should_stop=lambda: False,
            threads=1,
        )
        yield Path(folder), time.perf_counter() - began


def answers_of(data: QualitySet, run: Run, arms: Sequence[str]) -> Iterator[Answer]:
    """Train once and ask each arm (all that there are, if none is named)."""
    with trained(data, run) as (folder, seconds):
        engines = EnginePool(load_settings().models_dir, threads=1)
        try:
            for arm in _chosen(folder, arms):
                model = open_arm(folder, arm, engines)
                yield from _ask(model, data, run, arm, seconds)
        finally:
            engines.close()


def _chosen(folder: Path, names: Sequence[str]) -> list[Arm]:
    there = available_arms(load_trained(folder))
    return [arm for arm in there if not names or arm.value in names]


def _ask(
    model: ChatModel, data: QualitySet, run: Run, arm: Arm, seconds: float
) -> Iterator[Answer]:
    check = _checker(data)
    for question in data.questions:
        answer, _, taken = timed_reply(model, turns(data, question), time.perf_counter)
        checks, verdict = check(question, answer)
        yield Answer(run, arm.value, question, answer, checks, verdict, taken, seconds)


def turns(data: QualitySet, question: Question) -> tuple[Message, ...]:
    """Return the conversation that asks a question.

    A follow-up comes after an earlier question and the answer that the example
    nearest to it gives, as a person would have read it.
    """
    asked = Message(Role.USER, question.question)
    if not question.before:
        return (asked,)
    known = (e.target for e in data.dataset.examples if e.prompt == question.before)
    answer = next(known, data.answers(question))
    before = (Message(Role.USER, question.before), Message(Role.ASSISTANT, answer))
    return (*before, asked)


def _checker(
    data: QualitySet,
) -> Callable[[Question, str], tuple[Mapping[str, bool], str]]:
    if data.task is Task.CHAT:

        def check(question: Question, answer: str) -> tuple[dict[str, bool], str]:
            verdict = judge(data, question, answer)
            return {"right": verdict is Verdict.RIGHT}, verdict.value

        return check
    forms = form_checks(data)

    def check_form(_: Question, answer: str) -> tuple[dict[str, bool], str]:
        found = {name: holds(answer) for name, holds in forms.items()}
        return {"right": all(found.values()), **found}, ""

    return check_form
