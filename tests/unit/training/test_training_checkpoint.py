"""What a training keeps on disk is enough to end as if nothing had happened."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import Parameter

from ftcore.errors import TrainingCancelledError, TrainingPausedError
from ftcore.training.checkpoint import (
    COST_SHARE,
    STATE,
    Checkpoints,
    LoopState,
    WritingPace,
)
from ftcore.training.learners import make_learner
from ftcore.training.lora import LoraLoop, LoraOutcome, StepReport
from ftcore.training.packing import TokenSequence
from ftcore.training.stopping import EpochScore, StopReason
from tests.tiny_bases import VOCABULARY, save_llama


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    return save_llama(tmp_path_factory.mktemp("llama"))


def conversations(count: int, seed: int) -> list[TokenSequence]:
    rng = random.Random(seed)
    found = []
    for _ in range(count):
        ids = tuple(rng.randrange(VOCABULARY) for _ in range(rng.randrange(4, 14)))
        found.append(TokenSequence(ids, len(ids) // 2))
    return found


class Run:
    """One training in one folder of checkpoints, as often as it takes."""

    def __init__(self, model: Path, kept: Path, seed: int = 0, **changes: object):
        self.model, self.kept, self.seed = model, kept, seed
        self.changes = changes
        self.reports: list[StepReport] = []

    def go(
        self, should_pause: Callable[[], bool] = lambda: False
    ) -> tuple[LoraOutcome, Tensor]:
        learner = make_learner(self.model, 2, self.seed, 14)
        checkpoints = Checkpoints(self.kept, "same", lambda: 1.0)
        loop = LoraLoop(
            learner,
            5e-2,
            2,
            self.seed,
            self.reports.append,
            lambda: False,
            should_pause,
            checkpoints,
            **self.changes,
        )
        batch = conversations(5, 1)
        outcome = loop.run([batch] * 4, conversations(3, 2))
        return outcome, learner.master.detach().clone()


class AfterSteps:
    """Answers yes once it was asked often enough."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


@hypothesis_settings(max_examples=12)
@given(pauses=st.lists(st.integers(0, 6), max_size=4), seed=st.integers(0, 3))
def test_paused_anywhere_it_ends_with_the_same_weights(
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    pauses: list[int],
    seed: int,
) -> None:
    whole = Run(folder, tmp_path_factory.mktemp("whole"), seed)
    expected, weights = whole.go()
    broken = Run(folder, tmp_path_factory.mktemp("broken"), seed)
    for steps in pauses:
        try:
            broken.go(AfterSteps(steps))
        except TrainingPausedError:
            continue
    outcome, found = broken.go()
    assert outcome == expected
    assert torch.equal(found, weights)
    done = {report.step: report.loss for report in broken.reports}
    assert done == {report.step: report.loss for report in whole.reports}


def test_the_same_seed_gives_the_same_weights_and_another_gives_others(
    folder: Path, tmp_path: Path
) -> None:
    first = Run(folder, tmp_path / "a").go()[1]
    assert torch.equal(first, Run(folder, tmp_path / "b").go()[1])
    assert not torch.equal(first, Run(folder, tmp_path / "c", seed=1).go()[1])


def test_each_step_tells_what_it_has_seen(folder: Path, tmp_path: Path) -> None:
    run = Run(folder, tmp_path)
    run.go()
    assert [r.examples_seen for r in run.reports][:4] == [2, 4, 5, 7]
    assert run.reports[-1].examples_seen == 20
    ends = [r for r in run.reports if r.eval_loss is not None]
    assert [r.epoch for r in ends] == [1, 2, 3, 4]
    losses = [r.eval_loss for r in ends]
    assert [r.best_epoch for r in ends] == [
        1 + losses[: at + 1].index(min(losses[: at + 1])) for at in range(4)
    ]


def test_the_kept_adapter_is_the_one_of_the_best_epoch(
    folder: Path, tmp_path: Path
) -> None:
    """With so high a rate the held-out loss rises: random answers cannot be learnt."""
    outcome, weights = Run(folder, tmp_path / "best").go()
    assert outcome.kept_epoch < 4
    last, last_weights = Run(folder, tmp_path / "last", keep_best=False).go()
    assert last.kept_epoch == 4
    assert outcome.eval_loss is not None
    assert last.eval_loss is not None
    assert outcome.eval_loss < last.eval_loss
    assert not torch.equal(weights, last_weights)
    learner = make_learner(folder, 2, 0, 14)
    with torch.no_grad():
        learner.master.copy_(weights)
    learner.publish()
    held_out = conversations(3, 2)
    answers = sum(len(one) - one.prompt_tokens for one in held_out)
    assert learner.loss(held_out) / answers == pytest.approx(outcome.eval_loss)


