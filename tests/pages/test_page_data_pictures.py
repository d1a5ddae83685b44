"""Step 2's pictures: the map, the exam, the places to train, the versions."""

from collections.abc import Callable

import pytest
from screen import drawn, labels
from streamlit.testing.v1 import AppTest

from ftcore.data.examples import Example, Task
from ftcore.ui.data_state import Section
from ftcore.workshop import Workshop

OpenPage = Callable[..., AppTest]
ME = "ana"
PAIRS = [
    ("¿Cuánto cuesta el envío a casa?", "Cuesta 5 euros."),
    ("¿Cuánto tarda el envío urgente?", "Tarda 1 día."),
    ("¿El envío es gratis?", "Desde 50 euros."),
    ("¿Enviáis los pedidos a las islas?", "Sí, en 5 días."),
    ("¿Puedo devolver un vestido?", "Sí, en 30 días."),
    ("¿Cómo devuelvo unos zapatos?", "En cualquier tienda."),
    ("¿Cuánto tarda la devolución del dinero?", "Tarda 5 días."),
    ("¿Puedo cambiar la talla de un vestido?", "Sí, gratis."),
    ("¿Se puede pagar con tarjeta?", "Sí, con todas."),
    ("¿Puedo pagar a plazos?", "Sí, en 3 meses."),
]
STRAY = Example.from_pair(
    "¿Cuál es la capital de Mongolia y qué tiempo hace allí en enero?", "Ulán Bator."
)


@pytest.fixture
def shop(workshop: Workshop) -> Workshop:
    """A project with ten examples, written in the table."""
    workshop.projects.save(
        ME, use_case="own", template=None, name="Tienda", objective="Atender"
    )
    workshop.datasets.start_table(ME, Task.CHAT)
    workshop.datasets.add_examples(ME, [Example.from_pair(*pair) for pair in PAIRS])
    return workshop


def examples(workshop: Workshop) -> tuple[Example, ...]:
    current = workshop.datasets.current(ME)
    assert current is not None
    return current.dataset.examples


def open_section(app: OpenPage, section: Section) -> AppTest:
    page = app("data", me=ME)
    switch = next(w for w in page.button_group if str(w.key).startswith("section-"))
    switch.set_value(section).run()
    assert not page.exception, page.exception
    return page


def words(page: AppTest) -> str:
    return "\n".join([*(m.value for m in page.markdown), drawn(page)])


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception, page.exception
    return page


def add_stray_and_twin(workshop: Workshop) -> None:
    first = examples(workshop)[0]
    twin = Example.from_pair(f"Hola, {first.prompt}", first.target)
    workshop.datasets.add_examples(ME, [STRAY, twin])


def test_an_advice_leads_to_where_it_is_followed(app: OpenPage, shop: Workshop) -> None:
    first = examples(shop)[0]
    shop.datasets.add_examples(ME, [first, first])
    page = open_section(app, Section.IMPROVE)
    assert "Lo que más la subiría" in drawn(page)
    press(page, "go-amount")
    switch = next(w for w in page.button_group if str(w.key).startswith("section-"))
    assert switch.value is Section.EXAMPLES
    page = open_section(app, Section.IMPROVE)
    press(page, "go-duplicate")
    assert any(b.key == "preview-apply" for b in page.button)


def test_the_map_names_strays_and_twins_in_words(app: OpenPage, shop: Workshop) -> None:
    add_stray_and_twin(shop)
    page = open_section(app, Section.MAP)
    said = words(page)
    assert "Los ejemplos 1 y 12 dicen casi lo mismo." in said
    assert "El ejemplo 11 habla de algo distinto" in said
    assert "1 ejemplo alejado" in said
    assert [chart.proto.id for chart in page.get("plotly_chart")]


def test_a_group_shows_its_examples_and_they_can_be_removed(
    app: OpenPage, shop: Workshop
) -> None:
    add_stray_and_twin(shop)
    page = open_section(app, Section.MAP)
    group = next(w for w in page.button_group if w.key == "map-group")
    group.set_value("outlier").run()
    assert "capital de Mongolia" in drawn(page)
    press(page, "map-remove-11")
    assert STRAY not in examples(shop)
    assert len(examples(shop)) == 11


