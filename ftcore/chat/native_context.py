"""A ``llama_context``: what one conversation has in memory, read batch by batch."""

import ctypes
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ctypes import c_int8, c_int32

import numpy as np

from ftcore.chat.interrupting import Interrupt
from ftcore.chat.native import Batch, Native
from ftcore.chat.native_model import NativeModel
from ftcore.chat.native_sampler import Logits
from ftcore.errors import ChatFailedError

# Tokens of the prompt that are read at once, always from a multiple of it. What was
# read so can be reused without moving the borders of the batches, and so without
# changing a bit of the answer; 128 are read hardly faster.
BLOCK = 64
# Tokens of an answer that are checked at once, the chosen one and those foreseen.
CHECKED = 8
_BROKEN_OFF = 2  # what llama_decode returns then

# All that has helping threads is computed by this one. They stay with the thread that
# called for them, and where there are more of them than cores, libgomp lets them sleep
# at each of a thousand waits of a batch: 25 tokens took 160 to 301 ms, now 104 to 117.
_WITH_HELPERS = ThreadPoolExecutor(1, thread_name_prefix="chat-read")


class BrokenOffError(Exception):
    """A computation ended early because it was interrupted."""


class NativeContext:
    """The memory of one sequence of tokens, and the scores of what may follow."""

    def __init__(
        self,
        native: Native,
        model: NativeModel,
        size: int,
        interrupt: Interrupt | None = None,
    ) -> None:
        """Take the memory.

        Args:
            native: Computes.
            model: What reads.
            size: Most tokens of the sequence.
            interrupt: Ends a computation early, if given.

        Raises:
            ChatFailedError: The engine gives none.
        """
        params = native.context_default_params()
        params.n_ctx = size
        params.n_batch = params.n_ubatch = BLOCK
        params.n_threads = params.n_threads_batch = 1
        params.n_outputs_max = params.n_outputs_max_per_seq = CHECKED
        self._interrupt = interrupt  # kept: the context reads its memory
        if interrupt is not None:
            params.abort_callback = interrupt.function
            params.abort_callback_data = interrupt.place
        self.handle: int = native.init_from_model(model.handle, params)
        if not self.handle:
            raise ChatFailedError(reason=native.take_errors() or "no context")
        self.size = size
        self._native = native
        self._vocabulary_size = model.vocabulary_size
        self._memory = native.get_memory(self.handle)
        self._tokens = (c_int32 * BLOCK)()
        self._speaking = (c_int8 * BLOCK)()

    def decode(self, tokens: Sequence[int], speaking: int, threads: int = 1) -> None:
        """Read tokens after those in memory.

        Args:
            tokens: At most ``BLOCK`` of them.
            speaking: How many of the last ones are to have scores; at most
                ``CHECKED``.
            threads: That compute where there are several tokens; one alone has one.

        Raises:
            BrokenOffError: It was interrupted; all is to be forgotten now.
            ChatFailedError: They could not be read.
        """
        count = len(tokens)
        self._tokens[:count] = list(tokens)
        for place in range(count):
            self._speaking[place] = place >= count - speaking
        batch = Batch(
            count,
            ctypes.addressof(self._tokens),
            None,
            None,
            None,
            None,
            ctypes.addressof(self._speaking),
        )
        self._native.set_n_threads(self.handle, 1, threads)
        if threads > 1:
            code, reason = _WITH_HELPERS.submit(self._compute, batch).result()
        else:
            code, reason = self._compute(batch)
        if code != 0:
            if code == _BROKEN_OFF:
                raise BrokenOffError(reason)
            raise ChatFailedError(reason=reason)

    def _compute(self, batch: Batch) -> tuple[int, str]:
        code = int(self._native.decode(self.handle, batch))
        if code == 0:
            return code, ""
        return code, self._native.take_errors() or f"llama_decode: {code}"

    def scores(self, place: int = -1) -> Logits:
        """Return what may follow a token of the last batch, shape ``(vocabulary,)``.

        The array is the engine's own memory; whoever changes it changes what is drawn.
        """
        found = self._native.get_logits_ith(self.handle, place)
        row = (ctypes.c_float * self._vocabulary_size).from_address(found)
        return np.frombuffer(memoryview(row), np.float32)

    def keep(self, count: int) -> bool:
        """Forget all but the first tokens; false where the memory cannot do that."""
        return bool(self._native.memory_seq_rm(self._memory, 0, count, -1))

    def save(self) -> bytes | None:
        """Return all that is in memory; ``None`` if the engine does not tell."""
        size = self._native.state_seq_get_size(self.handle, 0)
        room = ctypes.create_string_buffer(size)
        written = self._native.state_seq_get_data(self.handle, room, size, 0)
        return room.raw if written == size else None

    def restore(self, state: bytes) -> bool:
        """Put back what another context of the model saved, in place of all else."""
        taken = self._native.state_seq_set_data(self.handle, state, len(state), 0)
        return bool(taken == len(state))

    def forget(self, *, numbers: bool = False) -> None:
        """Forget all tokens, and their ``numbers`` too if they may be no numbers."""
        self._native.memory_clear(self._memory, numbers)

    def wear(self, adapter: int | None) -> None:
        """Read with an adapter from now on; ``None`` for the base alone."""
        count = 0 if adapter is None else 1
        adapters = (ctypes.c_void_p * count)(*[adapter] * count)
        scales = (ctypes.c_float * count)(*[1.0] * count)
        self._native.set_adapters_lora(self.handle, adapters, count, scales)

    def close(self) -> None:
        """Give the memory back."""
        self._native.free(self.handle)
