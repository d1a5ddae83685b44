"""A context of llama.cpp's own, driven token by token."""

from collections.abc import Callable, Sequence

from ftcore.chat.adapters import Adapter
from ftcore.chat.cores import free_cores
from ftcore.chat.lane import Question
from ftcore.chat.native import Native
from ftcore.chat.native_context import BLOCK, NativeContext
from ftcore.chat.native_model import NativeModel
from ftcore.chat.native_writing import NativeWriter
from ftcore.data.examples import Message
from ftcore.runtime import return_memory


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
        self._context: NativeContext | None = None
        self._worn: Adapter | None = None
        self._read: list[int] = []  # tokens in memory, as far as they can be reused

    @property
    def is_started(self) -> bool:
        """Whether its memory is taken."""
        return self._context is not None

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
        context = self._started()
        is_whole = False
        self._answering.add(self)
        try:
            self._wear(question.adapter, context)
            self._take_in(tokens, question, context)
            NativeWriter(self._native, self._model, context).write(tokens, question)
            is_whole = True
        finally:
            self._answering.discard(self)
            if not is_whole:  # leave nothing whose numbers may be no numbers
                self._read = []
                context.forget(numbers=True)
        return None

    def close(self) -> None:
        """Give its memory and its adapter back."""
        if self._context is None:
            return
        self._context.close()
        self._context = None
        self._read = []
        self._put_adapter_back()
        return_memory()

    def _started(self) -> NativeContext:
        if self._context is None:
            self._context = NativeContext(self._native, self._model, self._size)
        return self._context

    def _wear(self, adapter: Adapter | None, context: NativeContext) -> None:
        """Answer with ``adapter`` from now on; it stays on the shelf meanwhile."""
        handle = self._model.adapters.take(adapter) if adapter else None
        if adapter != self._worn:
            context.wear(handle)
            self._read = []
        self._put_adapter_back()
        self._worn = adapter

    def _put_adapter_back(self) -> None:
        if self._worn is not None:
            self._model.adapters.put_back(self._worn)
            self._worn = None

    def _take_in(
        self, tokens: list[int], question: Question, context: NativeContext
    ) -> None:
        """Read the prompt, but for whole blocks that were read before."""
        start = self._reusable(tokens)
        self._read = self._read[:start]
        if not context.keep(start):
            context.forget()
            start, self._read = 0, []
        # Asked once: between two blocks the helping threads still look busy.
        free, before = self._free_cores(), len(self._answering)
        while start < len(tokens) and not question.is_stopped():
            block = tokens[start : start + BLOCK]
            come = len(self._answering) - before
            is_last = start + BLOCK >= len(tokens)
            context.decode(block, int(is_last), max(1, free - max(0, come)))
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
