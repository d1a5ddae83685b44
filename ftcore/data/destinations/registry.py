"""Every place to train by name: its rules, its tokenizer and its file."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

from ftcore.data.destinations import rules, writers
from ftcore.data.destinations.base import (
    Counters,
    Destination,
    Judgement,
    Level,
    LineWriter,
    Rule,
    Subject,
    TokenCounter,
)
from ftcore.data.destinations.bounds import load_bounds
from ftcore.data.examples import Dataset, Example, Task
from ftcore.errors import UnknownFileKindError
from ftcore.runtime import Clock, utc_now

_ORDER = {Level.READY: 0, Level.WARNING: 1, Level.BLOCKED: 2}
_BYTES_PER_MEGABYTE = 1e6

_SIZES: tuple[Rule, ...] = (
    rules.enough_examples,
    rules.not_too_many,
    rules.short_enough,
    rules.small_file,
)
_TEXTS: tuple[Rule, ...] = (
    rules.writable_text,
    rules.no_empty_text,
    rules.no_reserved_words,
    rules.no_template_marks,
)
_STRICT_TURNS: tuple[Rule, ...] = (
    rules.opens_with_user,
    rules.alternates(Level.BLOCKED),
    rules.system_first(Level.BLOCKED),
)
_OPEN_TURNS: tuple[Rule, ...] = (
    rules.alternates(Level.WARNING),
    rules.system_first(Level.WARNING),
)
_HERE: tuple[Rule, ...] = (*_SIZES, *_TEXTS, rules.several_classes(Level.BLOCKED))
_ELSEWHERE: tuple[Rule, ...] = (
    rules.still_open,
    *_SIZES,
    *_TEXTS,
    rules.several_classes(Level.WARNING),
)


def _all_tasks(tokenizer: str) -> Mapping[Task, str]:
    return MappingProxyType(dict.fromkeys(Task, tokenizer))


def _chat_model(
    name: str,
    provider: str,
    line: LineWriter,
    turns: tuple[Rule, ...] = _STRICT_TURNS,
    tokenizer: str = "",
) -> Destination:
    return Destination(
        name=name,
        provider=provider,
        tokenizers=_all_tasks(tokenizer or name),
        rules=(*_ELSEWHERE, *turns),
        line=line,
        adapt=writers.as_conversations,
        bounds=load_bounds()[name],
    )


def _local() -> Destination:
    tokenizers = {**_all_tasks("local"), Task.CLASSIFICATION: "local_labels"}
    return Destination(
        name="local",
        provider="local",
        tokenizers=MappingProxyType(tokenizers),
        rules=_HERE,
        line=writers.native_line,
        adapt=writers.as_it_is,
        bounds=load_bounds()["local"],
    )


_amazon = partial(_chat_model, provider="aws")
_ALL = (
    _local(),
    _chat_model("huggingface", "huggingface", writers.trl_line, _OPEN_TURNS, "local"),
    _chat_model("openai", "openai", writers.openai_line, _OPEN_TURNS),
    _chat_model("google", "google", writers.gemini_line),
    _amazon("nova", line=writers.converse_line),
    _amazon("nova2", line=writers.converse_line, tokenizer="nova"),
    _amazon("llama", line=writers.converse_line),
    _amazon("haiku", line=writers.haiku_line),
)
DESTINATIONS: Mapping[str, Destination] = MappingProxyType({d.name: d for d in _ALL})


def find_destination(name: str) -> Destination:
    """Return one destination.

    Raises:
        UnknownFileKindError: There is none of that name.
    """
    if name not in DESTINATIONS:
        raise UnknownFileKindError(name=name, available=", ".join(DESTINATIONS))
    return DESTINATIONS[name]


def judge(
    name: str,
    dataset: Dataset,
    counters: Counters,
    *,
    rows: int | None = None,
    clock: Clock = utc_now,
) -> Judgement:
    """Return what one destination says of a dataset.

    Args:
        name: Name of the destination.
        dataset: The examples, or a sample of them.
        counters: Finds the counter of a tokenizer.
        rows: All examples, when ``dataset`` is a sample: counts, sizes and tokens
            are taken for all of them.
        clock: Says which day it is.

    Raises:
        UnknownFileKindError: There is none of that name.
    """
    destination = find_destination(name)
    sent = destination.adapt(dataset)
    counter = counters(destination.tokenizers[dataset.task])
    tokens = counter.count(sent.examples)
    rows = len(dataset) if rows is None else rows
    share = rows / len(dataset) if len(dataset) else 1.0
    size = 0
    if destination.bounds.megabytes is not None:
        size = len(_content(destination, sent).encode("utf-8", "surrogatepass"))
    subject = Subject(
        dataset=sent,
        tokens=tokens,
        bounds=destination.bounds,
        today=clock().date(),
        rows=rows,
        megabytes=size * share / _BYTES_PER_MEGABYTE,
    )
    reasons = [reason for rule in destination.rules for reason in rule(subject)]
    reasons.sort(key=lambda reason: reason.level is not Level.BLOCKED)
    limit = destination.bounds.tokens
    kept = sum(tokens if limit is None else (min(t, limit) for t in tokens))
    return Judgement(
        destination=name,
        provider=destination.provider,
        filename=destination.filename,
        level=reasons[0].level if reasons else Level.READY,
        reasons=tuple(reasons),
        tokens=round(sum(tokens) * share),
        exact=counter.exact and rows == len(dataset),
        longest=max(tokens, default=0),
        kept_tokens=round(kept * share),
        rows=rows,
    )


def judge_all(
    dataset: Dataset,
    counters: Counters,
    *,
    rows: int | None = None,
    clock: Clock = utc_now,
) -> list[Judgement]:
    """Return what every destination says, those that would take it first.

    Args:
        dataset: The examples, or a sample of them.
        counters: Finds the counter of a tokenizer, such as
            ``ftcore.models.token_counters.token_counter``.
        rows: All examples, when ``dataset`` is a sample.
        clock: Says which day it is.
    """
    once = _Remembered(counters).find
    judged = [judge(n, dataset, once, rows=rows, clock=clock) for n in DESTINATIONS]
    return sorted(judged, key=lambda judgement: _ORDER[judgement.level])


def write_for(name: str, dataset: Dataset) -> tuple[str, str]:
    """Return the name and the content of the file that a destination wants.

    Raises:
        UnknownFileKindError: There is none of that name.
    """
    destination = find_destination(name)
    return destination.filename, _content(destination, destination.adapt(dataset))


class _Remembered:
    """Counts once for destinations that share a tokenizer and get the same examples."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._found: dict[str, TokenCounter] = {}

    def find(self, name: str) -> TokenCounter:
        if name not in self._found:
            self._found[name] = _LastCount(self._counters(name))
        return self._found[name]


class _LastCount:
    """Remembers its last count, as long as it is asked for the same examples."""

    def __init__(self, counter: TokenCounter) -> None:
        self._counter = counter
        self._examples: Sequence[Example] = ()
        self._tokens: list[int] = []

    @property
    def exact(self) -> bool:
        return self._counter.exact

    def count(self, examples: Sequence[Example]) -> list[int]:
        if examples is not self._examples:
            self._examples, self._tokens = examples, self._counter.count(examples)
        return self._tokens


def _content(destination: Destination, sent: Dataset) -> str:
    return "".join(
        json.dumps(destination.line(example, sent.task), ensure_ascii=False) + "\n"
        for example in sent
    )
