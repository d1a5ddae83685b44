"""How much memory a training needs here, how much there is, how much it held."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from ftcore.training.base import TrainingConfig
from ftcore.training.speed import write_figures

MB = 1e6
MEMORY_FILE = "memory.json"
CLASSIFIER_MB = 500.0  # interpreter, scikit-learn and the embedder
# Of one weight of the adapter: master, gradient, scale, working copy, AdamW's two, the
# best one, and the four of them that a checkpoint writes at once.
BYTES_PER_WEIGHT = 4 + 4 + 4 + 2 + 8 + 4 + 16
LOADED_BYTES = 4 + 4 + 4 + 2  # of these, what is there before the first step
PACK_TOKENS = 640  # packing.py's, which imports torch
WINDOW_TOKENS = 1024  # examples.py's
_NO_LIMIT = 1e15  # bytes; cgroups of version 1 write 'none' as a huge number


@dataclass(frozen=True, slots=True)
class MemoryModel:
    """What a training of one base model holds, in megabytes.

    Attributes:
        fixed_mb: The process with the base loaded, before any adapter.
        rank_mb: Adapter, optimiser and their copies, for each unit of rank.
        token_mb: What the layers remember, for each token computed at once.
        square_mb: Attention, for each pair of tokens of a conversation.
        layers: Layers of the base; a share of them may be adapted.
    """

    fixed_mb: float
    rank_mb: float
    token_mb: float
    square_mb: float
    layers: int

    def need_mb(self, config: TrainingConfig, lengths: Sequence[int]) -> float:
        """Return the most memory that a training holds at once.

        The largest pack decides: a full one, or the longest conversation alone.

        Args:
            config: Complete configuration.
            lengths: Tokens of each conversation; without any, the longest possible.
        """
        known = [min(length, WINDOW_TOKENS) for length in lengths] or [WINDOW_TOKENS]
        mean, longest = sum(known) / len(known), max(known)
        together = max(1.0, min(PACK_TOKENS / max(mean, 1), config.batch_size))
        packs = ((together, mean), (1.0, float(longest)))
        largest = max(
            count * (self.token_mb * each + self.square_mb * each**2)
            for count, each in packs
        )
        adapted = config.adapted_layers or self.layers
        share = min(1.0, adapted / self.layers)
        return self.fixed_mb + share * (self.rank_mb * config.lora_rank + largest)


# SmolLM2-135M in bfloat16, measured: 2 cores, torch 2.13.
_KNOWN = MemoryModel(900.0, 19.1, 1.2, 0.00108, 30)
_KNOWN_PARAMETERS_M = 135.0
_INTERPRETER_MB = 233.0  # of ``fixed_mb``, Python and torch


def read_memory(models_dir: Path, base_model: str, parameters_m: float) -> MemoryModel:
    """Return what was measured of a base model here, or an estimate from its size.

    Args:
        models_dir: Folder of the base models.
        base_model: Name in the catalogue.
        parameters_m: Its weights, in millions.
    """
    stored = _read(models_dir).get(base_model)
    if stored is not None:
        return MemoryModel(**stored)
    size = parameters_m / _KNOWN_PARAMETERS_M
    own = _KNOWN.fixed_mb - _INTERPRETER_MB
    return MemoryModel(
        fixed_mb=_INTERPRETER_MB + own * size,
        rank_mb=_KNOWN.rank_mb * size,
        token_mb=_KNOWN.token_mb * size,
        square_mb=_KNOWN.square_mb * size,
        layers=_KNOWN.layers,
    )


def knows_memory(models_dir: Path, base_model: str) -> bool:
    """Return whether the memory of ``base_model`` was ever measured here."""
    return base_model in _read(models_dir)


def write_memory(models_dir: Path, base_model: str, model: MemoryModel) -> None:
    """Keep what was measured."""
    known = {**_read(models_dir), base_model: asdict(model)}
    write_figures(models_dir / MEMORY_FILE, known)


@dataclass(frozen=True, slots=True)
class MemoryRun:
    """What a real training held.

    Attributes:
        loaded_mb: Most memory until base and adapter were loaded.
        peak_mb: Most memory in all.
        weights: Weights of the adapter.
        rank: LoRA's r.
        pack: Tokens of each conversation of the largest pack.
    """

    loaded_mb: float
    peak_mb: float
    weights: int
    rank: int
    pack: Sequence[int]


def learn_memory(run: MemoryRun, prepared: Path) -> MemoryModel:
    """Return the model that agrees with a real training.

    Args:
        run: What it held.
        prepared: Folder of the prepared base model, for its sizes.
    """
    sizes = json.loads((prepared / "config.json").read_text(encoding="utf-8"))
    layers = int(sizes["num_hidden_layers"])
    # Scores and shares of attention stay until the way back, two bytes each.
    square = 2 * 2 * layers * int(sizes["num_attention_heads"]) / MB
    adapter = run.weights / MB
    computed = run.peak_mb - run.loaded_mb
    computed -= adapter * (BYTES_PER_WEIGHT - LOADED_BYTES)
    computed -= square * sum(length**2 for length in run.pack)
    return MemoryModel(
        fixed_mb=run.loaded_mb - adapter * LOADED_BYTES,
        rank_mb=adapter * BYTES_PER_WEIGHT / run.rank,
        token_mb=max(0.0, computed / sum(run.pack)),
        square_mb=square,
        layers=layers,
    )


def peak_memory_mb() -> float:
    """Return the most memory that this process has held at once."""
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / MB
    import resource  # noqa: PLC0415  (only where it exists)

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / MB if sys.platform == "darwin" else float(peak) * 1024 / MB


def free_memory_mb(root: Path = Path("/sys/fs/cgroup")) -> float:
    """Return the memory that this process may still take.

    Of a container that is its own limit, which the system's figures do not show.

    Args:
        root: Where the kernel tells of control groups, in either version.
    """
    free = float(psutil.virtual_memory().available)
    names = (
        ("memory.max", "memory.current", "memory.stat"),
        (
            "memory/memory.limit_in_bytes",
            "memory/memory.usage_in_bytes",
            "memory/memory.stat",
        ),
    )
    for limit, used, stat in names:
        most, taken = _bytes_in(root / limit), _bytes_in(root / used)
        if most is not None and taken is not None and most < _NO_LIMIT:
            free = min(free, most - taken + _reclaimable(root / stat))
    return max(0.0, free) / MB


def _bytes_in(path: Path) -> float | None:
    try:
        return float(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # 'max' is no number: no limit
        return None


def _reclaimable(path: Path) -> float:
    """Return the bytes of files that the kernel drops when memory is wanted."""
    try:
        rows = path.read_text(encoding="ascii").splitlines()
        return next(float(r.split()[1]) for r in rows if r.startswith("inactive_file "))
    except (OSError, StopIteration, ValueError):
        return 0.0


def _read(models_dir: Path) -> dict[str, dict[str, Any]]:
    try:
        stored = json.loads((models_dir / MEMORY_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(name): dict(values) for name, values in stored.items()}
