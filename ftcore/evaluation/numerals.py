"""The words for numbers, days, months and units, and what written digits mean."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ftcore.evaluation.normalisation import fold, load_list, words


@dataclass(frozen=True, slots=True)
class Names:
    """The word lists of ``assets/evaluation/quantities.yaml``, folded."""

    numbers: Mapping[str, float]
    multipliers: Mapping[str, float]
    ones: frozenset[str]
    after_hour: Mapping[str, float]
    joiner: str
    less: str
    range_words: frozenset[str]
    exceptions: frozenset[str]
    weekdays: Mapping[str, int]
    months: Mapping[str, int]
    units: Mapping[str, str]


@cache
def names() -> Names:
    """Return the word lists, read once."""
    lists = load_list("quantities")
    days = words(lists["weekdays"])
    weekdays = {day: index for index, day in enumerate(days, start=1)}
    plurals = {f"{day}s": index for day, index in weekdays.items() if day[-1] == "o"}
    units = {
        fold(word): unit for unit, row in lists["units"].items() for word in row.split()
    }
    return Names(
        numbers={fold(key): value for key, value in lists["number_words"].items()},
        multipliers={fold(key): value for key, value in lists["multipliers"].items()},
        ones=frozenset(words(lists["ones"])),
        after_hour=lists["after_hour"],
        joiner=lists["joiner"],
        less=lists["less"],
        range_words=frozenset(words(lists["range_words"])),
        exceptions=frozenset(words(lists["exceptions"])),
        weekdays={**weekdays, **plurals},
        months={m: i for i, m in enumerate(words(lists["months"]), start=1)},
        units=units,
    )


def parse_number(written: str) -> float:
    """Return the value of digits with Spanish (or English) separators.

    ``1.234,5`` is 1234.5, ``9,90`` is 9.9, ``1.200`` is 1200 and ``0,250`` is 0.25.
    """
    digits = written.replace(" ", "")
    separators = [char for char in digits if char in ".,"]
    if not separators:
        return float(digits)
    head, _, tail = digits.rpartition(separators[-1])
    groups = re.split(r"[.,]", digits)
    grouped = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3
    if len(set(separators)) == 1 and grouped and groups[0].lstrip("0"):
        return float("".join(groups))
    if len(set(separators)) == 1 and len(separators) > 1:
        return float("".join(groups))  # such as a version: one code, not a price
    return float(f"{re.sub(r'[.,]', '', head)}.{tail}")
