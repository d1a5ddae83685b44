"""The frozen weights of a base of the llama family, loaded once for a process."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from ftcore.training.llama_layer import FrozenLayer
from ftcore.training.llama_shape import PART_NAMES, LlamaShape

WEIGHTS = "model.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class LlamaBase:
    """What never changes while adapters come and go.

    Attributes:
        shape: Sizes of the model.
        embedding: Shape ``(vocabulary, hidden)``.
        head: The same shape; the embedding itself where they are tied.
        norm: Weights of the last norm, ``(hidden,)``.
        layers: The decoder layers, the lowest first.
        frequencies: Rotary frequencies, float32, ``(head_size / 2,)``.
    """

    shape: LlamaShape
    embedding: Tensor
    head: Tensor
    norm: Tensor
    layers: tuple[FrozenLayer, ...]
    frequencies: Tensor

    @property
    def dtype(self) -> torch.dtype:
        """The type that it computes in."""
        return self.embedding.dtype

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.embedding.device


def load_base(
    folder: Path, shape: LlamaShape, dtype: torch.dtype, device: torch.device
) -> LlamaBase:
    """Return the base in ``folder``; the newest one stays in memory for the next job.

    Args:
        folder: Prepared base model.
        shape: Its sizes.
        dtype: Floating type to compute in.
        device: Where to compute.
    """
    changed = (folder / WEIGHTS).stat().st_mtime_ns
    return _load(folder, shape, dtype, device, changed)


@lru_cache(maxsize=1)
def _load(
    folder: Path,
    shape: LlamaShape,
    dtype: torch.dtype,
    device: torch.device,
    changed: int,  # noqa: ARG001  (a model prepared anew is read anew)
) -> LlamaBase:
    weights = {
        name.removeprefix("model."): tensor.to(device=device, dtype=dtype)
        for name, tensor in load_file(folder / WEIGHTS).items()
    }
    embedding = weights["embed_tokens.weight"]
    halves = torch.arange(0, shape.head_size, 2, device=device).float()
    return LlamaBase(
        shape,
        embedding,
        weights.get("lm_head.weight", embedding),
        weights["norm.weight"],
        tuple(_layer(weights, layer) for layer in range(shape.layers)),
        1 / shape.theta ** (halves / shape.head_size),
    )


def _layer(weights: dict[str, Tensor], layer: int) -> FrozenLayer:
    def joined(name: str) -> Tensor:
        parts = [f"layers.{layer}.{part}.weight" for part in PART_NAMES[name]]
        return torch.cat([weights.pop(part) for part in parts])

    return FrozenLayer(
        joined("qkv"),
        joined("output"),
        joined("gate_up"),
        joined("down"),
        weights[f"layers.{layer}.input_layernorm.weight"],
        weights[f"layers.{layer}.post_attention_layernorm.weight"],
    )
