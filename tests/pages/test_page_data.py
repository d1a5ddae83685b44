"""Step 2: ways in, verdict, columns, findings and fixes, table, undo, sections."""

import json
import re
from collections.abc import Callable
from html import escape, unescape

import pytest
from screen import drawn, labels, links
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import TextInput

from ftcore.data.check import check_file
from ftcore.data.examples import Example, Message, Role
from ftcore.ui.data_actions import KINDS
from ftcore.ui.data_draft import NUMBER, SOURCE, TARGET, TableDraft
from ftcore.ui.data_state import DataState, Section
from ftcore.ui.session import Session
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
OWN_COLUMNS = "\n".join(
    ["Tema;Lo que preguntan;Lo que decimos"]
    + [f"Citas;{question};{answer}" for question, answer in QUESTIONS]
).encode()
MESSY = "\n".join(
    ["pregunta;respuesta"]
    + [f"{question};{answer}" for question, answer in QUESTIONS]
    + [";".join(QUESTIONS[0]), "¿Hacéis tinte?;", "¿Vendéis champú?;<b>Sí</b>, a 9 €."]
).encode()


def has_project(
    workshop: Workshop, me: str = "ana", template: str | None = "shop"
) -> None:
    workshop.projects.save(
        me, use_case="own", template=template, name="Proyecto", objective="Algo"
    )


def has_file(workshop: Workshop, name: str, content: bytes, me: str = "ana") -> None:
    has_project(workshop, me, template=None)
    workshop.datasets.import_file(me, name, content)


def upload(page: AppTest, name: str, content: bytes) -> None:
    page.file_uploader(key="upload").set_value((name, content, "text/plain")).run()
    assert not page.exception, page.exception


def rows(workshop: Workshop, me: str = "ana") -> int:
    current = workshop.datasets.current(me)
    return len(current.dataset) if current else 0


def targets(workshop: Workshop, me: str = "ana") -> list[str]:
    current = workshop.datasets.current(me)
    return [example.target for example in current.dataset] if current else []


def state_of(page: AppTest) -> DataState:
    session = page.session_state["session"]
    assert isinstance(session, Session)
    state = session.notes["data"]
    assert isinstance(state, DataState)
    return state


def open_section(page: AppTest, section: Section) -> AppTest:
    state_of(page).go(section)
    page.run()
    assert not page.exception, page.exception
    return page


def press(page: AppTest, key: str) -> None:
    page.button(key=key).click().run()
    assert not page.exception, page.exception


def search(page: AppTest) -> TextInput:
    return next(
        box for box in page.text_input if str(box.key).startswith("examples-search")
    )


def visible(page: AppTest) -> str:
    """Return all the words of ours on the page."""
    kinds = (page.markdown, page.caption, page.success, page.error, page.warning)
    return "\n".join([*(m.value for kind in kinds for m in kind), drawn(page)])


# --- ways in ---


def test_without_a_project_it_says_what_to_do_first(app: OpenPage) -> None:
    page = app("data")
    assert page.title[0].value == "¿Con qué ejemplos va a aprender?"
    assert any("cuando elijas un proyecto" in m.value for m in page.markdown)
    assert "Ir al paso «Proyecto»" in links(page)
    assert not page.file_uploader


