"""A fair sample of a file that is read once, in the file's order."""

import random
from collections import Counter
from collections.abc import Sequence

from ftcore.data.examples import Example
from ftcore.runtime import DEFAULT_SEED

SAMPLE_ROWS = 10_000  # examples that the workshop keeps of a bigger file
_Drawn = tuple[int, Example]  # with its position in the file


class Sample:
    """Each example of the file has the same chance to be in the sample.

    Algorithm R (Vitter, 'Random sampling with a reservoir', 1985). The first
    example of each label is kept beside it, so that no class goes missing.
    """

    def __init__(
        self, size: int = SAMPLE_ROWS, *, by_label: bool, seed: int = DEFAULT_SEED
    ) -> None:
        """Prepare an empty sample.

        Args:
            size: Most examples in it.
            by_label: The targets are labels.
            seed: Of the chance.
        """
        self.seen = 0
        self._size = size
        self._by_label = by_label
        self._random = random.Random(seed)  # noqa: S311 - no secret
        self._drawn: list[_Drawn] = []
        self._first: dict[str, _Drawn] = {}

    @property
    def is_whole(self) -> bool:
        """Whether nothing had to be left out."""
        return self.seen <= self._size

    def offer(self, examples: Sequence[Example]) -> None:
        """Let the next examples of the file take their chance."""
        room = max(0, self._size - self.seen)
        drawn, size, chance = self._drawn, self._size, self._random.random
        drawn += enumerate(examples[:room], self.seen)
        for position in range(
            self.seen + len(examples[:room]), self.seen + len(examples)
        ):
            place = int(chance() * (position + 1))
            if place < size:
                drawn[place] = (position, examples[position - self.seen])
        if self._by_label and len(self._first) < size // 2:
            for position, example in enumerate(examples, self.seen):
                if example.target not in self._first:
                    self._first[example.target] = (position, example)
        self.seen += len(examples)

    def examples(self) -> list[Example]:
        """Return the sample in the file's order, with every label if they fit."""
        drawn = list(self._drawn)
        if self._by_label and not self.is_whole:
            self._bring_back(drawn)
        return [example for _, example in sorted(drawn, key=_position)]

    def _bring_back(self, drawn: list[_Drawn]) -> None:
        """Give missing labels the places of the most common ones."""
        counts = Counter(example.target for _, example in drawn)
        missing = [d for label, d in self._first.items() if label not in counts]
        for place in range(len(drawn) - 1, -1, -1):
            if not missing:
                return
            label = drawn[place][1].target
            if counts[label] > 1:
                counts[label] -= 1
                drawn[place] = missing.pop()


def _position(drawn: _Drawn) -> int:
    return drawn[0]
