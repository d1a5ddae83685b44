"""Mark what changed between two texts, as HTML with everything escaped."""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from html import escape

from ftcore.data.examples import Example
from ftcore.data.formats import example_to_json

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
_MOST_PIECES = 1_500  # comparing costs the square of it
_ALIKE = 0.4  # below it, marking everything would say nothing
Span = tuple[int, int]


def marked(before: str, after: str) -> tuple[str, str]:
    """Return both texts, the first with what went, the second with what came."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > _MOST_PIECES:
        return escape(before), escape(after)
    gone, came = [], []
    for kind, a, b, c, d in _compared(old, new).get_opcodes():
        left, right = escape("".join(old[a:b])), escape("".join(new[c:d]))
        if kind == "equal":
            gone.append(left)
            came.append(right)
            continue
        gone.append(_tag("del", left))
        came.append(_tag("ins", right))
    return "".join(gone), "".join(came)


def marked_row(raw: str, example: Example, columns: Sequence[str] = ()) -> str:
    """Return a row of a file with its slips marked, as one line of HTML.

    The row is compared with the same example written as it should be, in the
    form that it resembles most; a difference of spaces is none.

    Args:
        raw: The row as it was in the file.
        example: What it became.
        columns: Names of the two columns or keys, if they are known.
    """
    old = _PIECES.findall(raw)
    if len(old) > _MOST_PIECES:
        return escape(raw)
    forms = [_PIECES.findall(form) for form in _forms(example, columns)]
    best = max(forms, key=lambda form: _compared(old, form).quick_ratio())
    if _compared(old, best).ratio() < _ALIKE:
        return escape(raw)
    return "".join(_steps(old, best))


def _compared(old: Sequence[str], new: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, old, new, autojunk=False)


def _steps(old: Sequence[str], new: Sequence[str]) -> Iterable[str]:
    for kind, a, b, c, d in _compared(old, new).get_opcodes():
        went, came = "".join(old[a:b]), "".join(new[c:d])
        if kind == "equal" or not (went + came).strip():
            yield escape(went)
        else:
            yield _tag("del", escape(went)) + _tag("ins", escape(came))


def _forms(example: Example, columns: Sequence[str]) -> Iterable[str]:
    names = list(columns) if len(columns) == 2 and all(columns) else []
    pairs = [names, ["prompt", "completion"], ["text", "label"]]
    yield json.dumps(example_to_json(example), ensure_ascii=False)
    for source, target in filter(None, pairs):
        pair = {source: example.prompt, target: example.target}
        yield json.dumps(pair, ensure_ascii=False)
    for separator in ",;\t":
        line = io.StringIO(newline="")
        writer = csv.writer(line, delimiter=separator, lineterminator="")
        writer.writerow([example.prompt, example.target])
        yield line.getvalue()


def veiled(words: str, spans: Iterable[Span]) -> str:
    """Return the text with all but the ends of the given parts covered.

    Args:
        words: Any text.
        spans: Start and end of each part.
    """
    covered = list(words)
    for start, end in spans:
        show = 1 if end - start < 8 else 2
        for at in range(start + show, max(start + show, end - show)):
            if covered[at].isalnum():
                covered[at] = "•"
    return "".join(covered)


def _tag(name: str, inside: str) -> str:
    return f"<{name}>{inside}</{name}>" if inside else ""
