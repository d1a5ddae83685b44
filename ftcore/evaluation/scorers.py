"""Pure, deterministic scorers: answers are judged by what they claim, not by looks.

Overlap metrics rank a negated copy above a right paraphrase; so they are shown as a
panel, while 'correct' is decided by facts, polarity and what the answer newly tells.
"""

from collections.abc import Mapping

from ftcore.data.examples import Example, Role, Task
from ftcore.evaluation import claims as compare
from ftcore.evaluation.base import ACCURACY, RELEVANCE, Score, Scorer
from ftcore.evaluation.claims import Claims, read_claims
from ftcore.evaluation.language import (
    count_sentences,
    is_complete,
    is_loop,
    looks_spanish,
)
from ftcore.evaluation.normalisation import content_stems, words
from ftcore.evaluation.overlap import chrf_share, f1_of_tokens, likeness, same_text
from ftcore.evaluation.refusals import is_refusal, without_contacts
from ftcore.evaluation.swaps import has_swapped_word

ENOUGH_TOLD = 0.5  # calibrated on tests/unit/evaluation/answer_pairs.yaml
ENOUGH_ON_TOPIC = 0.2  # share of the answer's own words that belong to the expected
SAME_WORDING = 0.8  # token-F1 from which two answers count as the same
TOPIC_SHARE = 0.25  # of the answer's words, in question or expected answer
LENGTH_RATIO = (0.4, 2.5)  # of a generated text to the example's
CHRF_OF_SAME_STYLE = 0.5  # chrF++ between good texts on one subject; more adds nothing


def last_question(example: Example) -> str:
    """Return the last message of the user before the answer."""
    asked = [m.content for m in example.prompt_messages if m.role is Role.USER]
    return asked[-1] if asked else ""


def _claims(example: Example, answer: str) -> tuple[Claims, Claims, Claims]:
    question = last_question(example)
    return read_claims(example.target), read_claims(answer), read_claims(question)


def _binary(name: str, passed: bool, reason: str) -> Score:
    return Score(name, float(passed), passed, None if passed else reason)


def exact_match(example: Example, answer: str) -> Score:
    """Pass when the answer equals the expected one after normalising."""
    return _binary("exact_match", same_text(example.target, answer), "differs")


def token_f1(example: Example, answer: str) -> Score:
    """Score the words in common; passes from :data:`SAME_WORDING`."""
    value = f1_of_tokens(example.target, answer)
    passed = value >= SAME_WORDING
    return Score("token_f1", value, passed, None if passed else "differs")


def chrf(example: Example, answer: str) -> Score:
    """Score pieces of words in common: chrF++."""
    value = chrf_share(example.target, answer)
    passed = value >= CHRF_OF_SAME_STYLE
    return Score("chrf", value, passed, None if passed else "differs")


def numbers_agree(example: Example, answer: str) -> Score:
    """Pass when numbers, prices, hours, dates and addresses are the expected ones."""
    passed = compare.facts_agree(*_claims(example, answer))
    return _binary("numbers", passed, "wrong_numbers")


def polarity_agrees(example: Example, answer: str) -> Score:
    """Pass when nothing that was affirmed is denied, nor the other way round."""
    expected, given, _ = _claims(example, answer)
    passed = compare.polarity_agrees(expected, given)
    return _binary("polarity", passed, "wrong_polarity")


def is_spanish(_: Example, answer: str) -> Score:
    """Pass when the answer looks Spanish, or is too short to tell."""
    return _binary("spanish", looks_spanish(answer), "not_spanish")


def not_degenerate(_: Example, answer: str) -> Score:
    """Pass when the answer is neither empty nor caught in a loop."""
    if not words(answer):
        return _binary("not_degenerate", False, "empty")
    return _binary("not_degenerate", not is_loop(answer), "loop")


def why_wrong(example: Example, answer: str) -> str | None:
    """Return the reason code of a wrong answer, ``None`` if nothing is wrong."""
    if not words(answer):
        return "empty"
    if is_loop(answer):
        return "loop"
    if is_refusal(example.target):
        return _why_no_refusal(example, answer)
    if is_refusal(answer):
        return "needless_refusal"
    expected, given, question = _claims(example, answer)
    reason = _why_untrue(expected, given, question)
    is_all_words = reason is None and not expected.facts
    if is_all_words and has_swapped_word(example.target, answer):
        return "wrong_word"  # numbers, where there are any, are the better witness
    return reason


def _why_no_refusal(example: Example, answer: str) -> str | None:
    if not is_refusal(answer):
        return "should_refuse"
    expected, _, question = _claims(example, answer)
    # A refusal may send people elsewhere; to where is checked if the example says it.
    given = read_claims(answer if expected.facts else without_contacts(answer))
    known = (*expected.facts, *question.facts)
    return "wrong_numbers" if compare.missing_facts(given.facts, known) else None


