"""Read numbers, prices, hours, dates and addresses the way Spanish writes them.

A thousand may be ``1.000``, ``1,000`` or ``1 000``: a single separator before exactly
three digits is read as thousands, because three decimals are rare in such texts.
"""

import re
from dataclasses import dataclass, field
from functools import cache

from ftcore.evaluation.normalisation import load_list, words
from ftcore.evaluation.numerals import names, parse_number

SHORTEST_PHONE = 7  # digits; shorter groups are separate numbers
NOON = 12

_LIST_MARKER = re.compile(r"^\s*\d{1,2}[.)]\s+", re.MULTILINE)
_PIECES = r"""
    (?P<link>[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)[^\s,;)]*[\w/]
        |\b[a-z][\w-]*\.(?:com|es|org|net|mx|ar|cl|co|pe|info|io)\b)
    |(?P<date>\b(?:\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})\b)
    |(?P<clock>\b\d{1,2}[:h]\d{2}(?:\s?h\b)?|\b\d{1,2}\.\d{2}(?=\s?(?:HOUR|am|pm)\b))
    |(?P<phone>\+?\d{2,4}(?:[ -]\d{2,4}){2,}(?!\d)|\b\d{3}[ -]\d{4}\b)
    |(?P<code>[^\W\d_]+\d\w*)
    |(?P<number>\d{1,3}(?:[ ]\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)*)
    |(?P<word>[^\W\d_]+)
    |(?P<symbol>[€$%])
    |(?P<stop>[.,;:!?()\n])
    """


@cache
def _token() -> re.Pattern[str]:
    hours = words(load_list("quantities")["units"]["hour"])
    return re.compile(_PIECES.replace("HOUR", "|".join(hours)), re.VERBOSE)


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing said that is either right or wrong.

    Attributes:
        kind: ``number``, ``weekday``, ``month`` or ``link``.
        value: The number (hours as decimals), the day or month from 1, or the link.
        unit: Name of the unit, if the text gives one.
        position: Index of the token it was read from; not part of its identity.
    """

    kind: str
    value: float | str
    unit: str | None = None
    position: int = field(default=0, compare=False)

    def matches(self, other: "Fact") -> bool:
        """Whether both say the same; a unit left out agrees with any unit."""
        same = self.kind == other.kind and self.value == other.value
        return same and (
            self.unit == other.unit or self.unit is None or other.unit is None
        )


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of text that is not a fact: a ``word`` or a ``stop``."""

    kind: str
    text: str
    position: int