def test_the_empty_state_offers_the_template_and_every_way_in(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    page = app("data")
    assert "Usar los 28 ejemplos de la tienda" in labels(page)
    assert [tab.label for tab in page.tabs][:4] == [
        "Archivo",
        "Pegar",
        "Tabla",
        "Hugging Face",
    ]
    assert "hasta 300 MB" in page.file_uploader(key="upload").label
    samples = [code.value.splitlines() for code in page.code]
    assert [len(sample) for sample in samples] == [3, 3, 4]


@pytest.mark.parametrize("at", range(3))
def test_the_shapes_shown_can_be_read(
    app: OpenPage, workshop: Workshop, at: int
) -> None:
    has_project(workshop, template=None)
    sample = app("data").code[at].value
    workshop.datasets.import_file("ana", "muestra.txt", sample.encode())
    assert rows(workshop) == 3


def test_the_template_is_one_press_away(app: OpenPage, workshop: Workshop) -> None:
    has_project(workshop)
    page = app("data")
    press(page, "use-template")
    assert "Listo para entrenar: 28 ejemplos" in page.success[0].value
    assert "Elegir dónde entrenar con 28 ejemplos" in links(page)
    assert "¿Cuánto tarda en llegar un pedido normal?" in drawn(page)


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


def test_pasted_text_is_as_good_as_a_file(app: OpenPage, workshop: Workshop) -> None:
    has_project(workshop)
    page = app("data")
    press(page, "use-pasted")
    assert "No hay nada pegado" in page.warning[0].value
    page.text_area(key="pasted").set_value(GOOD_CSV.decode())
    press(page, "use-pasted")
    assert "12 ejemplos" in page.success[0].value


def test_a_table_of_ones_own_starts_empty_and_takes_an_example(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop, template=None)
    page = app("data")
    press(page, "use-table")
    assert "Tu tabla está vacía" in page.info[0].value
    assert not any("Elegir dónde entrenar" in label for label in links(page))
    assert page.get("data_editor") or page.get("arrow_data_frame")
    press(page, "add-example")
    page.text_area(key="turn-0-0").set_value("¿Abrís hoy?")
    page.text_area(key="turn-0-1").set_value("Sí, hasta las 8.")
    press(page, "save-example")
    assert targets(workshop) == ["Sí, hasta las 8."]


def test_a_dataset_of_the_hub_needs_its_name(app: OpenPage, workshop: Workshop) -> None:
    has_project(workshop, template=None)
    page = app("data")
    press(page, "use-hub")
    assert "Falta el nombre" in page.warning[0].value


def test_a_file_over_the_limit_is_told_and_changes_nothing(
    app: OpenPage, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_project(workshop)
    workshop.datasets.use_template("ana", "shop")
    monkeypatch.setattr("ftcore.workshop.datasets.MEGABYTE", 1)
    page = app("data")
    upload(page, "grande.csv", GOOD_CSV)
    assert "el límite es de 300 MB" in page.error[0].value
    assert rows(workshop) == 28


def test_an_upload_is_read_once_although_the_page_reruns(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    workshop.datasets.use_template("ana", "shop")
    page = app("data")
    upload(page, "precios.jsonl", GOOD_JSONL)
    page.run()
    assert rows(workshop) == 12
    press(page, "undo")
    assert rows(workshop) == 28
    page.run()
    assert rows(workshop) == 28
    press(page, "redo")
    assert rows(workshop) == 12


# --- how the file was read ---


def test_columns_that_say_nothing_are_asked_for_and_then_read(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop, template=None)
    page = app("data")
    upload(page, "dudas.csv", OWN_COLUMNS)
    if rows(workshop) == 0:
        assert "dinos cuáles usar" in page.info[0].value
        choose(page, "map-source", "Lo que preguntan")
        choose(page, "map-target", "Lo que decimos")
    current = workshop.datasets.current("ana")
    assert current is not None
    assert current.dataset.examples[0] == Example.from_pair(*QUESTIONS[0])


def test_the_columns_are_shown_and_choosing_the_other_one_swaps_them(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "dudas.csv", MESSY)
    page = app("data")
    assert "La pregunta está en «pregunta» y la respuesta en «respuesta»" in [
        each.label for each in page.expander
    ]
    choose(page, "map-source", "respuesta")
    current = workshop.datasets.current("ana")
    assert current is not None
    assert current.dataset.examples[1].prompt == QUESTIONS[1][1]
    press(page, "undo")
    assert targets(workshop)[1] == QUESTIONS[1][1]


def test_what_a_new_reading_leaves_behind_is_told(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "dudas.csv", MESSY)
    workshop.datasets.fix("ana", "duplicate")
    assert any("has hecho 1 cambio" in c.value for c in app("data").caption)


def choose(page: AppTest, prefix: str, option: str) -> None:
    box = next(b for b in page.selectbox if str(b.key).startswith(prefix))
    box.set_value(option).run()
    assert not page.exception, page.exception


# --- what could not be used ---


def test_a_rejected_file_keeps_what_there_was_and_says_how_to_mend_it(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    workshop.datasets.use_template("ana", "shop")
    page = app("data")
    upload(page, "malo.csv", BAD_CSV)
    assert "no puede entrenar todavía" in page.error[0].value
    assert "sigues con 28 ejemplos" in page.error[0].value
    assert rows(workshop) == 28
    html = drawn(page)
    assert "No se puede usar" in html
    report = check_file("malo.csv", BAD_CSV)
    assert report.findings
    for finding in report.findings:
        assert escape(finding.message) in html
        assert escape(finding.fix) in html
    assert "Listo para entrenar: 28 ejemplos" in page.success[0].value
    press(page, "dismiss-rejected")
    assert not page.error


def test_a_rejected_first_file_leaves_the_way_in_open(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    page = app("data")
    upload(page, "malo.csv", BAD_CSV)
    assert "o usa la plantilla" in page.error[0].value
    assert rows(workshop) == 0
    press(page, "use-template")
    assert not page.error
    assert rows(workshop) == 28


def test_the_rows_of_a_rejected_file_can_be_mended_on_the_page(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop, template=None)
    page = app("data")
    upload(page, "malo.csv", BAD_CSV)
    box = page.text_area(key="mend-rejected")
    assert "text,label" in box.value
    box.set_value("text,label\nNo va,urgente\nHola,normal\nBuenas,normal")
    press(page, "read-again")
    assert targets(workshop) == ["urgente", "normal", "normal"]


def test_what_was_left_out_is_still_told_after_a_reload(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    page = app("data")
    upload(page, "mezcla.csv", GOOD_CSV + b"\n,urgente\n")
    assert "1 línea se ha quedado fuera" in page.success[0].value
    again = app("data")
    assert "1 línea se ha quedado fuera" in again.success[0].value
    assert "Línea 14" in drawn(open_section(again, Section.IMPROVE))


def test_a_row_left_out_is_mended_and_added(app: OpenPage, workshop: Workshop) -> None:
    has_file(workshop, "dudas.csv", MESSY)
    page = open_section(app("data"), Section.IMPROVE)
    before = rows(workshop)
    boxes = [b for b in page.text_area if str(b.key).startswith("mend-")]
    assert [box.value for box in boxes] == ["¿Hacéis tinte?", ""]
    line = str(boxes[0].key).split("-")[1]
    press(page, f"add-{line}")
    assert any("Todavía no se puede leer" in w.value for w in page.warning)
    assert rows(workshop) == before
    page.text_area(key=f"mend-{line}-assistant").set_value("Sí, desde 30 €.")
    press(page, f"add-{line}")
    assert rows(workshop) == before + 1
    assert targets(workshop)[-1] == "Sí, desde 30 €."
    assert not [b for b in page.text_area if str(b.key).startswith("mend-")]


def test_a_row_of_json_left_out_is_mended_as_it_is(
    app: OpenPage, workshop: Workshop
) -> None:
    lines = GOOD_JSONL.decode().splitlines()
    has_file(workshop, "precios.jsonl", "\n".join([*lines, lines[0][:60]]).encode())
    page = open_section(app("data"), Section.IMPROVE)
    box = page.text_area(key="mend-13")
    assert box.value == lines[0][:60]
    box.set_value(lines[0].replace("artículo 0", "artículo 99"))
    press(page, "add-13")
    current = workshop.datasets.current("ana")
    assert current is not None
    assert current.dataset.examples[-1].prompt == "¿Cuánto cuesta el artículo 99?"


def test_a_repair_shows_the_line_as_it_was_and_as_it_is(
    app: OpenPage, workshop: Workshop
) -> None:
    lines = GOOD_JSONL.decode().splitlines()
    lines[3] = lines[3].replace("}]}", "},]}")
    has_file(workshop, "precios.jsonl", "\n".join(lines).encode())
    page = open_section(app("data"), Section.IMPROVE)
    html = drawn(page)
    assert "<del>,</del>" in html
    assert "Cuesta 3 euros." in html
    press(page, "go-file-repair-trailing_comma-4")
    assert state_of(page).row == 4
    assert 'ft-here"><h4>Ejemplo 4<' in drawn(page)


# --- findings and fixes ---


def test_a_finding_says_where_what_why_and_how(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "dudas.csv", MESSY)
    page = open_section(app("data"), Section.IMPROVE)
    current = workshop.datasets.current("ana")
    assert current is not None
    assert {"duplicate", "html"} <= {f.code for f in current.findings}
    html = drawn(page)
    for finding in current.findings:
        for words in (finding.message, finding.why, finding.fix):
            assert escape(words) in html
    assert "Ejemplo 13" in html


def test_a_press_on_a_finding_lands_on_the_example(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "dudas.csv", MESSY)
    page = open_section(app("data"), Section.IMPROVE)
    press(page, "go-current-warning-duplicate-13")
    assert state_of(page).section is Section.EXAMPLES
    assert 'ft-here"><h4>Ejemplo 13<' in drawn(page)
    assert "Ejemplo 1<" not in drawn(page)


def test_a_fix_is_looked_at_before_it_is_applied_and_can_be_undone(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "dudas.csv", MESSY)
    page = open_section(app("data"), Section.IMPROVE)
    press(page, "fix-html")
    html = drawn(page)
    assert "<del>&lt;b&gt;</del>Sí<del>&lt;/b&gt;</del>, a 9 €." in html
    assert "<b>Sí</b>, a 9 €." in targets(workshop)
    press(page, "preview-apply")
    assert "Sí, a 9 €." in targets(workshop)
    assert state_of(page).preview is None
    assert any("Puedes deshacerlo" in toast.value for toast in page.toast)
    press(page, "undo")
    assert "<b>Sí</b>, a 9 €." in targets(workshop)


def test_a_fix_that_is_not_wanted_changes_nothing(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "dudas.csv", MESSY)
    page = open_section(app("data"), Section.IMPROVE)
    before = targets(workshop)
    press(page, "fix-duplicate")
    assert "Se quita 1 ejemplo" in visible(page)
    press(page, "preview-cancel")
    assert targets(workshop) == before
    assert state_of(page).preview is None


def test_single_examples_of_a_fix_may_stay_as_they_are(
    app: OpenPage, workshop: Workshop
) -> None:
    more = "\n¿Y mechas?;<i>No</i>, hoy no.".encode()
    has_file(workshop, "dudas.csv", MESSY + more)
    page = open_section(app("data"), Section.IMPROVE)
    press(page, "fix-html")
    picks = [box for box in page.checkbox if str(box.key).startswith("pick-")]
    assert len(picks) == 2
    picks[0].uncheck().run()
    press(page, "preview-apply")
    assert "<b>Sí</b>, a 9 €." in targets(workshop)
    assert "No, hoy no." in targets(workshop)


def test_everything_safe_is_mended_at_once(app: OpenPage, workshop: Workshop) -> None:
    has_file(workshop, "dudas.csv", MESSY)
    page = open_section(app("data"), Section.IMPROVE)
    press(page, "fix-all")
    assert "Cambia 1 ejemplo. Se quita 1 ejemplo" in visible(page)
    press(page, "preview-apply")
    assert len(targets(workshop)) == 13
    assert "Sí, a 9 €." in targets(workshop)


def test_personal_data_is_masked_and_never_shown_whole_before(
    app: OpenPage, workshop: Workshop
) -> None:
    address = "lucia.perez@peluqueria.es"
    extra = f"\n¿Cómo os escribo?;A {address} cuando quieras.".encode()
    has_file(workshop, "dudas.csv", MESSY + extra)
    page = open_section(app("data"), Section.IMPROVE)
    assert address not in drawn(page)
    press(page, "fix-personal_data")
    shown = unescape(re.sub(r"<[^>]+>", "", drawn(page)))
    assert address not in shown
    assert "lu" in shown
    press(page, "preview-apply")
    assert not any(address in target for target in targets(workshop))


# --- examples: reading, writing ---


def test_bubbles_are_paged_by_five_and_searched_without_accents(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    workshop.datasets.use_template("ana", "shop")
    page = app("data")
    assert "Ejemplo 5<" in drawn(page)
    assert "Ejemplo 6<" not in drawn(page)
    search(page).set_value("ENVIAN paises").run()
    assert "Ejemplo 4<" in drawn(page)
    assert "Ejemplo 1<" not in drawn(page)
    search(page).set_value("zzzz").run()
    assert any("Ningún ejemplo contiene «zzzz»" in c.value for c in page.caption)


def test_one_example_is_changed_in_its_form_and_deleted(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "precios.jsonl", GOOD_JSONL)
    page = app("data")
    press(page, "edit-2")
    page.text_area(key="turn-2-1").set_value("Cuesta un euro justo.")
    press(page, "save-example")
    assert targets(workshop)[1] == "Cuesta un euro justo."
    press(page, "edit-1")
    press(page, "delete-example")
    assert rows(workshop) == 11
    assert targets(workshop)[0] == "Cuesta un euro justo."


def test_a_form_with_an_empty_part_is_not_saved(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "precios.jsonl", GOOD_JSONL)
    page = app("data")
    press(page, "edit-2")
    page.text_area(key="turn-2-1").set_value("  ")
    press(page, "save-example")
    assert any("Falta una de las partes" in w.value for w in page.warning)
    assert targets(workshop) == [answer for _, answer in QUESTIONS]


def test_a_conversation_of_several_turns_is_edited_turn_by_turn(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "precios.jsonl", GOOD_JSONL)
    turns = [(Role.USER, "a"), (Role.ASSISTANT, "b")] * 2
    long = Example(tuple(Message(role, words) for role, words in turns))
    workshop.datasets.add_examples("ana", [long])
    page = app("data")
    state_of(page).editing = 13
    page.run()
    assert len([b for b in page.text_area if str(b.key).startswith("turn-13")]) == 4
    page.text_area(key="turn-13-3").set_value("otra")
    press(page, "save-example")
    assert targets(workshop)[-1] == "otra"
    state_of(page).as_table = True
    state_of(page).jumps += 1
    page.run()
    assert any("no cabe en dos celdas" in c.value for c in page.caption)


def test_edits_of_the_table_wait_for_saving_and_survive_other_sections(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "precios.jsonl", GOOD_JSONL)
    page = app("data")
    with_edits(page, workshop)
    open_section(page, Section.VERSIONS)
    assert any("1 cambio sin guardar" in c.value for c in page.caption)
    open_section(page, Section.IMPROVE)
    open_section(page, Section.EXAMPLES)
    press(page, "save-table")
    assert targets(workshop)[0] == "Gratis."
    assert state_of(page).unsaved == 0


def test_edits_of_the_table_can_be_thrown_away(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "precios.jsonl", GOOD_JSONL)
    page = app("data")
    with_edits(page, workshop)
    press(page, "discard-table")
    assert state_of(page).unsaved == 0
    assert targets(workshop)[0] == "Cuesta 0 euros."


def with_edits(page: AppTest, workshop: Workshop) -> None:
    """Leave an edit in the table as the browser would; AppTest cannot type there."""
    current = workshop.datasets.current("ana")
    assert current is not None
    draft = TableDraft(current.row.id, current.dataset)
    draft.open("before", [1], is_last=False)
    draft.take([{NUMBER: 1, SOURCE: QUESTIONS[0][0], TARGET: "Gratis."}])
    state = state_of(page)
    state.draft, state.as_table = draft, True
    open_section(page, Section.EXAMPLES)
    assert "Guardar 1 cambio" in labels(page)


def test_a_thousand_rows_are_shown_a_hundred_at_a_time(
    app: OpenPage, workshop: Workshop
) -> None:
    lines = [f"¿Cuánto cuesta la pieza {i}?;Son {i} euros." for i in range(1100)]
    has_file(workshop, "mil.csv", "\n".join(["pregunta;respuesta", *lines]).encode())
    page = app("data")
    state_of(page).as_table = True
    open_section(page, Section.EXAMPLES)
    [table] = page.get("data_editor") or page.get("arrow_data_frame")
    assert len(table.value) == 100


# --- always there ---


def test_every_section_can_be_opened(app: OpenPage, workshop: Workshop) -> None:
    has_file(workshop, "dudas.csv", MESSY)
    page = app("data")
    for section in Section:
        open_section(page, section)
        assert state_of(page).section is section


def test_the_three_facts_lead_to_their_sections(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "dudas.csv", MESSY)
    page = app("data")
    html = drawn(page)
    assert "cosas que mejorar" in html
    assert "Cada fallo cuenta" in html
    assert "Aquí, gratis" in html
    press(page, "go-destinations")
    assert state_of(page).section is Section.DESTINATIONS


def test_the_examples_can_be_taken_away_in_every_format(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "precios.jsonl", GOOD_JSONL)
    page = app("data")
    offered = [button.proto.label for button in page.get("download_button")]
    assert {"Excel (.xlsx)", "CSV para abrir con Excel", "JSON"} <= set(offered)
    for kind in KINDS:
        _, content = workshop.datasets.file("ana", kind)
        report = check_file(f"de-vuelta.{kind.removesuffix('_excel')}", content)
        assert report.dataset is not None
        assert report.dataset.examples[0] == Example.from_pair(*QUESTIONS[0]), kind


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
    search(page).set_value("onerror").run()
    assert "&lt;img src=x" in drawn(page)
    assert "<img" not in drawn(page)
    open_section(page, Section.IMPROVE)
    press(page, "fix-html")
    assert "<img" not in drawn(page)


def test_html_in_a_finding_or_a_file_name_is_escaped(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop)
    page = app("data")
    content = "text,label\n" + "\n".join(f"Correo {i},<b>uno</b>" for i in range(12))
    upload(page, "<b>raro</b>.csv", content.encode())
    assert "<b>uno" not in drawn(page)
    assert "<b>" not in page.error[0].value


def test_nobody_sees_the_examples_of_somebody_else(
    app: OpenPage, workshop: Workshop
) -> None:
    has_project(workshop, "ana")
    has_project(workshop, "luis")
    workshop.datasets.import_file("ana", "precios.jsonl", GOOD_JSONL)
    page = app("data", me="luis")
    assert not page.success
    assert "artículo" not in drawn(page)
    assert "Usar los 28 ejemplos de la tienda" in labels(page)


def test_another_tabs_change_is_not_overwritten(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "precios.jsonl", GOOD_JSONL)
    page = app("data")
    press(page, "edit-1")
    with_edits(page, workshop)
    workshop.datasets.replace("ana", [Example.from_pair("otra", "pestaña")])
    page.run()
    assert state_of(page).unsaved == 0
    assert targets(workshop) == ["pestaña"]


def test_another_project_starts_with_a_clean_page(
    app: OpenPage, workshop: Workshop
) -> None:
    has_file(workshop, "precios.jsonl", GOOD_JSONL)
    page = open_section(app("data"), Section.VERSIONS)
    workshop.projects.save(
        "ana", use_case="restaurant", template=None, name="Otro", objective="Algo"
    )
    page.run()
    assert state_of(page).section is Section.EXAMPLES
    assert page.file_uploader
    assert "Todavía no hay ejemplos" in [each.value for each in page.subheader]
