"""Choose the fastest learner, number type and device for a base model."""

import time
from functools import cache
from pathlib import Path

import torch

from ftcore.training.learner import Learner
from ftcore.training.llama_base import load_base
from ftcore.training.llama_learner import LlamaLearner
from ftcore.training.llama_shape import read_shape
from ftcore.training.packing import PACK_TOKENS

TRIED = (512, 576, 1536)  # tokens of a pack through the embedded base's feed-forward
WORTH_CHANGING = 1.2  # 0.55 with AVX512-BF16 alone and 2 to 9 with AMX: far from both
_ROUNDS = 5


def best_device() -> torch.device:
    """Return the CUDA or Apple GPU if there is one, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def fastest_dtype(device: torch.device) -> torch.dtype:
    """Return bfloat16 if ``device`` multiplies it faster, else float32.

    A CPU without instructions for it is six times slower in bfloat16 than in float32
    (AVX2, measured), one with AMX two to nine times faster. With AVX512-BF16 alone it
    depends on the processor: a Xeon makes half of what it makes in float32. So where
    there are such instructions both are tried once in each process.
    """
    if device.type == "cuda":
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device.type == "cpu":
        probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
        found = [getattr(torch.cpu, name, None) for name in probes]  # private: may go
        has_bfloat16 = any(probe() for probe in found if probe is not None)
        has_bfloat16 = has_bfloat16 and bfloat16_gain() >= WORTH_CHANGING
    else:
        has_bfloat16 = False  # half precision is not worth its risk on Apple's
    return torch.bfloat16 if has_bfloat16 else torch.float32


@cache
def bfloat16_gain() -> float:
    """Return how many times as fast as float32 this CPU multiplies bfloat16.

    Each takes its turn, some tens of milliseconds in all, and its best time counts,
    so that a busy neighbour does not decide. Nothing random is drawn.
    """
    tokens, width, inner = TRIED
    best: dict[torch.dtype, float] = {}
    for attempt in range(_ROUNDS):
        for dtype in (torch.float32, torch.bfloat16):
            left = torch.ones(tokens, width, dtype=dtype)
            right = torch.ones(width, inner, dtype=dtype)
            began = time.perf_counter()
            left @ right
            seconds = time.perf_counter() - began
            if attempt:  # the first product of a shape prepares itself
                best[dtype] = min(seconds, best.get(dtype, seconds))
    return best[torch.float32] / max(best[torch.bfloat16], 1e-9)


def make_learner(
    folder: Path,
    rank: int,
    seed: int,
    longest: int,
    adapted_layers: int | None = None,
) -> Learner:
    """Return the fastest learner that knows the prepared model in ``folder``.

    Args:
        folder: What `prepare_base_model` returned.
        rank: LoRA's r.
        seed: Seed of the adapter's start.
        longest: Longest conversation, in tokens.
        adapted_layers: How many of the top layers learn; ``None`` for all.
    """
    device = best_device()
    dtype = fastest_dtype(device)
    shape = read_shape(folder)
    if shape is not None:
        base = load_base(folder, shape, dtype, device)
        return LlamaLearner(base, rank, seed, adapted_layers)
    from ftcore.training.peft_learner import PeftLearner  # noqa: PLC0415  (slow import)

    return PeftLearner(
        folder,
        rank,
        seed,
        dtype,
        is_short=longest <= PACK_TOKENS,
        adapted_layers=adapted_layers,
        device=device,
    )
