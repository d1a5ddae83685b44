"""``python -m benchmarks.quality.plot``: draw the chats' right answers as an SVG.

One row a set and one for all, a dot and its 95 % interval for each arm. Written by hand
as text: no drawing library that makes files is among the product's.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.quality.records import Record, load_records
from benchmarks.quality.sets import load_set
from benchmarks.quality.tables import Group, current, groups, over_sets
from ftcore.data.examples import Task
from ftcore.training.base import Preset

PLOT = Path(__file__).parents[2] / "docs" / "quality.svg"
# Okabe and Ito's colours, which the colour-blind tell apart.
COLOURS: Mapping[str, str] = {
    "base": "#999999",
    "few_shot": "#E69F00",
    "nearest": "#009E73",
    "tuned": "#0072B2",
    "tuned_few_shot": "#CC79A7",
}
LEFT, WIDTH, RIGHT = 130, 480, 20
TOP, BAND, LINE = 50, 84, 14  # heights: of the legend, of a set, of an arm


def rows_of(records: Sequence[Record]) -> list[tuple[str, list[Group]]]:
    """Return the groups of each chat, as the product trains it by default."""
    usual = [
        record
        for record in current(records)
        if load_set(record.set_name).task is Task.CHAT
        if record.preset == Preset.BALANCED.value and not record.change
    ]
    found: dict[str, list[Group]] = {}
    for group in [*over_sets(usual), *groups(usual)]:
        found.setdefault(group.name, []).append(group)
    return list(found.items())


def drawing(rows: Sequence[tuple[str, Sequence[Group]]]) -> str:
    """Return the SVG."""
    height = TOP + BAND * len(rows) + 30
    arms = {group.arm for _, shown in rows for group in shown}
    parts = [*_legend(arms), *_grid(height)]
    for number, (name, shown) in enumerate(rows):
        y = TOP + BAND * number + 12
        parts.append(_text(LEFT - 10, y + 2 * LINE + 4, name, "end"))
        for group in shown:
            place = list(COLOURS).index(group.arm)
            parts += _dot(group, y + LINE * place)
    size = f'width="{LEFT + WIDTH + RIGHT}" height="{height}"'
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        'font-family="sans-serif" font-size="12">\n'
        "<title>Right answers of each arm, in per cent</title>\n"
        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def _at(value: float) -> float:
    return round(LEFT + WIDTH * value, 1)


def _legend(arms: Collection[str]) -> Iterator[str]:
    shown = [arm for arm in COLOURS if arm in arms]
    for number, arm in enumerate(shown):
        colour = COLOURS[arm]
        x = LEFT + number * WIDTH / len(COLOURS)
        yield f'<circle cx="{x}" cy="18" r="5" fill="{colour}"/>'
        yield _text(x + 9, 22, arm.replace("_", " "))


def _grid(height: float) -> Iterator[str]:
    for percent in range(0, 101, 20):
        x = _at(percent / 100)
        ends = f'y1="{TOP - 10}" x2="{x}" y2="{height - 25}"'
        yield f'<line x1="{x}" {ends} stroke="#ddd"/>'
        yield _text(x, height - 8, f"{percent} %", "middle")


def _dot(group: Group, y: float) -> Iterator[str]:
    colour, found = COLOURS[group.arm], group.share("right")
    ends = f'x1="{_at(found.low)}" y1="{y}" x2="{_at(found.high)}" y2="{y}"'
    yield f'<line {ends} stroke="{colour}" stroke-width="2"/>'
    yield f'<circle cx="{_at(found.value)}" cy="{y}" r="4.5" fill="{colour}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="#222">'
        f"{escape(words)}</text>"
    )


if __name__ == "__main__":
    PLOT.write_text(drawing(rows_of([*load_records().values()])), "utf-8")
