"""Which pass was the best, and when it is no use to go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

NEAR_ZERO = 0.02  # nats per token: every next token is expected at 98 % on average
NEAR_ZERO_EPOCHS = 2  # in a row; a single easy pass says little


class StopReason(StrEnum):
    """Why a training ended before its last epoch."""

    HELD_OUT = "held_out"
    NEAR_ZERO = "near_zero"


@dataclass(frozen=True, slots=True)
class EpochScore:
    """What was known when a pass over the examples ended.

    Attributes:
        epoch: Number of the pass, from 1.
        train_loss: Mean loss of its steps, in nats per token.
        eval_loss: Loss on the held-out answers, if there are any.
    """

    epoch: int
    train_loss: float
    eval_loss: float | None


def best_of(scores: Sequence[EpochScore]) -> EpochScore:
    """Return the pass with the least held-out loss; without any, the last one.

    Of equals the first counts: it says the same with less repetition.

    Raises:
        ValueError: No pass has ended.
    """
    if not scores:
        raise ValueError("No pass has ended.")
    measured = [(s.eval_loss, s.epoch, s) for s in scores if s.eval_loss is not None]
    return min(measured)[2] if measured else scores[-1]


def why_stop(scores: Sequence[EpochScore], patience: int) -> StopReason | None:
    """Return why to stop after the last of ``scores``, or ``None`` to go on.

    Held-out loss decides where there is one: it stops after ``patience`` passes
    that were no better. Without one nothing tells memorising from learning, so only
    a training that has nothing left to learn stops.

    Args:
        scores: The passes that have ended, in order.
        patience: Passes to wait for something better; 0 never stops.
    """
    if not patience or not scores:
        return None
    if scores[-1].eval_loss is not None:
        waited = scores[-1].epoch - best_of(scores).epoch
        return StopReason.HELD_OUT if waited >= patience else None
    newest = [score.train_loss for score in scores[-NEAR_ZERO_EPOCHS:]]
    is_learnt = len(newest) == NEAR_ZERO_EPOCHS and max(newest) < NEAR_ZERO
    return StopReason.NEAR_ZERO if is_learnt else None
