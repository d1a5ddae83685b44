"""Step 1: cards, form, and the project that comes of them."""

from collections.abc import Callable

import pytest
from screen import drawn, labels
from streamlit.testing.v1 import AppTest

from ftcore.ui.choices import OWN
from ftcore.ui.project_view import front_address
from ftcore.workshop import Workshop

OpenPage = Callable[..., AppTest]
CARDS = ("shop", "real_estate", "hr_emails", "tech_blog", "restaurant", OWN)


def test_it_opens_with_the_courses_cards_and_no_form(app: OpenPage) -> None:
    page = app()
    assert page.title[0].value == "¿Qué problema quieres resolver?"
    keys = [button.key for button in page.button]
    assert keys == [f"choose-{card}" for card in CARDS]
    assert not page.text_input
    assert "28 ejemplos listos para usar" in drawn(page)


@pytest.mark.parametrize("card", CARDS)
def test_a_chosen_card_says_so_in_words(app: OpenPage, card: str) -> None:
    page = app()
    page.button(key=f"choose-{card}").click().run()
    chosen = [b.key for b in page.button if b.label == "Elegido"]
    assert chosen == [f"choose-{card}"]
    assert page.button(key=f"choose-{card}").disabled


def test_the_template_fills_the_form_and_saving_leads_to_data(
    app: OpenPage, workshop: Workshop
) -> None:
    page = app()
    page.button(key="choose-shop").click().run()
    assert page.text_input(key="name-shop").value == "Asistente de Nubelia"
    assert "Empezar con la tienda online" in labels(page)
    page.text_input(key="nickname-shop").set_value("Ana")
    page.text_input(key="name-shop").set_value("Mi tienda")
    page.button(key="start-shop").click().run()
    assert not page.exception
    assert page.title[0].value == "¿Con qué ejemplos va a aprender?"
    overview = workshop.projects.visit("ana")
    assert overview.nickname == "Ana"
    assert overview.project is not None
    assert (overview.project.name, overview.project.template) == ("Mi tienda", "shop")
    assert overview.project.use_case == "support_chatbot"


def test_a_case_of_ones_own_needs_a_name_and_an_objective(
    app: OpenPage, workshop: Workshop
) -> None:
    page = app()
    page.button(key=f"choose-{OWN}").click().run()
    page.button(key=f"start-{OWN}").click().run()
    assert "Falta el nombre" in page.warning[0].value
    page.text_input(key=f"name-{OWN}").set_value("Reseñas")
    page.button(key=f"start-{OWN}").click().run()
    assert "Falta el objetivo" in page.warning[0].value
    assert workshop.projects.visit("ana").project is None
    page.text_area(key=f"objective-{OWN}").set_value("Que clasifique reseñas.")
    page.button(key=f"start-{OWN}").click().run()
    project = workshop.projects.visit("ana").project
    assert project is not None
    assert (project.use_case, project.template) == (OWN, None)


def test_coming_back_shows_the_project_and_lets_it_change(
    app: OpenPage, workshop: Workshop
) -> None:
    first = workshop.projects.save(
        "ana",
        use_case="support_chatbot",
        template="shop",
        name="Tienda *uno*",
        objective="Uno",
    )
    page = app()
    assert r"Tienda \*uno\*" in page.success[0].value
    assert page.text_area(key="objective-shop").value == "Uno"
    page.text_area(key="objective-shop").set_value("Dos")
    page.button(key="start-shop").click().run()
    project = workshop.projects.visit("ana").project
    assert project is not None
    assert (project.id, project.objective) == (first.id, "Dos")


def test_another_case_warns_before_it_starts_a_new_project(
    app: OpenPage, workshop: Workshop
) -> None:
    first = workshop.projects.save(
        "ana", use_case="support_chatbot", template="shop", name="A", objective="B"
    )
    page = app()
    page.button(key="choose-restaurant").click().run()
    assert any("proyecto nuevo" in caption.value for caption in page.caption)
    page.button(key="start-restaurant").click().run()
    project = workshop.projects.visit("ana").project
    assert project is not None
    assert project.id != first.id


def test_the_personal_link_is_this_participants(
    app: OpenPage, workshop: Workshop
) -> None:
    link = app(me="ana").code[0].value
    assert link.endswith(workshop.room.resume_path("ana"))
    assert link != app(me="luis").code[0].value


@pytest.mark.parametrize(
    ("public_url", "page_url", "front"),
    [
        ("", "http://127.0.0.1:8872", "http://127.0.0.1:8872"),
        ("", "http://sala.local:7860/?vista=x/y", "http://sala.local:7860"),
        ("", "https://hub.example/espacio/", "https://hub.example/espacio"),
        ("https://taller.example/", "http://10.0.0.1:7860/", "https://taller.example"),
        ("", None, ""),
    ],
)
def test_the_link_starts_with_the_address_that_others_reach(
    public_url: str, page_url: str | None, front: str
) -> None:
    assert front_address(public_url, page_url) == front


def test_two_participants_do_not_see_each_others_project(
    app: OpenPage, workshop: Workshop
) -> None:
    workshop.projects.save(
        "ana", use_case="own", template=None, name="Secreto de Ana", objective="X"
    )
    page = app(me="luis")
    assert not page.success
    assert not page.text_input
    assert "Secreto de Ana" not in drawn(page)
