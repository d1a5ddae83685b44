"""Put placeholders where personal data stood, the same for the same value."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from ftcore.data.changes import FixResult, rebuild
from ftcore.data.examples import Dataset, Example
from ftcore.data.personal_data import PersonalData, PersonalKind, find_personal
from ftcore.data.personal_view import placeholder_words, placeholders_in


@dataclass(slots=True)
class Placeholders:
    """Gives each value its placeholder, in the order in which values are met.

    Attributes:
        taken: Numbers that the texts use already, by the placeholder's word.
    """

    taken: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _given: dict[tuple[PersonalKind, str], str] = field(default_factory=dict)
    _last: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def beside(cls, texts: Iterable[str]) -> "Placeholders":
        """Return placeholders that collide with none of those in the texts."""
        made = cls()
        for text in texts:
            for word, number in placeholders_in(text):
                made.taken[word].add(number)
        return made

    def of(self, item: PersonalData) -> str:
        """Return the placeholder of a value, such as ``[CORREO_1]``."""
        value = (item.kind, item.key)
        if value not in self._given:
            word = placeholder_words()[item.kind.value]
            number = self._last[word] + 1
            while number in self.taken[word]:
                number += 1
            self._last[word] = number
            self._given[value] = f"[{word}_{number}]"
        return self._given[value]


def mask_text(
    text: str,
    placeholders: Placeholders | None = None,
    kinds: Collection[PersonalKind] | None = None,
) -> str:
    """Return the text with placeholders; everything else stays as it is.

    Args:
        text: Any text.
        placeholders: Those given so far; by default only this text's.
        kinds: What to mask; everything if ``None``.
    """
    given = Placeholders.beside([text]) if placeholders is None else placeholders
    pieces: list[str] = []
    here = 0
    for item in find_personal(text):
        if kinds is None or item.kind in kinds:
            pieces += [text[here : item.start], given.of(item)]
            here = item.end
    return "".join([*pieces, text[here:]])


def mask_dataset(
    dataset: Dataset,
    rows: frozenset[int] | None = None,
    kinds: Collection[PersonalKind] | None = None,
) -> FixResult:
    """Return the dataset with placeholders, the same for a value in every example.

    Args:
        dataset: The examples; labels are masked too if they hold personal data.
        rows: Positions to mask, from 1; all of them if ``None``.
        kinds: What to mask; everything if ``None``.
    """
    placeholders = Placeholders.beside(
        message.content for example in dataset for message in example.messages
    )
    masked = {
        row: _masked(example, placeholders, kinds)
        for row, example in enumerate(dataset, 1)
        if rows is None or row in rows
    }
    return rebuild(dataset, masked)


def _masked(
    example: Example,
    placeholders: Placeholders,
    kinds: Collection[PersonalKind] | None,
) -> Example:
    messages = tuple(
        replace(m, content=mask_text(m.content, placeholders, kinds))
        for m in example.messages
    )
    return replace(example, messages=messages)
