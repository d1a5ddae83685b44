"""Smooth a loss curve, and say in one sentence what it shows."""

from collections.abc import Sequence

from ftcore.texts import number, text
from ftcore.training.base import ProgressEvent
from ftcore.training.curve import CurveVerdict, judge_curve

LEAST_WINDOW = 3  # steps
SAME = 0.05  # a change below this share of the beginning counts as none


def losses_of(events: Sequence[ProgressEvent]) -> list[ProgressEvent]:
    """Return the events that bring the loss of a further step.

    Exporting and examining repeat the last step's loss: counted again, it would
    pass for progress.
    """
    found: list[ProgressEvent] = []
    for event in events:
        is_repeated = found and event.step and event.step == found[-1].step
        if event.train_loss is not None and not is_repeated:
            found.append(event)
    return found


def smoothed(losses: Sequence[float], window: int) -> list[float]:
    """Return the trailing mean of the last ``window`` values at each point.

    Every step sees other examples, some easy and some hard, so a single loss says
    little; the mean over about one epoch has seen them all.
    """
    return [
        sum(losses[max(0, at + 1 - window) : at + 1]) / min(window, at + 1)
        for at in range(len(losses))
    ]


def window_of(events: Sequence[ProgressEvent]) -> int:
    """Return how many steps one epoch takes, and three at least."""
    measured = losses_of(events)
    if not measured or not measured[-1].epoch:
        return LEAST_WINDOW
    return max(LEAST_WINDOW, round(len(measured) / measured[-1].epoch))


def loss_story(events: Sequence[ProgressEvent]) -> str | None:
    """Return what the curve says so far, in Spanish; ``None`` without any loss.

    Held-out loss answers first, if it says something; else the first window of steps
    is compared with the last one.

    Args:
        events: All events of the job, oldest first.
    """
    losses = [e.train_loss for e in losses_of(events) if e.train_loss is not None]
    if not losses:
        return None
    answer = curve_words(judge_curve(events))
    if answer is not None:
        return answer[0]
    window = window_of(events)
    trend = smoothed(losses, window)
    if len(losses) < 2 * window:
        return text("train.loss.first", first=number(trend[-1], 2))
    first, last = trend[window - 1], trend[-1]
    change = (last - first) / first if first else 0.0
    word = "falling" if change < -SAME else "rising" if change > SAME else "flat"
    params = {"first": number(first, 2), "last": number(last, 2)}
    return text(f"train.loss.{word}", **params)


def curve_words(verdict: CurveVerdict) -> tuple[str, str] | None:
    """Return the answer that the held-out loss gives, and a sentence that explains it.

    ``None`` while it gives none.
    """
    if verdict.key is None:
        return None
    params = {"epoch": verdict.best_epoch, "last": verdict.last_epoch}
    title = text(f"train.curve.{verdict.key}.title", **params)
    return title, text(f"train.curve.{verdict.key}.note", **params)
