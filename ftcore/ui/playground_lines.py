"""The words under an answer of the playground: speed, notices, thumbs so far."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from html import escape

from ftcore.chat.base import CANCELLED, LENGTH, ReplyTrace
from ftcore.storage.records import TrialRow
from ftcore.texts import number, text
from ftcore.workshop.playground import Tally

_NOBODY: Tally = (0, 0)


def waiting_line() -> str:
    """Return what is said before the first word."""
    return _spoken(text("playground_chat.thinking"))


def writing_line(trace: ReplyTrace) -> str:
    """Return what is said while an answer is written."""
    if trace.first_token_seconds is None:
        return waiting_line()
    first = number(trace.first_token_seconds, 1)
    return _spoken(text("playground_chat.writing", first=first))


def finished_line(trace: ReplyTrace, tally: Tally = _NOBODY) -> str:
    """Return what is said of an answer that has ended, and of its arm's thumbs."""
    parts = [_spoken(speed(trace))]
    if trace.trimmed:
        parts.append(_notice(text("playground_chat.trimmed")))
    if trace.finish in {LENGTH, CANCELLED}:
        parts.append(_notice(text(f"playground_chat.{trace.finish}")))
    return "".join(parts) + tally_line(tally)


def trial_line(trials: Sequence[TrialRow], tally: Tally = _NOBODY) -> str:
    """Return the line of the last kept answer; of none, the thumbs alone."""
    if not trials:
        return tally_line(tally)
    return finished_line(_trace_of(trials[-1].trace), tally)


def failed_line(problem: str, fix: str) -> str:
    """Return why there is no answer and what to do."""
    return (
        f'<p class="ft-notice ft-failed" role="alert">{escape(problem)} '
        f"{escape(fix)}</p>"
    )


def tally_line(tally: Tally) -> str:
    """Return how many answers of an arm were liked; empty before the first thumb."""
    liked, total = tally
    if not total:
        return ""
    words = text("playground_chat.liked", liked=liked, total=total)
    return f'<p class="ft-tally">{escape(words)}</p>'


def speed(trace: ReplyTrace) -> str:
    """Say how long the first word took and how many tokens came per second after it."""
    if trace.first_token_seconds is None:
        return ""
    if not trace.answer_tokens:
        seconds = number(trace.seconds, 1)
        return text("playground_chat.copied", seconds=seconds)
    first = number(trace.first_token_seconds, 1)
    writing = trace.seconds - trace.first_token_seconds
    if trace.answer_tokens < 2 or writing <= 0:
        return text("playground_chat.speed_short", first=first)
    rate = number((trace.answer_tokens - 1) / writing)
    return text("playground_chat.speed", first=first, rate=rate)


def _trace_of(values: Mapping[str, object]) -> ReplyTrace:
    """Rebuild a trace that was kept; fields of another version are ignored."""
    known = {field.name for field in fields(ReplyTrace)}
    kept = {name: value for name, value in values.items() if name in known}
    return ReplyTrace(**kept)  # type: ignore[arg-type]  # written by ``asdict``


def _spoken(words: str) -> str:
    return f"<p>{escape(words)}</p>" if words else ""


def _notice(words: str) -> str:
    return f'<p class="ft-notice">{escape(words)}</p>'
