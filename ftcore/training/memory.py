"""How much memory a training needs here, learnt from one that was measured."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ftcore.models.catalog import BaseModel
from ftcore.training.base import TrainingConfig
from ftcore.training.machine import MB
from ftcore.training.speed import write_figures

MEMORY_FILE = "memory.json"
CLASSIFIER_MB = 500.0  # interpreter, scikit-learn and the embedder
TORCH_MB = 550.0  # on top, and an encoder's tokenizer of 250,000 pieces
ENCODER_LAYERS = 12  # of every encoder of the catalogue
# Of one weight that learns: itself, its gradient, AdamW's two, and the copies of the
# layers that came before and are saved.
ENCODER_BYTES_PER_WEIGHT = 4 + 4 + 8 + 8
ENCODER_VALUES = 34  # of a token in a layer, each as wide as a state, kept to go back
# Of one weight of the adapter: master, gradient, scale, working copy, AdamW's two, the
# best one, and the four of them that a checkpoint writes at once.
BYTES_PER_WEIGHT = 4 + 4 + 4 + 2 + 8 + 4 + 16
BESIDE_MB = 350.0  # vectors, examples and the exam's llama.cpp: 1,789 - 1,429, measured
LOADED_BYTES = 4 + 4 + 4 + 2  # of these, what is there before the first step
PACK_TOKENS = 640  # packing.py's, which imports torch
WINDOW_TOKENS = 1024  # examples.py's


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

    def job_mb(self, config: TrainingConfig, lengths: Sequence[int]) -> float:
        """Return the most memory of a whole job, its exam included; see `need_mb`."""
        return self.need_mb(config, lengths) + BESIDE_MB


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


def encoder_memory_mb(
    base: BaseModel, config: TrainingConfig, lengths: Sequence[int]
) -> float:
    """Return the most memory that the training of an encoder holds at once.

    Its words and lower layers are mapped from the disk and count for nobody.

    Args:
        base: The encoder.
        config: Complete configuration.
        lengths: Tokens of each text; without any, the longest possible.
    """
    longest = min(max(lengths, default=base.context), base.context)
    top = min(config.adapted_layers or ENCODER_LAYERS, ENCODER_LAYERS)
    weights = base.layers_m * top / ENCODER_LAYERS
    # A layer has twelve times the square of its width in weights.
    width = math.sqrt(base.layers_m * MB / ENCODER_LAYERS / 12)
    values = config.batch_size * longest * top * width * ENCODER_VALUES
    held = weights * ENCODER_BYTES_PER_WEIGHT + 4 * values / MB
    return CLASSIFIER_MB + TORCH_MB + held


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


def _read(models_dir: Path) -> dict[str, dict[str, Any]]:
    try:
        stored = json.loads((models_dir / MEMORY_FILE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(name): dict(values) for name, values in stored.items()}
