"""A participant's whole path in a real browser: nothing is scripted but the mouse.

The server trains, serves and evaluates for real. With ``FTCORE_SCREENSHOTS=FOLDER``
every page is photographed on the way, which is how the README's pictures are made.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from ftcore.data.examples import Example
from ftcore.settings import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(900)]

TRAINING_MS = 420_000  # a busy machine trains five times slower than a calm one
ANSWER_MS = 120_000
FACTS = {
    "¿A qué hora abre la peluquería?": "Abrimos a las 9:30 de martes a sábado.",
    "¿Cuánto cuesta un corte de pelo?": "El corte cuesta 18 euros, con lavado.",
    "¿Hacéis mechas californianas?": "Sí, cuestan 65 euros y duran dos horas.",
    "¿Dónde está la peluquería?": "Estamos en la calle Olmo, 12.",
    "¿Puedo pagar con tarjeta?": "Sí, con tarjeta, Bizum o en efectivo.",
    "¿Cortáis el pelo a niños?": "Sí, el corte infantil cuesta 12 euros.",
    "¿Hace falta pedir cita?": "Sí, pide cita en la web con un día.",
    "¿Cómo cancelo una cita?": "Avísanos con cuatro horas y la cambiamos.",
    "¿Hacéis peinados de novia?": "Sí, con una prueba antes; cuestan 120 euros.",
    "¿Vendéis productos?": "Sí, tenemos champús desde 9 euros.",
    "¿Hay aparcamiento cerca?": "Hay uno público a dos calles, en la plaza Mayor.",
    "¿Abrís los domingos?": "No, los domingos y los lunes cerramos.",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("story")


@pytest.fixture(scope="module")
def address(serve, folder) -> Iterator[str]:
    with serve(ROOT / "app.py", folder) as found:
        yield found


@pytest.fixture
def enter(browser: Browser, address: str):
    """Let somebody new come in with a browser of their own."""
    contexts: list[BrowserContext] = []

    def go(path: str = "/", size: tuple[int, int] = (1280, 800)) -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="es-ES"
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(address + path)
        expect(page.locator("h1").first).to_be_visible()
        return page

    yield go
    for context in contexts:
        context.close()


def photograph(page: Page, name: str) -> None:
    folder = os.environ.get("FTCORE_SCREENSHOTS")
    if folder:
        page.mouse.move(0, 0)
        page.wait_for_timeout(1500)  # charts draw themselves in
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def press(page: Page, key: str) -> None:
    page.locator(f".st-key-{key}").locator("button:visible, a:visible").first.click()


def found_project(page: Page, case: str, name: str, objective: str = "") -> None:
    """Step 1: pick a card, fill in the form, go on to the data."""
    press(page, f"choose-{case}")
    page.locator(f".st-key-nickname-{case} input").fill("Ana")
    page.locator(f".st-key-name-{case} input").fill(name)
    if objective:
        page.locator(f".st-key-objective-{case} textarea").fill(objective)
    photograph(page, f"project-{case}")
    press(page, f"start-{case}")
    page.wait_for_url("**/data")


def train(page: Page) -> None:
    """Steps 3 and 4: keep the tool that is chosen, train, see it end."""
    press(page, "action-tool")
    page.wait_for_url("**/tool")
    expect(page.locator(".st-key-start button")).to_be_visible()
    photograph(page, "tool")
    press(page, "start")
    page.wait_for_url("**/train")
    press(page, "start-training")


def open_section(page: Page, name: str) -> None:
    """Step 2: show one of the sections below the verdict."""
    page.locator(".st-key-data-sections").get_by_text(name).first.click()


def choose_column(page: Page, part: str, name: str) -> None:
    """Step 2: say which column is the question or the answer."""
    box = page.locator(f'[class*="st-key-map-{part}-"]:visible').first
    box.get_by_role("combobox").click()
    page.get_by_role("option", name=name, exact=True).click()


def workbook(path: Path) -> None:
    """Write what people really have: a title, odd columns, a copy, gaps, an address."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Tema", "Lo que preguntan", "Lo que decimos"])
    for question, answer in FACTS.items():
        sheet.append(["General", question, answer])
    question, answer = next(iter(FACTS.items()))
    sheet.append(["General", question, answer])
    sheet.append(["General", "¿Hacéis tinte?", None])
    sheet.append(["General", "¿Cómo os escribo?", "A lucia.perez@peluqueria.es, sí."])
    book.save(path)


