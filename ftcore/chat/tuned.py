"""The participant's model: the base with its adapter and its examples."""

from collections.abc import Generator, Sequence
from pathlib import Path

from ftcore.chat.base import ReplyTrace, SamplingOptions, TracedChat
from ftcore.chat.baselines import word_pieces
from ftcore.chat.llama_cpp import LlamaEngine
from ftcore.chat.manner import Manner
from ftcore.chat.questions import Part, nearest_to_last, parts_of, user_questions
from ftcore.chat.small_talk import small_talk_reply
from ftcore.data.examples import Example, Message, Role, Task
from ftcore.models.prompting import conversation
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import TrainedModel


class TunedChat(TracedChat):
    """Answers as it was trained: with the nearest example in the prompt.

    A chat model says that it does not know when no example is near enough.
    """

    def __init__(
        self,
        engine: LlamaEngine,
        adapter: Path,
        index: ExampleIndex,
        manifest: TrainedModel,
    ) -> None:
        self._engine = engine
        self._adapter = adapter
        self._index = index
        self._manifest = manifest
        self._manner = Manner.of_tuned(manifest, index)

    def prepare(self) -> None:
        """Have the engine read ahead what stands before any question."""
        if self._manifest.use_nearest and self._manifest.task is Task.CHAT:
            self._engine.prepare(self._adapter, self._openings)

    def welcome(self) -> None:
        """Have the engine load the adapter and read the instruction, which is short."""
        opening, question = self._manifest.system_prompt, Message(Role.USER, "?")
        self._engine.welcome(self._adapter, conversation(opening, [question], []))

    def _openings(self) -> list[list[Message]]:
        """Return a conversation for each example that may be shown."""
        any_question = Message(Role.USER, "?")
        opening = self._manifest.system_prompt
        return [
            conversation(opening, [any_question], [example])
            for example in self._index.examples
        ]

    def _pieces(
        self, messages: Sequence[Message], options: SamplingOptions, trace: ReplyTrace
    ) -> Generator[str]:
        parts = self._parts(messages)
        for number, part in enumerate(parts):
            asked = (*messages[:-1], Message(Role.USER, part.question))
            yield from [" "] if number else []
            yield from self._written(asked, [part.neighbour.example], options, trace)
        if parts:
            return
        shown = self._examples_to_show(messages)
        if shown is None:
            yield from word_pieces(self._words_without_example(messages))
            return
        yield from self._written(messages, shown, options, trace)

    def _written(
        self,
        messages: Sequence[Message],
        shown: Sequence[Example],
        options: SamplingOptions,
        trace: ReplyTrace,
    ) -> Generator[str]:
        """Let the adapter write an answer, and add what it took to ``trace``."""
        own = ReplyTrace()
        options = self._manner.guided(options, shown)
        asked = self._as_taught(messages) if shown else messages
        prompt = conversation(self._manifest.system_prompt, asked, shown)
        try:
            yield from self._engine.stream(
                prompt, options, self._adapter, pinned=1 + 2 * len(shown), trace=own
            )
        finally:
            trace.prompt_tokens += own.prompt_tokens
            trace.answer_tokens += own.answer_tokens
            trace.trimmed = trace.trimmed or own.trimmed
            trace.finish = own.finish
            self.prepare()

    def _as_taught(self, messages: Sequence[Message]) -> Sequence[Message]:
        """Leave out earlier turns where no example has any.

        Who was only taught single questions takes the answer before this one for the
        example that it shall answer from.
        """
        if any(len(user_questions(e.messages)) > 1 for e in self._index.examples):
            return messages
        last = next(m for m in reversed(messages) if m.role is Role.USER)
        return [*(m for m in messages if m.role is Role.SYSTEM), last]

    def _parts(self, messages: Sequence[Message]) -> list[Part]:
        """Return the two questions of the last message, each with its example."""
        model = self._manifest
        if not model.use_nearest or model.task is not Task.CHAT:
            return []
        return parts_of(self._index, messages, model.similarity_threshold)

    def _examples_to_show(self, messages: Sequence[Message]) -> list[Example] | None:
        """Return the context, or ``None`` if the question is to be refused."""
        model = self._manifest
        if not model.use_nearest:
            return []
        near = nearest_to_last(self._index, messages, model.similarity_threshold)
        best = near[0].similarity if near else -1.0
        refuses = model.task is Task.CHAT and bool(model.refusal)
        is_greeting = refuses and self._greeting(messages) is not None
        if refuses and (is_greeting or best < model.similarity_threshold):
            return None
        return [neighbour.example for neighbour in near]

    def _words_without_example(self, messages: Sequence[Message]) -> str:
        return self._greeting(messages) or self._manifest.refusal

    def _greeting(self, messages: Sequence[Message]) -> str | None:
        """Return the reply to small talk that no example of the dataset answers."""
        questions = user_questions(messages)
        reply = small_talk_reply(questions[-1]) if questions else None
        taught = any(small_talk_reply(e.prompt) for e in self._index.examples)
        return None if taught else reply
