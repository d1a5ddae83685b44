"""What a text claims: facts, words with their polarity, names, yes or no."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ftcore.evaluation.normalisation import (
    antonyms,
    fold,
    lexicon,
    plain,
    stem,
    words,
)
from ftcore.evaluation.quantities import Fact, Token, read_facts

_NAME = re.compile(r"(?<=[^\W\d_A-ZÁÉÍÓÚÑ][ ]|[,;][ ])[A-ZÁÉÍÓÚÜÑ]\w+")
_LEADING_MARKS = re.compile(r"^[\W_]+")


@dataclass(frozen=True, slots=True)
class Claims:
    """What one text says, in a form that can be compared.

    Attributes:
        facts: Numbers, days, months and addresses, in order.
        denied: Facts inside a negated clause: what is *not* so.
        polarity: Stem -> +1 affirmed, -1 negated, 0 both or unclear.
        order: Content stems in order, with their positions.
        names: Folded words written with a capital inside a sentence.
        vocabulary: Every folded word.
        stance: +1 for a text that opens with 'sí', -1 with 'no', 0 for neither.
    """

    facts: tuple[Fact, ...]
    denied: tuple[Fact, ...]
    polarity: dict[str, int]
    order: tuple[tuple[str, int], ...]
    names: frozenset[str]
    vocabulary: frozenset[str]
    stance: int


@lru_cache(maxsize=4096)
def read_claims(text: str) -> Claims:
    """Return what ``text`` claims."""
    facts, tokens = read_facts(plain(text))
    polarity: dict[str, int] = {}
    order: list[tuple[str, int]] = []
    denied: list[Fact] = []
    for clause, start, end in _clauses(tokens):
        is_denying = False
        for stemmed, sign, position in _signed(clause):
            known = polarity.setdefault(stemmed, sign)
            polarity[stemmed] = sign if known == sign else 0
            order.append((stemmed, position))
            is_denying = is_denying or sign < 0
        is_denying = is_denying or any(t.text in lexicon().negators for t in clause)
        if is_denying:
            denied += [fact for fact in facts if start <= fact.position < end]
    return Claims(
        facts=facts,
        denied=tuple(denied),
        polarity=polarity,
        order=tuple(order),
        names=_names_in(text),
        vocabulary=frozenset(words(text)),
        stance=_stance(text),
    )


def _clauses(tokens: Iterable[Token]) -> Iterator[tuple[list[Token], float, float]]:
    """Yield the tokens of each clause and the positions that it spans."""
    clause: list[Token] = []
    start = 0.0
    for token in tokens:
        if token.kind == "stop" or token.text in lexicon().clause_breaks:
            yield clause, start, token.position
            clause, start = [], token.position
        else:
            clause.append(token)
    yield clause, start, float("inf")


def _signed(clause: list[Token]) -> Iterator[tuple[str, int, int]]:
    """Yield stem, sign and position of the content words of one clause.

    What follows a 'no' is negated; what stands before it may be its subject or its
    object, so its sign stays open.
    """
    lists = lexicon()
    negated_from = next(
        (t.position for t in clause if t.text in lists.negators), float("inf")
    )
    is_next_negated = False
    for token in clause:
        if token.text in lists.negators_of_next:
            is_next_negated = True
        if token.text in lists.stopwords | lists.negators | lists.negators_of_next:
            continue
        stemmed = stem(token.text)
        sign = -1 if token.position > negated_from or is_next_negated else 1
        is_next_negated = False
        if token.position < negated_from < float("inf"):
            sign = 0
        if stemmed in antonyms():
            stemmed, sign = antonyms()[stemmed], -sign
        yield stemmed, sign, token.position


def _names_in(text: str) -> frozenset[str]:
    found = {fold(match) for match in _NAME.findall(text)}
    return frozenset(found - lexicon().stopwords)


def _stance(text: str) -> int:
    opening = _LEADING_MARKS.sub("", text.casefold())
    folded = _LEADING_MARKS.sub("", lexicon().neutral.sub(" ", fold(text)))
    if lexicon().says_no.match(folded):
        return -1
    is_yes = lexicon().says_yes.match(opening) or lexicon().says_yes.match(folded)
    return 1 if is_yes else 0


def missing_facts(wanted: Iterable[Fact], given: Iterable[Fact]) -> list[Fact]:
    """Return the facts of ``wanted`` that nothing in ``given`` matches."""
    available = list(given)
    return [
        fact for fact in wanted if not any(fact.matches(other) for other in available)
    ]


def facts_agree(expected: Claims, answer: Claims, question: Claims) -> bool:
    """Whether the answer gives all numbers expected and no others.

    A number of the question may be echoed or left out, and so may what the expected
    answer only denies ('los domingos no abrimos').
    """
    optional = (*question.facts, *expected.denied)
    wanted = missing_facts(expected.facts, optional)
    if missing_facts(wanted, answer.facts):
        return False
    allowed = (*expected.facts, *question.facts)
    return not missing_facts(answer.facts, allowed) and not _swapped(expected, answer)


def _swapped(expected: Claims, answer: Claims) -> bool:
    """Whether the words keep their order while equal-unit numbers change theirs."""

    def in_order(one: Claims, other: Claims) -> list[str]:
        shared = (stemmed for stemmed, _ in one.order if stemmed in other.polarity)
        return list(dict.fromkeys(shared))

    anchors = in_order(expected, answer)
    if len(anchors) < 2 or anchors != in_order(answer, expected):
        return False
    for unit in {fact.unit for fact in expected.facts}:
        first = _values(expected, unit)
        second = _values(answer, unit)
        if sorted(first) == sorted(second) and first != second:
            return True
    return False


def _values(claims: Claims, unit: str | None) -> list[float]:
    found = (f for f in claims.facts if f.kind == "number" and f.unit == unit)
    return list(dict.fromkeys(f.value for f in found if isinstance(f.value, float)))


def names_agree(expected: Claims, answer: Claims, question: Claims) -> bool:
    """Whether no name was exchanged for another."""
    missing = expected.names - answer.vocabulary - question.vocabulary
    extra = answer.names - expected.vocabulary - question.vocabulary
    return not (missing and extra)


def polarity_agrees(expected: Claims, answer: Claims) -> bool:
    """Whether nothing affirmed in one text is denied in the other."""
    if expected.stance * answer.stance < 0:
        return False
    shared = expected.polarity.keys() & answer.polarity.keys()
    return all(expected.polarity[key] * answer.polarity[key] >= 0 for key in shared)


def coverage(expected: Claims, answer: Claims, question: Claims) -> float:
    """Return the share of what the expected answer tells that the answer tells too.

    Words that the question already holds tell nothing; a name, a number and a plain
    'sí' or 'no' count as one item each.
    """
    news = _news(expected, question)
    items: list[bool] = [_says(answer, key, expected.polarity[key]) for key in news]
    told = missing_facts(expected.facts, (*question.facts, *expected.denied))
    missed = missing_facts(told, answer.facts)
    items += [True] * (len(told) - len(missed)) + [False] * len(missed)
    stance = expected.stance or (0 if items else _implied(expected, question))
    if stance:
        given = answer.stance or _implied(answer, question)
        items.append(stance == given)
    if not items:
        items = [_says(answer, key, sign) for key, sign in expected.polarity.items()]
    return sum(items) / len(items) if items else 0.0


def precision(expected: Claims, answer: Claims, question: Claims) -> float:
    """Return the share of what the answer newly tells that was expected of it.

    Numbers count like words; an answer that tells nothing new is fully on topic.
    """
    news = _news(answer, question)
    told = missing_facts(answer.facts, question.facts)
    strange = missing_facts(told, expected.facts)
    count = len(news) + len(told)
    kept = sum(key in expected.polarity for key in news) + len(told) - len(strange)
    return kept / count if count else 1.0


def _news(claims: Claims, question: Claims) -> list[str]:
    asked = question.polarity
    return [
        key
        for key, sign in claims.polarity.items()
        if key not in asked or asked[key] * sign < 0
    ]


def _says(claims: Claims, key: str, sign: int) -> bool:
    return key in claims.polarity and claims.polarity[key] * sign >= 0


def _implied(claims: Claims, question: Claims) -> int:
    """Return the 'sí' or 'no' that follows from repeating the question's words."""
    shared = claims.polarity.keys() & question.polarity.keys()
    signs = {claims.polarity[key] * question.polarity[key] for key in shared} - {0}
    if not signs:
        return 0
    return -1 if -1 in signs else 1
