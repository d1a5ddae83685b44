"""The frame in a real browser: steps, theme, language, identity, playground."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ftcore.tokens import Signer
from ftcore.ui import theme
from ftcore.ui.identity import COOKIE

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

SIGNER = Signer("a secret for browser tests")
PHONE, LAPTOP, PROJECTOR = (390, 844), (1280, 800), (1920, 1080)
STEPS = "[class*=st-key-step-] a:visible"  # Streamlit draws a hidden twin of each
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def address(serve: Callable[..., object], tmp_path_factory: object) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("frame")  # type: ignore[attr-defined]
    script = Path(__file__).with_name("frame_app.py")
    with serve(script, folder) as found:  # type: ignore[attr-defined]
        yield found


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Open a path in a fresh browser profile; English, to see what is translated."""
    contexts: list[BrowserContext] = []

    def go(path: str, size: tuple[int, int] = LAPTOP, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="en-US",
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(address + path)
        return page

    yield go
    for context in contexts:
        context.close()


def _who(page: Page) -> str | None:
    jar = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert jar[COOKIE]["httpOnly"]
    return SIGNER.read_participant(jar[COOKIE]["value"])


def _chat(page: Page, address: str, model: str = "chat") -> None:
    """Open the playground as the visitor whom the cookie names."""
    token = SIGNER.mint_playground(_who(page) or "", model)
    page.goto(f"{address}/chat/?token={token}&__theme=light")


@pytest.mark.parametrize("scheme", theme.MODES)
def test_the_first_page_is_ours_in_both_modes(
    visit: Open, address: str, scheme: theme.Mode
) -> None:
    page = visit("/", scheme=scheme)
    foreign: list[str] = []
    page.on("request", lambda r: foreign.append(r.url))
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(STEPS)).to_have_count(6)
    expect(page.locator("[data-testid=stMainMenu]")).to_be_hidden()
    assert page.evaluate("document.documentElement.lang") == "es"
    assert page.evaluate("document.fonts.check('16px \"Atkinson Hyperlegible Next\"')")
    canvas = theme.palette(scheme).canvas
    red, green, blue = (int(canvas[at : at + 2], 16) for at in (1, 3, 5))
    app = page.locator(".stApp").first
    expect(app).to_have_css("background-color", f"rgb({red}, {green}, {blue})")
    own = (address, "data:", "blob:")
    assert [url for url in foreign if not url.startswith(own)] == []


def test_steps_stay_on_one_line_on_a_phone(visit: Open) -> None:
    page = visit("/", PHONE)
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".ft-summary")).to_contain_text("Paso 1 de 6")
    expect(page.locator(STEPS)).to_have_count(6)
    boxes = [link.bounding_box() for link in page.locator(STEPS).all()]
    assert len({round(box["y"]) for box in boxes if box}) == 1
    assert all(box and box["height"] >= 44 for box in boxes)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def test_a_step_opens_without_reloading(visit: Open, address: str) -> None:
    page = visit("/")
    expect(page.locator("h1")).to_be_visible()
    page.evaluate("window.sameDocument = true")
    page.locator(STEPS).nth(1).click()
    page.wait_for_url(f"{address}/data")
    expect(page.locator("[class*=st-key-step-data-here]")).to_be_visible()
    assert page.evaluate("window.sameDocument") is True


def test_type_grows_with_the_projector_and_the_steps_leave(visit: Open) -> None:
    page = visit("/?vista=proyector", PROJECTOR)
    expect(page.locator("h1")).to_be_visible()
    page.wait_for_function(
        "parseFloat(getComputedStyle(document.documentElement).fontSize) >= 28"
    )
    assert page.locator(STEPS).count() == 0


def test_an_unknown_address_is_explained_in_spanish(visit: Open) -> None:
    page = visit("/nada")
    expect(page.get_by_role("dialog")).to_contain_text("Esa página no existe")
    assert "Page not found" not in page.inner_text("body")


def test_identity_lasts_and_travels_by_link(visit: Open, address: str) -> None:
    one, other = visit("/"), visit("/")
    mine = _who(one)
    assert mine
    assert _who(other) != mine
    one.reload()
    assert _who(one) == mine
    other.goto(f"{address}/?clave={SIGNER.sign_link(mine)}")
    assert _who(other) == mine
    assert "clave" not in other.url


def test_both_arms_stream_at_once_and_scripts_stay_words(
    visit: Open, address: str
) -> None:
    page = visit("/")
    _chat(page, address)
    page.locator("#question textarea").fill("¿Hacéis envíos?")
    page.get_by_role("button", name="Preguntar", exact=True).click()
    base, tuned = page.locator("#chat-base .bot"), page.locator("#chat-tuned .bot")
    expect(base.first).to_contain_text("Soy base")
    expect(tuned.first).to_contain_text("Soy tuned")
    early = len(base.first.inner_text()), len(tuned.first.inner_text())
    expect(base.first).to_contain_text("FIN")
    expect(tuned.first).to_contain_text("FIN")
    assert len(base.first.inner_text()) > early[0]
    assert len(tuned.first.inner_text()) > early[1]
    expect(page.locator(".ft-speed").first).to_contain_text("tokens por segundo")
    assert page.evaluate("window.top.hacked") is None
    words = page.inner_text("body")
    assert not {"Submit", "Copy message", "Clear", "Loading"} & set(words.split("\n"))


