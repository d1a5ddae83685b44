"""Measure training steps and a bare product in turn; print operations a second.

Counted are the model's own operations, a multiplication and an addition each: forwards
and backwards through the adapted layers, the adapter itself, and the vocabulary at the
answers. The layers below were computed before. What packing saves counts as nothing.
"""

import json
import time
from pathlib import Path
from statistics import median

import torch

from benchmarks.reference_run import (
    OUR_BATCH,
    OUR_LAYERS,
    RANK,
    SEED,
    conversations,
    folder,
)
from ftcore.training.learners import best_device, fastest_dtype
from ftcore.training.llama_base import LlamaBase, load_base
from ftcore.training.llama_learner import LlamaLearner
from ftcore.training.llama_shape import read_shape
from ftcore.training.packing import TokenSequence, packed_length

SIDE, ROUNDS = 2048, 7
_FROZEN, _LEARNT = 4, 6  # operations a weight: two each way, and two for its gradient


def operations(base: LlamaBase, batch: list[TokenSequence]) -> float:
    """Return the operations of one step over one pack."""
    shape = base.shape
    tokens = packed_length(batch)
    answers = sum(len(one) - one.prompt_tokens for one in batch)
    frozen = sum(width * sum(parts) for width, parts in shape.widths.values())
    low = sum(
        RANK * (width + part)
        for width, parts in shape.widths.values()
        for part in parts
    )
    layers = OUR_LAYERS * (_FROZEN * frozen + _LEARNT * low) * tokens
    return layers + _FROZEN * base.head.numel() * answers


def main() -> None:
    """Measure in turn and print the medians as one JSON object."""
    device = best_device()
    dtype = fastest_dtype(device)
    shape = read_shape(Path(folder()))
    if shape is None:
        raise SystemExit("The base model is no llama.")
    base = load_base(Path(folder()), shape, dtype, device)
    learner = LlamaLearner(base, RANK, SEED, OUR_LAYERS)
    batch = conversations()[0][:OUR_BATCH]
    left, right = (torch.randn(SIDE, SIDE, device=device).to(dtype) for _ in "ab")
    steps, products = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        learner.learn(batch, 1)
        learner.publish()
        steps.append(time.perf_counter() - began)
        began = time.perf_counter()
        left @ right.t()
        products.append(time.perf_counter() - began)
    found = {
        "training": operations(base, batch) / median(steps[1:]),
        "product": 2 * SIDE**3 / median(products[1:]),
        "bits": 8 * dtype.itemsize,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
