"""Texts in another language than the rest."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from ftcore.data.checking import distinct, style_names, style_table, warning
from ftcore.data.checks.style import MOST_READ, answers
from ftcore.data.examples import Dataset, Example, Role, Task
from ftcore.data.findings import Finding

if TYPE_CHECKING:
    from lingua import LanguageDetector

# Measured on 2,200 Spanish texts and 43 foreign ones: docs/decisions.
MIN_LETTERS = 15
MIN_WORDS = 3
MIN_CONFIDENCE = 0.5
SURE_WORDS = 3  # small words of one language, more than of any other, need no detector

MIN_KNOWN = 5  # texts before one language can be called the usual one
USUAL_SHARE = 2 / 3  # of the texts; below it the file is of several languages
MIN_OF_EACH = 2  # texts of a language before it counts among several

_WORD = re.compile(r"[^\W\d_]+(?:['’]t\b)?")


def check_language(dataset: Dataset) -> Iterator[Finding]:
    """Name texts in another language, and answers in another than their question.

    A text that is short or has few small words has no known language, and nothing
    is said of it: dishes, brands and terms are foreign in any business.
    """
    is_label = dataset.task is Task.CLASSIFICATION
    rows = [
        (line, language_of(_asked(e)), "" if is_label else language_of(answers(e)))
        for line, e in distinct(dataset)
    ]
    both = [(asked, answered) for _, asked, answered in rows if asked and answered]
    alike = sum(asked == answered for asked, answered in both)
    should_agree = len(both) >= MIN_KNOWN and alike >= USUAL_SHARE * len(both)
    mixed = {
        line: (asked, answered)
        for line, asked, answered in rows
        if should_agree and asked and answered and asked != answered
    }
    for line, (asked, answered) in mixed.items():
        names = {"asked": _name(asked), "answered": _name(answered)}
        yield warning("mixed_languages", line, **names)
    rest = [row for row in rows if row[0] not in mixed]
    told: set[int] = set()
    for side in (
        [(line, asked) for line, asked, _ in rest],
        [(r[0], r[2]) for r in rest],
    ):
        for finding in _unusual([(line, name) for line, name in side if name]):
            if finding.line not in told:
                told.add(finding.line or 0)
                yield finding


def _unusual(known: list[tuple[int, str]]) -> Iterator[Finding]:
    """Tell the few from the many on one side of the examples."""
    counts = Counter(language for _, language in known)
    if len(known) < MIN_KNOWN or len(counts) < 2:
        return
    usual, most = counts.most_common(1)[0]
    if most >= USUAL_SHARE * len(known):
        for line, language in known:
            if language != usual:
                names = {"found": _name(language), "usual": _name(usual)}
                yield warning(
                    "other_language", line, count=most, total=len(known), **names
                )
        return
    several = [name for name, n in counts.most_common() if n >= MIN_OF_EACH]
    if len(several) > 1:
        listed = ", ".join(f"{_name(n)} ({counts[n]})" for n in several)
        yield warning("several_languages", languages=listed)


def language_of(text: str) -> str:
    """Return the ISO code of a text's language, or nothing if there is any doubt.

    Two witnesses must agree: the detector and the small words. Alone, the first
    takes a third of all short chat answers for a neighbour's language; the second
    is fooled by 'no' and 'la', which several languages share.
    """
    if len(text) < MIN_LETTERS:
        return ""
    text = text[:MOST_READ]
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if len(words) < MIN_WORDS:
        return ""
    known = _languages_of_words()
    counts = Counter(name for word in words for name in known.get(word, ()))
    (language, best), (_, second) = [*counts.most_common(2), ("", 0), ("", 0)][:2]
    if best == second:
        return ""
    return language if best >= SURE_WORDS or _detect(text) == language else ""


@cache
def _languages_of_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for language, words in style_table("small_words").items():
        for word in words:
            found[word] = (*found.get(word, ()), language)
    return found


def _detect(text: str) -> str:
    values = _detector().compute_language_confidence_values(text)
    if not values or values[0].value < MIN_CONFIDENCE:
        return ""
    return values[0].language.iso_code_639_1.name.lower()


@cache
def _detector() -> "LanguageDetector":
    """Load the detector, 13 MB; only a text that its small words leave open pays."""
    from lingua import IsoCode639_1, LanguageDetectorBuilder  # noqa: PLC0415

    codes = [IsoCode639_1.from_str(code) for code in style_table("small_words")]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return builder.with_low_accuracy_mode().build()


def _asked(example: Example) -> str:
    return "\n".join(m.content for m in example.messages if m.role is Role.USER)


def _name(code: str) -> str:
    return style_names("language_names")[code]
