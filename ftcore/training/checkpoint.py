"""Keep a training on disk, so that it goes on where it was when it was killed."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import Parameter

from ftcore.training.stopping import EpochScore, best_of

STATE = "state.safetensors"  # numbers are JSON in its header: one file, so one rename
PAUSE_SECONDS = 5.0  # between two writes within an epoch
COST_SHARE = 0.015  # of the time that writing may take
_MOMENTS = ("exp_avg", "exp_avg_sq")  # AdamW's

Ticks = Callable[[], float]


@dataclass(slots=True)
class LoopState:
    """Where a training is; with the plan and the seed, all that its future needs.

    The order of the conversations is a function of the seed, so no place in a random
    sequence is kept for it.

    Attributes:
        step: Optimiser steps done.
        losses: Loss of each step of the epoch under way, in nats per token.
        scores: The epochs that have ended.
        best: The adapter after the best of them, if its loss was measured.
        seconds: Time that the job had run.
    """

    step: int = 0
    losses: list[float] = field(default_factory=list)
    scores: list[EpochScore] = field(default_factory=list)
    best: Tensor | None = None
    seconds: float = 0.0

    def end_epoch(self, eval_loss: float | None, master: Tensor) -> None:
        """Note how an epoch ended, and keep the adapter if it is the best so far.

        Args:
            eval_loss: Loss on the held-out answers, if measured.
            master: The adapter's weights now.
        """
        train_loss = sum(self.losses) / len(self.losses)
        self.scores.append(EpochScore(len(self.scores) + 1, train_loss, eval_loss))
        self.losses = []
        if eval_loss is not None and best_of(self.scores) is self.scores[-1]:
            self.best = master.detach().clone()


@dataclass(slots=True)
class WritingPace:
    """Says when a state is to be written, so that writing costs next to nothing.

    Attributes:
        ticks: Monotonic clock, in seconds.
        seconds_writing: What all writes took.
    """

    ticks: Ticks = time.monotonic
    seconds_writing: float = 0.0
    _cost: float = field(init=False, default=0.0)
    _written: float = field(init=False)

    def __post_init__(self) -> None:
        self._written = self.ticks()

    def is_due(self, *, ends_epoch: bool = False) -> bool:
        """Whether to write now: at an epoch's end or after a while, if it is cheap."""
        since = self.ticks() - self._written
        is_cheap = self._cost <= COST_SHARE * since
        return is_cheap and (ends_epoch or since >= PAUSE_SECONDS)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Measure a write."""
        began = self.ticks()
        yield
        self._written = self.ticks()
        self._cost = self._written - began
        self.seconds_writing += self._cost


@dataclass(slots=True)
class Checkpoints:
    """Writes and reads the state of one training in a folder.

    A write replaces the one before it at once, so that a kill at any moment leaves
    one of the two whole.

    Attributes:
        folder: Where the state lies; made when needed.
        fingerprint: Of the request; the state of another is not read.
        elapsed: Gives the seconds that the job has run.
        pace: Says when to write.
    """

    folder: Path
    fingerprint: str
    elapsed: Ticks
    pace: WritingPace = field(default_factory=WritingPace)

    def save(
        self, state: LoopState, master: Parameter, optimiser: torch.optim.Optimizer
    ) -> None:
        """Write the state, the adapter and what the optimiser knows."""
        with self.pace.writing():
            self._save(state, master, optimiser)

    def _save(
        self, state: LoopState, master: Parameter, optimiser: torch.optim.Optimizer
    ) -> None:
        known = optimiser.state.get(master, {})
        tensors = {"master": master.detach(), "random": torch.get_rng_state()}
        tensors |= {name: known[name] for name in (*_MOMENTS, "step") if name in known}
        if state.best is not None:
            tensors["best"] = state.best
        values = {
            "fingerprint": self.fingerprint,
            "step": state.step,
            "losses": state.losses,
            "scores": [asdict(score) for score in state.scores],
            "seconds": self.elapsed(),
        }
        write_state(self.folder, tensors, values)

    def load(
        self, master: Parameter, optimiser: torch.optim.Optimizer
    ) -> LoopState | None:
        """Put adapter and optimiser back as they were, and return the state.

        Args:
            master: The adapter's weights; changed in place.
            optimiser: An AdamW on them; changed in place.

        Returns:
            ``None``, and nothing changed, if there is no whole state of this request.
        """
        found = read_state(self.folder)
        if found is None:
            return None
        tensors, values = found
        is_ours = values["fingerprint"] == self.fingerprint
        if not is_ours or tensors["master"].shape != master.shape:
            return None
        with torch.no_grad():
            master.copy_(tensors["master"])
        if "step" in tensors:
            names = (*_MOMENTS, "step")
            optimiser.state[master] = {
                name: tensors[name].to(master.device) for name in names
            }
        torch.set_rng_state(tensors["random"])
        return LoopState(
            step=values["step"],
            losses=values["losses"],
            scores=[EpochScore(**score) for score in values["scores"]],
            best=tensors.get("best"),
            seconds=values["seconds"],
        )


def write_state(
    folder: Path, tensors: Mapping[str, Tensor], values: Mapping[str, object]
) -> None:
    """Replace the state of a folder at once.

    Args:
        folder: Made when needed.
        tensors: By name.
        values: What JSON can hold.
    """
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{STATE}.partial"
    save_file(dict(tensors), partial, metadata={"state": json.dumps(values)})
    partial.replace(folder / STATE)


def read_state(
    folder: Path, *, only_values: bool = False
) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
    """Return what :func:`write_state` left in a folder, if it is there and whole.

    Args:
        folder: Where it lies.
        only_values: Leave the tensors where they are.
    """
    try:
        with safe_open(folder / STATE, framework="pt") as file:
            values = json.loads((file.metadata() or {})["state"])
            names = [] if only_values else list(file.keys())
            tensors = {name: file.get_tensor(name) for name in names}
    except (OSError, SafetensorError, KeyError, ValueError):
        return None
    return tensors, values
