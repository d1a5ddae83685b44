"""Keep the trainings of an encoder on disk: those that ended, and the one under way."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from ftcore.errors import NotATrainedModelError, TrainingPausedError
from ftcore.models.encoder import Layer
from ftcore.models.tuned_encoder import load_layers, save_layers
from ftcore.training.base import ShouldStop, never
from ftcore.training.checkpoint import WritingPace, read_state, write_state

_KNOWN = ("exp_avg", "exp_avg_sq", "step")  # of each weight, by AdamW
_NAME_LENGTH = 16  # of a fingerprint, in the name of a folder

OnWritten = Callable[[float], None]
"""Takes the seconds that a write took, which were no training."""


@dataclass(slots=True)
class RunningTraining:
    """The state of one training, for who goes through its steps.

    Attributes:
        keeper: Writes it.
        number: Which training it is, from 0.
        on_begin: Told how many of its steps were done before.
        on_written: Told what a write took.
    """

    keeper: "EncoderCheckpoints"
    number: int
    on_begin: Callable[[int], None]
    on_written: OnWritten

    def begin(self, weights: Sequence[Tensor], optimiser: torch.optim.Optimizer) -> int:
        """Put weights and optimiser back as they were; returns the steps done."""
        step = self.keeper.load(self.number, weights, optimiser)
        self.on_begin(step)
        return step

    def heed(
        self, step: int, weights: Sequence[Tensor], optimiser: torch.optim.Optimizer
    ) -> None:
        """Write the state if it is time or a pause is wanted.

        Args:
            step: Steps done.
            weights: What learns, always in the same order.
            optimiser: An AdamW on them.

        Raises:
            TrainingPausedError: The participant paused it; its state is kept.
        """
        keeper = self.keeper
        is_paused = keeper.should_pause()
        if is_paused or keeper.is_due:
            before = keeper.pace.seconds_writing
            keeper.save(self.number, step, weights, optimiser)
            self.on_written(keeper.pace.seconds_writing - before)
        if is_paused:
            raise TrainingPausedError(step=step)


@dataclass(slots=True)
class EncoderCheckpoints:
    """The trainings of one job in a folder.

    Attributes:
        folder: Where they lie, made when needed; ``None`` keeps nothing.
        fingerprint: Of the request; what belongs to another is not read.
        elapsed: Gives the seconds that the job has run.
        should_pause: Asked after every step.
        pace: Says when to write.
    """

    folder: Path | None
    fingerprint: str
    elapsed: Callable[[], float]
    should_pause: ShouldStop = never
    pace: WritingPace = field(default_factory=WritingPace)

    @property
    def is_due(self) -> bool:
        """Whether to write the training under way now."""
        return self.folder is not None and self.pace.is_due()

    @property
    def seconds(self) -> float:
        """Time that the job had run when the state was written; 0 without one."""
        found = read_state(self.folder, only_values=True) if self.folder else None
        if found is None or found[1].get("fingerprint") != self.fingerprint:
            return 0.0
        return float(found[1]["seconds"])

    def finished(self, number: int) -> dict[int, Layer] | None:
        """Return the layers of a training that ended, from 0 on."""
        if self.folder is None:
            return None
        try:
            return load_layers(self._ended(self.folder, number))
        except NotATrainedModelError:
            return None

    def finish(self, number: int, layers: dict[int, Layer]) -> None:
        """Keep the layers of a training that has ended, rounded as they are served."""
        if self.folder is None:
            return
        place = self._ended(self.folder, number)
        partial = place.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        save_layers(partial, layers)
        shutil.rmtree(place, ignore_errors=True)  # unreadable, or it would be used
        partial.replace(place)

    def save(
        self,
        number: int,
        step: int,
        weights: Sequence[Tensor],
        optimiser: torch.optim.Optimizer,
    ) -> None:
        """Write the training under way in place of what was there."""
        if self.folder is None:
            return
        with self.pace.writing():
            tensors = {"random": torch.get_rng_state()}
            for place, weight in enumerate(weights):
                tensors[f"weight.{place}"] = weight.detach()
                known = optimiser.state.get(weight, {})
                tensors |= {f"{n}.{place}": known[n] for n in _KNOWN if n in known}
            values = {
                "fingerprint": self.fingerprint,
                "number": number,
                "step": step,
                "seconds": self.elapsed(),
            }
            write_state(self.folder, tensors, values)

    def load(
        self, number: int, weights: Sequence[Tensor], optimiser: torch.optim.Optimizer
    ) -> int:
        """Put the training under way back; returns its steps, 0 if there is none.

        Args:
            number: Which one goes on; the state of another is not read.
            weights: Changed in place.
            optimiser: An AdamW on them; changed in place.
        """
        found = read_state(self.folder) if self.folder else None
        if found is None:
            return 0
        tensors, values = found
        if (values["fingerprint"], values["number"]) != (self.fingerprint, number):
            return 0
        with torch.no_grad():
            for place, weight in enumerate(weights):
                weight.copy_(tensors[f"weight.{place}"])
                optimiser.state[weight] = {
                    name: tensors[f"{name}.{place}"].to(weight.device)
                    for name in _KNOWN
                    if f"{name}.{place}" in tensors
                }
        torch.set_rng_state(tensors["random"])
        return int(values["step"])

    def _ended(self, folder: Path, number: int) -> Path:
        return folder / f"{self.fingerprint[:_NAME_LENGTH]}-{number}"
