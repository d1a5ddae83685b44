"""Decide which column or key is asked and which one is answered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ftcore.data.options import ColumnChoice
from ftcore.data.vocabulary import (
    column_names,
    find_name,
    nearest_name,
    normal_name,
    word_inside,
)


class Kind(StrEnum):
    """What a pair of columns looks like."""

    LABEL = "label"
    QUESTION = "question"
    COMPLETION = "completion"
    UNSURE = "unsure"  # the values will tell


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which names stand for the parts of an example.

    Attributes:
        source: Name of the text, question or prompt.
        target: Name of the label, answer or completion.
        kind: What the names say of the task.
        context: Name of a second input that follows the first (Alpaca's
            ``input``).
        system: Name of the system instruction.
        guessed: The names said nothing; only their order did.
        stray: Names that are not used.
        meant: Misspelt names that are used, and what they were read as.
    """

    source: str
    target: str
    kind: Kind
    context: str | None = None
    system: str | None = None
    guessed: bool = False
    stray: tuple[str, ...] = ()
    meant: tuple[tuple[str, str], ...] = ()


_SOURCES = ("text", "question", "prompt")
_TARGETS = ("label", "answer", "completion", "output")
_KINDS = {
    "label": Kind.LABEL,
    "answer": Kind.QUESTION,
    "completion": Kind.COMPLETION,
    "output": Kind.UNSURE,
}
# A target's most natural sources come first: text-label, question-answer…
_PREFERRED = {
    "label": ("text", "question", "prompt"),
    "answer": ("question", "prompt", "text"),
    "completion": ("prompt", "question", "text"),
    "output": ("question", "prompt", "text"),
}


def map_columns(names: Sequence[str]) -> Mapping | None:
    """Find source and target among the names of columns or keys.

    Returns:
        The mapping, or ``None`` if the names leave no reasonable choice.
    """
    mapping = _map_known(names)
    if mapping is not None and not mapping.guessed:
        return mapping
    return _map_meant(names) or mapping


def _map_meant(names: Sequence[str]) -> Mapping | None:
    """Map the names as if those that resemble or hold a usual one were it."""
    unknown = [name for name in names if not is_known_name(name)]
    close = {name: nearest_name(name) for name in unknown}
    meant = {name: word for name, word in close.items() if word is not None}
    titles = {name: word_inside(name) for name in unknown if name not in meant}
    held = {name: word for name, word in titles.items() if word is not None}
    spelt = [meant.get(name) or held.get(name) or name for name in names]
    if (not meant and not held) or len(set(spelt)) < len(spelt):
        return None
    mapping = _map_known(spelt)
    if mapping is None or mapping.guessed:
        return None
    own = dict(zip(spelt, names, strict=True))
    used = (mapping.source, mapping.target, mapping.context, mapping.system)
    return replace(
        mapping,
        source=own[mapping.source],
        target=own[mapping.target],
        context=own.get(mapping.context or ""),
        system=own.get(mapping.system or ""),
        guessed=bool(meant),
        stray=tuple(own[name] for name in mapping.stray),
        meant=tuple((name, word) for name, word in meant.items() if word in used),
    )


def _map_known(names: Sequence[str]) -> Mapping | None:
    usable = list(names)
    target_part, target = _first(_targets(usable), usable)
    if target is None or target_part is None:
        return _from_source_only(usable)
    rest = [name for name in usable if name != target]
    source_part, source = _first(_PREFERRED[target_part], rest)
    if source is None:
        return _guess(rest, target, _KINDS[target_part], usable)
    kind = _kind(source_part, target_part)
    system = find_name("system", [n for n in rest if n != source])
    context = None
    if source_part == "question" and target_part in {"output", "answer"}:
        spare = [n for n in rest if n not in {source, system}]
        context = find_name("context", spare)
    used = {source, target, system, context}
    stray = tuple(name for name in usable if name not in used)
    return Mapping(source, target, kind, context, system, stray=stray)


def map_choice(names: Sequence[str], choice: ColumnChoice) -> Mapping | None:
    """Follow the participant's choice of source and target.

    Returns:
        The mapping, or ``None`` if the two are not among the names.
    """
    source, target = choice.source, choice.target
    if source == target or source not in names or target not in names:
        return None
    rest = [name for name in names if name not in {source, target}]
    source_part = next((p for p in _SOURCES if find_name(p, [source])), None)
    target_part = next((p for p in _TARGETS if find_name(p, [target])), None)
    kind = _kind(source_part, target_part) if target_part else Kind.UNSURE
    system = find_name("system", rest)
    context = None
    if source_part == "question" and target_part in {"output", "answer"}:
        context = find_name("context", [name for name in rest if name != system])
    stray = tuple(name for name in rest if name not in {system, context})
    return Mapping(source, target, kind, context, system, stray=stray)


def _targets(names: list[str]) -> tuple[str, ...]:
    """Put the label last where a question has its answer: it only sorts them."""
    is_dialogue = find_name("text", names) is None and any(
        find_name(source, names) and find_name(target, names)
        for source, target in (("question", "answer"), ("prompt", "completion"))
    )
    return (*_TARGETS[1:], _TARGETS[0]) if is_dialogue else _TARGETS


def _first(parts: Sequence[str], names: list[str]) -> tuple[str | None, str | None]:
    for part in parts:
        found = find_name(part, names)
        if found is not None:
            return part, found
    return None, None


def _kind(source_part: str | None, target_part: str) -> Kind:
    if target_part == "output" and source_part == "question":
        return Kind.QUESTION
    if target_part == "output" and source_part == "prompt":
        return Kind.COMPLETION
    if target_part == "completion" and source_part == "question":
        return Kind.QUESTION
    return _KINDS[target_part]


def _from_source_only(names: list[str]) -> Mapping | None:
    part, source = _first(_SOURCES, names)
    if source is None or part is None:
        content = _content_names(names)
        if len(content) != 2:
            return None
        return _guess(content[:1], content[1], Kind.UNSURE, names)
    rest = _content_names([name for name in names if name != source])
    if len(rest) != 1:
        return None
    stray = tuple(name for name in names if name not in {source, rest[0]})
    return Mapping(source, rest[0], Kind.UNSURE, guessed=True, stray=stray)


def _guess(
    rest: list[str], target: str, kind: Kind, names: list[str]
) -> Mapping | None:
    content = _content_names(rest)
    if len(content) != 1:
        return None
    stray = tuple(name for name in names if name not in {content[0], target})
    if len(normal_name(target)) == 1 or content[0].startswith(f"{target} #"):
        # One letter or a name written twice tells no more than the order does.
        first, second = (name for name in names if name not in stray)
        return Mapping(first, second, Kind.UNSURE, guessed=True, stray=stray)
    return Mapping(content[0], target, kind, guessed=True, stray=stray)


def _content_names(names: list[str]) -> list[str]:
    index = set(column_names()["index"])
    return [n for n in names if normal_name(n) not in index and normal_name(n)]


def is_known_name(name: str) -> bool:
    """Whether the word is the usual name of any part of an example."""
    word = normal_name(name)
    return any(word in words for words in column_names().values())


def is_index_name(name: str) -> bool:
    """Whether the word names a column that numbers or dates the rows."""
    return normal_name(name) in column_names()["index"]
