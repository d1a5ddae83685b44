"""``python -m benchmarks.growth_plot``: draw time and memory by size as an SVG.

Reads what ``training_growth`` and ``room_growth`` left in the results. Both axes are
logarithmic: a straight line of slope one is growth in proportion.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks.__main__ import RESULTS

PLOT = Path(__file__).parents[1] / "docs" / "growth.svg"
# Title, and by curve the prefix of its rows in the results.
PANELS: Mapping[str, Mapping[str, str]] = {
    "One training, by examples": {
        "seconds": "training_seconds_",
        "megabytes": "training_megabytes_",
    },
    "A room, by participants": {
        "seconds until all have a model": "room_",
        "megabytes of server and workers": "room_{}_memory",
    },
}
COLOURS = ("#0072B2", "#E69F00")  # Okabe and Ito's, which the colour-blind tell apart
WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 260, 60, 60, 90

Points = Sequence[tuple[float, float]]


def curves(rows: Mapping[str, float]) -> dict[str, dict[str, Points]]:
    """Return the points of every curve, by panel.

    Args:
        rows: Value of each row of the results, by its name.
    """
    return {
        title: {name: _points(rows, key) for name, key in keys.items()}
        for title, keys in PANELS.items()
    }


def _points(rows: Mapping[str, float], key: str) -> Points:
    pattern = key if "{}" in key else f"{key}{{}}"
    before, after = pattern.split("{}")
    found = []
    for name, value in rows.items():
        size = name.removeprefix(before).removesuffix(after)
        if size.isdigit() and name == pattern.format(size):
            found.append((float(size), value))
    return sorted(found)


def drawing(panels: Mapping[str, Mapping[str, Points]]) -> str:
    """Return the SVG."""
    width = LEFT + len(panels) * (WIDTH + GAP)
    height = TOP + HEIGHT + 50
    parts: list[str] = []
    for number, (title, shown) in enumerate(panels.items()):
        parts += _panel(title, shown, LEFT + number * (WIDTH + GAP))
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12">\n'
        "<title>Time and memory by size</title>\n"
        f'<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n'
    )


def _panel(title: str, shown: Mapping[str, Points], left: float) -> Iterator[str]:
    yield _text(left, 20, title, weight="bold")
    points = [point for curve in shown.values() for point in curve]
    if not points:
        yield _text(left, TOP + 20, "not measured")
        return
    across, up = _Axis([x for x, _ in points]), _Axis([y for _, y in points])
    bottom = TOP + HEIGHT
    for power in up.powers:
        y = bottom - HEIGHT * up.place(10.0**power)
        yield _line([(left, y), (left + WIDTH, y)], "#ddd", 1)
        yield _text(left - 6, y + 4, f"{10**power:,}", "end")
    for size in sorted({x for x, _ in points}):
        x = left + WIDTH * across.place(size)
        yield _text(x, bottom + 18, f"{size:,.0f}", "middle")
    for number, (name, curve) in enumerate(shown.items()):
        colour = COLOURS[number]
        yield _text(left, 36 + 14 * number, name, colour=colour)
        places = [
            (left + WIDTH * across.place(x), bottom - HEIGHT * up.place(y))
            for x, y in curve
        ]
        yield _line(places, colour, 2)
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'


def _line(places: Points, colour: str, width: int) -> str:
    corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    look = f'fill="none" stroke="{colour}" stroke-width="{width}"'
    return f'<polyline points="{corners}" {look}/>'


class _Axis:
    """A logarithmic axis over whole powers of ten."""

    def __init__(self, values: Sequence[float]) -> None:
        self._low = math.floor(math.log10(min(values)))
        self._high = max(self._low + 1, math.ceil(math.log10(max(values))))
        self.powers = range(self._low, self._high + 1)

    def place(self, value: float) -> float:
        """Return where a value lies, 0 to 1."""
        return (math.log10(value) - self._low) / (self._high - self._low)


def _text(
    x: float,
    y: float,
    words: str,
    anchor: str = "start",
    *,
    colour: str = "#222",
    weight: str = "normal",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
        f'font-weight="{weight}">{words}</text>'
    )


if __name__ == "__main__":
    kept = json.loads(RESULTS.read_text("utf-8"))
    PLOT.write_text(
        drawing(curves({row["name"]: row["value"] for row in kept})), "utf-8"
    )
