"""A context of llama.cpp's own, driven token by token."""

import codecs
import ctypes
from collections.abc import Callable, Sequence
from ctypes import c_int8, c_int32

import numpy as np

from ftcore.chat.adapters import Adapter
from ftcore.chat.base import CANCELLED, LENGTH, STOP
from ftcore.chat.cores import free_cores
from ftcore.chat.guiding import Guide
from ftcore.chat.lane import Question
from ftcore.chat.native import Batch, Native
from ftcore.chat.native_model import NativeModel
from ftcore.chat.native_sampler import Logits, NativeSampler
from ftcore.data.examples import Message
from ftcore.errors import ChatFailedError
from ftcore.runtime import return_memory

# Tokens of the prompt that are read at once, always from a multiple of it. What was
# read so can be reused without moving the borders of the batches, and so without
# changing a bit of the answer; 128 are read hardly faster.
BLOCK = 32


class NativeLane:
    """One conversation at a time, with any adapter of the model's shelf."""

    def __init__(
        self,
        native: Native,
        model: NativeModel,
        context: int,
        free_cores: Callable[[], int] = free_cores,
        answering: "set[NativeLane] | None" = None,
    ) -> None:
        """Prepare a lane; its context is made when it is first asked.

        Args:
            native: Computes.
            model: What answers.
            context: Tokens of one conversation, answer included.
            free_cores: Says how many threads could run now.
            answering: The lanes of the model that answer at this moment, itself among
                them while it does.
        """
        self._answering = set() if answering is None else answering
        self._native = native
        self._model = model
        self._size = context
        self._free_cores = free_cores
        self._context = 0  # address; 0 while there is none
        self._memory = 0
        self._worn: Adapter | None = None
        self._read: list[int] = []  # tokens in memory, as far as they can be reused
        self._tokens = (c_int32 * BLOCK)()
        self._silent = (c_int8 * BLOCK)()
        self._last_speaks = (c_int8 * BLOCK)()

    @property
    def is_started(self) -> bool:
        """Whether its memory is taken."""
        return bool(self._context)

    def holds(self, adapter: Adapter | None) -> bool:
        """Whether it answered with ``adapter`` last."""
        return self.is_started and self._worn == adapter

    def ask(
        self, messages: Sequence[Message], budget: int, question: Question
    ) -> int | None:
        """Answer a conversation, or return its tokens if they are too many."""
        tokens = self._model.prompt(messages)
        if len(tokens) > budget:
            return len(tokens)
        question.trace.prompt_tokens = len(tokens)
        self._start()
        is_whole = False
        self._answering.add(self)
        try:
            self._wear(question.adapter)
            self._take_in(tokens, question)
            self._write(tokens, question)
            is_whole = True
        finally:
            self._answering.discard(self)
            if not is_whole:
                self._forget()
        return None

    def close(self) -> None:
        """Give its memory and its adapter back."""
        if not self._context:
            return
        self._native.free(self._context)
        self._context = self._memory = 0
        self._read = []
        self._put_adapter_back()
        return_memory()

    def _start(self) -> None:
        if self._context:
            return
        params = self._native.context_default_params()
        params.n_ctx = self._size
        params.n_batch = params.n_ubatch = BLOCK
        params.n_threads = params.n_threads_batch = 1
        params.n_outputs_max = 1
        context = self._native.init_from_model(self._model.handle, params)
        if not context:
            raise ChatFailedError(reason=self._native.take_errors() or "no context")
        self._context = context
        self._memory = self._native.get_memory(context)

    def _wear(self, adapter: Adapter | None) -> None:
        """Answer with ``adapter`` from now on; it stays on the shelf meanwhile."""
        handle = self._model.adapters.take(adapter) if adapter else None
        if adapter != self._worn:
            self._set_adapter(handle)
            self._read = []
        self._put_adapter_back()
        self._worn = adapter

    def _set_adapter(self, handle: int | None) -> None:
        count = 0 if handle is None else 1
        adapters = (ctypes.c_void_p * count)(*[handle] * count)
        scales = (ctypes.c_float * count)(*[1.0] * count)
        self._native.set_adapters_lora(self._context, adapters, count, scales)

    def _put_adapter_back(self) -> None:
        if self._worn is not None:
            self._model.adapters.put_back(self._worn)
            self._worn = None

    def _take_in(self, tokens: list[int], question: Question) -> None:
        """Read the prompt, but for whole blocks that were read before."""
        start = self._reusable(tokens)
        self._read = self._read[:start]
        if not self._native.memory_seq_rm(self._memory, 0, start, -1):
            self._native.memory_clear(self._memory, False)
            start, self._read = 0, []
        # Asked once: between two blocks the helping threads still look busy.
        free, before = self._free_cores(), len(self._answering)
        while start < len(tokens) and not question.is_stopped():
            block = tokens[start : start + BLOCK]
            come = len(self._answering) - before
            threads = max(1, free - max(0, come))
            self._native.set_n_threads(self._context, 1, threads)
            self._decode(block, is_last=start + BLOCK >= len(tokens))
            if len(block) == BLOCK:
                self._read += block
            start += BLOCK

    def _reusable(self, tokens: list[int]) -> int:
        """Return how many tokens need not be read again: whole blocks, not the last.

        The last block is read in any case, for its scores.
        """
        most = min(len(self._read), (len(tokens) - 1) // BLOCK * BLOCK)
        start = 0
        while start < most and (
            self._read[start : start + BLOCK] == tokens[start : start + BLOCK]
        ):
            start += BLOCK
        return start

    def _write(self, tokens: list[int], question: Question) -> None:
        """Generate until the end, the limit, or nobody listens any more."""
        trace, options = question.trace, question.options
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        sampler = NativeSampler(self._native, options, tokens)
        room = min(options.max_tokens, self._size - len(tokens))
        guide = Guide(options, self._model)
        try:
            while not question.is_stopped():
                token = self._next(sampler, guide)
                if self._model.ends(token):
                    trace.finish = STOP
                    return
                trace.answer_tokens += 1
                if piece := decoder.decode(self._model.piece(token)):
                    question.emit(piece)
                if guide.is_over:
                    trace.finish = STOP
                    return
                if trace.answer_tokens >= room:
                    trace.finish = LENGTH
                    return
                self._decode([token], is_last=True)
            trace.finish = CANCELLED
        finally:
            sampler.close()

    def _next(self, sampler: NativeSampler, guide: Guide) -> int:
        scores = self._scores()
        return guide.choose(scores, lambda: sampler.choose(self._context, scores))

    def _scores(self) -> Logits:
        found = self._native.get_logits_ith(self._context, -1)
        row = (ctypes.c_float * self._model.vocabulary_size).from_address(found)
        return np.frombuffer(memoryview(row), np.float32)

    def _decode(self, block: list[int], *, is_last: bool) -> None:
        count = len(block)
        for place, token in enumerate(block):
            self._tokens[place] = token
        speaks = self._silent
        if is_last:
            speaks = self._last_speaks
            ctypes.memset(speaks, 0, BLOCK)
            speaks[count - 1] = 1
        batch = Batch(
            count,
            ctypes.addressof(self._tokens),
            None,
            None,
            None,
            None,
            ctypes.addressof(speaks),
        )
        code = self._native.decode(self._context, batch)
        if code != 0:
            reason = self._native.take_errors() or f"llama_decode: {code}"
            raise ChatFailedError(reason=reason)

    def _forget(self) -> None:
        """Leave nothing of a failed answer, whose numbers may be no numbers."""
        self._read = []
        self._native.memory_clear(self._memory, True)
