"""What the playground does when somebody asks, judges, saves; and whom it refuses."""

import asyncio
from types import SimpleNamespace

import gradio as gr
import pytest

from ftcore.chat.base import Arm, ReplyTrace
from ftcore.data.examples import Message, Role
from ftcore.errors import InvalidTokenError, NotYoursError
from ftcore.texts import text
from ftcore.tokens import Signer
from ftcore.ui import playground_lines as lines
from ftcore.ui.identity import COOKIE
from ftcore.ui.playground_answering import Answering, to_options
from ftcore.ui.playground_cases import CaseDesk, cases_html
from ftcore.ui.playground_chat import ORDER, START, Chat, arm_name
from ftcore.ui.playground_handlers import Handlers, plain_text, refusal
from ftcore.ui.playground_labels import LabelDesk
from ftcore.ui.playground_opening import Opening
from ftcore.ui.playground_run import Run
from ftcore.ui.playground_server import build_blocks
from ftcore.ui.playground_turns import to_messages
from tests.fakes import KeptCases, ScriptedPlayground

SIGNER = Signer("a secret for tests")
TOKEN = SIGNER.mint_playground("ana", "model")
HISTORY = [{"role": "user", "content": "¿Enviáis a Canarias?"}]
START_VALUES = (0.0, 0.95, 256, 1.05, 42)
BASE, TUNED, NEAREST = (ORDER.index(arm) for arm in (Arm.BASE, Arm.TUNED, Arm.NEAREST))
TWO = [arm_name(arm) for arm in START]


def request(token: str | None = TOKEN, cookie: str | None = None, tab: str = "tab"):
    return SimpleNamespace(
        query_params={"token": token} if token else {},
        cookies={COOKIE: cookie} if cookie else {},
        session_hash=tab,
    )


@pytest.fixture
def scripted() -> ScriptedPlayground:
    return ScriptedPlayground(SIGNER)


@pytest.fixture
def kept() -> KeptCases:
    return KeptCases()


@pytest.fixture
def handlers(scripted, kept) -> Handlers:
    return Handlers(lambda: SimpleNamespace(playground=scripted, cases=kept), SIGNER)


@pytest.fixture
def chat(handlers) -> Chat:
    return Chat(handlers, Answering(handlers))


def answers(chat, arm=Arm.TUNED, history=HISTORY, values=START_VALUES, asker=None):
    """Return everything that one arm shows while it answers."""

    async def collect():
        stream = chat.answering.answer_of(arm)
        asked = stream(asker or request(), history, *values)
        return [shown async for shown in asked]

    return asyncio.run(collect())


def conversations(parts):
    return [part["value"] if isinstance(part, dict) else part for part in parts]


def nothing():
    return [[] for _ in ORDER] + [""] * len(ORDER)


# --- who may ----------------------------------------------------------------------


def test_only_ones_own_token_opens(handlers):
    own = SIGNER.sign_participant("ana")
    assert handlers.claim(request()).participant_id == "ana"
    assert handlers.claim(request(cookie=own)).model_id == "model"
    with pytest.raises(NotYoursError):
        handlers.claim(request(cookie=SIGNER.sign_participant("luis")))
    for bad in (None, "guessed", TOKEN[:-2]):
        with pytest.raises(InvalidTokenError):
            handlers.claim(request(bad, own))


@pytest.mark.parametrize("token", [None, "guessed"])
def test_nothing_is_done_without_a_token(chat, handlers, scripted, kept, token):
    nobody, event = request(token), gr.EventData(None, {"act": "remove", "id": "x"})
    shown = answers(chat, asker=nobody)
    assert "clave de acceso" in shown[-1][1]
    liked = gr.LikeData(None, {"index": 1, "value": "", "liked": True})
    verbs = (
        lambda: chat.stop(nobody),
        lambda: chat.clear(nobody),
        lambda: chat.undo_clear(nobody),
        lambda: chat.again(nobody, 0.7, 42, TWO, *nothing()),
        lambda: chat.like_of(Arm.TUNED)(HISTORY, liked, nobody),
        lambda: LabelDesk(handlers).label("hola", nobody),
        lambda: LabelDesk(handlers).like_of(Arm.TUNED)(event, nobody),
        lambda: CaseDesk(handlers).draft(nobody),
        lambda: CaseDesk(handlers).save("¿a?", "b", nobody),
        lambda: CaseDesk(handlers).act(event, nobody),
    )
    for verb in verbs:
        with pytest.raises(gr.Error, match="clave de acceso"):
            verb()
    assert scripted.asked == []
    assert kept.cases == {}


