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


def write_random_adapter(
    path: Path, seed: int, scale: float = 0.03, rank: int = RANK
) -> Path:
    """Write random weights; the seed decides what they make the model say."""
    rng = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 2.0 * rank)
    for layer in range(LAYERS):
        for name, (wide, high) in SHAPES.items():
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
