"""One engine for each base model, started when first asked for."""

import os
import threading
from pathlib import Path

from ftcore.chat.llama_cpp import LlamaEngine
from ftcore.models.catalog import load_catalog
from ftcore.models.serving_copy import serving_file
from ftcore.models.tuned_encoder import EncoderShelf

# 50 MB each with the embedded model. More of them than cores, so that a short
# question does not wait for the whole of somebody's long answer.
_LANES_PER_CORE = 2
_FEWEST_LANES, _MOST_LANES = 4, 8


class EnginePool:
    """Hands out the engines of a process.

    Attributes:
        lanes: Conversations that each base model answers at once.
        encoders: The encoders of classifiers that trained one.
    """

    def __init__(
        self, models_dir: Path, threads: int = 0, opening_bytes: int = 0
    ) -> None:
        """Remember where the models are; nothing is loaded yet.

        Args:
            models_dir: Folder of downloaded base models (``Settings.models_dir``).
            threads: Conversations answered at once for each base model, each by
                one thread; 0 chooses by the number of cores.
            opening_bytes: Memory of each engine for what it reads ahead; 0 where
                nobody waits in front of a screen.
        """
        self._opening_bytes = opening_bytes
        self._models_dir = models_dir
        lanes = _LANES_PER_CORE * (os.cpu_count() or 1)
        self.lanes = threads or min(_MOST_LANES, max(_FEWEST_LANES, lanes))
        self.encoders = EncoderShelf(models_dir)
        self._engines: dict[str, LlamaEngine] = {}
        self._lock = threading.Lock()

    def engine_for(self, base_model_name: str) -> LlamaEngine:
        """Return the engine of a base model.

        Raises:
            UnknownBaseModelError: The catalogue has no such model.
            BaseModelMissingError: Its file is not on this machine.
        """
        with self._lock:
            if base_model_name not in self._engines:
                model = load_catalog().find(base_model_name)
                own = self._models_dir / model.name
                path = serving_file(model.require(self._models_dir), own)
                self._engines[base_model_name] = LlamaEngine(
                    path,
                    context=model.context,
                    slots=self.lanes,
                    opening_bytes=self._opening_bytes,
                )
            return self._engines[base_model_name]

    def close(self) -> None:
        """End all engines when their running answers have ended."""
        with self._lock:
            engines = list(self._engines.values())
            self._engines.clear()
        for engine in engines:
            engine.close()
