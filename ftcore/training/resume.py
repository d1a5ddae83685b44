"""Know whether what lies in a checkpoint folder belongs to the work at hand."""

import hashlib
import json
import shutil
from pathlib import Path

from ftcore.errors import NotATrainedModelError
from ftcore.models.trained import TrainedModel, load_trained
from ftcore.training.base import TrainingRequest

FINISHED = "finished.json"
_VERSION = 1  # raised when the same request would train otherwise than before


def fingerprint_of(request: TrainingRequest, embedder: str) -> str:
    """Return SHA-256 of everything that decides the weights of a request.

    Two requests of the same fingerprint train the same model, so that either may go
    on from the other's checkpoint. Names and identifiers do not count.

    Args:
        request: The job.
        embedder: Name of the vector space that neighbours are looked up in.
    """
    held_out = [[m.to_json() for m in e.messages] for e in request.test or ()]
    what = {
        "version": _VERSION,
        "config": request.config.to_json(),
        "dataset": request.dataset.fingerprint,
        "system_prompt": request.system_prompt,
        "test": held_out,
        "held_out": request.held_out,
        "embedder": embedder,
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def finished_model(
    checkpoint_dir: Path | None, fingerprint: str, folder: Path
) -> TrainedModel | None:
    """Return the model of ``folder`` if this very request already trained it.

    Args:
        checkpoint_dir: Where :func:`mark_finished` left its mark, if anywhere.
        fingerprint: Of the request.
        folder: Model folder.
    """
    if checkpoint_dir is None:
        return None
    try:
        mark = json.loads((checkpoint_dir / FINISHED).read_text(encoding="utf-8"))
        return load_trained(folder) if mark["fingerprint"] == fingerprint else None
    except (OSError, ValueError, KeyError, TypeError, NotATrainedModelError):
        return None


def mark_finished(checkpoint_dir: Path | None, fingerprint: str) -> None:
    """Replace the checkpoint, which is needed no more, by a mark of the whole model."""
    if checkpoint_dir is None:
        return
    forget(checkpoint_dir)
    checkpoint_dir.mkdir(parents=True, exist_ok=True)
    partial = checkpoint_dir / f"{FINISHED}.partial"
    partial.write_text(json.dumps({"fingerprint": fingerprint}), encoding="utf-8")
    partial.replace(checkpoint_dir / FINISHED)


def forget(checkpoint_dir: Path | None) -> None:
    """Remove whatever is kept of a job that has ended."""
    if checkpoint_dir is not None:
        shutil.rmtree(checkpoint_dir, ignore_errors=True)
