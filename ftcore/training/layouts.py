"""How each architecture names and lays out its weights, in transformers and in GGUF.

Names of llama.cpp: https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ftcore.errors import TrainingFailedError

Names = Mapping[str, str]

_ATTENTION = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
}
_FEED = {"ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj"}
_FEED |= {"ffn_down": "mlp.down_proj"}
_NORMS = {"attn_norm": "input_layernorm", "ffn_norm": "post_attention_layernorm"}
_HEAD_NORMS = {"attn_q_norm": "self_attn.q_norm", "attn_k_norm": "self_attn.k_norm"}
_GEMMA_NORMS = {
    "attn_norm": "input_layernorm",
    "post_attention_norm": "post_attention_layernorm",
    "ffn_norm": "pre_feedforward_layernorm",
    "post_ffw_norm": "post_feedforward_layernorm",
}
_LFM2_LINEAR = {
    **_ATTENTION,
    "attn_output": "self_attn.out_proj",
    "ffn_gate": "feed_forward.w1",
    "ffn_up": "feed_forward.w3",
    "ffn_down": "feed_forward.w2",
    "shortconv.in_proj": "conv.in_proj",
    "shortconv.out_proj": "conv.out_proj",
}
_LFM2_OTHERS = {
    "attn_norm": "operator_norm",
    "ffn_norm": "ffn_norm",
    "attn_q_norm": "self_attn.q_layernorm",
    "attn_k_norm": "self_attn.k_layernorm",
    "shortconv.conv": "conv.conv",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Names and arrangement of one architecture's weights.

    Attributes:
        linear: The linear layers of a block, which an adapter changes: GGUF name to
            transformers name.
        others: The other weights of a block.
        last_norm: GGUF name of the norm after the last block.
        last_norm_name: Its name in transformers.
        pairs_rotary: Whether llama.cpp rotates neighbouring pairs of a head, where
            transformers rotates its halves: the rows of q and k are then reordered.
        norm_offset: What GGUF adds to the weights of norms.
    """

    linear: Names
    others: Names
    last_norm: str = "output_norm"
    last_norm_name: str = "norm"
    pairs_rotary: bool = False
    norm_offset: float = 0.0
    gguf_linear: Names = field(init=False)

    def __post_init__(self) -> None:
        reversed_names = {name: gguf for gguf, name in self.linear.items()}
        object.__setattr__(self, "gguf_linear", MappingProxyType(reversed_names))

    def transformers_name(self, gguf_name: str) -> str | None:
        """Return the name of a tensor in transformers, or ``None`` if it has none.

        Args:
            gguf_name: Such as ``blk.3.attn_q.weight``.
        """
        stem, _, kind = gguf_name.rpartition(".")
        top = {
            "token_embd": "model.embed_tokens",
            self.last_norm: f"model.{self.last_norm_name}",
            "output": "lm_head",
        }
        if stem in top:
            return f"{top[stem]}.{kind}"
        _, _, rest = stem.partition("blk.")
        layer, _, part = rest.partition(".")
        name = self.linear.get(part) or self.others.get(part)
        return None if name is None else f"model.layers.{layer}.{name}.{kind}"


LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {
        "llama": Layout({**_ATTENTION, **_FEED}, _NORMS, pairs_rotary=True),
        "qwen2": Layout({**_ATTENTION, **_FEED}, _NORMS),
        "qwen3": Layout({**_ATTENTION, **_FEED}, {**_NORMS, **_HEAD_NORMS}),
        "gemma3": Layout(
            {**_ATTENTION, **_FEED}, {**_GEMMA_NORMS, **_HEAD_NORMS}, norm_offset=1.0
        ),
        "lfm2": Layout(
            _LFM2_LINEAR,
            _LFM2_OTHERS,
            last_norm="token_embd_norm",
            last_norm_name="embedding_norm",
        ),
    }
)


def layout_of(architecture: str) -> Layout:
    """Return the layout of an architecture, by its GGUF name.

    Raises:
        TrainingFailedError: It is not known here, so that an adapter could be
            neither trained nor written for llama.cpp.
    """
    if architecture not in LAYOUTS:
        raise TrainingFailedError(reason="unsupported_architecture")
    return LAYOUTS[architecture]
