"""Show how the examples came to be what they are, and lead back to any version."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html import escape

import streamlit as st

from ftcore.data.changes import Change
from ftcore.data.differences import DatasetDiff
from ftcore.data.examples import Task
from ftcore.texts import catalog, number, spoken_day, text
from ftcore.ui.cards import empty_state
from ftcore.ui.data_fixes import change_html
from ftcore.ui.wording import counted, text_for
from ftcore.workshop.versions import DatasetVersion

_MOST_OPEN = 5
_MOST_CHANGES = 12  # of each kind, drawn one by one
_SIGNS = {"added": "+", "removed": "−", "changed": "≠"}  # not by colour alone

ReadDiff = Callable[[str], DatasetDiff]
Restore = Callable[[str], None]


@st.fragment
def show_versions(
    versions: Sequence[DatasetVersion],
    task: Task,
    *,
    diff: ReadDiff,
    restore: Restore,
    now: datetime | None = None,
) -> None:
    """Draw the versions, newest first, each with what it changed and a way back.

    Args:
        versions: Newest first.
        task: What the examples are for; it names the parts of each.
        diff: Returns what a version (by id) changed of its parent; called only when
            somebody wants to see it.
        restore: Called with the id of the version to go back to; it draws the page
            anew.
        now: The moment that 'hace 2 min' counts from, with its time zone.
    """
    if not versions:
        title, words = (text(f"versions_view.empty.{n}") for n in ("title", "words"))
        with empty_state(title, words, key="versions"):
            return
    moment = now or datetime.now(UTC)
    st.caption(text("versions_view.intro"))
    for version in versions[:_MOST_OPEN]:
        _show_version(version, task, moment, diff, restore)
    older = versions[_MOST_OPEN:]
    if older:
        label = counted("versions_view.older", len(older))
        with st.expander(label, key="versions-older"):
            for version in older:
                _show_version(version, task, moment, diff, restore)


def time_ago(then: datetime, now: datetime) -> str:
    """Return how long ago something happened, in Spanish words; a day or more, when."""
    known = then if then.tzinfo else then.replace(tzinfo=UTC)
    seconds = (now - known).total_seconds()
    if seconds < 60:
        return text("versions_view.now")
    if seconds < 3600:
        return text("versions_view.minutes", count=number(seconds // 60))
    if seconds < 86_400:
        return text("versions_view.hours", count=number(seconds // 3600))
    return text("versions_view.day", day=spoken_day(known.astimezone().date()))


def change_words(version: DatasetVersion) -> str:
    """Return what was done to make a version, in Spanish."""
    code, params = version.change, version.params
    if code == "hold_out" and not params.get("count"):
        code = "hold_out_auto"
    plain = f"data.versions.plain.{code}"
    if not params and plain in catalog():  # kept before changes were written down
        return text(plain)
    written = {name: _written(value) for name, value in params.items()}
    return text_for("data.versions.changes", code, **written)


def diff_html(found: DatasetDiff, task: Task) -> str:
    """Return what was added, removed and changed, each kind under its sign."""
    parts = {"changed": found.changed, "removed": found.removed, "added": found.added}
    counts = [
        f"{_SIGNS[name]} {counted(f'versions_view.{name}', len(changes))}"
        for name, changes in parts.items()
        if changes
    ]
    counts.append(counted("versions_view.same", found.same))
    if found.is_empty:
        return f"<p>{escape(text('versions_view.nothing'))}</p>"
    body = "".join(_kind(changes, name, task) for name, changes in parts.items())
    return f'<p class="ft-quiet">{escape(" · ".join(counts))}</p>{body}'


def _kind(changes: Sequence[Change], name: str, task: Task) -> str:
    sign = f'<span aria-hidden="true">{_SIGNS[name]}</span>'
    blocks = "".join(
        f'<article class="ft-changes ft-{name}"><h4>{sign} '
        f"{escape(text('data.examples.number', number=number(change.row)))}"
        f"</h4>{change_html(change, task)}</article>"
        for change in changes[:_MOST_CHANGES]
    )
    rest = len(changes) - _MOST_CHANGES
    more = counted("versions_view.more", rest) if rest > 0 else ""
    return blocks + (f'<p class="ft-quiet">{escape(more)}</p>' if more else "")


def _show_version(
    version: DatasetVersion,
    task: Task,
    now: datetime,
    diff: ReadDiff,
    restore: Restore,
) -> None:
    state = "now" if version.is_current else "past"
    with st.container(key=f"version-{state}-{version.number}", border=True):
        st.html(_heading(version, now))
        with st.container(key=f"version-do-{version.number}", horizontal=True):
            # The first one came from nothing: all of it would be new.
            is_open = version.number > 1 and st.toggle(
                text("versions_view.diff"), key=f"version-diff-{version.id}"
            )
            if not version.is_current and st.button(
                text("versions_view.restore"),
                key=f"version-restore-{version.id}",
                icon=":material/history:",
                type="tertiary",
            ):
                restore(version.id)
        if is_open:
            st.html(diff_html(diff(version.id), task))


def _heading(version: DatasetVersion, now: datetime) -> str:
    facts = [
        text("versions_view.number", number=number(version.number)),
        time_ago(version.created_at, now),
        counted("versions_view.rows", version.rows),
    ]
    if version.author:
        facts.insert(2, text("versions_view.by", author=version.author))
    marks = [
        text(f"versions_view.{name}")
        for name, holds in (
            ("current", version.is_current),
            ("trained", version.trained),
        )
        if holds
    ]
    badges = "".join(f'<span class="ft-badge">{escape(mark)}</span>' for mark in marks)
    said = escape(change_words(version))
    return (
        f'<div class="ft-version"><h4>{said}{badges}</h4>'
        f'<p class="ft-quiet">{escape(" · ".join(facts))}</p></div>'
    )


def _written(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    return number(value)
