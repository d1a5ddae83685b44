"""Put questions to a model and time what comes back."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from ftcore.chat.base import DEFAULT_SAMPLING, ChatModel, SamplingOptions
from ftcore.data.examples import Example, Message, Role
from ftcore.errors import NothingToEvaluateError
from ftcore.evaluation.base import AnswerRecord
from ftcore.evaluation.normalisation import rewrite_question

OnProgress = Callable[[int, int], None]
Ask = Callable[[Example], AnswerRecord]
_FEWEST_TOKENS = 64  # of an answer, however short the expected ones are


def conversation(example: Example, system_prompt: str) -> tuple[Message, ...]:
    """Return what the model is asked: the instruction, then all before the answer."""
    messages = example.prompt_messages
    has_own = any(message.role is Role.SYSTEM for message in messages)
    if has_own or not system_prompt:
        return messages
    return (Message(Role.SYSTEM, system_prompt), *messages)


def rewritten(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return the conversation with its last question trivially rewritten."""
    last = max(i for i, message in enumerate(messages) if message.role is Role.USER)
    question = Message(Role.USER, rewrite_question(messages[last].content))
    return (*messages[:last], question, *messages[last + 1 :])


def room_for(examples: Sequence[Example]) -> SamplingOptions:
    """Return how to ask, with room for answers some twice as long as expected.

    A token of Spanish is two to three letters. Who has not finished after as many
    tokens as the longest expected answer has letters is rambling, and would ramble
    to the end of a greater limit.
    """
    letters = max((len(example.target) for example in examples), default=0)
    most = min(DEFAULT_SAMPLING.max_tokens, max(_FEWEST_TOKENS, letters))
    return replace(DEFAULT_SAMPLING, max_tokens=most)


def timed_reply(
    model: ChatModel,
    messages: Sequence[Message],
    clock: Callable[[], float],
    options: SamplingOptions = DEFAULT_SAMPLING,
) -> tuple[str, float | None, float]:
    """Return the answer, the seconds to its first piece and the seconds in all."""
    started = clock()
    first: float | None = None
    pieces: list[str] = []
    for piece in model.reply(messages, options):
        if first is None and piece:
            first = clock() - started
        pieces.append(piece)
    return "".join(pieces).strip(), first, clock() - started


def ask_all(
    ask: Ask,
    examples: Sequence[Example],
    on_progress: OnProgress,
    should_stop: Callable[[], bool],
    at_once: int = 1,
) -> tuple[AnswerRecord, ...]:
    """Ask every question and return what was answered, in the order of the examples.

    Args:
        ask: Asks one.
        examples: What to ask.
        on_progress: Called with questions done and in all, after each.
        should_stop: Looked at before each; true ends with what there is.
        at_once: Questions asked at the same time.

    Raises:
        NothingToEvaluateError: There are no examples.
    """
    if not examples:
        raise NothingToEvaluateError(examples=0)

    def ask_unless_stopped(example: Example) -> AnswerRecord | None:
        return None if should_stop() else ask(example)

    records: list[AnswerRecord] = []
    # One at a time stays in this thread, where an iterator may be shared.
    pool = ThreadPoolExecutor(at_once) if at_once > 1 else None
    try:
        answers = (pool.map if pool else map)(ask_unless_stopped, examples)
        for done, record in enumerate(answers, start=1):
            if record is None:
                break
            records.append(record)
            on_progress(done, len(examples))
    finally:
        if pool:
            pool.shutdown(cancel_futures=True)
    return tuple(records)
