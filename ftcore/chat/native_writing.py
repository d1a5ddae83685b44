"""Write one answer, token by token, or several at once where they can be foreseen."""

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ftcore.chat.base import CANCELLED, LENGTH, STOP
from ftcore.chat.guiding import Guide
from ftcore.chat.lane import Question
from ftcore.chat.native import Native
from ftcore.chat.native_context import CHECKED, NativeContext
from ftcore.chat.native_model import NativeModel
from ftcore.chat.native_sampler import NativeSampler


@dataclass(slots=True)
class _Checked:
    """The tokens of the last batch whose scores are there.

    Attributes:
        foreseen: Those after the chosen one; they count if they are chosen too.
        kept: Tokens in memory that belong to the conversation.
        place: Of the token whose scores come next, in the batch; -1 for its last.
    """

    kept: int
    foreseen: list[int] = field(default_factory=list)
    place: int = -1

    def holds(self, token: int) -> bool:
        """Whether a chosen token has been read already; the next scores are its."""
        if not self.foreseen or self.foreseen.pop(0) != token:
            return False
        self.kept += 1
        self.place += 1
        return True


class NativeWriter:
    """Writes what follows a prompt that has been read.

    The tuned model mostly says what the example before it says. What comes next there
    is read together with the chosen token, in a batch that takes less time than its
    tokens would one by one; each is still chosen by the model's own scores, and the
    rest of the batch is forgotten where the model chooses something else.
    """

    def __init__(
        self,
        native: Native,
        model: NativeModel,
        context: NativeContext,
        let_pass: Callable[[], None],
    ) -> None:
        """Take where to write.

        Args:
            native: Computes.
            model: What writes.
            context: Has read the prompt.
            let_pass: Called before each batch; it may take a while.
        """
        self._native = native
        self._model = model
        self._context = context
        self._let_pass = let_pass

    def write(self, prompt: Sequence[int], question: Question) -> None:
        """Generate until the end, the limit, or nobody listens any more.

        Raises:
            ChatFailedError: The engine broke off.
        """
        trace, options = question.trace, question.options
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        sampler = NativeSampler(self._native, options, prompt)
        room = min(options.max_tokens, self._context.size - len(prompt))
        guide = Guide(options, self._model)
        checked = _Checked(len(prompt))
        try:
            while not question.is_stopped():
                token = self._next(sampler, guide, checked.place)
                if self._model.ends(token):
                    trace.finish = STOP
                    return
                trace.answer_tokens += 1
                if piece := decoder.decode(self._model.piece(token)):
                    question.emit(piece)
                if guide.is_over:
                    trace.finish = STOP
                    return
                left = room - trace.answer_tokens
                if left <= 0:
                    trace.finish = LENGTH
                    return
                if not checked.holds(token):
                    most = min(CHECKED, left) if options.temperature == 0 else 1
                    checked = self._read(token, checked.kept, guide, most)
            trace.finish = CANCELLED
        finally:
            sampler.close()

    def _next(self, sampler: NativeSampler, guide: Guide, place: int) -> int:
        scores = self._context.scores(place)
        return guide.choose(
            scores, lambda: sampler.choose(self._context.handle, scores)
        )

    def _read(self, token: int, kept: int, guide: Guide, most: int) -> _Checked:
        """Read a chosen token, and with it what is foreseen after it."""
        foreseen: list[int] = []
        if self._model.can_take_back:
            self._context.keep(kept)
            foreseen = guide.foresee(most - 1)
        self._let_pass()
        self._context.decode([token, *foreseen], speaking=1 + len(foreseen))
        return _Checked(kept + 1, foreseen, 0)
