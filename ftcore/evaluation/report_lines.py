"""The figures of one arm as lines of text, for a terminal."""

from ftcore.data.examples import Task
from ftcore.evaluation.base import ArmResult, Interval
from ftcore.evaluation.statistics import describe_interval, describe_share
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
    """Return the four measures of one arm, in Spanish, one line."""
    return text(
        "evaluation.arm_line",
        arm=text(f"evaluation.arms.{result.arm.value}"),
        accuracy=describe_metric(result.accuracy),
        relevance=describe_metric(
            result.relevance, counts_answers=not is_classifier(result)
        ),
        consistency=describe_metric(result.consistency),
        speed=describe_seconds(result.mean_seconds),
    )


def describe_task(task: Task) -> str:
    """Return how answers of this task are judged, in Spanish."""
    return text(f"evaluation.notes.{task.value}")