class _Reader:
    """Walk over the tokens once, sorting them into facts and plain tokens."""

    def __init__(self, text: str) -> None:
        found = _token().finditer(_LIST_MARKER.sub(" ", text))
        self.tokens = [(str(match.lastgroup), match[0]) for match in found]
        self.names = names()
        self.facts: list[Fact] = []
        self.plain: list[Token] = []
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        """Return the text of a token to come; empty past the end."""
        index = self.at + ahead
        return self.tokens[index][1] if index < len(self.tokens) else ""

    def add(self, kind: str, value: float | str, unit: str | None = None) -> None:
        """Record a fact at the present token."""
        self.facts.append(Fact(kind, value, unit, self.at))

    def read(self) -> None:
        """Sort all tokens."""
        readers = {
            "link": self.read_link,
            "date": self.read_date,
            "clock": self.read_clock,
            "phone": self.read_phone,
            "number": self.read_number,
            "word": self.read_word,
            "symbol": self.skip,
        }
        while self.at < len(self.tokens):
            kind = self.tokens[self.at][0]
            readers.get(kind, self.read_plain)()

    def skip(self) -> None:
        """Leave a symbol out; the number beside it looks at it."""
        self.at += 1

    def read_plain(self) -> None:
        """Keep a stop or a code as it is."""
        kind, text = self.tokens[self.at]
        kept = "stop" if kind == "stop" else "word"
        self.plain.append(Token(kept, text, self.at))
        self.at += 1

    def read_link(self) -> None:
        """Read an e-mail or web address."""
        bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", self.peek()).rstrip("/.")
        self.add("link", bare)
        self.at += 1

    def read_date(self) -> None:
        """Read day/month/year or an ISO date."""
        parts = [int(part) for part in re.split(r"[/-]", self.peek())]
        if parts[0] > 31:
            parts.reverse()
        day, month, year = parts
        self.add("number", float(day))
        self.add("month", float(month))
        self.add("number", float(year if year > 99 else 2000 + year))
        self.at += 1

    def read_clock(self) -> None:
        """Read ``9:30`` as 9.5 hours."""
        hours, minutes = re.findall(r"\d+", self.peek())
        self.finish(int(hours) + int(minutes) / 60, "hour")

    def read_phone(self) -> None:
        """Read groups of digits as one number if they are long enough."""
        digits = re.sub(r"\D", "", self.peek())
        if len(digits) >= SHORTEST_PHONE:
            self.add("number", float(digits))
        else:
            for group in re.findall(r"\d+", self.peek()):
                self.add("number", float(group))
        self.at += 1

    def read_number(self) -> None:
        """Read digits, a multiplier after them and the unit around them."""
        value = parse_number(self.peek())
        before = self.tokens[self.at - 1][1] if self.at else ""
        unit = self.names.units.get(before) if before in {"$", "€"} else None
        if self.peek(1) in self.names.multipliers:
            self.at += 1
            value *= self.names.multipliers[self.peek()]
        self.finish(value, unit)

    def finish(self, value: float, unit: str | None) -> None:
        """Add a number with what follows it: halves, unit, half of the day."""
        start, known = self.at, self.names
        joined, fraction = self.peek(1), known.after_hour.get(self.peek(2))
        if fraction is not None and joined in {known.joiner, known.less}:
            value += fraction if joined == known.joiner else -fraction
            self.at += 2
        if unit is None or unit == "hour":
            found = known.units.get(self.peek(1))
            self.at += found is not None
            unit = found or unit
        if self.peek(1) in {"am", "pm"}:
            value = value % NOON + (NOON if self.peek(1) == "pm" else 0)
            unit = "hour"
            self.at += 1
        self.facts.append(Fact("number", round(value, 6), unit, start))
        self.at += 1

    def read_word(self) -> None:
        """Read a day, a month or a number in words; otherwise keep the word."""
        word, known = self.peek(), self.names
        if word in known.weekdays:
            self.read_weekday(known.weekdays[word])
        elif word in known.months:
            self.add("month", float(known.months[word]))
            self.at += 1
        elif word in known.numbers or word in known.multipliers:
            self.finish(self.number_in_words(), None)
        elif word in known.ones and self.peek(1) in known.units:
            self.finish(1.0, None)
        else:
            self.read_plain()

    def read_weekday(self, first: int) -> None:
        """Read a day; 'lunes a viernes' stands for all five, 'salvo' takes away."""
        known = self.names
        is_exception = any(token.text in known.exceptions for token in self.plain[-2:])
        ahead = 2 if self.peek(1) in known.range_words else 0
        if ahead and self.peek(ahead) not in known.weekdays:
            ahead += 1  # 'hasta el domingo'
        last = known.weekdays.get(self.peek(ahead), first) if ahead else first
        for step in range((last - first) % 7 + 1):
            day = float((first - 1 + step) % 7 + 1)
            if is_exception:
                self.facts = [f for f in self.facts if f != Fact("weekday", day)]
            else:
                self.add("weekday", day)
        self.at += 1 if last == first else ahead + 1

    def number_in_words(self) -> float:
        """Read 'treinta y cinco' or 'dos mil'; stop at its last word."""
        total, current = 0.0, 0.0
        numbers, multipliers = self.names.numbers, self.names.multipliers
        while True:
            word = self.peek()
            if word in multipliers:
                total, current = total + max(current, 1) * multipliers[word], 0.0
            else:
                current += numbers[word]
            step = 2 if self.peek(1) == self.names.joiner and current % 10 == 0 else 1
            following = self.peek(step)
            fits = self.fits(current, numbers.get(following), joined=step == 2)
            if not (fits or (step == 1 and following in multipliers)):
                return total + current
            self.at += step

    @staticmethod
    def fits(current: float, value: float | None, *, joined: bool) -> bool:
        """Whether ``value`` can follow ``current`` inside one number in words."""
        if value is None:
            return False
        if joined:
            return current % 100 >= 30 and 0 < value < 10
        return current == 0 or (current >= 100 and current % 100 == 0 and value < 100)


def read_facts(text: str) -> tuple[tuple[Fact, ...], tuple[Token, ...]]:
    """Split folded ``text`` into its facts and its other tokens, both in order."""
    reader = _Reader(text)
    reader.read()
    return tuple(reader.facts), tuple(reader.plain)
