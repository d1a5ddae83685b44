"""Whether the answers are written as if by one person."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

from ftcore.data.checking import (
    MIN_EXAMPLES,
    distinct,
    pattern,
    style_table,
    warning,
    writes_answers,
)
from ftcore.data.examples import Dataset, Example, Role
from ftcore.data.findings import Finding
from ftcore.texts import text

MIN_TREATED = 3  # answers that address the reader alike before another stands out
MIN_ODD = 2  # one answer without its full stop is a slip, not a mixed style
CLEAR_MAJORITY = 0.60  # of the answers; below it no treatment is the usual one
CLOSED_WORDS = 4  # shorter answers ('Sí', '12 €') need no full stop
CAPITAL_LETTERS = 20  # shorter capitals may be initials
CAPITAL_SHARE = 0.90
MOST_READ = 20_000  # characters of one text: they tell who it addresses and how
CODE_CHARACTERS = 2_000  # of an answer that are searched for code
MOST_ODD = 0.20  # above this share it is their style, and no oversight

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:;]\s+|\n)[\s¡¿«\"'*-]*([^\W\d_]+)")
_CLOSED = re.compile(r"[.!?…][)\]»”\"'’*_`]*\s*\Z")
# What ends well without a full stop: addresses, figures, symbols, brackets and emoji.
_NEEDS_NO_CLOSE = re.compile(r"(?:\S*[@/\d_#=<>|\\]\S*|[^\w\s])\s*\Z")

YOU, FORMAL, VOS = "you", "formal", "vos"
OPEN, CLOSED = "open", "closed"


def treatment_of(answer: str) -> str:
    """Return how an answer addresses its reader: you, formal, vos, or not at all.

    Only words that cannot mean anything else count: 'usted', 'puedes', 'llámenos',
    or 'Consulte' at the start of a sentence. 'Su', 'le' and 'puede' are of the third
    person too. 'Vosotros' counts as 'tú': a business may greet groups and persons.
    """
    answer = answer[:MOST_READ]
    words = Counter(word.lower() for word in _WORD.findall(answer))
    starts = {word.lower() for word in _SENTENCE_START.findall(answer)}
    found = {
        name: sum(count for word, count in words.items() if _belongs(word, name))
        for name in (YOU, FORMAL, VOS)
    }
    found[FORMAL] += len(starts & style_table("treatment")["formal_starts"])
    if found[VOS]:
        found[YOU] = 0  # 'te' and 'tu' go with 'vos' as well
    usual, count = max(found.items(), key=lambda item: item[1])
    return usual if count else ""


def _belongs(word: str, name: str) -> bool:
    if word in style_table("treatment")[name]:
        return True
    return word.endswith(_endings(name)) and len(word) > 5


@cache
def _endings(name: str) -> tuple[str, ...]:
    return tuple(style_table("treatment_endings").get(name, ()))


def check_treatment(dataset: Dataset) -> Iterator[Finding]:
    """Answers that address the reader in another way than most, if most agree."""
    if not writes_answers(dataset):
        return
    treatments = ((line, treatment_of(answers(e))) for line, e in distinct(dataset))
    found = {line: treatment for line, treatment in treatments if treatment}
    counts = Counter(found.values())
    usual, most = counts.most_common(1)[0] if counts else ("", 0)
    if most < MIN_TREATED:
        return
    if most < CLEAR_MAJORITY * len(found):
        ways = ((text(f"substance.treatments.{t}"), n) for t, n in counts.most_common())
        listed = ", ".join(f"«{name}» ({n})" for name, n in ways)
        yield warning("split_treatment", found=listed)
        return
    for line, treatment in found.items():
        if treatment != usual:
            yield warning(
                "mixed_treatment",
                line,
                found=text(f"substance.treatments.{treatment}"),
                usual=text(f"substance.treatments.{usual}"),
                count=most,
                total=len(found),
            )


def answers(example: Example) -> str:
    """Return all that the assistant says in an example."""
    said = (m.content for m in example.messages if m.role is Role.ASSISTANT)
    return "\n".join(said)


def closing_of(answer: str) -> str:
    """Return whether an answer is closed, open, or has no need of a full stop."""
    if looks_like_code(answer):
        return ""
    answer = answer[-MOST_READ:]
    if _CLOSED.search(answer):
        return CLOSED
    short = len(answer.split()) < CLOSED_WORDS
    return "" if short or _NEEDS_NO_CLOSE.search(answer) else OPEN


def looks_like_code(answer: str) -> bool:
    """Whether a line is of a program or a query, which has no sentences to close."""
    return pattern("code").search(answer[:CODE_CHARACTERS]) is not None


def check_spaces(dataset: Dataset) -> Iterator[Finding]:
    """Answers with spaces around them where the others have none."""
    return _odd(dataset, "stray_spaces", lambda answer: answer != answer.strip())


def check_capitals(dataset: Dataset) -> Iterator[Finding]:
    """Answers in capitals where the others are in lower case."""
    return _odd(dataset, "all_capitals", _shouts)


def _odd(
    dataset: Dataset, code: str, is_odd: Callable[[str], bool]
) -> Iterator[Finding]:
    rows = distinct(dataset)
    if not writes_answers(dataset) or len(rows) < MIN_EXAMPLES:
        return
    odd = [line for line, example in rows if is_odd(example.target)]
    if MIN_ODD <= len(odd) <= MOST_ODD * len(rows):
        for line in odd:
            yield warning(code, line, count=len(odd), total=len(rows))


def _shouts(answer: str) -> bool:
    if sum(map(str.islower, answer[:CAPITAL_LETTERS])) > CAPITAL_LETTERS // 2:
        return False
    letters = [c for c in answer if c.isalpha()]
    if len(letters) < CAPITAL_LETTERS:
        return False
    return sum(c.isupper() for c in letters) >= CAPITAL_SHARE * len(letters)