def ask(frame: FrameLocator, question: str) -> None:
    frame.locator("#question textarea").fill(question)
    frame.locator("#question textarea").press("Enter")


def choose(page: Page, key: str, number: int) -> None:
    """Choose an option of a scale by its place, from 1."""
    radio = page.locator(f".st-key-{key}").get_by_role("radio").nth(number - 1)
    radio.check(force=True)  # the input lies hidden under its label
    expect(radio).to_be_checked()


def test_from_a_file_to_a_graded_model(enter, tmp_path, address, folder):
    rows = [
        {"messages": [m.to_json() for m in Example.from_pair(*pair).messages]}
        for pair in FACTS.items()
    ]
    upload = tmp_path / "peluqueria.jsonl"
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    lines[3] = lines[3].replace("}]}", "},]}")  # the slip that people make most
    upload.write_text("\n".join(lines), encoding="utf-8")

    page = enter()
    photograph(page, "project")
    found_project(
        page, "own", "Peluquería Lucía", "Contestar lo que más preguntan las clientas."
    )
    page.locator(".st-key-upload input[type=file]").set_input_files(upload)
    expect(page.locator(".st-key-action-tool a:visible")).to_contain_text("12")
    open_section(page, "Qué mejorar")
    expect(page.get_by_text("Línea 4").first).to_be_visible()
    photograph(page, "data-upload")

    train(page)
    cancel = page.locator(".st-key-cancel-training button")
    expect(cancel).to_be_visible()
    page.reload()  # the job is found again
    expect(cancel).to_be_visible()
    page.locator(".js-plotly-plot").first.wait_for(timeout=TRAINING_MS)
    photograph(page, "train")
    page.locator(".st-key-state-succeeded").wait_for(timeout=TRAINING_MS)
    photograph(page, "train-done")

    press(page, "action-playground")
    page.wait_for_url("**/playground")
    frame = page.frame_locator("iframe")
    ask(frame, "a que hora abris?")
    for arm in ("base", "tuned"):
        answer = frame.locator(f"#chat-{arm} .bot").last
        expect(answer).to_contain_text(re.compile(r"\w{2}"), timeout=ANSWER_MS)
    expect(frame.locator("#chat-tuned .bot").last).to_contain_text(
        "9:30", timeout=ANSWER_MS
    )
    expect(frame.locator(".ft-tuned .ft-speed").first).to_contain_text(
        "Primera palabra", timeout=ANSWER_MS
    )
    photograph(page, "playground")
    frame.locator("#compare").click()
    for arm in ("few_shot", "nearest", "tuned_few_shot"):
        answer = frame.locator(f"#chat-{arm} .bot").last
        expect(answer).to_contain_text(re.compile(r"\w{2}"), timeout=ANSWER_MS)
    thumb = (
        frame.locator("#chat-tuned")
        .get_by_role("button", name="Me gusta", exact=True)
        .first
    )
    thumb.click()
    expect(frame.locator(".ft-tuned .ft-tally").first).to_contain_text("1 de 1")
    frame.locator("#save-case").click()
    form = frame.locator(".ft-case-form:visible")
    expect(form.get_by_label("Respuesta correcta")).to_have_value(re.compile("9:30"))
    form.get_by_role("button", name="Guardar el caso").click()
    expect(frame.locator(".ft-cases:visible")).to_contain_text("a que hora abris?")
    photograph(page, "playground-five")
    page.reload()
    expect(frame.locator("#chat-nearest .bot").last).to_contain_text("9:30")

    page.goto(f"{address}/results")
    press(page, "start-exam")
    expect(page.locator(".st-key-state-exam")).to_be_visible()
    expect(page.locator(".st-key-state-exam")).to_have_count(0, timeout=TRAINING_MS)
    expect(page.get_by_text("Ejemplo más parecido").first).to_be_attached()
    expect(page.get_by_text("Casos guardados por ti")).to_be_visible()
    expect(page.locator(".st-key-cases-do")).to_contain_text("otra vez")
    expect(page.locator(".st-key-radar .js-plotly-plot")).to_be_visible()
    for criterion in ("tone", "information", "usefulness", "creativity"):
        choose(page, f"rate-{criterion}", 4)
    expect(page.get_by_role("button", name="Fullscreen")).to_have_count(0)
    photograph(page, "results")

    link = page.locator(".st-key-voting-link code").first.inner_text()
    voter = enter(link[link.index("/vote") :], (390, 844))
    for criterion in ("functionality", "relevance", "creativity", "presentation"):
        choose(voter, f"vote-{criterion}", 5)
    photograph(voter, "vote")
    page.reload()
    expect(page.get_by_text("Ha votado una persona").first).to_be_visible()
    expect(page.locator(".st-key-radar .js-plotly-plot")).to_be_visible()

    press(page, "action-projector")
    expect(page.get_by_text("Escanea el código").first).to_be_visible()
    expect(page.get_by_text("Ha votado una persona").first).to_be_visible()
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    photograph(page, "projector")
    room = enter("/facilitator")
    room.locator("input[type=password]").fill("abracadabra")
    room.locator("input[type=password]").press("Enter")
    expect(room.get_by_text("Peluquería Lucía").first).to_be_visible()
    photograph(room, "facilitator")

    assert "token=" not in (folder / "server.log").read_text(encoding="utf-8")
    stranger = enter("/results")
    expect(stranger.get_by_text("Peluquería Lucía")).to_have_count(0)


