"""Read a training's events as a person would: what was best, when it memorised."""

from collections.abc import Sequence
from dataclasses import dataclass

from ftcore.training.base import Phase, ProgressEvent

WORSE = 1.05  # held-out loss this far above its best is no noise
_AFTER = {Phase.EXPORTING, Phase.EVALUATING, Phase.DONE}


@dataclass(frozen=True, slots=True)
class CurveVerdict:
    """What the held-out loss says of a training so far.

    Attributes:
        best_epoch: The pass with the least held-out loss, from 1; ``None`` if it was
            never measured.
        best_loss: That loss, in nats per token.
        last_epoch: The last pass that ended.
        overfits: Whether the held-out loss has risen since the best pass while the
            loss on the training examples fell: from there on it memorises.
        is_over: Whether the steps are done.
        stopped: A ``StopReason`` if they ended before the last pass.
        kept_epoch: The pass that was kept, if it is said.
    """

    best_epoch: int | None = None
    best_loss: float | None = None
    last_epoch: int = 0
    overfits: bool = False
    is_over: bool = False
    stopped: str | None = None
    kept_epoch: int | None = None

    @property
    def key(self) -> str | None:
        """Return the text under ``train.curve`` that says it; ``None``: nothing yet."""
        if self.stopped == "near_zero":
            return "near_zero"
        if self.best_epoch is None:
            return None
        if not self.is_over:
            return "overfitting" if self.overfits else None
        if self.kept_epoch is not None and self.kept_epoch != self.best_epoch:
            return "kept_last"
        if self.overfits:
            return "overfit"
        return "stopped" if self.stopped else "best"


def judge_curve(events: Sequence[ProgressEvent]) -> CurveVerdict:
    """Return what the events of a training say, oldest first."""
    passes = _passes(events)
    stopped = next((e.stopped for e in reversed(events) if e.stopped), None)
    is_over = any(event.phase in _AFTER for event in events)
    measured = [one for one in passes if one.eval_loss is not None]
    if not measured:
        return CurveVerdict(None, None, len(passes), False, is_over, stopped)
    losses = [one.eval_loss or 0.0 for one in measured]
    best = measured[losses.index(min(losses))]
    last = measured[-1]
    rises = losses[-1] > min(losses) * WORSE
    return CurveVerdict(
        best.number,
        best.eval_loss,
        last.number,
        rises and last.train_loss < best.train_loss,
        is_over,
        stopped,
        next((e.best_epoch for e in events if e.phase in _AFTER), None),
    )


@dataclass(frozen=True, slots=True)
class _Pass:
    number: int
    train_loss: float
    eval_loss: float | None


def _passes(events: Sequence[ProgressEvent]) -> list[_Pass]:
    """Return the passes that have ended, each with the mean loss of its steps."""
    found: list[_Pass] = []
    losses: list[float] = []
    step = 0
    for event in events:
        if event.phase is not Phase.TRAINING or event.train_loss is None:
            continue
        if event.step == step:
            continue
        step = event.step
        losses.append(event.train_loss)
        ends = abs(event.epoch - round(event.epoch)) < 1e-6
        if event.eval_loss is not None or ends:
            mean = sum(losses) / len(losses)
            number = max(1, round(event.epoch))
            found.append(_Pass(number, mean, event.eval_loss))
            losses = []
    return found
