"""Step 2: ways in, verdict, findings, examples, and the way back."""

import json
from collections.abc import Callable
from html import escape

import pytest
from screen import drawn, labels, links
from streamlit.testing.v1 import AppTest

from ftcore.data.check import check_file
from ftcore.data.examples import Example
from ftcore.workshop import Workshop

OpenPage = Callable[..., AppTest]

QUESTIONS = [
    (f"¿Cuánto cuesta el artículo {i}?", f"Cuesta {i} euros.") for i in range(12)
]
GOOD_JSONL = "\n".join(
    json.dumps(
        {
            "messages": [
                {"role": "user", "content": question},
                {"role": "assistant", "content": answer},
            ]
        },
        ensure_ascii=False,
    )
    for question, answer in QUESTIONS
).encode()
GOOD_CSV = "\n".join(
    ["text,label"]
    + [
        f"Correo número {i} sobre la nómina,{'urgente' if i % 2 else 'normal'}"
        for i in range(12)
    ]
).encode()
BAD_CSV = b"text,label\n,urgente\nHola,\n"


def has_project(
    workshop: Workshop, me: str = "ana", template: str | None = "shop"
) -> None:
    workshop.projects.save(
        me, use_case="own", template=template, name="Proyecto", objective="Algo"
    )


def upload(page: AppTest, name: str, content: bytes) -> None:
    page.file_uploader(key="upload").set_value((name, content, "text/plain")).run()
    assert not page.exception, page.exception


def rows(workshop: Workshop, me: str = "ana") -> int:
    current = workshop.projects.dataset(me)
    return len(current.dataset) if current else 0


def test_without_a_project_it_says_what_to_do_first(app: OpenPage) -> None:
    page = app("data")
    assert page.title[0].value == "¿Con qué ejemplos va a aprender?"
    assert any("cuando elijas un proyecto" in m.value for m in page.markdown)
    assert "Ir al paso «Proyecto»" in links(page)
    assert not page.file_uploader


