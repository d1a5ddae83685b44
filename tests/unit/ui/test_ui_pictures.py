"""What the pictures of step 2 say: the words and numbers behind them."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.data.destinations.base import Judgement, Level
from ftcore.data.differences import compare
from ftcore.data.example_map import ExampleMap
from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.splitting import Leak, plan_split
from ftcore.evaluation.statistics import wilson
from ftcore.texts import number
from ftcore.ui.costs_view import usd_words
from ftcore.ui.data_map import map_title, rows_picked
from ftcore.ui.destinations_view import summary
from ftcore.ui.exam_choice import proof, usual_passes
from ftcore.ui.exam_leaks import asked_example
from ftcore.ui.exam_proof import intervals
from ftcore.ui.map_figure import State, groups_of, map_figure, places_of
from ftcore.ui.quality_view import level_of
from ftcore.ui.token_chart import token_bins, token_title
from ftcore.ui.versions_view import change_words, diff_html, time_ago
from ftcore.ui.wording import shortened
from ftcore.workshop.versions import DatasetVersion

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def chats(count: int) -> Dataset:
    pairs = [(f"¿Pregunta {i}?", f"Respuesta {i}.") for i in range(1, count + 1)]
    return Dataset("x", Task.CHAT, tuple(Example.from_pair(*pair) for pair in pairs))


def picture(clusters: list[int], outliers=(), twins=()) -> ExampleMap:
    points = np.arange(2.0 * len(clusters)).reshape(-1, 2)
    return ExampleMap(points, tuple(clusters), frozenset(outliers), tuple(twins))


# The map


def test_positions_on_the_map_count_from_one() -> None:
    places = places_of(chats(4), picture([0, 0, 0, 1], {4}, [(1, 3, 0.98)]))
    assert [p.row for p in places] == [1, 2, 3, 4]
    assert [p.state for p in places] == [
        State.TWIN,
        State.PLAIN,
        State.TWIN,
        State.OUTLIER,
    ]


def test_a_group_of_strays_alone_is_no_group() -> None:
    places = places_of(chats(5), picture([0, 0, 1, 2, 2], {3}))
    assert {name: len(p) for name, p in groups_of(places).items()} == {
        "Grupo 1": 2,
        "Grupo 2": 2,
    }
    assert places[2].group == ""


def test_a_classification_is_grouped_by_its_labels() -> None:
    pairs = [("a", "normal"), ("b", "urgente"), ("c", "urgente")]
    dataset = Dataset(
        "x", Task.CLASSIFICATION, tuple(Example.from_pair(*p) for p in pairs)
    )
    places = places_of(dataset, picture([0, 0, 0]))
    assert list(groups_of(places)) == ["urgente", "normal"]
    assert map_title(dataset, places, []) == "Hay 2 etiquetas."


@pytest.mark.parametrize(
    ("clusters", "outliers", "twins", "said"),
    [
        ([0, 0, 1, 1, 2], (), [], "Hay 2 grupos y 1 ejemplo alejado."),
        ([0, 0, 0, 0], (), [], "Hay 1 solo grupo."),
        (
            [0, 0, 0, 0, 1],
            {5},
            [(1, 2, 0.99), (2, 3, 0.98)],
            "Hay 1 solo grupo, 1 ejemplo alejado y 2 parejas casi iguales.",
        ),
    ],
)
def test_the_maps_title_is_its_answer(clusters, outliers, twins, said) -> None:
    dataset = chats(len(clusters))
    places = places_of(dataset, picture(clusters, outliers, twins))
    pairs = [(one, other) for one, other, _ in twins]
    assert map_title(dataset, places, pairs) == said


def test_what_is_chosen_on_the_map_is_read_from_the_event() -> None:
    points = [{"customdata": 4}, {"customdata": [7]}, {"x": 1.0}]
    assert rows_picked({"selection": {"points": points}}) == {4, 7}
    assert rows_picked({}) == frozenset()


def test_the_map_tells_states_by_shape_and_escapes_what_people_wrote() -> None:
    dataset = Dataset(
        "x",
        Task.CHAT,
        tuple(Example.from_pair(f"<b>{i}</b> ¿y?", "Sí.") for i in range(1, 5)),
    )
    places = places_of(dataset, picture([0, 0, 0, 0], {4}, [(1, 2, 0.99)]))
    figure = map_figure(places, [(1, 2)], marked=frozenset({3}))
    marks = next(trace for trace in figure.data if trace.customdata is not None)
    assert list(marks.marker.symbol) == ["square", "square", "circle", "diamond"]
    assert list(marks.selectedpoints) == [2]
    assert all("&lt;b&gt;" in words for words in marks.hovertext)
    # Identical coordinates or a single row must not break the range.
    map_figure(places[:1], [])


# The test and what it proves


def test_the_proof_says_what_a_mistake_costs_and_wilsons_interval() -> None:
    found = wilson(6 / 8, 8)
    said = proof(8)
    assert "8 ejemplos: cada error son 12 puntos." in said
    low, high = number(100 * found.low), number(100 * found.high)
    assert f"Con 6 aciertos, el valor real está entre {low} y {high}" in said


def test_one_question_proves_hit_or_miss_only() -> None:
    assert proof(1) == "Con 1 pregunta solo sabrás si acierta o no."


@given(st.integers(1, 5_000))
def test_more_questions_are_always_surer(count: int) -> None:
    share = usual_passes(count) / count
    assert 0 < share <= 1
    found = intervals(count, share)
    assert found[0].n == count
    widths = [i.high - i.low for i in found]
    assert widths == sorted(widths, reverse=True)


def test_a_leak_of_a_template_names_its_own_test() -> None:
    dataset, test = chats(3), chats(3).examples[1:]
    plan = plan_split(dataset, test=test)
    assert asked_example(Leak(2, 1), dataset, plan) == test[0]
    chosen = plan_split(dataset, held_out=[3])
    assert asked_example(Leak(2, 3), dataset, chosen) == dataset.examples[2]


# Quality, tokens, prices


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_better_score_never_has_a_worse_word(one: int, other: int) -> None:
    order = ["low", "fair", "good", "great"]
    low, high = sorted((one, other))
    assert order.index(level_of(low)[0]) <= order.index(level_of(high)[0])


@given(st.lists(st.integers(1, 4_000), min_size=1, max_size=60), st.integers(1, 4_000))
def test_the_windows_line_parts_what_fits_from_what_does_not(tokens, window) -> None:
    fitting, over = token_bins(tokens, window)
    assert sum(each.count for each in fitting) == sum(t <= window for t in tokens)
    assert sum(each.count for each in over) == sum(t > window for t in tokens)


def test_the_tokens_title_is_its_answer() -> None:
    assert token_title([10, 90], 1024).startswith("El ejemplo más largo ocupa 90 de")
    assert token_title([10, 90, 91], 50).startswith("2 ejemplos no caben en los 50")
    assert token_title([10, 90], 50).startswith("1 ejemplo no cabe en los 50")


@pytest.mark.parametrize(
    ("usd", "said"),
    [
        (0, "gratis"),
        (0.004, "menos de 0,01 $"),
        (0.01, "0,01 $"),
        (1234.5, "1.234,50 $"),
    ],
)
def test_dollars_are_written_for_people(usd: float, said: str) -> None:
    assert usd_words(usd) == said


def judgement(level: Level) -> Judgement:
    return Judgement("local", "local", "x.jsonl", level, (), 10, True, 5, 10, 2)


def test_the_summary_counts_where_the_examples_serve() -> None:
    ready, warned = judgement(Level.READY), judgement(Level.WARNING)
    blocked = judgement(Level.BLOCKED)
    assert summary([ready, warned, blocked]) == "Tus ejemplos sirven en 2 de 3 sitios."
    assert summary([ready, warned]) == "Tus ejemplos sirven en los 2 sitios."
    assert "ningún" in summary([blocked])


# Versions


def version(change: str, params: dict[str, object]) -> DatasetVersion:
    return DatasetVersion(
        "v", 2, "Ana", NOW, 3, change, params, is_current=False, trained=False
    )


@pytest.mark.parametrize(
    ("change", "params", "said"),
    [
        ("import", {"filename": "a.csv"}, "Se leyó el archivo «a.csv»"),
        ("import", {}, "Se leyó un archivo"),
        ("add", {"count": 1200}, "Ejemplos añadidos: 1.200"),
        ("hold_out", {"count": 0}, "El examen vuelve a elegirlo la app"),
        ("hold_out", {"count": 3}, "Ejemplos elegidos para el examen: 3"),
        ("restore", {"number": 3, "version": "x"}, "Se volvió a la versión 3"),
        ("edit", {}, "Se cambió la tabla a mano"),
        ("unheard-of", {"count": 1}, "Se cambiaron los ejemplos"),
    ],
)
def test_a_version_says_what_was_done(change, params, said) -> None:
    assert change_words(version(change, params)) == said


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=20), "hace un momento"),
        (timedelta(minutes=2, seconds=50), "hace 2 min"),
        (timedelta(hours=3), "hace 3 h"),
    ],
)
def test_time_is_told_by_distance(before: timedelta, said: str) -> None:
    assert time_ago(NOW - before, NOW) == said
    assert time_ago((NOW - before).replace(tzinfo=None), NOW) == said


def test_an_old_version_has_a_date() -> None:
    then = NOW - timedelta(days=30)
    day = then.astimezone().date()
    assert day > date(2026, 10, 1)
    assert f"{day.day} de octubre de 2026" in time_ago(then, NOW)


def test_a_diff_tells_kinds_by_sign_and_marks_the_words() -> None:
    old = chats(3)
    edited = Example.from_pair("¿Pregunta 2?", "Respuesta dos.")
    new = Dataset(
        "x",
        Task.CHAT,
        (old.examples[0], edited, Example.from_pair("¿<i>Otra</i> cosa?", "Sí.")),
    )
    drawn = diff_html(compare(old, new), Task.CHAT)
    assert "1 cambiado" in drawn
    assert "<ins>dos</ins>" in drawn
    assert "<i>" not in drawn
    assert "+ 1 nuevo" in drawn
    assert "− 1 quitado" in drawn


def test_a_diff_without_differences_says_so() -> None:
    assert "son los mismos" in diff_html(compare(chats(2), chats(2)), Task.CHAT)


def test_a_long_diff_is_cut_and_counted() -> None:
    drawn = diff_html(compare(Dataset("x", Task.CHAT, ()), chats(20)), Task.CHAT)
    assert drawn.count("<article") == 12
    assert "Y 8 más." in drawn


@given(st.text(max_size=200), st.integers(2, 80))
def test_shortened_words_fit_on_one_line(words: str, most: int) -> None:
    short = shortened(words, most)
    assert len(short) <= most
    assert "\n" not in short
