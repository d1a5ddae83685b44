"""All lanes of one base model, which share its weights and its adapters."""

from collections.abc import Callable
from pathlib import Path

from ftcore.chat.native import Native
from ftcore.chat.native_lane import NativeLane
from ftcore.chat.native_model import NativeModel
from ftcore.runtime import return_memory


class NativeLanes:
    """The lanes of one model, which share its weights and its adapters."""

    def __init__(
        self,
        native: Native,
        model_path: Path,
        *,
        context: int,
        slots: int,
        clock: Callable[[], float],
    ) -> None:
        """Prepare the lanes; the weights are mapped now, contexts when needed.

        Raises:
            ChatFailedError: The engine does not take the model.
        """
        self._model = NativeModel(native, model_path, clock)
        answering: set[NativeLane] = set()
        self.lanes = [
            NativeLane(native, self._model, context, answering=answering)
            for _ in range(slots)
        ]

    def drop_idle(self) -> None:
        """Free adapters that were not used for a while."""
        if self._model.adapters.drop_idle():
            return_memory()

    def close(self) -> None:
        """Close the lanes, then the model that they answer with."""
        for lane in self.lanes:
            lane.close()
        self._model.close()
