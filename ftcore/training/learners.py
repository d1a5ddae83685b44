"""Choose the fastest learner, number type and device for a base model."""

from pathlib import Path

import torch

from ftcore.training.learner import Learner
from ftcore.training.llama_base import load_base
from ftcore.training.llama_learner import LlamaLearner
from ftcore.training.llama_shape import read_shape
from ftcore.training.packing import PACK_TOKENS


def best_device() -> torch.device:
    """Return the CUDA or Apple GPU if there is one, else the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def fastest_dtype(device: torch.device) -> torch.dtype:
    """Return bfloat16 if ``device`` multiplies it in hardware, else float32.

    A CPU without it is six times slower in bfloat16 than in float32 (AVX2, measured).
    """
    if device.type == "cuda":
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device.type == "cpu":
        probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
        found = [getattr(torch.cpu, name, None) for name in probes]  # private: may go
        has_bfloat16 = any(probe() for probe in found if probe is not None)
    else:
        has_bfloat16 = False  # half precision is not worth its risk on Apple's
    return torch.bfloat16 if has_bfloat16 else torch.float32


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