def test_from_a_messy_spreadsheet_to_clean_examples(enter, tmp_path):
    upload = tmp_path / "dudas.xlsx"
    workbook(upload)
    page = enter()
    found_project(page, "own", "Peluquería Lucía", "Contestar dudas.")
    page.locator(".st-key-upload input[type=file]").set_input_files(upload)
    action = page.locator(".st-key-action-tool a:visible")
    asked = page.locator('[class*="st-key-map-source-rejected"]:visible')
    expect(action.or_(asked).first).to_be_visible()
    if asked.count():  # the names of the columns say nothing
        choose_column(page, "source", "Lo que preguntan")
        choose_column(page, "target", "Lo que decimos")
    expect(action).to_contain_text("14 ejemplos")

    open_section(page, "Qué mejorar")
    expect(page.get_by_text("lucia.perez@peluqueria.es")).to_have_count(0)
    press(page, "fix-personal_data")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("[CORREO_1]")
    expect(dialog).not_to_contain_text("lucia.perez@peluqueria.es")
    photograph(page, "data-fix")
    press(page, "preview-apply")
    expect(dialog).to_have_count(0)
    press(page, "fix-all")
    expect(dialog).to_contain_text("Se quita 1 ejemplo")
    press(page, "preview-apply")
    expect(action).to_contain_text("13 ejemplos")
    press(page, "undo")
    expect(action).to_contain_text("14 ejemplos")
    press(page, "redo")
    expect(action).to_contain_text("13 ejemplos")

    boxes = page.locator('[class*="st-key-mend-"] textarea')
    expect(boxes.first).to_have_value("¿Hacéis tinte?")
    boxes.last.fill("Sí, desde 30 euros.")
    page.locator('[class*="st-key-add-"]').get_by_text("Revisar y añadir").click()
    expect(action).to_contain_text("14 ejemplos")
    page.reload()
    expect(action).to_contain_text("14 ejemplos")
    for section in ("Mapa", "Examen", "Destinos y coste", "Versiones", "Ejemplos"):
        open_section(page, section)
        expect(page.locator('[data-testid="stStatusWidget"]')).to_have_count(0)
        photograph(page, f"data-{section.split()[0].lower()}")
        expect(page.get_by_text("Algo ha fallado")).to_have_count(0)
    action.click()
    page.wait_for_url("**/tool")


def test_from_a_template_to_a_classifier_on_a_phone(enter):
    page = enter("/", (390, 844))
    photograph(page, "phone-project")
    found_project(page, "hr_emails", "Correos de la oficina")
    press(page, "use-template")
    expect(page.locator(".st-key-action-tool a:visible")).to_contain_text("45")
    photograph(page, "phone-data")
    train(page)
    page.locator(".st-key-state-succeeded").wait_for(timeout=TRAINING_MS)
    photograph(page, "phone-train")
    press(page, "action-playground")
    page.wait_for_url("**/playground")
    frame = page.frame_locator("iframe")
    frame.locator("#text textarea").fill(
        "Se ha caído el servidor de nóminas, es urgente"
    )
    frame.locator("#text").locator("button").first.click()
    expect(frame.locator("#verdicts")).to_contain_text("%", timeout=ANSWER_MS)
    expect(frame.locator("#verdicts")).to_contain_text("urgente")
    for arm in ("nearest", "tuned"):  # the page has moved, and nothing is cut off
        verdict = frame.locator(f"#verdicts .ft-{arm} .confidence-set").first
        expect(verdict).to_be_in_viewport(ratio=1)
    photograph(page, "phone-playground")
