"""Step 3: the choice made already, the advisor, and honest states."""

from collections.abc import Callable

import pytest
from screen import drawn, labels, links
from streamlit.testing.v1 import AppTest

from ftcore.errors import TrainerClosedError
from ftcore.workshop import Workshop
from ftcore.workshop.advice import Budget, Experience

OpenPage = Callable[..., AppTest]
SOLD = ("openai", "huggingface", "google", "aws")


@pytest.fixture
def ready(workshop: Workshop) -> Workshop:
    """Ana has a project and the shop's examples."""
    workshop.projects.save(
        "ana", use_case="support_chatbot", template="shop", name="A", objective="B"
    )
    workshop.datasets.use_template("ana", "shop")
    return workshop


def advice(page: AppTest, experience: str, budget: str) -> str:
    page.segmented_control(key="experience").set_value(Experience(experience))
    page.segmented_control(key="budget").set_value(Budget(budget))
    page.run()
    assert not page.exception, page.exception
    return next(m.value for m in page.markdown if ":material/lightbulb:" in m.value)


def test_without_examples_it_says_what_to_do_first(
    app: OpenPage, workshop: Workshop
) -> None:
    assert "Ir al paso «Proyecto»" in links(app("tool"))
    workshop.projects.save(
        "ana", use_case="own", template=None, name="A", objective="B"
    )
    page = app("tool")
    assert "Ir al paso «Datos»" in links(page)
    assert not page.button


def test_local_is_chosen_and_one_press_starts(app: OpenPage, ready: Workshop) -> None:
    page = app("tool")
    assert any("Aquí, gratis, unos" in m.value for m in page.markdown)
    assert page.button(key="choose-local").label == "Elegido"
    assert page.button(key="start").label == "Entrenar aquí con 28 ejemplos"
    page.button(key="start").click().run()
    assert not page.exception, page.exception
    project = ready.projects.visit("ana").project
    assert project is not None
    assert project.tool == "local"


def test_the_simulation_is_labelled_and_can_be_chosen(
    app: OpenPage, ready: Workshop
) -> None:
    page = app("tool")
    assert "Simulación: no entrena nada" in drawn(page)
    page.button(key="choose-simulated").click().run()
    assert ready.training.tool("ana") == "simulated"
    assert page.button(key="choose-simulated").label == "Elegido"
    assert page.button(key="start").label == "Simular el entrenamiento con 28 ejemplos"


def test_prices_stand_beside_the_courses_and_carry_their_date(
    app: OpenPage, ready: Workshop
) -> None:
    html = drawn(app("tool"))
    assert html.count("Precio visto el ") == len(SOLD)
    assert html.count("El curso calculaba: ") == len(SOLD)
    assert "5 de agosto de 2026" in html


@pytest.mark.parametrize("name", SOLD)
def test_a_closed_tool_cannot_be_chosen_and_says_why(
    app: OpenPage, ready: Workshop, name: str
) -> None:
    page = app("tool")
    button = page.button(key=f"choose-{name}")
    assert button.disabled
    assert button.label == "No disponible hoy"
    assert drawn(page).count('class="ft-reason"') == len(SOLD)
    with pytest.raises(TrainerClosedError):
        ready.projects.choose_tool("ana", name)
    assert ready.training.tool("ana") == "local"


def test_the_advisor_gives_a_reason_and_what_to_do_today(
    app: OpenPage, ready: Workshop
) -> None:
    page = app("tool")
    assert "entrenar aquí mismo" in advice(page, "none", "zero")
    beginner = advice(page, "none", "little")
    assert "OpenAI" in beginner
    assert "empieza aquí" in beginner
    assert "Hugging Face" in advice(page, "code", "zero")


def test_from_the_first_card_to_the_training(app: OpenPage, workshop: Workshop) -> None:
    page = app()
    page.button(key="choose-shop").click().run()
    page.button(key="start-shop").click().run()
    page.button(key="use-template").click().run()
    assert "Listo para entrenar" in page.success[0].value
    page.switch_page("../../pages/tool.py").run()
    page.button(key="start").click().run()
    assert not page.exception, page.exception
    steps = [state.value for state in workshop.projects.visit("ana").steps.values()]
    assert steps[:3] == ["done", "done", "done"]


def test_each_participant_chooses_alone(app: OpenPage, ready: Workshop) -> None:
    ready.projects.save(
        "luis", use_case="support_chatbot", template="shop", name="L", objective="B"
    )
    ready.datasets.use_template("luis", "shop")
    ready.projects.choose_tool("ana", "simulated")
    page = app("tool", me="luis")
    assert page.button(key="choose-local").label == "Elegido"
    assert "Entrenar aquí con 28 ejemplos" in labels(page)


def test_only_one_step_is_marked_as_the_next(app: OpenPage, ready: Workshop) -> None:
    helps = [link.proto.help for link in app("data").get("page_link")]
    assert sum("Es lo siguiente." in words for words in helps) == 1
