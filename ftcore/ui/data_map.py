"""A map of the examples by meaning, where groups, strays and twins can be pressed."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from statistics import median
from typing import Any

import streamlit as st

from ftcore.data.examples import Dataset, Task
from ftcore.data.likeness import ExampleMap
from ftcore.texts import number, text
from ftcore.ui import figures
from ftcore.ui.cards import empty_state
from ftcore.ui.examples_view import bubbles
from ftcore.ui.map_figure import (
    Place,
    State,
    group_colours,
    groups_of,
    map_figure,
    places_of,
)
from ftcore.ui.tables import html_table
from ftcore.ui.wording import counted, plain, shortened

FEWEST = 3
_MOST_CHOSEN = 5  # examples drawn at once
_MOST_PAIRS = 5  # named in words
_MOST_GROUPS = 8  # offered as buttons
_MOST_NAME = 24  # characters of a group's button
_MOST_TYPICAL = 90  # characters of a group's example in the table
_MARKS = {State.OUTLIER: "◆", State.TWIN: "■"}
_TOOLS = ("tap", "lasso")
_TOUCH = Path(__file__).with_name("map_touch.js")


@st.fragment
def show_map(
    dataset: Dataset,
    picture: ExampleMap | None,
    *,
    is_semantic: bool,
    edit: Callable[[int], None] | None = None,
    remove: Callable[[frozenset[int]], None] | None = None,
) -> None:
    """Draw the map, what stands out on it, and the examples chosen on it.

    Args:
        dataset: The examples.
        picture: Where each of them stands; ``None`` if it could not be drawn.
        is_semantic: Whether the distances come from meaning, or only from spelling.
        edit: Called with the row (from 1) to edit. Callbacks draw the page anew.
        remove: Called with the rows to take out.
    """
    if picture is None or len(dataset) < FEWEST:
        size = "few" if len(dataset) < FEWEST else "many"
        words = text(f"data_map.empty.{size}")
        with empty_state(text("data_map.empty.title"), words, key="map"):
            return
    places = places_of(dataset, picture)
    pairs = [(first, second) for first, second, _ in picture.twins]
    title = map_title(dataset, places, pairs)
    st.markdown(f"**{plain(title)}**")
    st.caption(text("data_map.how"))
    if not is_semantic:
        st.info(text("data_map.spelling"), icon=":material/info:")
    with st.container(key="map", border=True):
        # Labels lie across each other; clusters are apart, so their names fit.
        names = 0 if dataset.task is Task.CLASSIFICATION else _MOST_GROUPS
        chosen = _draw(places, pairs, names=names, title=title)
    if said := noticed(places, pairs):
        items = "".join(f"<li>{escape(words)}</li>" for words in said)
        st.html(f'<ul class="ft-noticed">{items}</ul>')
    _show_chosen(dataset, chosen, edit, remove)
    with st.expander(text("app.charts.table"), key="map-text"):
        st.html(_table(places))


def map_title(
    dataset: Dataset, places: Sequence[Place], pairs: Sequence[tuple[int, int]]
) -> str:
    """Return what the map shows, in one Spanish sentence."""
    kind = "labels" if dataset.task is Task.CLASSIFICATION else "groups"
    found = len(groups_of(places))
    strays = sum(place.state is State.OUTLIER for place in places)
    extras = [
        counted(f"data_map.{name}", count)
        for name, count in (("outliers", strays), ("twins", len(pairs)))
        if count
    ]
    joints = ["comma"] * (len(extras) - 1) + ["and"] * bool(extras)
    rest = "".join(
        text(f"data_map.{joint}", what=what)
        for joint, what in zip(joints, extras, strict=True)
    )
    return text("data_map.title", groups=counted(f"data_map.{kind}", found), rest=rest)


def noticed(places: Sequence[Place], pairs: Sequence[tuple[int, int]]) -> Sequence[str]:
    """Return what stands out on the map, in Spanish sentences; none if nothing does."""
    said = [
        text("data_map.twin_pair", first=number(one), second=number(other))
        for one, other in pairs[:_MOST_PAIRS]
    ]
    if len(pairs) > _MOST_PAIRS:
        said.append(counted("data_map.twin_more", len(pairs) - _MOST_PAIRS))
    if pairs:
        said.append(text("data_map.twin_fix"))
    strays = [number(place.row) for place in places if place.state is State.OUTLIER]
    if len(strays) == 1:
        said.append(text("data_map.outlier_one", number=strays[0]))
    elif strays:
        said.append(text("data_map.outlier_many", numbers=", ".join(strays)))
    return said


def rows_picked(event: Mapping[str, Any]) -> frozenset[int]:
    """Return the rows (from 1) that a press or a lasso on the map has chosen."""
    points = event.get("selection", {}).get("points", [])
    found = [point.get("customdata") for point in points]
    return frozenset(
        int(row[0] if isinstance(row, list) else row) for row in found if row
    )


def _draw(
    places: Sequence[Place],
    pairs: Sequence[tuple[int, int]],
    *,
    names: int,
    title: str,
) -> frozenset[int]:
    with st.container(key="map-choose", horizontal=True):
        group = _group_picked(places)
        tool = st.segmented_control(
            text("data_map.tool.label"),
            _TOOLS,
            default=_TOOLS[0],
            required=True,
            format_func=lambda name: text(f"data_map.tool.{name}"),
            key="map-tool",
        )
    # Another group or tool makes another chart, whose own selection is empty.
    figure = map_figure(places, pairs, names=names, lasso=tool == "lasso", marked=group)
    event = st.plotly_chart(
        figure,
        theme=None,
        key="map-chart",
        config=dict(figures.CONFIG),
        on_select="rerun",
        selection_mode=("points", "lasso"),
        alt=title,
    )
    script = _TOUCH.read_text(encoding="utf-8")
    st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
    st.html(_legend(places))
    return rows_picked(event) or group


def _group_picked(places: Sequence[Place]) -> frozenset[int]:
    """Offer the groups as buttons too: for a keyboard, and for a finger."""
    options: dict[str, tuple[str, frozenset[int]]] = {}
    for state in (State.OUTLIER, State.TWIN):
        rows = frozenset(place.row for place in places if place.state is state)
        if rows:
            label = text(f"data_map.pick.{state}", count=number(len(rows)))
            options[state.value] = (label, rows)
    for at, (name, members) in enumerate(groups_of(places).items()):
        if at < _MOST_GROUPS:
            short = plain(shortened(name, _MOST_NAME))
            count = number(len(members))
            label = text("data_map.pick.group", name=short, count=count)
            options[f"group-{at}"] = (label, frozenset(p.row for p in members))
    picked = st.pills(
        text("data_map.pick.label"),
        list(options),
        format_func=lambda name: options[name][0],
        key="map-group",
    )
    return options[picked][1] if picked else frozenset()


def _legend(places: Sequence[Place]) -> str:
    groups = [
        f'<li><span style="color:{colour}" aria-hidden="true">●</span> '
        f"{escape(shortened(name, _MOST_NAME))}</li>"
        for name, colour in list(group_colours(places).items())[:_MOST_GROUPS]
    ]
    present = {place.state for place in places} - {State.PLAIN}
    states = [
        f'<li><span aria-hidden="true">{_MARKS[state]}</span> '
        f"{escape(text(f'data_map.state.{state}'))}</li>"
        for state in State
        if state in present
    ]
    return f'<ul class="ft-legend">{"".join([*groups, *states])}</ul>'


def _show_chosen(
    dataset: Dataset,
    chosen: frozenset[int],
    edit: Callable[[int], None] | None,
    remove: Callable[[frozenset[int]], None] | None,
) -> None:
    if not chosen:
        st.caption(text("data_map.hint"))
        return
    with st.container(key="map-chosen", border=True):
        st.markdown(f"**{counted('data_map.chosen', len(chosen))}**")
        for row in sorted(chosen)[:_MOST_CHOSEN]:
            st.html(bubbles([(row, dataset.examples[row - 1])], dataset.task))
            with st.container(key=f"map-actions-{row}", horizontal=True):
                if edit and _action("edit", row):
                    edit(row)
                if remove and _action("remove", row):
                    remove(frozenset({row}))
        if len(chosen) > _MOST_CHOSEN:
            st.caption(text("data_map.more", shown=number(_MOST_CHOSEN)))
        if remove and len(chosen) > 1:
            label = text("data_map.remove_all", count=number(len(chosen)))
            if st.button(label, key="map-remove-all", icon=":material/delete:"):
                remove(chosen)


def _action(name: str, row: int) -> bool:
    icon = ":material/edit:" if name == "edit" else ":material/delete:"
    label = text(f"data_map.{name}")
    return st.button(label, key=f"map-{name}-{row}", icon=icon, type="tertiary")


def _table(places: Sequence[Place]) -> str:
    rows = [
        [name, number(len(members)), shortened(_central(members).prompt, _MOST_TYPICAL)]
        for name, members in groups_of(places).items()
    ]
    return html_table(
        [text(f"data_map.table.{name}") for name in ("group", "count", "typical")],
        rows,
        caption=text("data_map.how"),
        numeric=[1],
    )


def _central(members: Sequence[Place]) -> Place:
    """Return the one nearest to the middle of its group on the map."""
    x, y = median(p.x for p in members), median(p.y for p in members)
    return min(members, key=lambda p: ((p.x - x) ** 2 + (p.y - y) ** 2, p.row))
