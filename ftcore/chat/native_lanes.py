"""All lanes of one base model, which share its weights and its adapters."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from ftcore.chat.adapters import Adapter
from ftcore.chat.cores import free_cores
from ftcore.chat.interrupting import Interrupt
from ftcore.chat.native import Native
from ftcore.chat.native_lane import NativeLane
from ftcore.chat.native_model import NativeModel
from ftcore.chat.openings import MOST_TOKENS
from ftcore.chat.right_of_way import PATIENCE_SECONDS, RightOfWay
from ftcore.data.examples import Message
from ftcore.runtime import return_memory

_AHEAD_TOKENS = 2 * MOST_TOKENS  # at least: the engine has contexts of 256 at a time


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
        opening_bytes: int = 0,
    ) -> None:
        """Prepare the lanes; the weights are mapped now, contexts when needed.

        Raises:
            ChatFailedError: The engine does not take the model.
        """
        self._model = NativeModel(native, model_path, clock, opening_bytes)
        # Where nothing is kept nobody waits in front of a screen: an exam, a file.
        right_of_way = RightOfWay(PATIENCE_SECONDS if opening_bytes else 0)
        self.lanes = [
            NativeLane(
                native,
                self._model,
                context,
                self._free_cores,
                right_of_way=right_of_way,
            )
            for _ in range(slots)
        ]
        self._ahead_lock = threading.Lock()
        self._interrupt = Interrupt()
        self._ahead = NativeLane(
            native,
            self._model,
            min(context, _AHEAD_TOKENS),
            interrupt=self._interrupt,
        )

    def prepare(
        self,
        messages: Sequence[Message],
        adapter: Adapter,
        is_stopped: Callable[[], bool],
    ) -> bool:
        """Read ahead in a lane of its own, which holds nobody up."""
        with self._ahead_lock:
            self._interrupt.lower()
            return self._ahead.prepare(messages, adapter, is_stopped)

    def make_way(self) -> None:
        """Have whoever reads ahead leave off within the operation under way."""
        self._interrupt.raise_it()

    def _free_cores(self) -> int:
        self.make_way()
        with self._ahead_lock:  # whoever reads ahead has left off
            return free_cores()

    def drop_idle(self) -> None:
        """Free adapters that were not used for a while."""
        if self._model.adapters.drop_idle():
            return_memory()

    def rest(self) -> None:
        """Give back what only makes the next answers sooner."""
        with self._ahead_lock:
            self._ahead.close()
        self._model.openings.clear()

    def close(self) -> None:
        """Close the lanes, then the model that they answer with."""
        for lane in self.lanes:
            lane.close()
        self._ahead.close()
        self._model.close()