@pytest.mark.parametrize("reason", ["missing", "forged", "expired"])
def test_each_refusal_has_its_own_words(reason):
    said = {
        refusal(InvalidTokenError(reason=r)) for r in ("missing", "forged", "expired")
    }
    assert len(said) == 3
    assert refusal(InvalidTokenError(reason=reason)) in said
    assert refusal(NotYoursError(noun="model")) not in said


def test_no_handler_is_offered_as_a_public_endpoint(handlers):
    async def build() -> gr.Blocks:
        return build_blocks(handlers)

    # Outside a running loop Gradio opens loops of its own and leaves them open.
    blocks = asyncio.run(build())
    assert blocks.get_api_info()["named_endpoints"] == {}
    assert all(fn.api_visibility == "private" for fn in blocks.fns.values())


# --- asking and answering -----------------------------------------------------------


def test_a_question_reaches_who_is_on_screen_and_an_empty_one_nobody(chat):
    before = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    parts = nothing()
    parts[BASE] = before
    box, *rest = chat.ask("  ¿Y el plazo? ", TWO, *parts)
    asked = {"role": "user", "content": "¿Y el plazo?"}
    assert box == ""
    assert rest[BASE] == [*before, asked]
    assert rest[TUNED] == [asked]
    assert rest[NEAREST] == []
    below = rest[len(ORDER) :]
    assert "Pensando" in below[BASE]
    assert below[NEAREST] == ""
    assert chat.ask("   ", TWO, *parts) == ("   ", *parts)


def test_an_answer_streams_and_is_kept_with_how_it_was_drawn(chat, scripted):
    shown = answers(chat, values=(0.7, 0.9, 64.0, 1.1, None))
    turns, line = shown[-1]
    assert turns[:-1] == HISTORY
    assert turns[-1]["content"] == "Soy tuned. Sí, enviamos a Canarias."
    assert "Primera palabra en 0," in line
    (arm, messages, options) = scripted.asked[0]
    assert (arm, messages) == (
        Arm.TUNED,
        [Message(Role.USER, "¿Enviáis a Canarias?")],
    )
    assert (options.temperature, options.max_tokens, options.seed) == (0.7, 64, 42)
    (_, row) = scripted.trials[0]
    assert turns[-1]["metadata"] == {"id": row.id}
    assert row.answer == turns[-1]["content"]
    assert row.options["repeat_penalty"] == 1.1
    assert row.trace["answer_tokens"] == 3


def test_pieces_are_shown_as_they_come_and_joined_when_they_come_fast(chat, scripted):
    scripted.pause = 0.12
    slow = [turns[-1]["content"] for turns, _ in answers(chat)]
    assert slow[0] == "Soy tuned. Sí, "
    assert slow == sorted(slow, key=len)
    scripted.pause, scripted.pieces = 0.0, ("a ",) * 2000
    assert len(answers(chat)) < 100


def test_an_arm_that_fails_says_so_in_its_place_and_stops_no_other(chat, scripted):
    scripted.broken = {Arm.BASE}
    turns, line = answers(chat, Arm.BASE)[-1]
    assert turns == [*HISTORY, {"role": "assistant", "content": "Soy base. Sí, "}]
    assert 'role="alert"' in line
    assert "engine" not in line
    assert answers(chat, Arm.TUNED)[-1][0][-1]["content"].endswith("Canarias.")


def test_who_was_not_asked_stays_as_it_is(chat, scripted):
    whole = [*HISTORY, {"role": "assistant", "content": "Sí."}]
    assert answers(chat, history=whole) == [(gr.skip(), gr.skip())]
    assert answers(chat, history=[]) == [(gr.skip(), gr.skip())]
    assert scripted.asked == []


