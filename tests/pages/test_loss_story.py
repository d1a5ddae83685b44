"""The sentence above the loss curve, and the trend below it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.texts import catalog
from ftcore.training.base import Phase, ProgressEvent
from ftcore.training.curve import judge_curve
from ftcore.ui.loss import curve_words, loss_story, smoothed, window_of
from ftcore.ui.loss_chart import loss_figure

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
    names = ("first", "falling", "flat", "rising")
    starts = {name: catalog()[f"train.loss.{name}"].split("{")[0] for name in names}
    starts["overfit"] = catalog()["train.curve.overfitting.title"].split("{")[0]
    found = [
        n for n, start in starts.items() if sentence and sentence.startswith(start)
    ]
    return max(found, key=lambda name: len(starts[name]))


def test_no_loss_no_sentence() -> None:
    assert loss_story([ProgressEvent(Phase.LOADING)]) is None


@pytest.mark.parametrize(("steps", "mode"), [(1, "lines+markers"), (2, "lines")])
def test_the_first_step_alone_is_seen_as_a_point(steps: int, mode: str) -> None:
    trend = loss_figure(curve([1.0] * steps)).data[1]
    assert (len(trend.x), trend.mode) == (steps, mode)


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


def over(
    events: list[ProgressEvent], kept: int | None = None, stopped: str | None = None
) -> list[ProgressEvent]:
    """The events with the writing of the model after them."""
    end = replace(
        events[-1],
        phase=Phase.EXPORTING,
        eval_loss=None,
        best_epoch=kept,
        stopped=stopped,
    )
    return [*events, end]


FALLING = [3 - 0.1 * at for at in range(28)]


@pytest.mark.parametrize(
    ("events", "key", "best"),
    [
        (curve(FALLING, (1.0, 0.6, 0.9, 1.4)), "overfitting", 2),
        (curve(FALLING, (1.0, 0.9, 0.8, 0.7)), None, 4),
        (curve(FALLING, (1.0, 0.9, 0.8, 0.82)), None, 3),  # noise
        (curve([1.0] * 28, (1.0, 0.6, 0.9, 1.4)), None, 2),  # nothing is memorised
        (over(curve(FALLING, (1.0, 0.6, 0.9, 1.4)), 2), "overfit", 2),
        (over(curve(FALLING, (1.0, 0.9, 0.8, 0.7)), 4), "best", 4),
        (over(curve(FALLING, (1.0, 0.6, 0.61)), 2, "held_out"), "stopped", 2),
        (over(curve(FALLING, (1.0, 0.6, 0.9, 1.4)), 4), "kept_last", 2),
        (over(curve(FALLING), 4, "near_zero"), "near_zero", None),
        (over(curve(FALLING), 4), None, None),
    ],
)
def test_the_held_out_loss_gives_the_answer(
    events: list[ProgressEvent], key: str | None, best: int | None
) -> None:
    verdict = judge_curve(events)
    assert (verdict.key, verdict.best_epoch) == (key, best)
    words = curve_words(verdict)
    assert (words is None) == (key is None)
    if words is not None and best is not None:
        assert f"vuelta {best}" in words[0]
        assert loss_story(events) == words[0]


@given(
    st.lists(st.floats(0, 9), min_size=1, max_size=60),
    st.lists(st.floats(0, 9), max_size=8),
)
def test_memorising_is_said_only_when_the_two_losses_part(
    losses: list[float], held_out: list[float]
) -> None:
    events = curve(losses, held_out)
    verdict = judge_curve(events)
    measured = [e.eval_loss for e in events if e.eval_loss is not None]
    if verdict.overfits:
        assert measured[-1] > 1.05 * min(measured)
        assert verdict.best_epoch is not None
        assert verdict.best_epoch < verdict.last_epoch
    if measured:
        assert verdict.best_loss == min(measured)
        assert verdict.best_epoch == 1 + measured.index(min(measured))
