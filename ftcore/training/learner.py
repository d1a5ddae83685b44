"""What the training loop asks of a base model that carries an adapter."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from torch.nn import Parameter

from ftcore.training.packing import TokenSequence

ALPHA_PER_RANK = 2  # lora_alpha = 2 r, the usual scale of LoRA's authors' examples


class Learner(Protocol):
    """A frozen base model and the LoRA adapter that learns."""

    @property
    def master(self) -> Parameter:
        """All weights of the adapter, flat and in float32, with a ``grad`` like it.

        It is the optimiser's only parameter.
        """
        ...

    def learn(self, sequences: Sequence[TokenSequence], answers: int) -> float:
        """Add the gradient of one pack to ``master.grad``.

        Args:
            sequences: Conversations that are computed together.
            answers: Tokens learnt in the whole batch; divides loss and gradient.

        Returns:
            The pack's part of the batch's mean loss, in nats per token.
        """
        ...

    def loss(self, sequences: Sequence[TokenSequence]) -> float:
        """Return the summed loss of the answers, in nats, without learning."""
        ...

    def settle_gradient(self) -> None:
        """Make ``master.grad`` whole, after the last pack of a batch."""
        ...

    def publish(self) -> None:
        """Compute with the master's weights from now on, and clear the gradient."""
        ...

    def save(self, folder: Path, base_model: str) -> None:
        """Write the adapter as PEFT reads it; no pickles.

        Args:
            folder: Made if it is not there.
            base_model: Name of the base, for the adapter's settings.
        """
        ...