def test_stopping_ends_the_answers_of_the_tab_and_keeps_what_was_said(chat, scripted):
    scripted.pause, scripted.pieces = 0.02, ("palabra ",) * 500

    async def live():
        async def one(tab):
            stream = chat.answering.answer_of(Arm.TUNED)
            last = None
            async for last in stream(request(tab=tab), HISTORY, *START_VALUES):
                if tab == "mine" and "palabra palabra" in last[0][-1]["content"]:
                    chat.stop(request(tab=tab))
            return last

        mine = asyncio.create_task(one("mine"))
        other = asyncio.create_task(one("other"))
        turns, line = await asyncio.wait_for(mine, 5)
        assert not other.done()
        chat.stop(request(tab="other"))
        await asyncio.wait_for(other, 5)
        return turns, line

    turns, line = asyncio.run(live())
    assert 0 < turns[-1]["content"].count("palabra") < 400
    assert "Parada antes de acabar" in line
    assert scripted.closed.count(Arm.TUNED) == 2
    assert len(scripted.trials) == 2
    assert chat.answering.runs == {}


def test_closing_the_tab_frees_the_engine_and_keeps_what_was_said(chat, scripted):
    scripted.pause, scripted.pieces = 0.02, ("palabra ",) * 500

    async def leave():
        asked = chat.answering.answer_of(Arm.TUNED)
        stream = asked(request(), HISTORY, *START_VALUES)
        await anext(stream)
        await stream.aclose()
        for _ in range(100):
            if scripted.closed:
                return
            await asyncio.sleep(0.02)

    asyncio.run(leave())
    assert scripted.closed == [Arm.TUNED]
    assert scripted.trials[0][1].answer.startswith("Soy tuned. palabra")


def test_a_bug_is_not_hidden():
    def broken(_trace: ReplyTrace):
        yield "a"
        raise LookupError("a bug")

    async def run() -> None:
        async for _ in Run().pushes(broken):
            pass

    with pytest.raises(LookupError, match="a bug"):
        asyncio.run(run())


def test_a_question_never_answered_is_not_sent_to_the_model():
    turns = [
        {"role": "user", "content": "parada"},
        {"role": "user", "content": "uno"},
        {"role": "assistant", "content": "dos"},
        {"role": "user", "content": [{"type": "text", "text": "tres"}]},
    ]
    said = [message.content for message in to_messages(turns)]
    assert said == ["uno", "dos", "tres"]


def test_empty_controls_keep_their_start_value():
    assert to_options((None,) * 5) == to_options(START_VALUES)
    assert isinstance(to_options((0.5, 1, 16.0, 1, 7.0)).seed, int)


def test_words_are_found_in_every_shape_of_a_turn():
    parts = [{"type": "text", "text": "uno"}, {"type": "text", "text": "dos"}]
    assert plain_text(parts) == "uno dos"
    assert plain_text("uno") == "uno"
    assert plain_text({"path": "x.png"}) == ""
    assert plain_text(None) == ""


# --- who is on screen ---------------------------------------------------------------


def test_an_arm_that_joins_answers_the_last_question(chat):
    parts = nothing()
    parts[BASE] = [*HISTORY, {"role": "assistant", "content": "Sí."}]
    chosen, *rest = chat.show(["Ejemplo más parecido", "Modelo base"], *parts)
    assert chosen == ["Modelo base", "Ejemplo más parecido"]
    columns, rest = rest[: len(ORDER)], rest[len(ORDER) :]
    assert "ft-off" not in columns[NEAREST]["elem_classes"]
    assert "ft-off" in columns[TUNED]["elem_classes"]
    assert rest[NEAREST] == HISTORY
    assert rest[BASE] == gr.skip()  # it may be answering just now
    assert rest[TUNED] == gr.skip()
    assert "Pensando" in rest[len(ORDER) + NEAREST]


