"""Remember how fast this machine trains, so that forecasts are measured ones."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ftcore.data.examples import Task
from ftcore.models.catalog import BaseModel, load_catalog

SPEED_FILE = "speed.json"
DEFAULT_TOKENS_PER_SECOND = 200.0  # a modest laptop; before any run on this machine
DEFAULT_TEXTS_PER_SECOND = 50.0  # turned into vectors, on the same
ENCODER_TOKENS_PER_SECOND = 200.0  # by all layers of an encoder of 21 million, there
_ENCODER_LAYERS_M = 21
PEFT_SHARE = 0.64  # of the hand-written learner's speed: 274 of 427 tokens/s, measured
IDLE_SHARE = 0.5
_BEST = "@best"
_NEWEST_SHARE = 0.5  # a busy moment should not count for ever, nor decide alone


def read_speed(
    models_dir: Path,
    base_model: str,
    default: float = DEFAULT_TOKENS_PER_SECOND,
    layers: int | None = None,
) -> float:
    """Return what to expect of ``base_model`` here.

    Args:
        models_dir: Folder of the base models.
        base_model: Name in the catalogue.
        default: What is returned if nothing better is known.
        layers: How many top layers learn, for what such trainings showed; what all
            trainings of the model showed where there were none of these.

    Returns:
        Tokens trained in a second, as if every layer learnt (see
        :func:`ftcore.training.effort.effort`), or, for an embedding model, texts
        turned into vectors. If it was never measured it follows from the usual
        model's speed and the size of both, or it is ``default``.
    """
    known = _read(models_dir / SPEED_FILE)
    for name in (_with_layers(base_model, layers), base_model):
        if name in known:
            return known[name]
    return _by_size(known, base_model, default)


def _with_layers(base_model: str, layers: int | None) -> str:
    return base_model if layers is None else f"{base_model}/{layers}"


def _by_size(known: Mapping[str, float], base_model: str, default: float) -> float:
    catalog = load_catalog()
    for model in catalog.for_task(Task.CLASSIFICATION):
        if model.name == base_model and model.is_encoder:
            return ENCODER_TOKENS_PER_SECOND * _ENCODER_LAYERS_M / model.layers_m
    usual = catalog.find(catalog.default_generation)
    for model in catalog.for_task(Task.CHAT):
        if model.name == base_model and model != usual:
            return known.get(usual.name, default) / relative_time(model, usual)
    return default


def relative_time(model: BaseModel, usual: BaseModel) -> float:
    """Return how many times longer a model trains than the usual one.

    Time grows with the parameters, and more where PEFT does the training because the
    hand-written learner does not know the architecture.
    """
    by_hand = model.architecture == usual.architecture
    return model.parameters_m / usual.parameters_m / (1.0 if by_hand else PEFT_SHARE)


def read_best_speed(
    models_dir: Path, base_model: str, default: float = DEFAULT_TOKENS_PER_SECOND
) -> float:
    """Return the highest speed that was ever measured: the machine's when it is idle.

    A machine that was busy at every measurement seems slower than any is: what is
    refused for lack of time goes by ``IDLE_SHARE`` of the default at least. See
    :func:`read_speed`.
    """
    known = _read(models_dir / SPEED_FILE)
    best = {name: known.get(f"{name}{_BEST}", speed) for name, speed in known.items()}
    least = IDLE_SHARE * _by_size({}, base_model, default)
    if base_model in best:
        return max(best[base_model], least)
    return max(_by_size(best, base_model, default), least)


def knows_speed(models_dir: Path, base_model: str, layers: int | None = None) -> bool:
    """Return whether the speed of ``base_model`` was ever measured here.

    Args:
        models_dir: Folder of the base models.
        base_model: Name in the catalogue.
        layers: How many top layers learn, to ask for such trainings alone.
    """
    return _with_layers(base_model, layers) in _read(models_dir / SPEED_FILE)


def write_speed(
    models_dir: Path, base_model: str, speed: float, layers: int | None = None
) -> None:
    """Keep what was measured, averaged with what was known.

    Args:
        models_dir: Folder of the base models.
        base_model: Name in the catalogue.
        speed: As :func:`read_speed` returns it.
        layers: How many top layers learnt; ``None`` for all.
    """
    path = models_dir / SPEED_FILE
    known = _read(path)
    for name in {base_model, _with_layers(base_model, layers)}:
        before = known.get(name, speed)
        best = f"{name}{_BEST}"
        known[best] = max(speed, known.get(best, before))
        known[name] = _NEWEST_SHARE * speed + (1 - _NEWEST_SHARE) * before
    write_figures(path, known)


def write_figures(path: Path, values: Mapping[str, object]) -> None:
    """Replace a JSON file at once; whoever reads it sees the old or the new one.

    Args:
        path: Its folder is made if it is not there.
        values: What it holds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, suffix=".partial")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(values, file)
    Path(partial).replace(path)


def _read(path: Path) -> dict[str, float]:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return {str(name): float(speed) for name, speed in stored.items()}
