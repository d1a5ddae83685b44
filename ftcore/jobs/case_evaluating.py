"""Ask a model the cases that its participant saved, apart from the exam."""

from collections.abc import Sequence
from pathlib import Path

from ftcore.chat.arms import available_arms, open_arm, open_label_arm
from ftcore.chat.base import Arm
from ftcore.chat.engines import EnginePool
from ftcore.data.examples import Example, Task
from ftcore.evaluation.base import ArmResult, Evaluation
from ftcore.evaluation.evaluator import (
    build_evaluation,
    evaluate_chat,
    evaluate_labels,
)
from ftcore.models.trained import TrainedModel, load_trained
from ftcore.training.base import ShouldStop


def case_arms(model: TrainedModel) -> tuple[Arm, Arm]:
    """Return who is asked the saved cases: the tuned model and its plainest rival.

    The other arms are left out, because the room's processors are shared.
    """
    arms = available_arms(model)
    return Arm.TUNED, Arm.BASE if Arm.BASE in arms else Arm.NEAREST


def evaluate_cases(
    folder: Path,
    engines: EnginePool,
    cases: Sequence[Example],
    should_stop: ShouldStop,
) -> Evaluation:
    """Ask the cases of the model as it is served, which searches every example.

    It is a test of what the participant has, not a measure of how it generalises:
    the result must never be mixed with the exam's.

    Args:
        folder: Model folder.
        engines: Serves the base model.
        cases: What to ask; their targets are the right answers.
        should_stop: Asked before each answer; true ends with what there is.

    Raises:
        NothingToEvaluateError: There are no cases.
        ChatFailedError: The engine gave no answer.
    """
    model = load_trained(folder)

    def ask(arm: Arm) -> ArmResult:
        if model.task is Task.CLASSIFICATION:
            return evaluate_labels(
                open_label_arm(folder, arm, engines),
                cases,
                arm=arm,
                should_stop=should_stop,
                consistency=False,
            )
        return evaluate_chat(
            open_arm(folder, arm, engines),
            cases,
            arm=arm,
            task=model.task,
            system_prompt=model.system_prompt,
            should_stop=should_stop,
            consistency=False,
        )

    results = [ask(arm) for arm in case_arms(model)]
    return build_evaluation(model.model_id, model.task, results)