def test_there_is_always_somebody_and_one_press_shows_all_or_two(chat):
    assert chat.show([], *nothing())[0] == ["Tu modelo"]
    everybody = chat.compare(TWO, *nothing())[0]
    assert everybody == [arm_name(arm) for arm in ORDER]
    assert chat.compare(everybody, *nothing())[0] == TWO


# --- another answer, another conversation -------------------------------------------


def test_without_chance_another_answer_is_offered_with_some(chat):
    parts = nothing()
    parts[TUNED] = answers(chat)[-1][0]
    seed, notice, *rest = chat.again(request(), 0.0, 42, TWO, *parts)
    assert (seed, notice["visible"]) == (42, True)
    assert rest == parts


def test_another_answer_has_another_seed_and_replaces_the_last(chat, scripted):
    parts = nothing()
    parts[TUNED] = answers(chat)[-1][0]
    parts[NEAREST] = answers(chat, Arm.NEAREST)[-1][0]
    shown = [*TWO, arm_name(Arm.NEAREST)]
    seed, notice, *rest = chat.again(request(), 0.7, 42, shown, *parts)
    assert (seed, notice["visible"]) == (43, False)
    assert rest[TUNED] == HISTORY
    assert rest[NEAREST] == parts[NEAREST]  # it would only copy the same
    assert Arm.TUNED not in scripted.conversation(chat.handlers.claim(request()))


def test_clearing_empties_all_and_can_be_undone(chat):
    answers(chat)
    undo, *rest = chat.clear(request())
    assert undo["visible"] is True
    assert conversations(rest[: len(ORDER)]) == [[] for _ in ORDER]
    undo, *rest = chat.undo_clear(request())
    assert undo["visible"] is False
    assert conversations(rest)[TUNED][-1]["content"].startswith("Soy tuned")


def test_a_thumb_is_counted_changed_and_taken_back(chat, scripted):
    history = answers(chat)[-1][0]
    like = chat.like_of(Arm.TUNED)

    def press(liked, index=1):
        data = {"index": index, "value": "", "liked": liked}
        return like(history, gr.LikeData(None, data), request())

    assert "Te gustaron 1 de 1" in press(True)
    assert "Te gustaron 0 de 1" in press(False)
    assert "Te gustaron" not in press("")
    press(True)
    assert scripted.trials[0][1].liked is True
    for elsewhere in (0, 7, -1, None):  # what a browser may name
        press(False, elsewhere)
    assert scripted.trials[0][1].liked is True
    # The thumb does not stay where another conversation begins.
    assert chat.clear(request())[1 + TUNED]["feedback_value"] == []


def test_nobody_judges_what_another_model_answered(chat):
    history = answers(chat)[-1][0]
    other = request(SIGNER.mint_playground("ana", "another"))
    liked = gr.LikeData(None, {"index": 1, "value": "", "liked": True})
    with pytest.raises(gr.Error, match="ya no está"):
        chat.like_of(Arm.TUNED)(history, liked, other)


def test_a_reload_finds_the_conversation_its_thumbs_and_its_arms(chat, handlers):
    history = answers(chat, Arm.NEAREST)[-1][0]
    liked = gr.LikeData(None, {"index": 1, "value": "", "liked": True})
    chat.like_of(Arm.NEAREST)(history, liked, request())
    opening = Opening(chat, LabelDesk(handlers), CaseDesk(handlers))
    page = opening.page(request())
    assert [area["visible"] for area in page[:2]] == [True, False]
    who = page[2 + 3]
    assert who == ["Modelo base", "Ejemplo más parecido", "Tu modelo"]
    found = page[2 + 3 + 1 + len(ORDER) + NEAREST]
    assert found["value"] == history
    assert found["feedback_value"] == ["Like"]
    line = page[2 + 3 + 1 + 2 * len(ORDER) + NEAREST]
    assert "Te gustaron 1 de 1" in line


def test_the_opened_page_fills_every_piece_of_both_kinds(handlers, chat):
    async def build() -> gr.Blocks:
        return build_blocks(handlers)

    blocks = asyncio.run(build())
    (load,) = [fn for fn in blocks.fns.values() if fn.name == "open_page"]
    for token in (TOKEN, SIGNER.mint_playground("ana", "labels"), "guessed"):
        assert len(load.fn(request(token))) == len(load.outputs)


