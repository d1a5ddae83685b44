"""Say in one sentence what a loss curve shows."""

from collections.abc import Sequence

from ftcore.texts import number, text
from ftcore.training.base import ProgressEvent

FLAT = 0.03  # share of the whole fall that the last third must still bring
WORSE = 1.05  # held-out loss this far above its best counts as memorising
ENOUGH_POINTS = 6


def loss_story(events: Sequence[ProgressEvent]) -> str | None:
    """Return what the curve says so far, in Spanish; ``None`` without any loss.

    Steps see different examples, so first and last are means of a sixth of the
    points each.

    Args:
        events: All events of the job, oldest first.
    """
    losses = [e.train_loss for e in events if e.train_loss is not None]
    if not losses:
        return None
    first = _mean(losses[: max(1, len(losses) // 6)])
    if len(losses) < ENOUGH_POINTS:
        return text("train.loss.first", first=number(first, 2))
    last = _mean(losses[-max(1, len(losses) // 6) :])
    params = {"first": number(first, 2), "last": number(last, 2)}
    best = _best_epoch_if_memorising(events)
    if best is not None:
        return text("train.loss.overfit", epoch=number(best))
    if last > first * WORSE:
        return text("train.loss.rising", **params)
    before = _mean(losses[len(losses) // 2 : 2 * len(losses) // 3] or losses)
    is_flat = first > last and before - last < FLAT * (first - last)
    return text("train.loss.flat" if is_flat else "train.loss.falling", **params)


def _best_epoch_if_memorising(events: Sequence[ProgressEvent]) -> float | None:
    measured = [(e.eval_loss, e.epoch) for e in events if e.eval_loss is not None]
    if len(measured) < 2:
        return None
    best, epoch = min(measured)
    return max(1.0, round(epoch)) if measured[-1][0] > best * WORSE else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
