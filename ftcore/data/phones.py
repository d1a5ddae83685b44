"""Telephone numbers in a text: clearly written ones only, of any country.

A number with its country code stands for itself. Without it, the digits must be
grouped as phones are, or be announced ('llama al …'), and belong to a country
where our participants live. Whether a number can exist is the judgement of
Google's libphonenumber (the ``phonenumbers`` package).
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import accumulate

from ftcore.data.personal_words import words

# Where our participants live, Spain first; the first that fits a number wins.
REGIONS = tuple(re.findall("..", "ESMXARCOCLPEECVEUYBRUSBOPYCRPADOGTHNSVNI"))
_MIN_DIGITS = 8  # of a national number that may be written alone
_MAX_DIGITS = 13  # the longest national form: Argentina's 011 15 1234 5678
_MAX_INTERNATIONAL = 15  # E.164
_BEFORE = 40  # characters in which a phone may be announced
_RUN = re.compile(
    r"(?:\(\+ ?\d++\)|\+ ?\(?\d++\)?|\(\d++\)|\d++)"
    r"(?: ?\(\d++\)|(?:(?<=\)) ?|[ .-])\d++)*+"
)
_GROUP = re.compile(r"\d+")
_GLUED_BEFORE = re.compile(r"(?:\w|[^\W\d][-_/]|\d[-_/.,:]|[/=#@\\&?%])\Z")
_GLUED_AFTER = re.compile(r"\w|[-_/.,:]\d|[-_/]\w|@|%")
_LINK = re.compile(r"(?:wa\.me/|phone=|(?<!\w)tel:(?://)?)\Z", re.IGNORECASE)
_LONGEST_LINK = 8  # characters of what the pattern above finds, with one before
_MONEY_BEFORE = re.compile(r"[$€£] ?\Z")
_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_DATE = re.compile(
    r"(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d)(?:\d{4}|\d{6})?\Z"
)
_SPANISH_MOBILE = re.compile(r"[67]\d{8}\Z")
_OLD_MEXICAN_MOBILE = re.compile(r"521(?=\d{10}\Z)")  # +52 1, dropped in 2019
# Lengths of the groups in which people write a number that nothing announces.
_SHAPES = frozenset(
    tuple(map(int, shape))
    for shape in re.findall(
        r"\d+",
        "333 3222 2322 2223 36 27 225"  # Spain, Peru, Uruguay, Chile
        " 334 37 244 3322"  # Mexico, Colombia, Ecuador, United States
        " 144 18 234 254 25 26 344 3244 434 47 4322 345"  # the rest of America
        " 2333 23222 2334 2244 21244 2144 2254 1334",  # a country code without +
    )
)
# Codes and amounts are grouped in these two ways as well, so the beginning counts:
# mobiles of Spain, Chile, Peru, Uruguay; cities of Mexico and Buenos Aires.
_BEGINNINGS: dict[tuple[int, ...], re.Pattern[str]] = {
    (3, 3, 3): re.compile(r"[6-9]|09"),
    (2, 4, 4): re.compile(r"33|55|56|81|11"),
}
_SHORT_SHAPES = frozenset({(8,), (4, 4), (1, 7), (1, 3, 4), (2, 6)})


def find_phones(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and canonical form of each number, from left to right.

    The canonical form is the national significant number, so that '+34 612 34 56
    78' and '612345678' are the same.

    Args:
        text: A text of a :class:`ftcore.data.personal_view.View`.
    """
    for run in _RUN.finditer(text):
        start, end = run.span()
        if end - start < _MIN_DIGITS:
            continue
        before = text[max(0, start - _BEFORE) : start]
        is_link = _LINK.search(before[-_LONGEST_LINK:]) is not None
        if not is_link and _GLUED_BEFORE.search(before[-2:]):
            continue
        if _is_international(run.group(), announced=is_link):
            found = _international(run.group())
            if found and not _GLUED_AFTER.match(text, start + found[0]):
                yield start, start + found[0], found[1]
                continue
        if run.group().lstrip("(").startswith("+") or _GLUED_AFTER.match(text, end):
            continue
        number = _national(run.group(), before, text[end : end + 12], is_link=is_link)
        if number:
            yield start, end, number


def _is_international(run: str, *, announced: bool) -> bool:
    return run.lstrip("(").startswith(("+", "00")) or announced


def _international(run: str) -> tuple[int, str] | None:
    """Return how much of the run is a number with its country code, and the number."""
    groups = list(_GROUP.finditer(run))
    sums = list(accumulate(match.group() for match in groups))
    plus = run.lstrip("(").startswith("+")
    for match, digits in zip(reversed(groups), reversed(sums), strict=True):
        bare = digits if plus else digits.removeprefix("00")
        if len(bare) > _MAX_INTERNATIONAL:
            continue
        number = _valid(f"+{bare}", None)
        # Without the plus sign it must be a country that we expect.
        if number and (plus or _region_of(f"+{bare}") in REGIONS):
            return match.end(), number
    return None


def _national(run: str, before: str, after: str, *, is_link: bool) -> str:
    groups = _GROUP.findall(run)
    digits = "".join(groups)
    if not _MIN_DIGITS <= len(digits) <= _MAX_DIGITS or _DATE.match(digits):
        return ""
    if _units().match(after) or _MONEY_BEFORE.search(before[-2:]):
        return ""
    announced = True if is_link else _announced(before)
    if announced is False or (announced is None and not _looks_like_one(run, groups)):
        return ""
    if len(digits) == _MIN_DIGITS and tuple(map(len, groups)) not in _SHORT_SHAPES:
        return ""
    return next(filter(None, (_valid(digits, region) for region in REGIONS)), "")


def _looks_like_one(run: str, groups: list[str]) -> bool:
    """Whether the digits are grouped as a phone and not as a quantity or dates."""
    if len(groups) == 1:
        return _SPANISH_MOBILE.match(groups[0]) is not None
    if sum(bool(_YEAR.match(group)) for group in groups) > 1:
        return False
    if all(group.endswith("00") for group in groups):
        return False
    lengths = tuple(map(len, groups))
    if not set(run) & set(" -()") and (len(groups) == 2 or set(lengths[1:]) == {3}):
        return False  # 91.234567 and 612.345.678 are quantities unless announced
    beginning = _BEGINNINGS.get(lengths)
    if beginning and "(" not in run and not beginning.match(groups[0]):
        return False
    return lengths in _SHAPES


def _announced(before: str) -> bool | None:
    """Whether the nearest word speaks of a phone, of something else, or neither."""
    found = None
    for match in _announcements().finditer(before.rpartition("\x01")[2]):
        found = match.lastgroup == "near"
    return found


@cache
def _announcements() -> re.Pattern[str]:
    near, far = words("phone", "near"), words("phone", "far")
    return re.compile(rf"(?<!\w)(?:(?P<near>{near})|(?P<far>{far}))(?!\w)", re.I)


@cache
def _units() -> re.Pattern[str]:
    return re.compile(rf" ?{words('phone', 'units')}(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _valid(digits: str, region: str | None) -> str:
    """Return the national significant number if it can exist; else nothing."""
    import phonenumbers  # noqa: PLC0415 - only a text with a candidate pays for it

    digits = "+52" + digits[4:] if _OLD_MEXICAN_MOBILE.match(digits, 1) else digits
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return str(phonenumbers.national_significant_number(number))


@lru_cache(maxsize=1024)
def _region_of(digits: str) -> str:
    import phonenumbers  # noqa: PLC0415 - only a text with a candidate pays for it

    number = phonenumbers.parse(digits, None)
    return phonenumbers.region_code_for_number(number) or ""