# --- labels ---------------------------------------------------------------------------


def test_labels_of_both_arms_come_with_thumbs(handlers, scripted):
    desk = LabelDesk(handlers)
    nearest, doubtful, tuned, thumbs = desk.label("caído", request())
    assert text("playground_labels.doubt.close") in doubtful
    assert "ft-notice" not in thumbs
    assert tuned == {"urgente": 0.8, "normal": 0.2}
    assert nearest == {"normal": 0.6, "urgente": 0.4}
    assert [row.answer for _, row in scripted.trials] == ["normal", "urgente"]
    assert 'aria-pressed="false"' in thumbs
    pressed = gr.EventData(None, {"act": "down", "id": scripted.trials[1][1].id})
    line = desk.like_of(Arm.TUNED)(pressed, request())
    assert "Te gustaron 0 de 1" in line
    assert line.count('aria-pressed="true"') == 1
    words, verdicts = desk.restored(handlers.claim(request()))
    assert words == "caído"
    assert verdicts[2] == tuned
    with pytest.raises(gr.Error, match="Escribe un texto"):
        desk.label("  ", request())


# --- saved cases ----------------------------------------------------------------------


def press_case(desk, act, case_id):
    return desk.act(gr.EventData(None, {"act": act, "id": case_id}), request())[1]


def test_a_case_is_drafted_kept_taken_away_and_brought_back(chat, handlers, kept):
    answers(chat)
    desk = CaseDesk(handlers)
    form, question, answer = desk.draft(request())
    assert form["visible"] is True
    assert question == "¿Enviáis a Canarias?"
    assert answer.startswith("Soy tuned")
    form, fold, listing = desk.save(question, "Sí, en 5 días.", request())
    assert form["visible"] is False
    assert fold["label"].endswith("uno")
    assert "Sí, en 5 días." in listing
    assert 'data-act="undo"' in press_case(desk, "remove", "case-0")
    assert "Sí, en 5 días." in press_case(desk, "undo", "case-0")
    assert "en tus ejemplos" in press_case(desk, "teach", "case-0")
    with pytest.raises(gr.Error, match="no está en tu proyecto"):
        press_case(desk, "remove", "somebody-elses")
    with pytest.raises(gr.Error, match="Al caso le falta"):
        desk.save(question, None, request())
    assert len(kept.cases) == 1


def test_a_classifier_offers_its_labels(handlers):
    labels = request(SIGNER.mint_playground("ana", "labels"))
    LabelDesk(handlers).label("caído", labels)
    _, question, answer = CaseDesk(handlers).draft(labels)
    assert question == "caído"
    assert answer["choices"] == ["normal", "urgente"]


def test_what_people_write_never_becomes_markup(kept):
    kept.cases["case-0"] = '<b>"x"</b>', "<script>alert(1)</script>"
    listing = cases_html(kept.of("ana"), removed='"><img>')
    assert "<script>" not in listing
    assert "<b>&quot;" not in listing
    assert "<img>" not in listing


# --- the line below an answer -------------------------------------------------------


@pytest.mark.parametrize(
    ("trace", "words"),
    [
        (ReplyTrace(9, 32, 0.5, 1.0, finish="stop"), "0,5 s · 62 tokens por segundo"),
        (ReplyTrace(9, 1, 0.5, 0.5, finish="stop"), "Primera palabra en 0,5 s<"),
        (ReplyTrace(0, 0, 0.0, 0.1, finish="stop"), "no la escribe el modelo"),
        (ReplyTrace(9, 9, 0.5, 1.0, finish="length"), "longitud máxima"),
        (ReplyTrace(9, 9, 0.5, 1.0, trimmed=True), "se ha dejado fuera el principio"),
    ],
)
def test_the_line_says_speed_and_what_was_left_out(trace, words):
    assert words in lines.finished_line(trace)


def test_nothing_came_and_nothing_is_counted():
    assert lines.finished_line(ReplyTrace(finish="stop")) == ""
    assert lines.writing_line(ReplyTrace()) == lines.waiting_line()
