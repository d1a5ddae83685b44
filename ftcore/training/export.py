"""Write a LoRA adapter as the GGUF file that llama.cpp serves."""

import json
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ftcore.errors import TrainingFailedError
from ftcore.training.layouts import layout_of

Matrix = npt.NDArray[np.float32]

ADAPTER_WEIGHTS = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"

_TENSOR = re.compile(r"layers\.(\d+)\.([\w.]+)\.lora_([AB])\.weight$")
_HEADS = {
    "self_attn.q_proj": "num_attention_heads",
    "self_attn.k_proj": "num_key_value_heads",
}
# What transformers calls an architecture, where GGUF calls it otherwise.
_GGUF_ARCHITECTURES = {"gemma3_text": "gemma3"}


def require_exportable(architecture: str) -> None:
    """Refuse, before any training, a base model whose layout is not known here.

    Raises:
        TrainingFailedError: The adapter could not be written for llama.cpp.
    """
    layout_of(architecture)


def permuted(matrix: Matrix, heads: int) -> Matrix:
    """Reorder the rows of B of q or k as llama.cpp rotates them.

    Transformers rotates the two halves of a head, llama.cpp its neighbouring pairs;
    the conversion of the base model reorders its rows in the same way. Without it
    the text stays fluent and the figures go wrong.

    Args:
        matrix: Shape ``(heads * size, rank)``.
        heads: Attention heads (of the keys, for k).
    """
    rows, rank = matrix.shape
    halves = matrix.reshape(heads, 2, rows // heads // 2, rank)
    return halves.swapaxes(1, 2).reshape(rows, rank)


def export_gguf(adapter: Path, base: Path, target: Path) -> None:
    """Write ``target`` from a PEFT adapter.

    Args:
        adapter: Folder with ``adapter_model.safetensors`` and ``adapter_config.json``.
        base: Folder of the prepared base model, whose ``config.json`` names the
            architecture and its heads.
        target: GGUF file to write.

    Raises:
        TrainingFailedError: A tensor has no place in the architecture.
    """
    import gguf  # noqa: PLC0415  (only the end of a training needs it)
    from safetensors.numpy import load_file  # noqa: PLC0415

    shape = json.loads((base / "config.json").read_text(encoding="utf-8"))
    architecture = _GGUF_ARCHITECTURES.get(shape["model_type"], shape["model_type"])
    layout = layout_of(architecture)
    settings = json.loads((adapter / ADAPTER_CONFIG).read_text(encoding="utf-8"))
    writer = gguf.GGUFWriter(target, architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(settings["lora_alpha"]))
    for name, matrix in sorted(load_file(adapter / ADAPTER_WEIGHTS).items()):
        found = _TENSOR.search(name)
        if found is None or found[2] not in layout.gguf_linear:
            raise TrainingFailedError(reason="unsupported_architecture")
        layer, module, side = found.groups()
        if side == "B" and layout.pairs_rotary and module in _HEADS:
            matrix = permuted(matrix, shape[_HEADS[module]])
        writer.add_tensor(
            f"blk.{layer}.{layout.gguf_linear[module]}.weight.lora_{side.lower()}",
            np.ascontiguousarray(matrix.astype(np.float16)),
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
