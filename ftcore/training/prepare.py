"""Turn a base model's GGUF into weights that transformers can train on, once."""

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from ftcore.models.catalog import BaseModel
from ftcore.models.prepare import OnStage, fetch_base_model, model_lock, silent

if TYPE_CHECKING:
    import torch

CONVERTING = "converting"
WEIGHTS_FOLDER = "hf"
MARKER = "prepared.json"
_FORMAT = 1  # raise it when what we write changes: older caches are then made anew


def prepare_base_model(
    model: BaseModel, models_dir: Path, on_stage: OnStage = silent
) -> Path:
    """Return a folder with safetensors, configuration and tokenizer.

    The GGUF that serves the chat is dequantised, so that training and serving share
    the same weights. It takes about 20 s and 270 MB for 135 million parameters the
    first time, and nothing afterwards.

    Args:
        model: A generation model of the catalogue.
        models_dir: Folder of prepared base models (``Settings.models_dir``).
        on_stage: Called with ``fetching`` and ``converting`` when they start.

    Raises:
        BaseModelNotFetchedError: Its file is not here and cannot be downloaded.
    """
    gguf = fetch_base_model(model, models_dir, on_stage)
    folder = models_dir / model.name / WEIGHTS_FOLDER
    if _is_prepared(folder, gguf):
        return folder
    with model_lock(model, models_dir):
        if not _is_prepared(folder, gguf):  # another process may just have done it
            on_stage(CONVERTING)
            _prepare(gguf, folder)
    return folder


def _marker(gguf: Path) -> dict[str, object]:
    return {"format": _FORMAT, "file": gguf.name, "bytes": gguf.stat().st_size}


def _is_prepared(folder: Path, gguf: Path) -> bool:
    marker = folder / MARKER
    return marker.is_file() and json.loads(marker.read_text()) == _marker(gguf)


def _prepare(gguf: Path, folder: Path) -> None:
    """Convert into a sibling folder, then rename: a half-made one is never seen."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as parent:
        fresh = Path(parent) / "fresh"
        _convert(gguf, fresh)
        (fresh / MARKER).write_text(json.dumps(_marker(gguf)), encoding="utf-8")
        if folder.exists():
            folder.rename(Path(parent) / "old")
        fresh.rename(folder)


def _convert(gguf: Path, folder: Path) -> None:
    import transformers  # noqa: PLC0415  (seconds of import: only when needed)

    transformers.utils.logging.disable_progress_bar()
    tokenizer = transformers.AutoTokenizer.from_pretrained(
        gguf.parent, gguf_file=gguf.name
    )
    loaded = transformers.AutoModelForCausalLM.from_pretrained(
        gguf.parent, gguf_file=gguf.name
    )
    config = loaded.config
    # A model read from GGUF counts as quantised, and those refuse to be saved.
    del config.quantization_config
    fresh = transformers.AutoModelForCausalLM.from_config(config)
    fresh.load_state_dict(loaded.state_dict())
    fresh.tie_weights()
    fresh.to(_smallest_dtype(fresh)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def _smallest_dtype(model: "torch.nn.Module") -> "torch.dtype":
    """Half precision keeps a 4-bit block's values to 11 bits, unless they overflow."""
    import torch  # noqa: PLC0415

    limit = torch.finfo(torch.float16).max
    fits = all(float(p.detach().abs().max()) < limit for p in model.parameters())
    return torch.float16 if fits else torch.float32
