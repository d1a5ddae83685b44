"""What destinations demand, each demand a small function that gives its reasons."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import TypeVar

from ftcore.data.destinations.base import Level, Reason, Rule, Subject
from ftcore.data.destinations.bounds import Overlong
from ftcore.data.examples import Example, Role, Task
from ftcore.errors import Param
from ftcore.texts import number, spoken_day

_Item = TypeVar("_Item")
_FEWEST_CLASSES = 2
_BROKEN = re.compile("[\0\ud800-\udfff]")
_OVERLONG_LEVELS = {
    Overlong.CUT: Level.WARNING,
    Overlong.DROPPED: Level.WARNING,
    Overlong.REFUSED: Level.BLOCKED,
}


def enough_examples(subject: Subject) -> Iterator[Reason]:
    """Refuse fewer examples than demanded; warn of fewer than recommended."""
    bounds, found = subject.bounds, subject.rows
    if found < bounds.least:
        params: dict[str, Param] = {
            "found": found,
            "least": number(bounds.least),
            "missing": number(bounds.least - found),
        }
        yield Reason("too_few", Level.BLOCKED, params=params)
    elif bounds.advised is not None and found < bounds.advised:
        params = {"found": found, "advised": number(bounds.advised)}
        yield Reason("few", Level.WARNING, params=params)


def not_too_many(subject: Subject) -> Iterator[Reason]:
    """Refuse more examples than accepted."""
    most = subject.bounds.most
    if most is not None and subject.rows > most:
        params: dict[str, Param] = {"found": number(subject.rows), "most": number(most)}
        yield Reason("too_many", Level.BLOCKED, params=params)


def short_enough(subject: Subject) -> Iterator[Reason]:
    """Say which examples are longer than the destination reads."""
    bounds = subject.bounds
    limit = bounds.tokens
    if subject.dataset.task is Task.CLASSIFICATION and bounds.label_tokens is not None:
        limit = bounds.label_tokens
    if limit is None:
        return
    rows = _where(subject.tokens, lambda tokens: tokens > limit)
    params: dict[str, Param] = {
        "limit": number(limit),
        "longest": number(max(subject.tokens, default=0)),
    }
    code = f"overlong_{bounds.overlong.value}"
    yield from _about(code, _OVERLONG_LEVELS[bounds.overlong], rows, params)


def small_file(subject: Subject) -> Iterator[Reason]:
    """Refuse a file that is larger than accepted."""
    limit = subject.bounds.megabytes
    if limit is not None and subject.megabytes > limit:
        params: dict[str, Param] = {
            "found": number(subject.megabytes),
            "limit": number(limit),
        }
        yield Reason("file_too_big", Level.BLOCKED, params=params)


def opens_with_user(subject: Subject) -> Iterator[Reason]:
    """Refuse conversations that the assistant opens."""
    rows = _examples(subject, lambda e: _turns(e)[0] is not Role.USER)
    yield from _about("first_not_user", Level.BLOCKED, rows)


def alternates(level: Level) -> Rule:
    """Return the rule that nobody speaks twice in a row."""

    def rule(subject: Subject) -> Iterator[Reason]:
        rows = _examples(subject, _repeats_a_turn)
        yield from _about("turn_repeated", level, rows)

    return rule


def system_first(level: Level) -> Rule:
    """Return the rule that an instruction may only open a conversation, once."""

    def rule(subject: Subject) -> Iterator[Reason]:
        rows = _examples(
            subject, lambda e: Role.SYSTEM in [m.role for m in e.messages[1:]]
        )
        yield from _about("system_inside", level, rows)

    return rule


def no_empty_text(subject: Subject) -> Iterator[Reason]:
    """Refuse messages without text."""
    rows = _examples(subject, lambda e: any(not m.content.strip() for m in e.messages))
    yield from _about("empty_text", Level.BLOCKED, rows)


def writable_text(subject: Subject) -> Iterator[Reason]:
    """Refuse NUL and halves of characters, which no UTF-8 file should hold."""
    rows = _examples(subject, lambda e: any(map(_is_broken, _texts(e))))
    yield from _about("bad_characters", Level.BLOCKED, rows)


def no_reserved_words(subject: Subject) -> Iterator[Reason]:
    """Refuse the words that a destination keeps for itself, whatever the case."""
    yield from _words("reserved", Level.BLOCKED, subject, subject.bounds.reserved)


def no_template_marks(subject: Subject) -> Iterator[Reason]:
    """Warn of marks of the chat template, which the model would take for real."""
    yield from _words("template_marks", Level.WARNING, subject, subject.bounds.marks)


def several_classes(level: Level) -> Rule:
    """Return the rule that a classification needs at least two classes."""

    def rule(subject: Subject) -> Iterator[Reason]:
        labels = {example.target for example in subject.dataset}
        is_classification = subject.dataset.task is Task.CLASSIFICATION
        if is_classification and len(labels) < _FEWEST_CLASSES:
            params: dict[str, Param] = {"label": next(iter(labels), "")}
            yield Reason("one_class", level, params=params)

    return rule


def still_open(subject: Subject) -> Iterator[Reason]:
    """Warn of a service that is closing, and refuse it once it has closed."""
    closing = subject.bounds.closing
    if closing is None or subject.today < closing.newcomers:
        return
    params: dict[str, Param] = {
        "newcomers": spoken_day(closing.newcomers),
        "everyone": spoken_day(closing.everyone),
        "models": spoken_day(closing.models),
    }
    if subject.today < closing.everyone:
        yield Reason("closing", Level.WARNING, params=params)
    else:
        yield Reason("closed", Level.BLOCKED, params=params)


def _words(
    code: str, level: Level, subject: Subject, words: Sequence[str]
) -> Iterator[Reason]:
    """Give one reason for every word found, with the examples that have it."""
    lowered = ["\n".join(_texts(e)).lower() for e in subject.dataset]
    for word in words:
        rows = _where(lowered, partial(_holds, word.lower()))
        yield from _about(code, level, rows, {"word": word})


def _about(
    code: str,
    level: Level,
    rows: tuple[int, ...],
    params: dict[str, Param] | None = None,
) -> Iterator[Reason]:
    """Give one reason about the examples at ``rows``, if there are any."""
    if rows:
        found: dict[str, Param] = {"count": number(len(rows)), "first": rows[0]}
        yield Reason(code, level, rows, {**found, **(params or {})})


def _examples(subject: Subject, is_wrong: Callable[[Example], bool]) -> tuple[int, ...]:
    return _where(subject.dataset.examples, is_wrong)


def _where(
    items: Sequence[_Item], is_wrong: Callable[[_Item], bool]
) -> tuple[int, ...]:
    return tuple(row for row, item in enumerate(items, 1) if is_wrong(item))


def _holds(word: str, content: str) -> bool:
    return word in content


def _texts(example: Example) -> list[str]:
    return [message.content for message in example.messages]


def _turns(example: Example) -> list[Role]:
    return [m.role for m in example.messages if m.role is not Role.SYSTEM]


def _repeats_a_turn(example: Example) -> bool:
    turns = _turns(example)
    return any(one is other for one, other in pairwise(turns))


def _is_broken(content: str) -> bool:
    return _BROKEN.search(content) is not None
