"""Look at a fix before it is applied: every example before and after."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

import streamlit as st

from ftcore.data.changes import Change, FixResult
from ftcore.data.examples import Dataset, Example, Role, Task
from ftcore.data.formats import dataset_to_jsonl
from ftcore.texts import number, text
from ftcore.ui.data_diff import marked
from ftcore.ui.wording import counted

MOST_SHOWN = 20  # changes drawn one by one
Veil = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """What the participant decided of a preview.

    Attributes:
        apply: Whether to do it.
        rows: Positions of the examples chosen, from 1; ``None`` for all.
    """

    apply: bool
    rows: frozenset[int] | None = None


def show_preview(
    result: FixResult, *, veil: Veil | None = None, can_choose: bool = True
) -> Choice | None:
    """Draw what a fix would do, and the two buttons.

    Args:
        result: The fix, worked out but not kept.
        veil: Covers what must not be read whole before it is masked.
        can_choose: Whether single examples may be left as they are.

    Returns:
        The decision, once there is one.
    """
    if not result.changes:
        st.info(text("data_fixes.nothing"), icon=":material/check_circle:")
        return Choice(apply=False) if _button("close") else None
    st.markdown(_summary(result))
    picks = can_choose and 1 < len(result.changes) <= MOST_SHOWN
    with st.container(key="preview-changes", height=_height(result.changes)):
        chosen = [
            change
            for change in result.changes[:MOST_SHOWN]
            if _show_change(change, result.dataset.task, veil, pick=picks)
        ]
    hidden = len(result.changes) - MOST_SHOWN
    if hidden > 0:
        st.caption(counted("data_fixes.hidden", hidden))
    _dropped(result)
    with st.container(key="preview-do", horizontal=True):
        count = len(chosen) if picks else len(result.changes)
        if _button("apply", count=count, is_primary=True):
            rows = frozenset(change.row for change in chosen)
            return Choice(
                True, rows if picks and len(rows) < len(result.changes) else None
            )
        if _button("cancel"):
            return Choice(apply=False)
    return None


def change_html(change: Change, task: Task, veil: Veil | None = None) -> str:
    """Return one example before and after as HTML, with what changed marked."""
    cover = veil or (lambda words: words)
    if change.before is None or change.after is None:
        only = change.before or change.after
        name = "gone" if change.before else "new"
        turns = _turns(only, cover) if only else []
        body = "".join(_line(role, escape(words), task) for role, words in turns)
        label = escape(text(f"data_fixes.{name}"))
        return f'<div class="ft-change ft-{name}"><em>{label}</em>{body}</div>'
    old, new = _turns(change.before, cover), _turns(change.after, str)
    if [role for role, _ in old] != [role for role, _ in new]:
        return _side("before", old, task) + _side("after", new, task)
    pairs = [
        (role, *marked(before, after))
        for (role, before), (_, after) in zip(old, new, strict=True)
        if before != after
    ]
    gone = "".join(_line(role, before, task) for role, before, _ in pairs)
    came = "".join(_line(role, after, task) for role, _, after in pairs)
    return _block("before", gone) + _block("after", came)


def _show_change(change: Change, task: Task, veil: Veil | None, *, pick: bool) -> bool:
    """Draw one change; returns whether it is to be made."""
    title = text("data.examples.number", number=number(change.row))
    with st.container(key=f"change-{change.row}", gap="xsmall"):
        if pick:
            wanted = st.checkbox(f"**{title}**", value=True, key=f"pick-{change.row}")
        else:
            st.markdown(f"**{title}**")
            wanted = True
        st.html(f'<div class="ft-fixed">{change_html(change, task, veil)}</div>')
    return wanted


def _summary(result: FixResult) -> str:
    gone = len(result.dropped)
    other = len(result.changes) - gone
    sentences = [counted("data_fixes.change", other)] if other else []
    if gone:
        sentences.append(counted("data_fixes.drop", gone))
    return " ".join(sentences)


def _dropped(result: FixResult) -> None:
    if result.dropped:
        gone = Dataset(result.dataset.name, result.dataset.task, result.dropped)
        st.download_button(
            text("data_fixes.download"),
            lambda: dataset_to_jsonl(gone).encode(),
            file_name=text("data_fixes.file_name"),
            mime="application/jsonl",
            key="download-dropped",
            icon=":material/download:",
            on_click="ignore",
            type="tertiary",
        )


def _button(name: str, *, count: int = 1, is_primary: bool = False) -> bool:
    label = (
        counted("data_fixes.apply", count) if is_primary else text(f"data_fixes.{name}")
    )
    return st.button(
        label,
        key=f"preview-{name}",
        type="primary" if is_primary else "tertiary",
        disabled=count == 0,
    )


def _height(changes: Sequence[Change]) -> int | Literal["content"]:
    return 420 if len(changes) > 2 else "content"


def _turns(example: Example, cover: Veil) -> list[tuple[Role, str]]:
    return [(turn.role, cover(turn.content)) for turn in example.messages]


def _side(name: str, turns: Sequence[tuple[Role, str]], task: Task) -> str:
    return _block(name, "".join(_line(r, escape(words), task) for r, words in turns))


def _block(name: str, body: str) -> str:
    label = escape(text(f"data_fixes.{name}"))
    return f'<div class="ft-change ft-{name}"><em>{label}</em>{body}</div>'


def _line(role: Role, html: str, task: Task) -> str:
    who = escape(text(f"data.examples.who.{task.value}.{role.value}"))
    return f"<p><span>{who}</span> <b>{html}</b></p>"
