"""Ask an arm every held-out question, score the answers and add them up."""

import time
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any

from ftcore.chat.base import Arm, ChatModel, LabelModel
from ftcore.data.examples import Example, Task
from ftcore.evaluation.asking import (
    OnProgress,
    ask_all,
    conversation,
    rewritten,
    room_for,
    timed_reply,
)
from ftcore.evaluation.base import (
    ACCURACY,
    CONSISTENCY,
    RELEVANCE,
    AnswerRecord,
    ArmResult,
    Evaluation,
    Interval,
    Score,
)
from ftcore.evaluation.normalisation import rewrite_question
from ftcore.evaluation.scorers import SCORERS, answers_agree, last_question
from ftcore.evaluation.statistics import (
    accuracy_when_sure,
    macro_f1,
    share_of,
    wilson,
)
from ftcore.runtime import Clock, IdMaker, new_id, utc_now

Timer = Callable[[], float]


def _never() -> bool:
    return False


def _silent(_done: int, _total: int) -> None:
    return None


# The keywords below are the contract of pages, command line and trainer; a bundle
# for them would only move the same names to another line of every caller.
def evaluate_chat(  # noqa: PLR0913
    model: ChatModel,
    examples: Sequence[Example],
    *,
    arm: Arm,
    task: Task = Task.CHAT,
    system_prompt: str = "",
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
    clock: Timer = time.perf_counter,
    consistency: bool = True,
    at_once: int = 1,
) -> ArmResult:
    """Ask ``model`` every question and score its answers.

    Args:
        model: Who answers; every answer is streamed and timed.
        examples: Held-out examples.
        arm: Name under which the result is kept.
        task: ``CHAT`` is scored by facts, ``COMPLETION`` by style.
        system_prompt: Opens a conversation that has no instruction of its own.
        on_progress: Called with questions done and in all, after each question.
        should_stop: Looked at before each question; the result then covers the
            questions answered so far.
        clock: Seconds, rising.
        consistency: Ask each question again, trivially rewritten.
        at_once: Questions asked at the same time, for a model that can answer so.

    Raises:
        NothingToEvaluateError: There are no examples.
        ChatFailedError: The engine gave no answer.
    """
    options = room_for(examples)

    def ask(example: Example) -> AnswerRecord:
        messages = conversation(example, system_prompt)
        answer, first, seconds = timed_reply(model, messages, clock, options)
        scores = [scorer(example, answer) for scorer in SCORERS[task]]
        if consistency:
            again = "".join(model.reply(rewritten(messages), options)).strip()
            scores.append(_consistency(answers_agree(answer, again)))
        return AnswerRecord(
            question=last_question(example),
            expected=example.target,
            answer=answer,
            scores=tuple(scores),
            seconds=seconds,
            first_token_seconds=first,
        )

    records = ask_all(
        ask, examples, on_progress or _silent, should_stop or _never, at_once
    )
    return _arm_result(arm, records, _passes(records, RELEVANCE))


def evaluate_labels(  # noqa: PLR0913
    model: LabelModel | Sequence[LabelModel],
    examples: Sequence[Example],
    *,
    arm: Arm,
    on_progress: OnProgress | None = None,
    should_stop: Callable[[], bool] | None = None,
    clock: Timer = time.perf_counter,
    consistency: bool = True,
) -> ArmResult:
    """Label every text and score the labels; arguments as :func:`evaluate_chat`.

    ``model`` may be a sequence, with a model of its own for each example.

    The relevance of a classifier is its macro-F1: a useful one serves every class,
    not only the most frequent. Its interval is Wilson's for that share of the texts,
    an approximation.

    Raises:
        NothingToEvaluateError: There are no examples.
    """
    models = iter(model) if isinstance(model, Sequence) else repeat(model)

    def ask(example: Example) -> AnswerRecord:
        asked = next(models)  # the examples come in their order, once each
        started = clock()
        verdict = asked.judge(example.prompt)
        seconds, label = clock() - started, verdict.label
        scores = [scorer(example, label) for scorer in SCORERS[Task.CLASSIFICATION]]
        if consistency:
            again = asked.judge(rewrite_question(example.prompt)).label
            scores.append(_consistency(again == label))
        return AnswerRecord(
            question=example.prompt,
            expected=example.target,
            answer=label,
            scores=tuple(scores),
            seconds=seconds,
            probability=verdict.probability,
            is_unsure=verdict.is_unsure,
        )

    records = ask_all(ask, examples, on_progress or _silent, should_stop or _never)
    f1 = macro_f1([r.expected for r in records], [r.answer for r in records])
    return _arm_result(arm, records, wilson(f1, len(records)))