def _why_untrue(expected: Claims, given: Claims, question: Claims) -> str | None:
    if not compare.facts_agree(expected, given, question):
        return "wrong_numbers"
    if not compare.names_agree(expected, given, question):
        return "wrong_names"
    if not compare.polarity_agrees(expected, given):
        return "wrong_polarity"
    if compare.coverage(expected, given, question) < ENOUGH_TOLD:
        return "missing_content"
    if compare.precision(expected, given, question) < ENOUGH_ON_TOPIC:
        return "off_topic"
    return None


def correct_answer(example: Example, answer: str) -> Score:
    """Pass when the answer claims what the expected one does ('precisión').

    A paraphrase passes; a wrong number, a changed name, an opposite polarity, a
    needless refusal or a loop does not. If the expected answer is itself a refusal,
    any refusal without new facts is right.
    """
    if same_text(example.target, answer):
        return Score(ACCURACY, 1.0, True)
    reason = why_wrong(example, answer)
    if reason == "missing_content":
        told = compare.coverage(*_claims(example, answer))
        return Score(ACCURACY, told, False, reason)
    if reason is not None:
        return Score(ACCURACY, 0.0, False, reason)
    told = compare.coverage(*_claims(example, answer))
    return Score(ACCURACY, max(told, f1_of_tokens(example.target, answer)), True)


def why_useless(example: Example, answer: str) -> str | None:
    """Return the reason code of an answer that serves nobody, else ``None``."""
    if not words(answer):
        return "empty"
    if is_loop(answer):
        return "loop"
    if looks_spanish(example.target) and not looks_spanish(answer):
        return "not_spanish"
    if is_refusal(answer) != is_refusal(example.target):
        return "should_refuse" if is_refusal(example.target) else "needless_refusal"
    if not is_complete(answer):
        return "cut_off"
    if same_text(answer, last_question(example)):
        return "echo"
    return None if topic_share(example, answer) >= TOPIC_SHARE else "off_topic"


def topic_share(example: Example, answer: str) -> float:
    """Return the share of the answer's content found in question or expected answer.

    A bare 'sí', 'no', number or refusal has no content of its own: 1.
    """
    own = content_stems(answer)
    if not own or is_refusal(answer):
        return 1.0
    topic = content_stems(last_question(example)) | content_stems(example.target)
    return len(own & topic) / len(own)


def useful_answer(example: Example, answer: str) -> Score:
    """Pass when the answer is on the topic, whole and in Spanish ('relevancia')."""
    if same_text(example.target, answer):
        return Score(RELEVANCE, 1.0, True)
    reason = why_useless(example, answer)
    if reason is not None:
        return Score(RELEVANCE, 0.0, False, reason)
    return Score(RELEVANCE, topic_share(example, answer), True)


def in_the_style(example: Example, answer: str) -> Score:
    """Pass when a generated text resembles the example's in length, form and subject.

    There is no one right text, so the value is the mean of four likenesses: length,
    number of sentences, share of words on the subject and chrF++.
    """
    if same_text(example.target, answer):
        return Score(ACCURACY, 1.0, True)
    reason = why_useless(example, answer)
    length = len(words(answer)) / max(1, len(words(example.target)))
    if reason is None and not LENGTH_RATIO[0] <= length <= LENGTH_RATIO[1]:
        reason = "other_length"
    if reason is not None:
        return Score(ACCURACY, 0.0, False, reason)
    parts = (
        likeness(length, 1.0),
        likeness(count_sentences(answer), count_sentences(example.target)),
        topic_share(example, answer),
        min(1.0, chrf_share(example.target, answer) / CHRF_OF_SAME_STYLE),
    )
    return Score(ACCURACY, sum(parts) / len(parts), True)


def label_match(example: Example, answer: str) -> Score:
    """Pass when the label is the expected one."""
    return _binary(ACCURACY, answer.strip() == example.target.strip(), "other_label")


def answers_agree(first: str, second: str) -> bool:
    """Whether two answers to the same question say the same ('consistencia')."""
    if same_text(first, second) or (is_refusal(first) and is_refusal(second)):
        return True
    one, other = read_claims(first), read_claims(second)
    same_facts = not (
        compare.missing_facts(one.facts, other.facts)
        or compare.missing_facts(other.facts, one.facts)
    )
    alike = f1_of_tokens(first, second) >= SAME_WORDING
    return alike and same_facts and compare.polarity_agrees(one, other)


_PANEL: tuple[Scorer, ...] = (
    exact_match,
    token_f1,
    chrf,
    is_spanish,
    not_degenerate,
)

SCORERS: Mapping[Task, tuple[Scorer, ...]] = {
    Task.CHAT: (
        correct_answer,
        useful_answer,
        numbers_agree,
        polarity_agrees,
        *_PANEL,
    ),
    Task.COMPLETION: (in_the_style, useful_answer, *_PANEL),
    Task.CLASSIFICATION: (label_match,),
}
