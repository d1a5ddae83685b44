"""What ``check`` writes for a person, section by section."""

from collections.abc import Iterator, Sequence

from ftcore.cli.check_facts import Facts
from ftcore.data.changes import Change
from ftcore.data.destinations.base import Judgement, Level
from ftcore.data.findings import CheckReport, Finding, Severity
from ftcore.data.summary import group_findings, lines_phrase
from ftcore.data.values import excerpt
from ftcore.texts import duration, number, spoken_day, text
from ftcore.training.costs import LocalTime
from ftcore.training.prices import PriceStatus, Quote

_MARKS = {Severity.ERROR: "✗", Severity.REPAIR: "✎", Severity.WARNING: "!"}
_LEVELS = {Level.READY: "✓", Level.WARNING: "!", Level.BLOCKED: "✗"}
_LEAST_USD = 0.01
_MOST_LISTED = 10  # of a kind; the JSON has them all
_MOST_ADVICE = 3


def report_lines(report: CheckReport) -> Iterator[str]:
    """Give the verdict and every kind of finding with its place, cause and remedy."""
    title = text(f"cli_check.verdicts.{report.verdict.value}")
    yield text("cli_check.title", file=report.filename, verdict=title)
    yield report.message
    yield from _finding_lines(report.findings)
    if report.left_out:
        count = number(len(report.left_out))
        yield text("cli_check.left_out.title", count=count)
        for row in report.left_out[:_MOST_LISTED]:
            raw = excerpt(row.raw)
            yield text("cli_check.left_out.row", line=number(row.line), raw=raw)


def change_lines(changes: Sequence[Change]) -> Iterator[str]:
    """Give what a fix changed, and everything that it took out."""
    dropped = [change for change in changes if change.after is None]
    changed, gone = number(len(changes) - len(dropped)), number(len(dropped))
    yield text("cli_check.changes.title", changed=changed, dropped=gone)
    for change in changes[:_MOST_LISTED]:
        before = excerpt(change.before.prompt) if change.before else ""
        kind = "dropped" if change.after is None else "changed"
        row = number(change.row)
        yield text(f"cli_check.changes.{kind}", row=row, prompt=before)


def fact_lines(facts: Facts) -> Iterator[str]:
    """Give all that follows from the examples."""
    if facts.near:
        yield text("cli_check.near.title", count=number(len(facts.near)))
        yield from _finding_lines(facts.near)
    if facts.balance:
        parts = (f"{label} {number(count)}" for label, count in facts.balance)
        yield text("cli_check.classes", classes=", ".join(parts))
    yield facts.proof
    yield text("cli_check.quality.title", score=facts.quality.score)
    for advice in facts.quality.best[:_MOST_ADVICE]:
        words = text(f"quality.advice.{advice.name}", **advice.params)
        yield text("cli_check.quality.advice", words=words, gain=advice.gain)
    yield text("cli_check.places.title")
    for judgement in facts.judgements:
        yield from _place_lines(judgement)
    yield text("cli_check.costs.title")
    yield _local_line(facts.local)
    yield from map(_cost_line, facts.quotes)
    yield text("cli_check.costs.note")


def _finding_lines(findings: Sequence[Finding]) -> Iterator[str]:
    for group in group_findings(findings):
        mark, first = _MARKS[group[0].severity], group[0]
        alike: dict[str, set[int]] = {}
        for finding in group:
            lines = alike.setdefault(finding.message, set())
            lines.update([finding.line] if finding.line is not None else [])
        for message, lines in list(alike.items())[:_MOST_LISTED]:
            where = (
                lines_phrase(sorted(lines)) if lines else text("cli_check.whole_file")
            )
            yield text("cli_check.finding", mark=mark, where=where, what=message)
        if len(alike) > _MOST_LISTED:
            yield text("cli_check.more_alike", count=number(len(alike) - _MOST_LISTED))
        if first.why:
            yield text("cli_check.why", why=first.why)
        yield text("cli_check.fix", fix=first.fix)


def _place_lines(judgement: Judgement) -> Iterator[str]:
    key = "exact" if judgement.exact else "estimate"
    tokens = text(f"destinations.{key}", tokens=number(judgement.tokens))
    yield text(
        "cli_check.places.place",
        mark=_LEVELS[judgement.level],
        name=judgement.name,
        level=text(f"destinations.levels.{judgement.level.value}").lower(),
        tokens=tokens,
    )
    for reason in judgement.reasons:
        words = {"message": reason.message, "fix": reason.fix}
        yield text("cli_check.places.reason", **words)


def _local_line(local: LocalTime) -> str:
    key = "measured" if local.is_measured else "guessed"
    return text(f"cli_check.costs.local_{key}", time=duration(local.seconds))


def _cost_line(quote: Quote) -> str:
    price = quote.price
    usd = _usd(quote.usd)
    if price.usd_per_month:
        monthly = number(price.usd_per_month, 2)
        usd = text("cli_check.costs.monthly", usd=usd, monthly=monthly)
    low, high = (_usd(amount) for amount in quote.course_usd)
    course = low if low == high else text("cli_check.costs.range", low=low, high=high)
    passes = "pass_one" if quote.epochs == 1 else "pass_many"
    line = text(
        "cli_check.costs.line",
        provider=text(f"trainers.{price.provider}.title"),
        model=price.model,
        usd=usd,
        course=course,
        passes=text(f"cli_check.costs.{passes}", epochs=quote.epochs),
        date=spoken_day(price.as_of),
    )
    if price.status is PriceStatus.CURRENT:
        return line
    return f"{line} {text(f'prices.status.{price.status.value}')}"


def _usd(usd: float) -> str:
    if usd <= 0:
        return text("cli_check.costs.free")
    key = "less" if usd < _LEAST_USD else "usd"
    return text(f"cli_check.costs.{key}", usd=number(max(usd, _LEAST_USD), 2))