def test_patience_ends_it_early_and_says_why(folder: Path, tmp_path: Path) -> None:
    run = Run(folder, tmp_path, patience=1)
    outcome, _ = run.go()
    assert outcome.stopped is StopReason.HELD_OUT
    assert outcome.steps == 3 * (outcome.kept_epoch + 1) < 12
    again, _ = run.go()
    assert again == outcome  # asked again, it does not go on


def test_another_request_s_state_is_not_used(folder: Path, tmp_path: Path) -> None:
    run = Run(folder, tmp_path)
    with pytest.raises(TrainingPausedError):
        run.go(AfterSteps(5))
    learner = make_learner(folder, 2, 0, 14)
    before = learner.master.detach().clone()
    optimiser = torch.optim.AdamW([learner.master], fused=True)
    other = Checkpoints(tmp_path, "another", lambda: 0.0)
    assert other.load(learner.master, optimiser) is None
    wider = make_learner(folder, 3, 0, 14)
    same = Checkpoints(tmp_path, "same", lambda: 0.0)
    assert same.load(wider.master, torch.optim.AdamW([wider.master])) is None
    assert torch.equal(learner.master, before)
    assert not optimiser.state
    state = same.load(learner.master, optimiser)
    assert state is not None
    assert (state.step, len(state.scores), len(state.losses)) == (5, 1, 2)


@given(st.integers(0, 400), st.binary(max_size=40))
def test_a_damaged_state_is_as_good_as_none(
    tmp_path_factory: pytest.TempPathFactory, cut: int, junk: bytes
) -> None:
    kept = tmp_path_factory.mktemp("kept")
    master = Parameter(torch.arange(6.0))
    optimiser = torch.optim.AdamW([master], fused=True)
    checkpoints = Checkpoints(kept, "same", lambda: 0.0)
    checkpoints.save(LoopState(step=3), master, optimiser)
    content = (kept / STATE).read_bytes()
    (kept / STATE).write_bytes(content[:cut] + junk)
    state = checkpoints.load(master, optimiser)
    assert state is None
    assert master.tolist() == [0, 1, 2, 3, 4, 5]


scores = st.lists(
    st.tuples(st.floats(0, 9), st.none() | st.floats(0, 9)), max_size=5
).map(lambda rows: [EpochScore(at, *row) for at, row in enumerate(rows, 1)])


@given(
    st.integers(0, 10**6),
    st.lists(st.floats(0, 9), max_size=5),
    scores,
    st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=9),
    st.booleans(),
)
def test_a_state_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory,
    step: int,
    losses: list[float],
    ended: list[EpochScore],
    weights: list[float],
    has_best: bool,
) -> None:
    kept = tmp_path_factory.mktemp("kept")
    master = Parameter(torch.tensor(weights))
    optimiser = torch.optim.AdamW([master], fused=True)
    master.grad = torch.ones_like(master)
    optimiser.step()
    best = master.detach() * 2 if has_best else None
    state = LoopState(step, losses, ended, best)
    Checkpoints(kept, "same", lambda: 12.5).save(state, master, optimiser)
    other = Parameter(torch.zeros(len(weights)))
    new = torch.optim.AdamW([other], fused=True)
    found = Checkpoints(kept, "same", lambda: 0.0).load(other, new)
    assert found is not None
    assert replace(found, best=None) == replace(state, best=None, seconds=12.5)
    assert (found.best is None) == (best is None)
    if best is not None and found.best is not None:
        assert torch.equal(found.best, best)
    assert torch.equal(other, master)
    for name, value in optimiser.state[master].items():
        assert torch.equal(new.state[other][name], value), name


def test_writing_waits_until_it_is_cheap(tmp_path: Path) -> None:
    now = [0.0]

    def ticks() -> float:
        now[0] += 0.1  # so that a write seems to take a while
        return now[0]

    checkpoints = Checkpoints(tmp_path, "same", lambda: 0.0, WritingPace(ticks))
    master = Parameter(torch.zeros(3))
    optimiser = torch.optim.AdamW([master], fused=True)
    assert checkpoints.pace.is_due(ends_epoch=True)
    assert not checkpoints.pace.is_due(ends_epoch=False)
    checkpoints.save(LoopState(), master, optimiser)
    assert not checkpoints.pace.is_due(ends_epoch=True)
    now[0] += 0.1 / COST_SHARE
    assert checkpoints.pace.is_due(ends_epoch=True)
    assert not list(tmp_path.glob("*.partial"))


def test_cancelling_and_pausing_are_told_apart(folder: Path, tmp_path: Path) -> None:
    learner = make_learner(folder, 2, 0, 14)
    loop = LoraLoop(learner, 1e-2, 2, 0, lambda _: None, lambda: True, lambda: True)
    with pytest.raises(TrainingCancelledError):
        loop.run([conversations(3, 0)])
    assert not list(tmp_path.iterdir())