def test_the_tokens_are_drawn_against_what_fits(app: OpenPage, shop: Workshop) -> None:
    said = words(open_section(app, Section.MAP))
    assert "de los 1.024 tokens que caben" in said


def test_the_exam_says_what_it_proves(app: OpenPage, shop: Workshop) -> None:
    said = words(open_section(app, Section.EXAM))
    assert "La app las apartó al azar" in said
    assert "cada error son" in said
    assert "el valor real está entre" in said


def test_the_exam_can_be_chosen_and_given_back(app: OpenPage, shop: Workshop) -> None:
    own = shop.datasets.current(ME).plan.held_out
    page = open_section(app, Section.EXAM)
    chooser = page.multiselect[0]
    chooser.set_value([2, 5, 9]).run()
    press(page, "exam-keep")
    plan = shop.datasets.current(ME).plan
    assert plan.held_out == (2, 5, 9)
    assert "Las has elegido tú" in words(page)
    press(page, "exam-auto")
    assert shop.datasets.current(ME).plan.held_out == own


def test_a_leak_is_shown_with_both_texts_and_mended_with_a_press(
    app: OpenPage, shop: Workshop
) -> None:
    again = Example.from_pair("Hola, " + STRAY.prompt, STRAY.target)
    shop.datasets.add_examples(ME, [STRAY, again])
    shop.datasets.hold_out(ME, [12, 3])
    page = open_section(app, Section.EXAM)
    assert "Aprende con el ejemplo 11" in drawn(page)
    assert "Se le pregunta el ejemplo 12" in drawn(page)
    press(page, "leak-move-0")
    plan = shop.datasets.current(ME).plan
    assert plan.held_out == (3, 11, 12)
    assert not plan.leaks


def test_each_destination_has_its_verdict_its_file_and_its_price(
    app: OpenPage, shop: Workshop
) -> None:
    page = open_section(app, Section.DESTINATIONS)
    said = words(page)
    assert "Tus ejemplos sirven en" in said
    for name in ("Esta máquina", "Hugging Face", "OpenAI", "Google", "Llama", "Haiku"):
        assert name in said
    assert said.index("Esta máquina") < said.index("Todavía no")
    assert "El curso decía" in said
    assert 'href="https://platform.openai.com/docs/pricing"' in said
    assert [button.label for button in page.get("download_button")].count(
        "Descargar su archivo"
    )


def test_versions_say_what_changed_and_lead_back(app: OpenPage, shop: Workshop) -> None:
    before = examples(shop)
    shop.datasets.add_examples(ME, [STRAY])
    page = open_section(app, Section.VERSIONS)
    said = drawn(page)
    assert "Ejemplos añadidos: 1" in said
    assert "La de ahora" in said
    newest, first, _empty = shop.datasets.versions(ME)
    page.toggle(key=f"version-diff-{newest.id}").set_value(True).run()
    assert "+ 1 nuevo" in drawn(page)
    assert "capital de Mongolia" in drawn(page)
    press(page, f"version-restore-{first.id}")
    assert examples(shop) == before


def test_no_button_of_the_pictures_is_without_words(
    app: OpenPage, shop: Workshop
) -> None:
    for section in Section:
        page = open_section(app, section)
        assert all(label.strip() for label in labels(page)), section


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (
            [("hola", "a"), ("adiós", "a"), ("ayuda", "b"), ("socorro", "b")],
            "cada ejemplo se pregunta a un modelo que aprendió de todos los demás",
        ),
        ([("hola", "a")], "Todavía no hay examen"),
    ],
)
def test_a_tiny_classification_is_told_how_it_is_examined(
    app: OpenPage, workshop: Workshop, pairs: list[tuple[str, str]], said: str
) -> None:
    workshop.projects.save(
        ME, use_case="own", template=None, name="Correos", objective="Ordenar"
    )
    workshop.datasets.start_table(ME, Task.CLASSIFICATION)
    workshop.datasets.add_examples(ME, [Example.from_pair(*pair) for pair in pairs])
    page = open_section(app, Section.EXAM)
    headings = "\n".join(heading.value for heading in page.subheader)
    assert said in words(page) + headings
    page = open_section(app, Section.MAP)
    assert page.get("plotly_chart")
