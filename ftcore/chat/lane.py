"""One llama.cpp context: answers one conversation at a time."""

import ctypes
import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftcore.errors import ChatFailedError

Event = dict[str, Any]
OnEvent = Callable[[Event], bool]
"""Takes one event of the engine; true stops the generation."""

_BATCH = 128  # tokens of the prompt at a time; 512 needs 75 MB more and is no faster


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter's file, told apart from an older one at the same path."""

    path: Path
    modified_ns: int
    size: int

    @classmethod
    def of(cls, path: Path) -> "Adapter":
        """Look at the file.

        Raises:
            ChatFailedError: It is not there.
        """
        try:
            found = path.stat()
        except OSError as error:
            raise ChatFailedError(reason=f"no adapter at {path}") from error
        return cls(path, found.st_mtime_ns, found.st_size)

    @property
    def is_current(self) -> bool:
        """Whether the file is still the one that was looked at."""
        try:
            return Adapter.of(self.path) == self
        except ChatFailedError:
            return False


class Lane:
    """A server of its own with one slot and one or more threads.

    Separate contexts, not the slots of one server: a batch that mixes
    conversations changes the last bits of the logits, so that greedy answers
    would depend on who else is asking (6 of 24 differed); and on two cores two
    single-thread lanes wrote 123 tokens/s where one server with four slots wrote
    63. The weights are mapped, so all lanes share one copy.

    The caller sees to it that one thread at a time uses a lane.
    """

    def __init__(self, model_path: Path, *, context: int, threads: int) -> None:
        self._model_path = model_path
        self._context = context
        self._threads = threads
        self._server: Any = None  # the library has no types
        self._loaded: tuple[Adapter, ...] = ()  # as the server numbers them

    @property
    def is_started(self) -> bool:
        """Whether the server runs."""
        return self._server is not None

    def holds(self, adapter: Adapter | None) -> bool:
        """Whether it can answer with ``adapter`` at once."""
        return self.is_started and (adapter is None or adapter in self._loaded)

    def load(self, adapters: Sequence[Adapter]) -> None:
        """Start the server with these adapters, in place of the one that runs.

        llama.cpp takes adapters only when it starts: 0.4 s, and 0.02 s for each.

        Raises:
            ChatFailedError: The engine does not take the model or an adapter; the
                lane is then empty, and may be loaded again.
        """
        self.close()  # first, so that two servers' memory is never needed
        try:
            self._server = self._start(adapters)
        except RuntimeError as error:
            raise ChatFailedError(reason=str(error)) from error
        self._loaded = tuple(adapters)

    def _start(self, adapters: Sequence[Adapter]) -> object:
        import xllamacpp  # noqa: PLC0415  (34 MB of library: only when first needed)

        params = xllamacpp.CommonParams()
        params.model.path = str(self._model_path)
        params.lora_adapters = [
            xllamacpp.CommonAdapterLoraInfo(str(a.path), 0.0) for a in adapters
        ]
        params.n_ctx = self._context
        params.n_parallel = 1
        params.n_batch = params.n_ubatch = _BATCH
        for cpu in (params.cpuparams, params.cpuparams_batch):
            cpu.n_threads = self._threads
            cpu.poll = 0  # a waiting thread that spins takes a core from the training
        params.verbosity = -1
        params.warmup = False
        # The cache in memory is keyed by tokens alone, not by the adapter.
        params.cache_ram_mib = 0
        params.cache_idle_slots = False
        # The server also listens on a loopback port, which nobody may use.
        params.api_keys = [secrets.token_urlsafe()]
        params.endpoint_slots = params.ui = False
        params.n_threads_http = 1
        return xllamacpp.Server(params)

    def complete(
        self, body: dict[str, Any], adapter: Adapter | None, on_event: OnEvent
    ) -> None:
        """Run one request of the chat completions interface to its end.

        Args:
            body: The request, without ``lora``.
            adapter: One that :meth:`load` was called with.
            on_event: Told of each event, in the calling thread.
        """
        chosen = [
            {"id": number, "scale": 1.0 if known == adapter else 0.0}
            for number, known in enumerate(self._loaded)
        ]
        self._server.handle_chat_completions({**body, "lora": chosen}, on_event)

    def close(self) -> None:
        """Stop the server and give its memory back."""
        if self._server is None:
            return
        self._server = None
        self._loaded = ()
        _return_memory()


def _return_memory() -> None:
    """Give freed memory back to the system, where the C library has to be asked.

    glibc keeps it for the thread that freed it: thirty restarts kept 800 MB.
    """
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
    if trim is not None:
        trim(0)
