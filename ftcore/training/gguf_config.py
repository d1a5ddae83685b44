"""Describe a GGUF's model as transformers does, from the facts in its header."""

from collections.abc import Callable, Mapping
from typing import Any

from ftcore.errors import TrainingFailedError

Fields = dict[str, Any]

# llama.cpp does not read these of a Gemma 3 but knows them:
# https://github.com/ggml-org/llama.cpp/blob/master/src/models/gemma3.cpp
_GEMMA_WINDOW_PATTERN = 6
_GEMMA_LOCAL_THETA = 10_000.0


class _Facts:
    """A header's facts of one architecture, by their last name."""

    def __init__(self, header: Mapping[str, object], architecture: str) -> None:
        self._header, self._architecture = header, architecture

    def get(self, name: str, usual: Any = None) -> Any:  # noqa: ANN401
        return self._header.get(f"{self._architecture}.{name}", usual)

    def need(self, name: str) -> Any:  # noqa: ANN401
        found = self.get(name)
        if found is None:
            raise TrainingFailedError(reason="unsupported_architecture")
        return found


def config_fields(header: Mapping[str, object]) -> Fields:
    """Return the ``config.json`` of a GGUF, but for the vocabulary and the head.

    Args:
        header: What :func:`ftcore.models.gguf_header.read_header` returned.

    Raises:
        TrainingFailedError: The architecture is not known, a fact that it needs is
            missing, or its rotary frequencies are scaled.
    """
    architecture = str(header.get("general.architecture"))
    facts = _Facts(header, architecture)
    scaling = facts.get("rope.scaling.type", "none")
    if architecture not in _SPECIAL or scaling != "none":
        raise TrainingFailedError(reason="unsupported_architecture")
    return {**_common(facts), **_SPECIAL[architecture](facts), **_ends(header)}


def _common(facts: _Facts) -> Fields:
    return {
        "hidden_size": facts.need("embedding_length"),
        "intermediate_size": facts.need("feed_forward_length"),
        "num_hidden_layers": facts.need("block_count"),
        "num_attention_heads": facts.need("attention.head_count"),
        "num_key_value_heads": facts.need("attention.head_count_kv"),
        "max_position_embeddings": facts.need("context_length"),
        "rms_norm_eps": facts.need("attention.layer_norm_rms_epsilon"),
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": facts.get("rope.freq_base", 10_000.0),
        },
    }


def _ends(header: Mapping[str, object]) -> Fields:
    names = {"bos_token_id": "bos", "eos_token_id": "eos", "pad_token_id": "padding"}
    return {
        field: header.get(f"tokenizer.ggml.{name}_token_id")
        for field, name in names.items()
    }


def _llama(facts: _Facts) -> Fields:
    width = facts.need("embedding_length") // facts.need("attention.head_count")
    size = facts.get("attention.key_length") or facts.get("rope.dimension_count", width)
    return {"model_type": "llama", "head_dim": size}


def _qwen2(_: _Facts) -> Fields:
    return {"model_type": "qwen2"}


def _qwen3(facts: _Facts) -> Fields:
    return {"model_type": "qwen3", "head_dim": facts.need("attention.key_length")}


def _gemma3(facts: _Facts) -> Fields:
    size = facts.need("attention.key_length")
    return {
        "model_type": "gemma3_text",
        "head_dim": size,
        "query_pre_attn_scalar": size,
        "sliding_window": facts.need("attention.sliding_window"),
        "layer_types": [
            "full_attention"
            if (layer + 1) % _GEMMA_WINDOW_PATTERN == 0
            else "sliding_attention"
            for layer in range(facts.need("block_count"))
        ],
        "rope_parameters": {
            "full_attention": {
                "rope_type": "default",
                "rope_theta": facts.get("rope.freq_base", 1_000_000.0),
            },
            "sliding_attention": {
                "rope_type": "default",
                "rope_theta": _GEMMA_LOCAL_THETA,
            },
        },
    }


def _lfm2(facts: _Facts) -> Fields:
    groups = list(facts.need("attention.head_count_kv"))
    return {
        "model_type": "lfm2",
        "norm_eps": facts.need("attention.layer_norm_rms_epsilon"),
        "conv_L_cache": facts.need("shortconv.l_cache"),
        # The length in the header is the one after the adjustment.
        "block_auto_adjust_ff_dim": False,
        "num_key_value_heads": max(groups),
        # llama.cpp tells a convolution by its having no key heads.
        "layer_types": ["full_attention" if count else "conv" for count in groups],
    }


_SPECIAL: Mapping[str, Callable[[_Facts], Fields]] = {
    "llama": _llama,
    "qwen2": _qwen2,
    "qwen3": _qwen3,
    "gemma3": _gemma3,
    "lfm2": _lfm2,
}
