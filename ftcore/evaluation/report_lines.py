"""The figures of one arm as lines of text, for a terminal."""

from ftcore.data.examples import Task
from ftcore.evaluation.base import ArmResult, Interval
from ftcore.evaluation.statistics import (
    accuracy_when_sure,
    describe_interval,
    describe_share,
)
from ftcore.texts import duration, number, text


def is_classifier(result: ArmResult) -> bool:
    """Whether the arm gave labels: only those come with a probability."""
    return any(record.probability is not None for record in result.records)


def describe_metric(interval: Interval | None, *, counts_answers: bool = True) -> str:
    """Return one measure in Spanish, 'sin datos' if it was not taken.

    Args:
        interval: The measure.
        counts_answers: Whether it is a share of answers ('7 de 9'), and not a mean
            such as the macro-F1.
    """
    if interval is None:
        return text("evaluation.no_data")
    if counts_answers:
        return describe_share(interval.passed, interval.n)
    return describe_interval(interval)


def describe_seconds(seconds: float) -> str:
    """Return a waiting time in Spanish; tenths of a second below ten seconds."""
    if seconds < 0.05:  # would be written as none at all
        return text("evaluation.instant")
    return f"{number(seconds, 1)} s" if seconds < 10 else duration(seconds)


def describe_arm(result: ArmResult) -> str:
    """Return the four measures of one arm and its doubts, in Spanish, one line."""
    measures = text(
        "evaluation.arm_line",
        arm=text(f"evaluation.arms.{result.arm.value}"),
        accuracy=describe_metric(result.accuracy),
        relevance=describe_metric(
            result.relevance, counts_answers=not is_classifier(result)
        ),
        consistency=describe_metric(result.consistency),
        speed=describe_seconds(result.mean_seconds),
    )
    return " ".join(filter(None, (measures, describe_doubts(result))))


def describe_doubts(result: ArmResult) -> str | None:
    """Return how often a classifier was sure and right then, in Spanish.

    ``None`` if it gave no labels, or gave them all without a doubt.
    """
    unsure = sum(record.is_unsure for record in result.records)
    if not unsure:
        return None
    sure = accuracy_when_sure(result)
    total = len(result.records)
    if not sure.n:
        return text("evaluation.doubts.always", total=total)
    share = describe_share(sure.passed, sure.n)
    return text("evaluation.doubts.some", sure=sure.n, total=total, share=share)


def describe_task(task: Task) -> str:
    """Return how answers of this task are judged, in Spanish."""
    return text(f"evaluation.notes.{task.value}")
