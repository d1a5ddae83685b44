"""The sizes of a model of the llama family, and which models belong to it."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class LlamaShape:
    """Sizes of one model; names as in its ``config.json``.

    Attributes:
        layers: Decoder layers.
        hidden: Width of a token's vector.
        heads: Query heads.
        groups: Key and value heads; divides ``heads``.
        head_size: Width of one head.
        feed: Width inside the feed-forward block.
        epsilon: Added to the mean square in a norm.
        theta: Base of the rotary frequencies.
    """

    layers: int
    hidden: int
    heads: int
    groups: int
    head_size: int
    feed: int
    epsilon: float
    theta: float

    @property
    def widths(self) -> dict[str, tuple[int, tuple[int, ...]]]:
        """Each fused projection's input width and the widths of its parts."""
        query, key = self.heads * self.head_size, self.groups * self.head_size
        return {
            "qkv": (self.hidden, (query, key, key)),
            "output": (query, (self.hidden,)),
            "gate_up": (self.hidden, (self.feed, self.feed)),
            "down": (self.feed, (self.hidden,)),
        }


# Names of the parts of each fused projection in transformers, and so in PEFT.
PART_NAMES: dict[str, tuple[str, ...]] = {
    "qkv": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "output": ("self_attn.o_proj",),
    "gate_up": ("mlp.gate_proj", "mlp.up_proj"),
    "down": ("mlp.down_proj",),
}


def read_shape(folder: Path) -> LlamaShape | None:
    """Return the sizes of a prepared model, or ``None`` if it is no plain llama.

    A bias, scaled rotary frequencies or another activation make another model; those
    train through PEFT.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    rotary = config.get("rope_parameters") or {}
    plain = (
        config.get("model_type") == "llama"
        and config.get("hidden_act") == "silu"
        and not config.get("attention_bias")
        and not config.get("mlp_bias")
        and rotary.get("rope_type", "default") == "default"
    )
    theta = rotary.get("rope_theta", config.get("rope_theta"))
    if not plain or theta is None:
        return None
    heads = config["num_attention_heads"]
    return LlamaShape(
        layers=config["num_hidden_layers"],
        hidden=config["hidden_size"],
        heads=heads,
        groups=config.get("num_key_value_heads") or heads,
        head_size=config.get("head_dim") or config["hidden_size"] // heads,
        feed=config["intermediate_size"],
        epsilon=float(config["rms_norm_eps"]),
        theta=float(theta),
    )
