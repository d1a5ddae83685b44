"""Keep an adapter in full precision while the model computes in half."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import Module


class MasterWeights:
    """The adapter's weights in float32, as one flat parameter for the optimiser.

    The model's own weights and gradients become views of flat buffers, so that one
    step is three operations instead of hundreds.
    """

    def __init__(self, model: Module) -> None:
        self._parameters = [p for p in model.parameters() if p.requires_grad]
        flat = torch.cat([p.detach().flatten() for p in self._parameters])
        self.master = torch.nn.Parameter(flat.float())
        self.master.grad = torch.zeros_like(self.master)
        self._working = flat.clone()
        self._gradient = torch.zeros_like(flat)
        for parameter, part in self._parts(self._working):
            parameter.data = part
        for parameter, part in self._parts(self._gradient):
            parameter.grad = part

    def _parts(self, flat: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        sizes = [parameter.numel() for parameter in self._parameters]
        for parameter, part in zip(self._parameters, flat.split(sizes), strict=True):
            yield parameter, part.view_as(parameter)

    def collect_gradient(self) -> None:
        """Move the working gradient into the master's, and clear it."""
        if self.master.grad is not None:
            self.master.grad.copy_(self._gradient)
        self._gradient.zero_()

    def publish(self) -> None:
        """Copy the master into the weights that the model computes with."""
        self._working.copy_(self.master.detach())

    def restore(self) -> None:
        """Give the model its full-precision weights, to be saved."""
        for parameter, part in self._parts(self.master.detach()):
            parameter.data = part
