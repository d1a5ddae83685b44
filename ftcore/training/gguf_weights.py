"""Read the weights of a GGUF as transformers names and lays them out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ftcore.errors import TrainingFailedError
from ftcore.training.layouts import Layout

if TYPE_CHECKING:
    import torch

Array = npt.NDArray[np.float32]

_HEADS = {"attn_q": "num_attention_heads", "attn_k": "num_key_value_heads"}
_IGNORED = ("rope_freqs",)  # of llama.cpp's own; scaled ones are refused before


def read_weights(
    gguf_file: Path, layout: Layout, config: Mapping[str, Any]
) -> dict[str, "torch.Tensor"]:
    """Return all weights by their names in transformers.

    Matrices are in half precision, which keeps a 4-bit block's values to 11 bits,
    unless one overflows it; norms and biases are in float32.

    Args:
        gguf_file: The base model.
        layout: Of its architecture.
        config: Its ``config.json``; the heads are needed.

    Raises:
        TrainingFailedError: A tensor has no place in the architecture.
    """
    import torch  # noqa: PLC0415

    limit = float(np.finfo(np.float16).max)
    found: dict[str, torch.Tensor] = {}
    for name, array in _arrays(gguf_file, layout, config):
        small = array.ndim > 1 and float(np.abs(array).max()) < limit
        found[name] = torch.from_numpy(array.astype(np.float16) if small else array)
    return found


def _arrays(
    gguf_file: Path, layout: Layout, config: Mapping[str, Any]
) -> Iterator[tuple[str, Array]]:
    import gguf  # noqa: PLC0415  (a second of import)

    for tensor in gguf.GGUFReader(gguf_file).tensors:
        stem = tensor.name.partition(".")[0]
        if stem in _IGNORED:
            continue
        name = layout.transformers_name(tensor.name)
        if name is None:
            raise TrainingFailedError(reason="unsupported_architecture")
        values = gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        yield name, _laid_out(values, tensor.name, layout, config)


def _laid_out(
    values: Array, gguf_name: str, layout: Layout, config: Mapping[str, Any]
) -> Array:
    part = gguf_name.split(".")[-2]
    if layout.pairs_rotary and part in _HEADS:
        return halved(values, config[_HEADS[part]])
    if gguf_name.endswith("shortconv.conv.weight"):
        return values[:, None, :]
    if "norm" in part and layout.norm_offset:
        return values - np.float32(layout.norm_offset)
    return np.ascontiguousarray(values)


def halved(rows: Array, heads: int) -> Array:
    """Undo the order of :func:`ftcore.training.export.permuted`.

    Args:
        rows: Shape ``(heads * size, ...)``.
        heads: Attention heads (of the keys, for k).
    """
    pairs = rows.reshape(heads, len(rows) // heads // 2, 2, *rows.shape[1:])
    return np.ascontiguousarray(pairs.swapaxes(1, 2).reshape(rows.shape))
