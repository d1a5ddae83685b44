"""A context of llama.cpp's own, driven token by token."""

import os
from collections.abc import Callable, Sequence
from itertools import pairwise

from ftcore.chat.adapters import Adapter
from ftcore.chat.cores import free_cores
from ftcore.chat.interrupting import Interrupt
from ftcore.chat.lane import Question
from ftcore.chat.native import Native
from ftcore.chat.native_context import BLOCK, BrokenOffError, NativeContext
from ftcore.chat.native_model import NativeModel
from ftcore.chat.native_writing import NativeWriter
from ftcore.chat.right_of_way import RightOfWay
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
        interrupt: Interrupt | None = None,
        right_of_way: RightOfWay | None = None,
    ) -> None:
        """Prepare a lane; its context is made when it is first asked.

        Args:
            native: Computes.
            model: What answers.
            context: Tokens of one conversation, answer included.
            free_cores: Says how many threads could run now.
            interrupt: Makes it leave off what it reads ahead.
            right_of_way: Between the lanes of the model; none, and nobody waits.
        """
        self._right_of_way = right_of_way or RightOfWay(patience=0)
        self._interrupt = interrupt
        self._native = native
        self._model = model
        self._size = context
        self._free_cores = free_cores
        self._context: NativeContext | None = None
        self._worn: Adapter | None = None
        self._read: list[list[int]] = []  # what is in memory, as it was read

    @property
    def is_started(self) -> bool:
        """Whether its memory is taken."""
        return self._context is not None

    def start(self) -> None:
        """Take its memory now; it is cleared once, which takes 40 ms."""
        self._started()

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
        try:
            self._wear(question.adapter, context)
            ends = self._model.beginnings(messages, tokens)
            with self._right_of_way.reading():
                self._take_in(tokens, ends, question, context)
            with self._right_of_way.writing() as pace:
                writer = NativeWriter(self._native, self._model, context, pace.let_pass)
                writer.write(tokens, question)
            is_whole = True
        finally:
            if not is_whole:  # leave nothing whose numbers may be no numbers
                self._read = []
                context.forget(numbers=True)
        return None

    def prepare(
        self,
        messages: Sequence[Message],
        adapter: Adapter | None,
        is_stopped: Callable[[], bool],
    ) -> bool:
        """Read what stands before the last message, for whoever asks after it.

        Args:
            messages: A conversation; its last message may be any question.
            adapter: Who will be asked.
            is_stopped: Looked at before each block; true leaves off.

        Returns:
            Whether it did not leave off.

        Raises:
            ChatFailedError: The engine could not.
        """
        tokens = self._model.prompt(messages)
        ends = self._model.beginnings(messages, tokens)
        opening = tokens[: max(ends, default=0)]
        openings = self._model.openings
        is_useless = not openings.takes(len(opening)) or len(opening) > self._size
        if is_useless or openings.find((adapter, tuple(opening))) is not None:
            return True
        if openings.is_full_of(adapter):
            return True  # the next question would have all read again
        context = self._started()
        self._wear(adapter, context)
        blocks = _blocks(opening, ends)
        self._recall(opening, blocks, ends, context)
        threads = self._free_cores()
        for block in blocks[len(self._read) :]:
            if is_stopped():
                return False
            try:
                context.decode(block, 0, threads)
            except BrokenOffError:
                self._read = []
                context.forget()
                return False
            self._read.append(block)
            self._shelve(opening, ends, context)
        return True

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
            self._context = NativeContext(
                self._native, self._model, self._size, self._interrupt
            )
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
        self,
        tokens: list[int],
        ends: list[int],
        question: Question,
        context: NativeContext,
    ) -> None:
        """Read the prompt, but for whole blocks that were read before."""
        blocks = _blocks(tokens, ends)
        self._recall(tokens, blocks, ends, context)
        most = os.cpu_count() or 1
        # Asked once: between two blocks the helping threads still look busy.
        free, before = self._free_cores(), self._right_of_way.computing
        for at in range(len(self._read), len(blocks)):
            if question.is_stopped():
                return
            come = self._right_of_way.computing - before
            is_last = at == len(blocks) - 1
            context.decode(blocks[at], int(is_last), min(max(1, free - come), most))
            self._read.append(blocks[at])
            self._shelve(tokens, ends, context)

    def _recall(
        self,
        tokens: list[int],
        blocks: list[list[int]],
        ends: list[int],
        context: NativeContext,
    ) -> None:
        """Have what need not be read again in memory, and nothing else.

        The last block is read in any case, for its scores.
        """
        same = 0
        for read, wanted in zip(self._read, blocks[:-1], strict=False):
            if read != wanted:
                break
            same += 1
        self._read = self._read[:same]
        if not context.keep(sum(map(len, self._read))):
            context.forget()
            self._read = []
        for end in reversed(ends):
            if end <= self._length or self._put_back(tokens[:end], ends, context):
                return

    @property
    def _length(self) -> int:
        return sum(map(len, self._read))

    def _put_back(
        self, opening: list[int], ends: list[int], context: NativeContext
    ) -> bool:
        """Whether an opening was on the shelf, and is in memory now."""
        state = self._model.openings.find((self._worn, tuple(opening)))
        if state is None:
            return False
        is_there = context.restore(state)
        if not is_there:
            context.forget()
        self._read = _blocks(opening, ends) if is_there else []
        return is_there

    def _shelve(
        self, tokens: list[int], ends: list[int], context: NativeContext
    ) -> None:
        """Keep what has been read, if other prompts begin with it, too."""
        length, openings = self._length, self._model.openings
        if length in ends and openings.takes(length) and (state := context.save()):
            openings.put((self._worn, tuple(tokens[:length])), state)


def _blocks(tokens: list[int], ends: list[int]) -> list[list[int]]:
    """Cut a prompt into what is read at once: no block crosses a beginning's end."""
    borders = sorted({0, *(end for end in ends if end < len(tokens)), len(tokens)})
    return [
        tokens[at : min(at + BLOCK, end)]
        for begin, end in pairwise(borders)
        for at in range(begin, end, BLOCK)
    ]
