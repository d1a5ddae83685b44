"""Turn a base model's GGUF into weights that transformers can train on, once."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ftcore.errors import TrainingFailedError
from ftcore.models.catalog import BaseModel
from ftcore.models.downloads import OnBytes, ignored, require_sound
from ftcore.models.gguf_header import read_header
from ftcore.models.prepare import OnStage, fetch_base_model, model_lock, silent
from ftcore.models.serving_copy import make_serving_copy
from ftcore.training.gguf_config import config_fields
from ftcore.training.gguf_weights import read_weights
from ftcore.training.layouts import layout_of

if TYPE_CHECKING:
    import torch
    import transformers

CONVERTING = "converting"
WEIGHTS_FOLDER = "hf"
MARKER = "prepared.json"
_FORMAT = 2  # raise it when what we write changes: older caches are then made anew


def prepare_base_model(
    model: BaseModel,
    models_dir: Path,
    on_stage: OnStage = silent,
    on_bytes: OnBytes = ignored,
) -> Path:
    """Return a folder with safetensors and configuration.

    The GGUF that serves the chat is dequantised, so that training and serving share
    the same weights; where llama.cpp is slow with it, it is also copied into another
    form for the chat. It takes seconds and 3 bytes a parameter the first time, and
    nothing afterwards.

    Args:
        model: A generation model of the catalogue.
        models_dir: Folder of prepared base models (``Settings.models_dir``).
        on_stage: Called with ``fetching`` and ``converting`` when they start.
        on_bytes: Told how far a download from the Hub is.

    Raises:
        BaseModelNotFetchedError: Its file is not here and cannot be downloaded; for
            the other ways to fail see :func:`ftcore.models.prepare.fetch_base_model`.
        WrongChecksumError: The file changed since it was downloaded.
        TrainingFailedError: Its architecture cannot be trained here.
    """
    gguf = fetch_base_model(model, models_dir, on_stage, on_bytes)
    folder = models_dir / model.name / WEIGHTS_FOLDER
    if _is_prepared(folder, gguf):
        return folder
    with model_lock(model, models_dir):
        if not _is_prepared(folder, gguf):  # another process may just have done it
            on_stage(CONVERTING)
            require_sound(model, gguf)
            folder.parent.mkdir(parents=True, exist_ok=True)
            make_serving_copy(gguf, folder.parent)
            _prepare(gguf, folder)
    return folder


def _marker(gguf: Path) -> dict[str, object]:
    return {"format": _FORMAT, "file": gguf.name, "bytes": gguf.stat().st_size}


def _is_prepared(folder: Path, gguf: Path) -> bool:
    marker = folder / MARKER
    return marker.is_file() and json.loads(marker.read_text()) == _marker(gguf)


def _prepare(gguf: Path, folder: Path) -> None:
    """Convert into a sibling folder, then rename: a half-made one is never seen."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as parent:
        fresh = Path(parent) / "fresh"
        _convert(gguf, fresh)
        (fresh / MARKER).write_text(json.dumps(_marker(gguf)), encoding="utf-8")
        if folder.exists():
            folder.rename(Path(parent) / "old")
        fresh.rename(folder)


def _convert(gguf: Path, folder: Path) -> None:
    import transformers  # noqa: PLC0415  (seconds of import: only when needed)
    from safetensors.torch import save_file  # noqa: PLC0415

    header = read_header(gguf)
    fields = config_fields(header)
    weights = read_weights(gguf, layout_of(str(header["general.architecture"])), fields)
    config = transformers.AutoConfig.for_model(
        fields.pop("model_type"),
        vocab_size=len(weights["model.embed_tokens.weight"]),
        tie_word_embeddings="lm_head.weight" not in weights,
        dtype="float16",
        **fields,
    )
    _require_whole(config, weights)
    folder.mkdir()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config.save_pretrained(folder)


def _require_whole(
    config: "transformers.PretrainedConfig", weights: Mapping[str, "torch.Tensor"]
) -> None:
    """Refuse weights that transformers would fill in with random ones, or ignore.

    Raises:
        TrainingFailedError: A weight is missing, left over or of another shape.
    """
    import torch  # noqa: PLC0415
    import transformers  # noqa: PLC0415

    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(config)
    wanted = {name: tensor.shape for name, tensor in model.state_dict().items()}
    if config.tie_word_embeddings:
        wanted.pop("lm_head.weight", None)
    if wanted != {name: tensor.shape for name, tensor in weights.items()}:
        raise TrainingFailedError(reason="unsupported_architecture")