def _consistency(agrees: bool) -> Score:
    reason = None if agrees else "inconsistent"
    return Score(CONSISTENCY, float(agrees), agrees, reason)


def _passes(records: Sequence[AnswerRecord], name: str) -> Interval:
    return share_of([record.passed(name) for record in records])


def _arm_result(
    arm: Arm, records: tuple[AnswerRecord, ...], relevance: Interval
) -> ArmResult:
    seconds = sum(record.seconds for record in records)
    firsts = [
        record.first_token_seconds
        for record in records
        if record.first_token_seconds is not None
    ]
    written = sum(len(record.answer) for record in records)
    was_repeated = any(record.score(CONSISTENCY) for record in records)
    return ArmResult(
        arm=arm,
        records=records,
        accuracy=_passes(records, ACCURACY),
        relevance=relevance,
        consistency=_passes(records, CONSISTENCY) if was_repeated else None,
        mean_seconds=seconds / len(records) if records else 0.0,
        mean_first_seconds=sum(firsts) / len(firsts) if firsts else None,
        chars_per_second=written / seconds if seconds > 0 else 0.0,
    )


def build_evaluation(
    model_id: str,
    task: Task,
    arms: Iterable[ArmResult],
    *,
    seconds: float | None = None,
    clock: Clock = utc_now,
    make_id: IdMaker = new_id,
) -> Evaluation:
    """Put the results of a model's arms into one evaluation.

    Args:
        model_id: The trained model.
        task: What it does.
        arms: One result per arm.
        seconds: How long it took; by default the time that the answers took.
        clock: Tells the time of the evaluation.
        make_id: Makes its identifier.
    """
    results = tuple(arms)
    answering = sum(record.seconds for one in results for record in one.records)
    return Evaluation(
        evaluation_id=make_id(),
        model_id=model_id,
        task=task,
        arms=results,
        created_at=clock().isoformat(),
        seconds=answering if seconds is None else seconds,
    )


def merge(first: Evaluation, *others: Evaluation) -> Evaluation:
    """Return one evaluation with the arms of all; a later result replaces an earlier.

    Identifier and date are those of the last; the seconds add up.

    Raises:
        ValueError: They are not about the same model and task.
    """
    everything = (first, *others)
    if len({(one.model_id, one.task) for one in everything}) > 1:
        raise ValueError("Only evaluations of one model and task can be merged.")
    arms = {result.arm: result for one in everything for result in one.arms}
    return Evaluation(
        evaluation_id=everything[-1].evaluation_id,
        model_id=first.model_id,
        task=first.task,
        arms=tuple(arms.values()),
        created_at=everything[-1].created_at,
        seconds=sum(one.seconds for one in everything),
    )


def summary(evaluation: Evaluation) -> dict[str, Any]:
    """Return the figures of each arm, without the answers.

    ``{"tuned": {"accuracy": {"value", "low", "high", "n"}, "relevance": {…},
    "consistency": {…} or None, "mean_seconds", "mean_first_seconds",
    "chars_per_second"}, …}``: what ``train`` and ``evaluate --json`` print. A
    classifier that can doubt adds ``"when_sure"``: ``n`` of it are the answers given
    for sure, its value the share of them that is right.
    """
    return {result.arm.value: _figures(result) for result in evaluation.arms}


def _figures(result: ArmResult) -> dict[str, Any]:
    figures = result.to_json()
    kept = {key: figures[key] for key in figures if key not in {"arm", "records"}}
    if any(record.is_unsure for record in result.records):
        kept["when_sure"] = accuracy_when_sure(result).to_json()
    return kept
