"""Turn examples into the token sequences that the weights learn from."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from ftcore.data.examples import Example, Message, Role
from ftcore.models.base_tokenizer import BaseTokenizer
from ftcore.models.prompting import conversation
from ftcore.models.retrieval import last_question
from ftcore.training.augment import noised, shortened
from ftcore.training.base import TrainingConfig

if TYPE_CHECKING:
    from ftcore.training.packing import TokenSequence

WINDOW_TOKENS = 1024  # of one conversation; keeps memory and minutes in bounds
NOISE_SHARE = 0.5  # of the questions of a pass, when the configuration augments
SHORTENED_SHARE = 0.5  # of the lessons that show an example, asked in fewer words
SEEN_AGAIN = 2  # how often a lesson is seen where seeing it again is cheaper
Encoded = TypeVar("Encoded", covariant=True)


class Encoder(Protocol[Encoded]):
    """Makes of a conversation what a lesson consists of."""

    def encode(
        self, example: Example, question: str, context: Sequence[Example] = ()
    ) -> Encoded:
        """Return one conversation; see `ConversationEncoder.encode`."""
        ...


@dataclass(slots=True)
class ConversationEncoder:
    """Writes conversations as the tokens that llama.cpp will see when serving.

    Attributes:
        tokenizer: The base model's, with its chat template.
        system_prompt: Opens every conversation that does not bring its own.
        window: Longest conversation, in tokens.
        truncated: Examples cut so far because they were longer, by prompt.
    """

    tokenizer: BaseTokenizer
    system_prompt: str
    window: int = WINDOW_TOKENS
    truncated: set[str] = field(default_factory=set)

    def encode(
        self, example: Example, question: str, context: Sequence[Example] = ()
    ) -> "TokenSequence":
        """Return one conversation.

        Longer than the window, it first loses its context, then the middle of its
        prompt beyond half the window, then the end of its answer.

        Args:
            example: Gives the earlier turns and the answer.
            question: Stands for the example's last question.
            context: Examples shown before, the nearest last.
        """
        from ftcore.training.packing import TokenSequence  # noqa: PLC0415  (torch)

        answer = self.tokenizer.answer(example.target)
        turns = with_question(example, question).prompt_messages
        prompt = self._prompt(turns, context)
        if context and len(prompt) + len(answer) > self.window:
            prompt = self._prompt(turns, ())
        if len(prompt) + len(answer) > self.window:
            self.truncated.add(example.prompt)
            half = self.window // 2
            if len(prompt) > half:
                prompt = prompt[: half // 2] + prompt[len(prompt) - half // 2 :]
            answer = answer[: self.window - len(prompt)]
        return TokenSequence(tuple(prompt + answer), len(prompt))

    def _prompt(
        self, turns: Sequence[Message], context: Sequence[Example]
    ) -> list[int]:
        return self.tokenizer.prompt(conversation(self.system_prompt, turns, context))


def with_question(example: Example, question: str) -> Example:
    """Return the example with another last question."""
    messages = list(example.messages)
    for place in range(len(messages) - 1, -1, -1):
        if messages[place].role is Role.USER:
            messages[place] = replace(messages[place], content=question)
            break
    return Example(tuple(messages), example.line)


@dataclass(slots=True)
class LessonPlan(Generic[Encoded]):
    """Decides what each pass over the examples shows.

    Attributes:
        encoder: Makes the tokens.
        augment: Whether some questions are asked with noise.
        shows_example: Whether an example stands before the question: its own, so that
            the model learns to answer from what is shown.
        seed: Seed of every choice.
        times: How often each lesson is seen, in different passes. What the frozen
            layers make of a lesson seen again is known already.
        most: Examples of a pass at most; ``None`` for all.
    """

    encoder: Encoder[Encoded]
    augment: bool
    shows_example: bool
    seed: int
    times: int = 1
    most: int | None = None

    def epochs(self, examples: Sequence[Example], count: int) -> list[list[Encoded]]:
        """Return the conversations of ``count`` passes over ``examples``."""
        rng = random.Random(self.seed)  # noqa: S311 - a lesson, not a secret
        drawn = random.Random(self.seed)  # noqa: S311 - a choice, not a secret
        different = [
            [self._lesson(example, rng) for example in self._drawn(examples, drawn)]
            for _ in range(-(-count // self.times))
        ]
        return [different[at % len(different)] for at in range(count)]

    def _drawn(
        self, examples: Sequence[Example], rng: random.Random
    ) -> Sequence[Example]:
        if self.most is None or len(examples) <= self.most:
            return examples
        return [
            examples[row] for row in sorted(rng.sample(range(len(examples)), self.most))
        ]

    def _lesson(self, example: Example, rng: random.Random) -> Encoded:
        question = last_question(example)
        if not self.shows_example:
            noisy = self.augment and rng.random() < NOISE_SHARE
            asked = noised(question, rng) if noisy else question
            return self.encoder.encode(example, asked)
        if self.augment:  # always: what is asked should not be what is shown
            if rng.random() < SHORTENED_SHARE:
                question = shortened(question, rng)
            question = noised(question, rng)
        return self.encoder.encode(example, question, [example])


def plan_lessons(
    encoder: Encoder[Encoded], config: TrainingConfig
) -> LessonPlan[Encoded]:
    """Return the plan of a training, or of its preview, with ``config``."""
    return LessonPlan(
        encoder,
        config.augment,
        config.use_nearest,
        config.seed,
        lesson_times(config),
        config.most_examples,
    )


def lesson_times(config: TrainingConfig) -> int:
    """Return in how many passes a lesson is seen before it is reworded."""
    return SEEN_AGAIN if config.adapted_layers is not None else 1
