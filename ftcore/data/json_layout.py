"""Find where a broken JSON object ends, so that it takes no other with it."""

import re
from itertools import islice

_WINDOW = 100_000  # characters searched for the end of a broken object
_FIRST_KEY = re.compile(r"""\{\s*["'“”‘’]?(\w[\w -]{0,40})""")
_WIDEST_INDENT = 200
_OPENING = re.compile(r"[{\[]")
_NESTED = 900  # brackets skipped at once; Python refuses about 1,000


def after_nesting(text: str, start: int) -> int:
    """Find the line after most of the brackets that were too many."""
    opened = islice(_OPENING.finditer(text, start), _NESTED)
    last = max(match.start() for match in opened)
    newline = text.find("\n", last)
    return newline if newline >= 0 else len(text)


def is_deeper(value: object, depth: int) -> bool:
    """Whether lists and objects are nested more than ``depth`` levels."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return bool(level)


def region_end(text: str, start: int) -> int:
    """Find where the next object starts, so that a broken one ends there."""
    limit = min(len(text), start + _WINDOW)
    before = text[max(0, start - _WIDEST_INDENT) : start]
    margin = before.rpartition("\n")[2]
    indent = 0 if margin.strip() else len(margin)
    ends = [limit]
    breaks = re.compile(rf"\n[ \t]{{0,{indent}}}[{{\[]")
    found = breaks.search(text, start + 1, limit)
    if found:
        ends.append(found.start())
    key = _FIRST_KEY.match(text, start)
    if key:
        again = re.compile(rf"""\{{\s*["'“”‘’]?{re.escape(key.group(1))}\b""")
        found = again.search(text, start + 1, limit)
        if found:
            ends.append(found.start())
    return min(ends)
