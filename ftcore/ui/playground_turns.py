"""Gradio's conversations and ours: turns, their answers' ids, their thumbs."""

from collections.abc import Mapping, Sequence

from ftcore.data.examples import Message, Role
from ftcore.storage.records import TrialRow
from ftcore.ui.playground_handlers import plain_text

Turn = Mapping[str, object]
History = Sequence[Turn]

# The strings by which Gradio draws thumbs.
UP, DOWN = "Like", "Dislike"


def question_turn(words: str) -> Turn:
    """Return what the participant says."""
    return {"role": Role.USER.value, "content": words}


def answer_turn(words: str, trial_id: str | None = None) -> Turn:
    """Return what an arm says; a kept answer carries its id."""
    turn: dict[str, object] = {"role": Role.ASSISTANT.value, "content": words}
    if trial_id is not None:
        turn["metadata"] = {"id": trial_id}
    return turn


def is_waiting(history: History) -> bool:
    """Tell whether the last turn is a question without an answer."""
    return bool(history) and history[-1]["role"] == Role.USER.value


def last_question(history: History) -> str:
    """Return what was asked last; empty if nothing was."""
    asked = [turn for turn in history if turn["role"] == Role.USER.value]
    return plain_text(asked[-1]["content"]) if asked else ""


def trial_id(turn: Turn) -> str | None:
    """Return the id of a kept answer."""
    metadata = turn.get("metadata")
    found = metadata.get("id") if isinstance(metadata, Mapping) else None
    return found if isinstance(found, str) else None


def to_messages(history: History) -> list[Message]:
    """Return the conversation for the model, without what was never answered."""
    turns = list(history)
    kept = [
        turn
        for turn, following in zip(turns, [*turns[1:], None], strict=True)
        if following is None or turn["role"] != following["role"]
    ]
    return [
        Message(Role(str(turn["role"])), plain_text(turn["content"])) for turn in kept
    ]


def history_of(trials: Sequence[TrialRow]) -> list[Turn]:
    """Return kept answers as a conversation."""
    turns: list[Turn] = []
    for row in trials:
        turns += [question_turn(row.question), answer_turn(row.answer, row.id)]
    return turns


def thumbs_of(trials: Sequence[TrialRow]) -> list[str | None]:
    """Return the thumb of each answer, as Gradio wants them."""
    names = {True: UP, False: DOWN, None: None}
    return [names[row.liked] for row in trials]
