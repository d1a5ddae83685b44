"""Say of one answer whether it is right, and if not, how it is wrong."""

import re
from enum import StrEnum

from benchmarks.quality.sets import OUT_OF_SCOPE, QualitySet, Question
from ftcore.evaluation.claims import missing_facts, read_claims
from ftcore.evaluation.language import is_loop, looks_spanish
from ftcore.evaluation.normalisation import fold, words
from ftcore.evaluation.refusals import is_refusal

MOST_WORDS_OF_GREETING = 15


class Verdict(StrEnum):
    """What an answer is."""

    RIGHT = "right"
    REFUSED = "wrong_refusal"  # the data has the answer
    WRONG = "wrong_answer"  # the fact is missing, or another is told
    ALTERED = "altered_figure"  # a figure that no example has: the worst
    UNREFUSED = "should_refuse"  # the data has no answer


def judge(data: QualitySet, question: Question, answer: str) -> Verdict:
    """Judge one answer of a chat.

    An answer in scope is right if it contains every expected fact as written and no
    figure beyond those of the examples that answer it (and of the question). One out
    of scope is right if it refuses; one to a greeting if it is short, without figures
    and no refusal.
    """
    if question.kind == "small_talk":
        return Verdict.RIGHT if _is_small_talk(answer) else Verdict.WRONG
    if question.kind in OUT_OF_SCOPE:
        return Verdict.RIGHT if is_refusal(answer) else Verdict.UNREFUSED
    if alters_figures(data, question, answer):
        return Verdict.ALTERED
    has_all = all(contains(answer, fact) for fact in question.facts)
    if has_all and not _tells_more(data, question, answer) and _is_sound(answer):
        return Verdict.RIGHT
    return Verdict.REFUSED if is_refusal(answer) else Verdict.WRONG


def contains(answer: str, fact: str) -> bool:
    """Whether the fact stands in the answer, not as a part of a longer figure."""
    pattern = rf"(?<![\w.,]){re.escape(_spaced(fact))}(?![\w]|[.,]\d)"
    return re.search(pattern, _spaced(answer)) is not None


def alters_figures(data: QualitySet, question: Question, answer: str) -> bool:
    """Whether the answer has a figure that neither question nor any example has."""
    everything = " ".join(f"{e.prompt} {e.target}" for e in data.dataset.examples)
    known = read_claims(f"{everything} {question.before} {question.question}").facts
    numbers = [f for f in read_claims(answer).facts if f.kind in {"number", "link"}]
    return bool(missing_facts(numbers, known))


def _tells_more(data: QualitySet, question: Question, answer: str) -> bool:
    """Whether it has a figure of another example than those that answer it."""
    own = " ".join((data.answers(question), question.before, question.question))
    numbers = [f for f in read_claims(answer).facts if f.kind == "number"]
    return bool(missing_facts(numbers, read_claims(own).facts))


def _is_sound(answer: str) -> bool:
    return not is_loop(answer) and looks_spanish(answer)


def _is_small_talk(answer: str) -> bool:
    found = words(answer)
    is_short = 0 < len(found) <= MOST_WORDS_OF_GREETING
    has_figures = any(char.isdigit() for char in answer)
    return is_short and not has_figures and not is_refusal(answer)


def _spaced(text: str) -> str:
    return " ".join(fold(text).split())
