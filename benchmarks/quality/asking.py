"""Train a set as the product does, and ask every arm its questions."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from benchmarks.quality.form import form_checks
from benchmarks.quality.judging import Verdict, judge
from benchmarks.quality.sets import LABELLED, QualitySet, Question
from ftcore.chat.arms import available_arms, open_arm, open_label_arm
from ftcore.chat.base import Arm
from ftcore.chat.engines import EnginePool
from ftcore.data.examples import Message, Role, Task
from ftcore.evaluation.asking import timed_reply
from ftcore.models.trained import MANIFEST, load_trained
from ftcore.settings import load_settings
from ftcore.training.base import Preset, TrainingConfig, TrainingRequest
from ftcore.training.presets import configure
from ftcore.training.run import run_training

THREADS = 2  # to train with, and questions that are answered at once


@dataclass(frozen=True, slots=True)
class Run:
    """What is trained: a set, a preset, a seed, and fields changed to compare."""

    set_name: str
    preset: Preset
    seed: int
    changes: tuple[tuple[str, object], ...] = ()

    def config(self, data: QualitySet) -> TrainingConfig:
        """Return the complete configuration."""
        return configure(
            data.task,
            self.preset,
            len(data.dataset),
            seed=self.seed,
            **dict(self.changes),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and what was found of it.

    Attributes:
        question: What was asked.
        answer: What came.
        checks: Name -> whether it holds; ``right`` always among them.
        verdict: How it is wrong, if it is; only of a chat.
        seconds: Time to the end of the answer.
    """

    question: Question
    answer: str
    checks: Mapping[str, bool]
    verdict: str
    seconds: float


def train(data: QualitySet, run: Run, folder: Path) -> None:
    """Train into a folder, unless a whole model of it is there already."""
    if (folder / MANIFEST).exists():
        return
    run_training(
        TrainingRequest("quality", data.dataset, run.config(data)),
        folder,
        models_dir=load_settings().models_dir,
        on_event=lambda _event: None,
        should_stop=lambda: False,
        threads=THREADS,
    )


def arms_of(folder: Path, names: Sequence[str]) -> list[Arm]:
    """Return the arms that there are, or those of them that are named."""
    there = available_arms(load_trained(folder))
    return [arm for arm in there if not names or arm.value in names]


def answers_of(data: QualitySet, folder: Path, arm: Arm) -> Iterator[Answer]:
    """Put every question of a set to one arm of a trained model."""
    engines = EnginePool(load_settings().models_dir, threads=THREADS)
    is_chat = data.task is not Task.CLASSIFICATION
    try:
        yield from (_texts if is_chat else _labels)(data, folder, arm, engines)
    finally:
        engines.close()


def _texts(
    data: QualitySet, folder: Path, arm: Arm, engines: EnginePool
) -> Iterator[Answer]:
    model = open_arm(folder, arm, engines)
    check = _checker(data)

    def ask(question: Question) -> Answer:
        found = timed_reply(model, turns(data, question), time.perf_counter)
        checks, verdict = check(question, found[0])
        return Answer(question, found[0], checks, verdict, found[2])

    with ThreadPoolExecutor(THREADS) as pool:
        yield from pool.map(ask, data.questions)


def _labels(
    data: QualitySet, folder: Path, arm: Arm, engines: EnginePool
) -> Iterator[Answer]:
    """Label every text; one of no class is right if the head doubts."""
    model = open_label_arm(folder, arm, engines)
    for question in data.questions:
        began = time.perf_counter()
        found = model.judge(question.question)
        seconds = time.perf_counter() - began
        sure = found.doubt is None
        is_right = found.label == question.facts[0]
        right = is_right if question.kind == LABELLED else not sure
        checks = {"right": right, "sure": sure}
        yield Answer(question, found.label, checks, "", seconds)


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
