"""Run held-out examples through the arms of a trained model."""

from collections.abc import Callable, Sequence
from pathlib import Path

from ftcore.chat.arms import open_arm, open_label_arms
from ftcore.chat.base import Arm
from ftcore.chat.cores import free_cores
from ftcore.chat.engines import EnginePool
from ftcore.data.examples import Example, Task
from ftcore.errors import NothingToEvaluateError
from ftcore.evaluation.base import ArmResult
from ftcore.evaluation.evaluator import evaluate_chat, evaluate_labels
from ftcore.models.trained import held_out_examples, load_trained
from ftcore.training.base import ShouldStop

OnAnswer = Callable[[int, int], None]


def examples_to_evaluate(folder: Path) -> tuple[Example, ...]:
    """Return the held-out examples of a model folder.

    Raises:
        NothingToEvaluateError: The dataset was too small to hold any out.
    """
    examples = held_out_examples(folder)
    if not examples:
        raise NothingToEvaluateError(examples=load_trained(folder).examples)
    return examples


def evaluate_arm(
    folder: Path,
    arm: Arm,
    engines: EnginePool,
    examples: Sequence[Example],
    *,
    on_answer: OnAnswer | None = None,
    should_stop: ShouldStop | None = None,
) -> ArmResult:
    """Ask one arm every example; none was taught the question that it is asked.

    On an idle machine several are asked at once; the answers are the same.

    Args:
        folder: Model folder.
        arm: Who answers.
        engines: Serves the base model.
        examples: What to ask; their targets are the right answers.
        on_answer: Told (answers done, answers in all) after each.
        should_stop: Asked before each answer; true ends with what there is.

    Raises:
        UnknownArmError: The model's task does not have this arm.
    """
    model = load_trained(folder)
    if model.task is Task.CLASSIFICATION:
        return evaluate_labels(
            open_label_arms(folder, arm, engines, examples),
            examples,
            arm=arm,
            on_progress=on_answer,
            should_stop=should_stop,
        )
    return evaluate_chat(
        open_arm(folder, arm, engines, include_held_out=False),
        examples,
        arm=arm,
        task=model.task,
        system_prompt=model.system_prompt,
        on_progress=on_answer,
        should_stop=should_stop,
        at_once=min(engines.lanes, free_cores()),
    )
