"""The adapter's weights: one flat float32 tensor, seen as matrices by each layer."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import Parameter

from ftcore.training.export import ADAPTER_CONFIG, ADAPTER_WEIGHTS
from ftcore.training.learner import ALPHA_PER_RANK
from ftcore.training.llama_shape import PART_NAMES, LlamaShape


@dataclass(frozen=True, slots=True)
class LowRank:
    """The adapter of one fused projection: ``y += (x Aᵀ) Bᵀ``.

    Attributes:
        a: Shape ``(parts · r, in)``; the parts' A matrices, one below the other.
        b: Shape ``(out, parts · r)``; block-diagonal and scaled by ``alpha / r``.
        a_gradient: Float32, shape of ``a``.
        b_gradient: Float32, shape of ``b``; outside the blocks it is discarded.
    """

    a: Tensor
    b: Tensor
    a_gradient: Tensor
    b_gradient: Tensor


class FlatAdapter:
    """LoRA on every linear layer, started as its authors do: A uniform, B zero.

    Source: Hu et al. 2021, 'LoRA', section 4; A's bounds are those of PEFT, the
    Kaiming bounds of a linear layer, ``±1/√in``.

    Args:
        shape: Sizes of the base.
        rank: r, the inner width.
        seed: Seed of A.
        dtype: Type that the base computes in.
        first: The lowest layer that learns.
        device: Where the base computes.
    """

    def __init__(
        self,
        shape: LlamaShape,
        rank: int,
        seed: int,
        dtype: torch.dtype,
        *,
        first: int = 0,
        device: torch.device | None = None,
    ) -> None:
        self._shape, self._rank, self._first = shape, rank, first
        total = sum(a + b for *_, (a, b) in self._sizes())
        self.master = Parameter(torch.zeros(total, device=device))
        self.master.grad = torch.zeros(total, device=device)
        self._working = torch.zeros(total, dtype=dtype, device=device)
        # alpha / r inside B's blocks, 0 outside
        self._factor = torch.ones(total, device=device)
        self._start(torch.Generator().manual_seed(seed))
        self.publish()
        self.layers = self._layers()

    def publish(self) -> None:
        """Copy the master, scaled, into the working matrices; clear the gradient."""
        gradient = self._gradient()
        torch.mul(self.master.detach(), self._factor, out=gradient)
        self._working.copy_(gradient)
        gradient.zero_()

    def settle_gradient(self) -> None:
        """Make the gathered gradient that of the master: scaled, without the rest."""
        self._gradient().mul_(self._factor)

    def save(self, folder: Path, base_model: str) -> None:
        """Write weights and settings as PEFT reads them."""
        folder.mkdir(parents=True, exist_ok=True)
        save_file(self._peft_state(), folder / ADAPTER_WEIGHTS)
        names = sorted(n.split(".")[-1] for parts in PART_NAMES.values() for n in parts)
        settings: dict[str, object] = {
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            "base_model_name_or_path": base_model,
            "inference_mode": True,
            "r": self._rank,
            "lora_alpha": ALPHA_PER_RANK * self._rank,
            "lora_dropout": 0.0,
            "bias": "none",
            "target_modules": names,
        }
        if self._first:
            settings["layers_to_transform"] = list(
                range(self._first, self._shape.layers)
            )
        (folder / ADAPTER_CONFIG).write_text(
            json.dumps(settings, indent=2) + "\n", encoding="utf-8"
        )

    def _gradient(self) -> Tensor:
        gradient = self.master.grad
        if gradient is None:  # an optimiser was told to set it to None
            raise RuntimeError("The adapter's gradient is gone.")
        return gradient

    def _sizes(self) -> Iterator[tuple[int, str, tuple[int, int]]]:
        for layer in range(self._first, self._shape.layers):
            for name, (width, parts) in self._shape.widths.items():
                inner = self._rank * len(parts)
                yield layer, name, (inner * width, sum(parts) * inner)

    def _views(self, flat: Tensor) -> Iterator[tuple[int, str, Tensor, Tensor]]:
        at = 0
        for layer, name, (a, b) in self._sizes():
            width, parts = self._shape.widths[name]
            inner = self._rank * len(parts)
            yield (
                layer,
                name,
                flat[at : at + a].view(inner, width),
                flat[at + a : at + a + b].view(sum(parts), inner),
            )
            at += a + b

    def _start(self, generator: torch.Generator) -> None:
        with torch.no_grad():
            for _, _, a, _ in self._views(self.master.detach()):
                bound = 1 / math.sqrt(a.shape[1])
                start = torch.empty(a.shape).uniform_(
                    -bound, bound, generator=generator
                )
                a.copy_(start)  # drawn on the CPU: the same on every device
        for _, name, _, b in self._views(self._factor):
            blocks = [
                torch.ones(part, self._rank) for part in self._shape.widths[name][1]
            ]
            b.copy_(torch.block_diag(*blocks) * ALPHA_PER_RANK)

    def _layers(self) -> list[dict[str, LowRank]]:
        count = self._shape.layers - self._first
        found: list[dict[str, LowRank]] = [{} for _ in range(count)]
        both = zip(
            self._views(self._working), self._views(self._gradient()), strict=True
        )
        for (layer, name, a, b), (_, _, a_gradient, b_gradient) in both:
            found[layer - self._first][name] = LowRank(a, b, a_gradient, b_gradient)
        return found

    def _peft_state(self) -> dict[str, Tensor]:
        state = {}
        for layer, name, a, b in self._views(self.master.detach()):
            row = 0
            for at, part in enumerate(self._shape.widths[name][1]):
                inner = slice(at * self._rank, (at + 1) * self._rank)
                key = f"base_model.model.model.layers.{layer}.{PART_NAMES[name][at]}"
                state[f"{key}.lora_A.weight"] = a[inner].cpu().clone()
                state[f"{key}.lora_B.weight"] = b[row : row + part, inner].cpu().clone()
                row += part
        return state
