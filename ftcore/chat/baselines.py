"""What a tuned model is compared with: its base, and its own examples."""

from collections.abc import Generator, Sequence
from pathlib import Path

from ftcore.chat.base import ReplyTrace, SamplingOptions, TracedChat
from ftcore.chat.llama_cpp import LlamaEngine
from ftcore.chat.manner import Manner
from ftcore.chat.questions import nearest_to_last, parts_of
from ftcore.data.examples import Message
from ftcore.models.prompting import conversation
from ftcore.models.retrieval import ExampleIndex

NEVER_REFUSE = -1.0  # no cosine is below it


class BaseChat(TracedChat):
    """The base model as it came, with the project's instruction."""

    def __init__(self, engine: LlamaEngine, manner: Manner) -> None:
        self._engine = engine
        self._manner = manner

    def _pieces(
        self, messages: Sequence[Message], options: SamplingOptions, trace: ReplyTrace
    ) -> Generator[str]:
        prompt = conversation(self._manner.system_prompt, messages)
        yield from self._engine.stream(prompt, self._manner.drawn(options), trace=trace)


class FewShotChat(TracedChat):
    """A model that is shown the ``k`` nearest examples as earlier turns.

    It never refuses: what it makes of examples that do not fit is the point.
    """

    def __init__(
        self,
        engine: LlamaEngine,
        index: ExampleIndex,
        manner: Manner,
        k: int = 4,
        adapter: Path | None = None,
    ) -> None:
        """Prepare the search.

        Args:
            engine: Serves the base model.
            index: Examples to search.
            manner: How it opens and draws.
            k: How many are shown.
            adapter: GGUF of the tuned model; ``None`` asks the base model.
        """
        self._adapter = adapter
        self._engine = engine
        self._index = index
        self._k = k
        self._manner = manner

    def _pieces(
        self, messages: Sequence[Message], options: SamplingOptions, trace: ReplyTrace
    ) -> Generator[str]:
        near = nearest_to_last(self._index, messages, NEVER_REFUSE, self._k)
        shown = [neighbour.example for neighbour in near]
        manner = self._manner
        draw = manner.drawn if self._adapter is None else manner.guided
        prompt = conversation(manner.system_prompt, messages, shown[::-1])
        yield from self._engine.stream(
            prompt,
            draw(options, shown),
            self._adapter,
            pinned=1 + 2 * len(shown),
            trace=trace,
        )


class NearestExampleChat(TracedChat):
    """Looks the answer up: the one of the nearest example, word for word."""

    def __init__(
        self, index: ExampleIndex, threshold: float = NEVER_REFUSE, refusal: str = ""
    ) -> None:
        """Prepare the search.

        Args:
            index: Examples to search.
            threshold: Cosine below which nothing is near enough.
            refusal: What to say then; empty answers with the nearest all the same.
        """
        self._index = index
        self._threshold = threshold
        self._refusal = refusal

    def _pieces(
        self,
        messages: Sequence[Message],
        options: SamplingOptions,  # noqa: ARG002  (nothing is drawn)
        trace: ReplyTrace,  # noqa: ARG002
    ) -> Generator[str]:
        if parts := parts_of(self._index, messages, self._threshold):
            answers = [part.neighbour.example.target for part in parts]
            yield from word_pieces(" ".join(answers))
            return
        near = nearest_to_last(self._index, messages, self._threshold)
        is_near = bool(near) and near[0].similarity >= self._threshold
        if near and (is_near or not self._refusal):
            answer = near[0].example.target
        else:
            answer = self._refusal
        yield from word_pieces(answer)


def word_pieces(answer: str) -> Generator[str]:
    """Split a text after each space, so that it streams like a generated one."""
    start = 0
    while start < len(answer):
        space = answer.find(" ", start)
        end = len(answer) if space < 0 else space + 1
        yield answer[start:end]
        start = end
