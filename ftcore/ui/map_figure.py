"""The figure of the map of examples: who stands where, in which colour and shape."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from statistics import median
from textwrap import wrap
from typing import TYPE_CHECKING

from ftcore.data.examples import Dataset, Task
from ftcore.data.likeness import ExampleMap
from ftcore.texts import number, text
from ftcore.ui import figures
from ftcore.ui.theme import Palette
from ftcore.ui.wording import shortened

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT_PX = 420
_HOVER_WIDTH = 38  # characters of a line
_MOST_HOVER = 150
_NAME_WIDTH = 18  # characters of a label written beside its group
# Places of the palette's series that stay apart; the grey one is for the rest.
_SERIES = (0, 1, 2, 3, 4, 6)
_GREY = 5
_FAINT = 0.25  # of what is not chosen
_LABEL_ROOM = 0.12  # of the height, above the highest group


class State(StrEnum):
    """What is special about where an example stands."""

    PLAIN = "plain"
    OUTLIER = "outlier"
    TWIN = "twin"


# Shape and size, since a state must not be told by colour alone.
_SHAPES: Mapping[State, tuple[str, int]] = {
    State.PLAIN: ("circle", 15),
    State.OUTLIER: ("diamond", 19),
    State.TWIN: ("square", 16),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One example on the map.

    Attributes:
        row: Position in the dataset, from 1.
        x: Across, in no unit.
        y: Up, in no unit.
        group: Name of its label or of its cluster; empty for a stray in none.
        state: What is special about it.
        prompt: What it asks.
    """

    row: int
    x: float
    y: float
    group: str
    state: State
    prompt: str


def places_of(dataset: Dataset, picture: ExampleMap) -> list[Place]:
    """Return every example with its place, in the order of the dataset."""
    names, strays = _group_names(dataset, picture)
    twins = {row for first, second, _ in picture.twins for row in (first, second)}
    return [
        Place(
            at + 1,
            float(picture.points[at][0]),
            float(picture.points[at][1]),
            names[at],
            State.OUTLIER
            if at + 1 in strays
            else State.TWIN
            if at + 1 in twins
            else State.PLAIN,
            example.prompt,
        )
        for at, example in enumerate(dataset)
    ]


def groups_of(places: Sequence[Place]) -> dict[str, list[Place]]:
    """Return the places by group, the largest group first, without those in none."""
    counts = Counter(place.group for place in places if place.group)
    names = sorted(counts, key=lambda name: (-counts[name], name))
    return {name: [p for p in places if p.group == name] for name in names}


def group_colours(places: Sequence[Place]) -> dict[str, str]:
    """Return the colour of each group, the largest group first."""
    series = figures.colours().series
    return {
        name: series[_SERIES[at] if at < len(_SERIES) else _GREY]
        for at, name in enumerate(groups_of(places))
    }


def map_figure(
    places: Sequence[Place],
    pairs: Sequence[tuple[int, int]],
    *,
    names: int = 0,
    lasso: bool = False,
    marked: frozenset[int] = frozenset(),
) -> "go.Figure":
    """Return the scatter of the examples.

    Args:
        places: From :func:`places_of`.
        pairs: Rows (from 1) that say nearly the same; a line joins them.
        names: How many groups have their name beside them, the largest first.
        lasso: Whether dragging draws a lasso.
        marked: Rows to bring out; with none of them all look the same.
    """
    shown = figures.colours()
    figure = figures.new_figure(HEIGHT_PX, shown)
    by_row = {place.row: place for place in places}
    _add_pairs(figure, [(by_row[one], by_row[other]) for one, other in pairs], shown)
    colours = group_colours(places)
    for at, (name, members) in enumerate(groups_of(places).items()):
        _add_group(figure, members, colours[name], marked)
        if at < names:
            _name_group(figure, name, members, colours[name])
    alone = [place for place in places if not place.group]
    _add_group(figure, alone, shown.series[_GREY], marked)
    # Plotly's own axis of numbers would promise a meaning that the map has not.
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, range=_range([p.y for p in places]))
    figure.update_layout(
        dragmode="lasso" if lasso else False,
        hovermode="closest",
        newselection={"line": {"color": shown.brand, "width": 2}},
    )
    return figure


def _group_names(
    dataset: Dataset, picture: ExampleMap
) -> tuple[list[str], frozenset[int]]:
    """Return the name of each example's group, and the rows that stand apart."""
    if dataset.task is Task.CLASSIFICATION:
        return [example.target for example in dataset], picture.outliers
    # Neither an example by itself nor several strays are a group to speak of.
    sizes = Counter(picture.clusters)
    rows = list(enumerate(picture.clusters, start=1))
    alone = {row for row, cluster in rows if sizes[cluster] == 1 < len(sizes)}
    strays = picture.outliers | alone
    shared = sorted({cluster for row, cluster in rows if row not in strays})
    names = {
        cluster: text("data_map.group", number=number(at))
        for at, cluster in enumerate(shared, start=1)
    }
    return [names.get(cluster, "") for cluster in picture.clusters], strays


def _add_group(
    figure: "go.Figure", members: Sequence[Place], colour: str, marked: frozenset[int]
) -> None:
    shown = figures.colours()
    inside = [at for at, place in enumerate(members) if place.row in marked]
    figure.add_scatter(
        x=[place.x for place in members],
        y=[place.y for place in members],
        customdata=[place.row for place in members],
        mode="markers",
        marker={
            "color": colour,
            "opacity": 1,
            "symbol": [_SHAPES[place.state][0] for place in members],
            "size": [_SHAPES[place.state][1] for place in members],
            "line": {
                "color": [_outline(place, shown) for place in members],
                "width": [1 if p.state is State.PLAIN else 3 for p in members],
            },
        },
        selectedpoints=inside if marked else None,
        unselected={"marker": {"opacity": _FAINT}},
        hovertext=[_hover(place) for place in members],
        hoverinfo="text",
        cliponaxis=False,
    )


def _outline(place: Place, shown: Palette) -> str:
    return shown.surface if place.state is State.PLAIN else shown.text


def _add_pairs(
    figure: "go.Figure", pairs: Sequence[tuple[Place, Place]], shown: Palette
) -> None:
    figure.add_scatter(
        x=[x for one, other in pairs for x in (one.x, other.x, None)],
        y=[y for one, other in pairs for y in (one.y, other.y, None)],
        mode="lines",
        line={"color": shown.edge, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )


def _name_group(
    figure: "go.Figure", name: str, members: Sequence[Place], colour: str
) -> None:
    inside = [place for place in members if place.state is not State.OUTLIER] or members
    figure.add_annotation(
        x=median(place.x for place in inside),
        y=max(place.y for place in inside),
        text=f"<b>{escape(shortened(name, _NAME_WIDTH))}</b>",
        font={"color": colour},
        showarrow=False,
        yshift=18,
    )


def _hover(place: Place) -> str:
    lines = wrap(shortened(place.prompt, _MOST_HOVER), _HOVER_WIDTH)
    facts = [place.group] if place.group else []
    if place.state is not State.PLAIN:
        facts.append(text(f"data_map.state.{place.state}"))
    title = text("data_map.hover", number=number(place.row))
    body = "<br>".join(escape(line) for line in lines)
    return f"<b>{escape(' · '.join([title, *facts]))}</b><br>{body}"


def _range(values: Sequence[float]) -> list[float]:
    low, high = min(values), max(values)
    room = _LABEL_ROOM * ((high - low) or 1.0)
    return [low - room / 2, high + room]
