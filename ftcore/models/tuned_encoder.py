"""Serve encoders that a training changed: few stay loaded, numpy alone runs them."""

import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from weakref import WeakValueDictionary

import numpy as np

from ftcore.errors import NotATrainedModelError
from ftcore.models.catalog import load_catalog
from ftcore.models.embeddings import Vectors
from ftcore.models.encoder import Encoder, EncoderBase, Layer, Matrix
from ftcore.models.trained import ENCODER, TrainedModel

MOST_OPEN = 4  # some 40 MB each
_NAME = re.compile(r"layer\.(\d+)\.(.+)")


def rounded(layers: Mapping[int, Layer]) -> dict[int, Layer]:
    """Return layers as their file gives them back: what is served is what was tried."""
    return {
        number: {
            name: array.astype(np.float16).astype(np.float32)
            for name, array in layer.items()
        }
        for number, layer in layers.items()
    }


def save_layers(folder: Path, layers: Mapping[int, Layer]) -> None:
    """Write trained layers into a model folder, in 16 bits.

    Args:
        folder: Model folder.
        layers: By their number in the encoder, from 0.
    """
    from safetensors.numpy import save_file  # noqa: PLC0415  (only a training writes)

    arrays = {
        f"layer.{number}.{name}": np.ascontiguousarray(array.astype(np.float16))
        for number, layer in layers.items()
        for name, array in layer.items()
    }
    save_file(arrays, folder / ENCODER)


def load_layers(folder: Path) -> dict[int, Layer]:
    """Read the trained layers of a model folder.

    Raises:
        NotATrainedModelError: It has none that can be read.
    """
    from safetensors import SafetensorError  # noqa: PLC0415  (only with an encoder)
    from safetensors.numpy import load_file  # noqa: PLC0415

    try:
        arrays = load_file(folder / ENCODER)
    except (OSError, SafetensorError) as error:
        raise NotATrainedModelError(path=str(folder)) from error
    layers: dict[int, dict[str, Matrix]] = {}
    for full, array in arrays.items():
        if found := _NAME.fullmatch(full):
            layer = layers.setdefault(int(found[1]), {})
            layer[found[2]] = array.astype(np.float32)
    return dict(layers)


class TunedEmbedder:
    """The vectors of an encoder that learnt to tell classes apart.

    Args:
        encoder: Its base with the trained layers.
        name: Identifies the vector space.
    """

    is_semantic = True

    def __init__(self, encoder: Encoder, name: str) -> None:
        self._encoder = encoder
        self.name = name

    def query(self, texts: Sequence[str]) -> Vectors:
        """Return one float32 unit row for each text."""
        return self._encoder.vectors(texts)

    def passage(self, texts: Sequence[str]) -> Vectors:
        """Return the same: classes are told apart, nothing is searched."""
        return self.query(texts)


class EncoderShelf:
    """The tuned encoders of a process; the one not asked for longest leaves first.

    Args:
        models_dir: Folder of downloaded base models.
        most: How many stay loaded. Their bases stay with them, each once: its
            layers, and 290 MB of a tokenizer of 250,000 pieces.
    """

    def __init__(self, models_dir: Path, most: int = MOST_OPEN) -> None:
        self._models_dir = models_dir
        self._most = most
        self._bases: WeakValueDictionary[str, EncoderBase] = WeakValueDictionary()
        self._open: OrderedDict[tuple[Path, int], TunedEmbedder] = OrderedDict()
        self._lock = threading.Lock()

    def embedder(self, folder: Path, manifest: TrainedModel) -> TunedEmbedder:
        """Return what made the vectors of a model folder's head.

        Raises:
            NotATrainedModelError: The folder has no trained layers.
            UnknownBaseModelError: The catalogue has lost its base.
            BaseModelMissingError: The base is not on this machine.
        """
        try:
            key = folder, (folder / ENCODER).stat().st_mtime_ns
        except OSError as error:
            raise NotATrainedModelError(path=str(folder)) from error
        with self._lock:  # several who ask for the same one wait for one loading
            if key not in self._open:
                encoder = Encoder(self._base(manifest.base_model), load_layers(folder))
                self._open[key] = TunedEmbedder(encoder, manifest.model_id)
            self._open.move_to_end(key)
            while len(self._open) > self._most:
                self._open.popitem(last=False)
            return self._open[key]

    def _base(self, name: str) -> EncoderBase:
        base = self._bases.get(name)
        if base is None:
            base = EncoderBase(load_catalog().find(name), self._models_dir)
            self._bases[name] = base
        return base
