"""LoRA adapters that learnt nothing, only to tell one from another."""

from pathlib import Path

import gguf
import numpy as np

LAYERS, RANK = 30, 4
# Input and output width of each matrix of SmolLM2-135M.
SHAPES = {
    "attn_q": (576, 576),
    "attn_v": (576, 192),
    "ffn_down": (1536, 576),
}
ALL_SHAPES = {
    **SHAPES,
    "attn_k": (576, 192),
    "attn_output": (576, 576),
    "ffn_gate": (576, 1536),
    "ffn_up": (576, 1536),
}


def write_random_adapter(
    path: Path,
    seed: int,
    scale: float = 0.03,
    rank: int = RANK,
    top_layers: int | None = None,
) -> Path:
    """Write random weights; the seed decides what they make the model say.

    Those of three matrices of every layer, or of all matrices of the top layers.
    """
    shapes = SHAPES if top_layers is None else ALL_SHAPES
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 2.0 * rank)
    for layer in range(LAYERS - (top_layers or LAYERS), LAYERS):
        for name, (wide, high) in shapes.items():
            a = rng.normal(size=(rank, wide)) / np.sqrt(wide)
            b = rng.normal(size=(high, rank)) * scale
            stem = f"blk.{layer}.{name}.weight"
            writer.add_tensor(f"{stem}.lora_a", a.astype(np.float32))
            writer.add_tensor(f"{stem}.lora_b", b.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
