"""The sentence above the loss curve, and the trend below it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.texts import catalog
from ftcore.training.base import Phase, ProgressEvent
from ftcore.ui.loss import loss_story, smoothed, window_of

PER_EPOCH = 7


def curve(
    losses: Sequence[float], held_out: Sequence[float] = ()
) -> list[ProgressEvent]:
    """Events of a training with seven steps an epoch; held out after each epoch."""
    evals = dict(enumerate(held_out, start=1))
    return [
        ProgressEvent(
            Phase.TRAINING,
            step=at,
            epoch=at / PER_EPOCH,
            train_loss=loss,
            eval_loss=evals.get(at // PER_EPOCH) if at % PER_EPOCH == 0 else None,
        )
        for at, loss in enumerate(losses, start=1)
    ]


def kind_of(sentence: str | None) -> str:
    """Return which of the texts a sentence came from, by its first words."""
    names = ("first", "falling", "flat", "rising", "overfit")
    starts = {name: catalog()[f"train.loss.{name}"].split("{")[0] for name in names}
    found = [
        n for n, start in starts.items() if sentence and sentence.startswith(start)
    ]
    return max(found, key=lambda name: len(starts[name]))


def test_no_loss_no_sentence() -> None:
    assert loss_story([ProgressEvent(Phase.LOADING)]) is None


@pytest.mark.parametrize(
    ("losses", "held_out", "kind"),
    [
        ([2.0] * PER_EPOCH, (), "first"),
        ([3 - 0.1 * at for at in range(28)], (), "falling"),
        ([1.0, 1.1, 0.9, 1.0, 1.0, 1.0, 1.0] * 4, (), "flat"),
        ([0.5] * 14 + [2.0] * 14, (), "rising"),
        ([3 - 0.1 * at for at in range(28)], (1.0, 0.6, 0.9, 1.4), "overfit"),
        ([3 - 0.1 * at for at in range(28)], (1.0, 0.9, 0.8, 0.7), "falling"),
    ],
)
def test_the_sentence_fits_the_curve(
    losses: list[float], held_out: tuple[float, ...], kind: str
) -> None:
    assert kind_of(loss_story(curve(losses, held_out))) == kind


def test_easy_first_steps_do_not_make_a_falling_curve_rise() -> None:
    first_epoch = [0.2, 0.1, 2.2, 2.4, 2.1, 1.9, 2.0]
    losses = first_epoch + [0.9 * loss for loss in first_epoch] + [0.5] * 14
    assert kind_of(loss_story(curve(losses))) == "falling"


def test_the_window_is_one_epoch() -> None:
    assert window_of(curve([1.0] * 28)) == PER_EPOCH


@given(st.lists(st.floats(0, 10), min_size=1, max_size=40), st.integers(1, 12))
def test_the_trend_stays_between_the_losses(losses: list[float], window: int) -> None:
    trend = smoothed(losses, window)
    assert len(trend) == len(losses)
    assert all(min(losses) - 1e-9 <= y <= max(losses) + 1e-9 for y in trend)


def test_the_last_loss_repeated_while_examining_is_not_progress() -> None:
    trained = curve([1.0, 1.1, 0.9, 1.0, 1.0, 1.0, 0.1] * 4)
    later = [replace(trained[-1], phase=Phase.EVALUATING)] * 12
    assert loss_story([*trained, *later]) == loss_story(trained)
    assert window_of([*trained, *later]) == window_of(trained)
