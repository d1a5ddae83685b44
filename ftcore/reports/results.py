"""The parts on results that a report and a model card share."""

from ftcore.chat.base import Arm
from ftcore.evaluation.base import ACCURACY, AnswerRecord, ArmResult, Evaluation
from ftcore.evaluation.report_lines import (
    describe_metric,
    describe_seconds,
    is_classifier,
)
from ftcore.evaluation.statistics import compare_arms
from ftcore.reports.markdown import bullets, quote
from ftcore.texts import number, text

SHOWN = 3  # best and worst answers each
FEW = 30  # answers below which the report warns of chance
_COLUMNS = ("accuracy", "relevance", "consistency", "speed")


def metrics_table(evaluation: Evaluation) -> str:
    """Return the four measures of every arm as a Markdown table."""
    heads = [text("report.table.arm"), *(text(f"report.table.{c}") for c in _COLUMNS)]
    rows = [heads, ["---"] * len(heads), *(_row(arm) for arm in evaluation.arms)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(arm: ArmResult) -> list[str]:
    return [
        text(f"evaluation.arms.{arm.arm.value}"),
        describe_metric(arm.accuracy),
        describe_metric(arm.relevance, counts_answers=not is_classifier(arm)),
        describe_metric(arm.consistency),
        describe_seconds(arm.mean_seconds),
    ]


def comparison(evaluation: Evaluation) -> str | None:
    """Return a sentence on tuned against base; ``None`` unless both were asked."""
    tuned, base = evaluation.arm(Arm.TUNED), evaluation.arm(Arm.BASE)
    if tuned is None or base is None:
        return None
    found = compare_arms(tuned, base)
    verdict = text(f"evaluation.comparison.{'clear' if found.is_clear else 'unclear'}")
    counts = text("report.comparison", wins=found.wins, losses=found.losses)
    return f"{counts} {verdict}"


def best_and_worst(
    arm: ArmResult,
) -> tuple[tuple[AnswerRecord, ...], tuple[AnswerRecord, ...]]:
    """Return up to three right answers, best first, and three wrong, worst first."""

    def value(record: AnswerRecord) -> float:
        score = record.score(ACCURACY)
        return score.value if score else 0.0

    right = [record for record in arm.records if record.passed(ACCURACY)]
    wrong = [record for record in arm.records if not record.passed(ACCURACY)]
    best = sorted(right, key=value, reverse=True)[:SHOWN]
    return tuple(best), tuple(sorted(wrong, key=value)[:SHOWN])


def answer_list(records: tuple[AnswerRecord, ...]) -> str:
    """Return questions with what was answered and, if wrong, what was expected."""
    return bullets([_answer(record) for record in records])


def _answer(record: AnswerRecord) -> str:
    score = record.score(ACCURACY)
    key = "report.answer.right"
    reason = ""
    if score is not None and not score.passed:
        key, reason = "report.answer.wrong", text(f"evaluation.reasons.{score.reason}")
    return text(
        key,
        question=quote(record.question),
        answer=quote(record.answer) or text("report.answer.empty"),
        expected=quote(record.expected),
        reason=reason,
    )


def limits(evaluation: Evaluation | None) -> list[str]:
    """Return what the figures cannot tell, one sentence or two a line."""
    tuned = evaluation.arm(Arm.TUNED) if evaluation else None
    lines = [text("report.limits.automatic"), text("report.limits.facts")]
    if tuned is None or tuned.accuracy.n == 0:
        return [text("report.limits.not_evaluated"), *lines]
    if tuned.accuracy.n < FEW:
        points = number(100 / tuned.accuracy.n)
        key = "one" if tuned.accuracy.n == 1 else "few"
        small = text(f"report.limits.{key}", total=tuned.accuracy.n, points=points)
        return [small, *lines]
    return lines
