"""The small pieces below the pages of steps 4 to 6."""

import pytest
from streamlit.testing.v1 import AppTest

from ftcore.evaluation.statistics import confusion_matrix
from ftcore.texts import text
from ftcore.ui import services
from ftcore.ui.job_view import rounded_forecast
from ftcore.ui.links import is_local_only, qr_svg, voting_address
from ftcore.ui.results_figures import worst_confusion
from ftcore.ui.tables import html_table
from ftcore.workshop import Workshop


def test_a_table_escapes_and_names_each_cell() -> None:
    drawn = html_table(["Nombre", "Votos"], [["<i>", "3"]], caption="a&b", numeric=[1])
    assert "<i>" not in drawn
    assert '<td class="ft-txt" data-label="Nombre">&lt;i&gt;</td>' in drawn
    assert '<td class="ft-num" data-label="Votos">3</td>' in drawn
    assert "<caption>a&amp;b</caption>" in drawn


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("http://localhost:7860/vote", True),
        ("http://127.0.0.1/vote", True),
        ("/vote", True),
        ("http://192.168.1.20:7860/vote", False),
        ("https://team-taller.hf.space/vote", False),
    ],
)
def test_it_knows_what_a_phone_cannot_open(address: str, is_local: bool) -> None:
    assert is_local_only(address) is is_local


def test_the_voting_address_keeps_the_whole_key(workshop: Workshop) -> None:
    assert workshop.settings.public_url == ""
    assert voting_address("a.b-c_d&e") == "/vote?c=a.b-c_d%26e"


def test_the_code_is_dark_on_white_in_both_modes() -> None:
    drawing = qr_svg("http://example.org/vote?c=abc")
    assert drawing.startswith("<svg")
    assert "#fff" in drawing
    assert "#000" in drawing


def test_the_worst_confusion_is_the_most_frequent_one() -> None:
    expected = ["baja", "baja", "alta", "alta", "alta"]
    given = ["baja", "alta", "media", "media", "alta"]
    assert worst_confusion(confusion_matrix(expected, given)) == ("alta", "media")
    assert worst_confusion(confusion_matrix(expected, expected)) is None


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, 5), (3, 5), (42, 40), (61, 60), (100, 105)]
)
def test_a_forecast_promises_no_more_than_it_knows(seconds: float, said: int) -> None:
    assert rounded_forecast(seconds) == said


def _opening() -> None:
    import streamlit as st

    from ftcore.ui.frame import meanwhile

    with meanwhile("project"):
        if "slow" in st.session_state:
            st.stop()  # what is on screen while the workshop is being opened
    st.caption("whole")


@pytest.mark.parametrize("slow", [True, False])
def test_the_heading_is_there_while_the_workshop_opens(
    workshop: Workshop, slow: bool
) -> None:
    services.replace_workshop(None)
    test = AppTest.from_function(_opening)
    if slow:
        test.session_state["slow"] = True
    test.run()
    assert not test.exception
    if slow:
        assert [one.value for one in test.title] == [text("project.title")]
        assert [one.value for one in test.caption] == [text("app.opening")]
    else:
        assert not test.title, "the page draws its own"
        assert [one.value for one in test.caption] == ["whole"]


def test_an_open_workshop_leaves_no_trace_of_the_wait(workshop: Workshop) -> None:
    test = AppTest.from_function(_opening).run()
    assert [one.value for one in test.caption] == ["whole"]
