"""Write a LoRA adapter as the GGUF file that llama.cpp serves."""

import json
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ftcore.errors import TrainingFailedError

Matrix = npt.NDArray[np.float32]

ADAPTER_WEIGHTS = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"

_GGUF_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_TENSOR = re.compile(r"layers\.(\d+)\.((?:self_attn|mlp)\.\w+)\.lora_([AB])\.weight$")
SUPPORTED_ARCHITECTURES = ("llama",)  # the others lay out q and k in their own ways


def require_exportable(architecture: str) -> None:
    """Refuse, before any training, a base model whose layout is not known here.

    Raises:
        TrainingFailedError: The adapter could not be written for llama.cpp.
    """
    if architecture not in SUPPORTED_ARCHITECTURES:
        raise TrainingFailedError(reason="unsupported_architecture")


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
        base: Folder of the prepared base model, whose ``config.json`` has the heads.
        target: GGUF file to write.

    Raises:
        TrainingFailedError: A tensor has no place in the llama architecture.
    """
    import gguf  # noqa: PLC0415  (only the end of a training needs it)
    from safetensors.numpy import load_file  # noqa: PLC0415

    shape = json.loads((base / "config.json").read_text(encoding="utf-8"))
    heads = {
        "self_attn.q_proj": shape["num_attention_heads"],
        "self_attn.k_proj": shape["num_key_value_heads"],
    }
    settings = json.loads((adapter / ADAPTER_CONFIG).read_text(encoding="utf-8"))
    writer = gguf.GGUFWriter(target, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(settings["lora_alpha"]))
    for name, matrix in sorted(load_file(adapter / ADAPTER_WEIGHTS).items()):
        found = _TENSOR.search(name)
        if found is None or found[2] not in _GGUF_NAMES:
            raise TrainingFailedError(reason="unsupported_architecture")
        layer, module, side = found.groups()
        if side == "B" and module in heads:
            matrix = permuted(matrix, heads[module])
        writer.add_tensor(
            f"blk.{layer}.{_GGUF_NAMES[module]}.weight.lora_{side.lower()}",
            np.ascontiguousarray(matrix.astype(np.float16)),
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
