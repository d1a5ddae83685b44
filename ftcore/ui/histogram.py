"""Sort whole numbers into bins of equal width, named as people write ranges."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ftcore.texts import number, text

_BINS = 8


@dataclass(frozen=True, slots=True)
class Bin:
    """Examples whose length lies between two numbers, both included."""

    low: int
    high: int
    count: int

    @property
    def label(self) -> str:
        """The range as written on the axis."""
        if self.low == self.high:
            return number(self.low)
        low, high = number(self.low), number(self.high)
        return text("data.charts.range", low=low, high=high)


def length_bins(lengths: Sequence[int], bins: int = _BINS) -> list[Bin]:
    """Return a histogram of whole numbers, in bins of equal width.

    Args:
        lengths: Words or tokens of each text; at least one.
        bins: Most bins wanted; there are fewer when the range is narrow.
    """
    low, high = min(lengths), max(lengths)
    width = -(-(high - low + 1) // bins)
    counts = Counter((length - low) // width for length in lengths)
    last = (high - low) // width
    return [
        Bin(low + at * width, low + (at + 1) * width - 1, counts[at])
        for at in range(last + 1)
    ]
