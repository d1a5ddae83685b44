"""Edits of the examples' table that are not saved yet, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ftcore.data.examples import Dataset, Example, Message, Role

SOURCE, TARGET, NUMBER = "source", "target", "number"
Row = dict[str, object]
_Pair = tuple[str, str]


def is_editable(example: Example) -> bool:
    """Whether an example fits in two cells: one question and its answer."""
    roles = [message.role for message in example.messages]
    return roles[-2:] == [Role.USER, Role.ASSISTANT] and roles[:-2] in (
        [],
        [Role.SYSTEM],
    )


@dataclass(slots=True)
class TableDraft:
    """A table being edited.

    The widget keeps its own edits as long as its input stays the same, so each
    view (a page of a search) hands out the same rows until it is left.

    Attributes:
        version: Id of the dataset's version that the table shows.
        dataset: The examples before the edits.
        changed: New texts by position, from 1; ``None`` for a row that goes.
        added: Texts of the new rows.
        labels: Labels that the person has thought of and no example carries yet.
    """

    version: str
    dataset: Dataset
    changed: dict[int, _Pair | None] = field(default_factory=dict)
    added: list[_Pair] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    _view: str = ""
    _rows: list[Row] = field(default_factory=list)
    _settled: list[_Pair] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many rows differ from what is kept."""
        return len(self.changed) + len(self.added)

    def open(self, view: str, numbers: Sequence[int], *, is_last: bool) -> list[Row]:
        """Return the rows that the table shows.

        Args:
            view: Name of the page and search; another one starts from the edits.
            numbers: Positions of the examples in view, from 1.
            is_last: Whether the new rows belong below these.
        """
        if view != self._view:
            self._view = view
            self._rows = [row for at in numbers if (row := self._row(at))]
            shown = self.added if is_last else []
            self._settled = [] if is_last else list(self.added)
            self._rows += [_cells(None, pair) for pair in shown]
        return self._rows

    def take(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Note what the table holds now; blank new rows do not count."""
        seen = {_position(row): _texts(row) for row in rows if _position(row)}
        for row in self._rows:
            at = _position(row)
            if not at:
                continue
            now = seen.get(at)
            if now == _pair(self.dataset.examples[at - 1]):
                self.changed.pop(at, None)
            else:
                self.changed[at] = now
        new = [_texts(row) for row in rows if not _position(row)]
        self.added = [*self._settled, *(pair for pair in new if any(pair))]

    def incomplete(self) -> list[_Pair]:
        """Return the rows that lack their question or their answer."""
        pairs = [pair for pair in self.changed.values() if pair] + self.added
        return [pair for pair in pairs if not all(pair)]

    def result(self) -> list[Example]:
        """Return all examples with the edits, the new ones last."""
        kept: list[Example] = []
        for at, example in enumerate(self.dataset, start=1):
            pair = self.changed.get(at, _pair(example))
            if pair is not None:
                kept.append(_edited(example, pair) if at in self.changed else example)
        return kept + [Example.from_pair(*pair) for pair in self.added]

    def _row(self, at: int) -> Row | None:
        pair = self.changed.get(at, _pair(self.dataset.examples[at - 1]))
        return None if pair is None else _cells(at, pair)


def with_turns(example: Example, contents: Sequence[str]) -> Example:
    """Return the example with other words, turn by turn."""
    turns = zip(example.messages, contents, strict=True)
    return replace(
        example, messages=tuple(replace(turn, content=words) for turn, words in turns)
    )


def _edited(example: Example, pair: _Pair) -> Example:
    question, answer = Message(Role.USER, pair[0]), Message(Role.ASSISTANT, pair[1])
    return replace(example, messages=(*example.messages[:-2], question, answer))


def _pair(example: Example) -> _Pair:
    return example.messages[-2].content.strip(), example.target.strip()


def _cells(at: int | None, pair: _Pair) -> Row:
    return {NUMBER: at, SOURCE: pair[0], TARGET: pair[1]}


def _position(row: Mapping[str, object]) -> int:
    """Return where the row comes from, from 1; 0 for a new one."""
    at = row.get(NUMBER)
    # The table turns a column of numbers with a gap into floats, the gap into NaN.
    return int(at) if isinstance(at, int | float) and at == at and at else 0


def _texts(row: Mapping[str, object]) -> _Pair:
    return _words(row.get(SOURCE)), _words(row.get(TARGET))


def _words(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else ""