@pytest.mark.parametrize(
    ("model", "box", "send", "first"),
    [
        ("chat", "#question", "Preguntar", ".ft-base .ft-heading"),
        ("labels", "#text", "Clasificar", ".ft-nearest .ft-heading"),
    ],
)
def test_on_a_phone_the_answers_come_into_view(
    visit: Open, address: str, model: str, box: str, send: str, first: str
) -> None:
    page = visit("/", (PHONE[0], 500))  # as with the keyboard open
    _chat(page, address, model)
    answers = page.locator(f"{first}:visible").first
    expect(answers).not_to_be_in_viewport()
    page.locator(f"{box} textarea").fill("¿Hacéis envíos?")
    page.get_by_role("button", name=send, exact=True).click()
    expect(answers).to_be_in_viewport(ratio=1)


def test_an_empty_question_moves_nothing(visit: Open, address: str) -> None:
    page = visit("/", (PHONE[0], 500))
    _chat(page, address)
    page.get_by_role("button", name="Preguntar", exact=True).click()
    page.wait_for_timeout(1000)
    expect(page.locator(".ft-base .ft-heading").first).not_to_be_in_viewport()


def test_a_suggestion_asks_stop_stops_and_clear_empties(
    visit: Open, address: str
) -> None:
    page = visit("/")
    _chat(page, address)
    page.get_by_role("button", name="¿Cuánto tarda un pedido?").click()
    bot = page.locator("#chat-tuned .bot")
    expect(bot.first).to_contain_text("Soy tuned")
    page.locator("#stop").click()
    page.wait_for_timeout(500)
    before = bot.first.inner_text()
    page.wait_for_timeout(1000)
    assert bot.first.inner_text() == before
    assert "FIN" not in before
    expect(page.locator(".ft-tuned .ft-speed").first).to_contain_text("Parada")
    page.reload()
    expect(bot.first).to_contain_text("Soy tuned")
    page.locator("#clear").click()
    expect(bot).to_have_count(0)
    page.locator("#undo").click()
    expect(bot.first).to_contain_text("Soy tuned")


def test_five_arms_side_by_side_judged_and_saved(visit: Open, address: str) -> None:
    page = visit("/", PHONE)
    _chat(page, address)
    page.locator("#question textarea").fill("¿Hacéis envíos?")
    page.locator("#question textarea").press("Enter")
    page.set_viewport_size({"width": PROJECTOR[0], "height": PROJECTOR[1]})
    page.locator("#compare").click()
    arms = ("base", "few_shot", "nearest", "tuned", "tuned_few_shot")
    for arm in arms:  # those that join answer the question that was there
        expect(page.locator(f"#chat-{arm} .bot").first).to_contain_text("FIN")
    tops = {page.locator(f"#chat-{arm}").bounding_box()["y"] for arm in arms}
    assert len(tops) == 1
    thumb = (
        page.locator("#chat-nearest")
        .get_by_role("button", name="Me gusta", exact=True)
        .first
    )
    thumb.click()
    expect(page.locator(".ft-nearest .ft-tally").first).to_contain_text("1 de 1")
    page.locator("#again").click()
    expect(page.locator("#same")).to_contain_text("temperatura 0")
    page.locator("#save-case").click()
    form = page.locator(".ft-case-form:visible")
    expect(form.get_by_label("Pregunta")).to_have_value("¿Hacéis envíos?")
    form.get_by_label("Respuesta correcta").fill("Sí, a toda España.")
    form.get_by_role("button", name="Guardar el caso").click()
    listed = page.locator(".ft-cases:visible")
    expect(listed).to_contain_text("Sí, a toda España.")
    page.reload()
    expect(page.locator("#chat-nearest .bot").first).to_contain_text("FIN")
    expect(page.locator("#chat-nearest").get_by_label("Te gusta")).to_be_visible()
    expect(page.locator(".ft-case-fold:visible")).to_contain_text("uno")


def test_a_classifier_shows_both_answers_with_shares(visit: Open, address: str) -> None:
    page = visit("/")
    _chat(page, address, "labels")
    page.locator("#text textarea").fill("El servidor está caído")
    page.get_by_role("button", name="Clasificar").click()
    verdicts = page.locator("#verdicts")
    expect(verdicts).to_contain_text("80 %")
    expect(verdicts).to_contain_text("El ejemplo más parecido")
    expect(page.locator("#question")).to_be_hidden()


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "Falta la clave"),
        ("guessed", "no es válida"),
        (SIGNER.mint_playground("somebody-else", "chat"), "de otra persona"),
    ],
)
def test_nobody_else_gets_in(visit: Open, address: str, token: str, words: str) -> None:
    page = visit("/")
    page.goto(f"{address}/chat/?token={token}")
    expect(page.locator("#refusal")).to_contain_text(words)
    expect(page.locator("#question")).to_be_hidden()


def test_the_bare_address_leads_to_the_playground(visit: Open) -> None:
    page = visit("/chat?token=guessed")
    expect(page.locator("#refusal")).to_contain_text("no es válida")
    assert page.url.endswith("/chat/?token=guessed")