def test_the_empty_state_offers_the_template_and_shows_the_three_shapes(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    page = app("data")
    assert "Usar los 28 ejemplos de la tienda" in labels(page)
    samples = [code.value.splitlines() for code in page.code]
    assert [len(sample) for sample in samples] == [3, 3, 4]
    assert '"messages"' in samples[0][0]
    assert '"prompt"' in samples[1][0]
    assert samples[2][0] == "text,label"


@pytest.mark.parametrize("at", range(3))
def test_the_shapes_shown_can_be_read(
    app: OpenPage, workshop: Workshop, at: int
) -> None:
    has_project(workshop, template=None)
    sample = app("data").code[at].value
    workshop.projects.import_dataset("ana", "muestra.txt", sample.encode())
    assert rows(workshop) == 3


def test_the_template_is_one_press_away(app: OpenPage, workshop: Workshop) -> None:
    has_project(workshop)
    page = app("data")
    page.button(key="use-template").click().run()
    assert "Listo para entrenar: 28 ejemplos" in page.success[0].value
    assert "Elegir dónde entrenar con 28 ejemplos" in links(page)
    assert "¿Cuánto tarda en llegar un pedido normal?" in drawn(page)
    assert any("10 ejemplos de examen" in m.value for m in page.markdown)
    assert any("cada acierto son 10 puntos" in m.value for m in page.markdown)


def test_bubbles_are_paged_by_five_and_searched_without_accents(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    workshop.projects.use_template("ana", "shop")
    page = app("data")
    assert "Ejemplo 5<" in drawn(page)
    assert "Ejemplo 6<" not in drawn(page)
    page.text_input(key="examples-search").set_value("ENVIAN paises").run()
    assert "Ejemplo 4<" in drawn(page)
    assert "Ejemplo 1<" not in drawn(page)
    page.text_input(key="examples-search").set_value("zzzz").run()
    assert any("Ningún ejemplo contiene «zzzz»" in c.value for c in page.caption)


def test_a_good_jsonl_becomes_the_examples(app: OpenPage, workshop: Workshop) -> None:
    has_project(workshop)
    page = app("data")
    upload(page, "precios.jsonl", GOOD_JSONL)
    assert "Listo para entrenar: 12 ejemplos" in page.success[0].value
    assert "precios" in page.success[0].value
    assert rows(workshop) == 12


def test_a_good_csv_is_shown_as_a_table_with_spanish_columns(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop, template=None)
    page = app("data")
    upload(page, "correos.csv", GOOD_CSV)
    assert "Listo para entrenar: 12 ejemplos" in page.success[0].value
    html = drawn(page)
    assert ">Texto</th>" in html
    assert ">Etiqueta</th>" in html
    assert "Correo número 0 sobre la nómina" in html
    assert any("Las 2 etiquetas están equilibradas" in m.value for m in page.markdown)


def test_pasted_text_is_as_good_as_a_file(app: OpenPage, workshop: Workshop) -> None:
    has_project(workshop)
    page = app("data")
    page.button(key="use-pasted").click().run()
    assert "No hay nada pegado" in page.warning[0].value
    page.text_area(key="pasted").set_value(GOOD_CSV.decode())
    page.button(key="use-pasted").click().run()
    assert "12 ejemplos" in page.success[0].value


def test_a_rejected_file_keeps_what_there_was_and_says_how_to_mend_it(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    workshop.projects.use_template("ana", "shop")
    page = app("data")
    upload(page, "malo.csv", BAD_CSV)
    assert "no puede entrenar todavía" in page.error[0].value
    assert "sigues con 28 ejemplos" in page.error[0].value
    assert rows(workshop) == 28
    html = drawn(page)
    assert "No se puede usar" in html
    assert "Línea 2" in html
    report = check_file("malo.csv", BAD_CSV)
    assert report.findings
    for finding in report.findings:
        assert escape(finding.message) in html
        assert escape(finding.fix) in html
    assert "Listo para entrenar: 28 ejemplos" in page.success[0].value


def test_a_rejected_first_file_leaves_the_way_in_open(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    page = app("data")
    upload(page, "malo.csv", BAD_CSV)
    assert "o usa la plantilla" in page.error[0].value
    assert rows(workshop) == 0
    page.button(key="use-template").click().run()
    assert not page.error
    assert rows(workshop) == 28


def test_a_file_over_the_limit_is_told_and_changes_nothing(
    app: OpenPage, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_project(workshop)
    workshop.projects.use_template("ana", "shop")
    monkeypatch.setattr("ftcore.workshop.projects.MEGABYTE", 1)
    page = app("data")
    upload(page, "grande.csv", GOOD_CSV)
    assert "el límite es de 20 MB" in page.error[0].value
    assert rows(workshop) == 28


def test_an_upload_is_read_once_although_the_page_reruns(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    workshop.projects.use_template("ana", "shop")
    page = app("data")
    upload(page, "precios.jsonl", GOOD_JSONL)
    page.run()
    assert rows(workshop) == 12
    page.button(key="undo").click().run()
    assert rows(workshop) == 28
    page.run()
    assert rows(workshop) == 28
    assert any("12 ejemplos" in label for label in labels(page))


def test_what_was_left_out_is_still_told_after_a_reload(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    page = app("data")
    upload(page, "mezcla.csv", GOOD_CSV + b"\n,urgente\n")
    assert "dejado fuera 1 línea" in page.success[0].value
    again = app("data")
    assert "dejado fuera 1 línea" in again.success[0].value
    assert "Línea 14" in drawn(again)


@pytest.mark.parametrize("name", ["chat.jsonl", "etiquetas.csv"])
def test_html_in_an_example_is_shown_and_not_run(
    app: OpenPage, workshop: Workshop, name: str
) -> None:
    has_project(workshop)
    evil = '<img src=x onerror="alert(1)">'
    chat = GOOD_JSONL.replace(b"Cuesta 1 euros.", json.dumps(evil)[1:-1].encode())
    table = GOOD_CSV + f'\n"{evil.replace(chr(34), chr(34) * 2)}",normal'.encode()
    page = app("data")
    upload(page, name, chat if name.endswith("jsonl") else table)
    page.text_input(key="examples-search").set_value("onerror").run()
    html = drawn(page)
    assert "&lt;img src=x" in html
    assert "<img" not in html


def test_html_in_a_finding_or_a_file_name_is_escaped(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    page = app("data")
    content = "text,label\n" + "\n".join(f"Correo {i},<b>uno</b>" for i in range(12))
    upload(page, "<b>raro</b>.csv", content.encode())
    assert "<b>" not in drawn(page)
    assert "<b>" not in page.error[0].value


def test_the_download_is_the_clean_dataset(app: OpenPage, workshop: Workshop) -> None:
    has_project(workshop)
    workshop.projects.import_dataset("ana", "precios.jsonl", GOOD_JSONL)
    page = app("data")
    assert "Descargar los ejemplos limpios (JSONL)" in [
        button.proto.label for button in page.get("download_button")
    ]
    first = json.loads(workshop.projects.dataset_file("ana").splitlines()[0])
    assert first["messages"][0]["content"] == QUESTIONS[0][0]


def test_nobody_sees_the_examples_of_somebody_else(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop, "ana")
    has_project(workshop, "luis")
    workshop.projects.import_dataset("ana", "precios.jsonl", GOOD_JSONL)
    page = app("data", me="luis")
    assert not page.success
    assert "artículo" not in drawn(page)
    assert "Usar los 28 ejemplos de la tienda" in labels(page)


def test_the_test_set_of_a_file_is_what_training_will_hold_out(
    workshop: Workshop,
) -> None:
    has_project(workshop)
    workshop.projects.import_dataset("ana", "precios.jsonl", GOOD_JSONL)
    current = workshop.projects.dataset("ana")
    assert current is not None
    assert current.held_out == 2
    assert current.dataset.examples[0] == Example.from_pair(*QUESTIONS[0])
