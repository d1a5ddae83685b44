"""Base models too small to know anything: an entry of the catalogue, and weights."""

from pathlib import Path

import torch
import transformers

VOCABULARY = 120


def save_llama(folder: Path, seed: int = 0) -> Path:
    """Write a random model of two layers, as a prepared base."""
    torch.manual_seed(seed)
    config = transformers.LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=16,
        intermediate_size=24,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        initializer_range=0.2,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    return folder
