"""What the playground says, how fast it says it is, and whom it refuses."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import gradio as gr
import pytest

from ftcore.chat.base import Arm, SamplingOptions
from ftcore.data.examples import Message, Role, Task
from ftcore.errors import ChatFailedError, InvalidTokenError, NotYoursError
from ftcore.tokens import PlaygroundClaim, Signer
from ftcore.ui.identity import COOKIE
from ftcore.ui.playground_handlers import (
    Handlers,
    paced,
    plain_text,
    refusal,
    speed_line,
)
from ftcore.ui.playground_server import build_blocks

SIGNER = Signer("a secret for tests")
PIECES = ("Sí, ", "enviamos ", "a Canarias.")


@dataclass
class ScriptedPlayground:
    """Answers from a script, and remembers what it was asked."""

    asked: list[tuple[Arm, Sequence[Message], SamplingOptions]] = field(
        default_factory=list
    )
    breaks: bool = False

    def claim(self, token: str | None) -> PlaygroundClaim:
        return SIGNER.read_playground(token, 7200)

    def info(self, claim: PlaygroundClaim) -> object:
        return SimpleNamespace(
            task=Task.CLASSIFICATION if claim.model_id == "labels" else Task.CHAT,
            sample_questions=("¿Hacéis envíos?", "¿Y a Canarias?"),
        )

    def chat(
        self,
        claim: PlaygroundClaim,
        arm: Arm,
        messages: Sequence[Message],
        options: SamplingOptions,
    ) -> Iterator[str]:
        self.asked.append((arm, messages, options))
        yield from PIECES
        if self.breaks:
            raise ChatFailedError(reason="engine gone")

    def labels(
        self, claim: PlaygroundClaim, text: str
    ) -> Mapping[Arm, Mapping[str, float]]:
        return {
            Arm.TUNED: {"urgente": 0.8, "normal": 0.2},
            Arm.NEAREST: {"normal": 0.6, "urgente": 0.4},
        }


def _request(token: str | None, cookie: str | None = None) -> object:
    params = {"token": token} if token else {}
    return SimpleNamespace(
        query_params=params, cookies={COOKIE: cookie} if cookie else {}
    )


@pytest.fixture
def scripted() -> ScriptedPlayground:
    return ScriptedPlayground()


@pytest.fixture
def handlers(scripted: ScriptedPlayground) -> Handlers:
    workshop = SimpleNamespace(playground=scripted)
    return Handlers(lambda: workshop, SIGNER)


TOKEN = SIGNER.mint_playground("ana", "model")
HISTORY = [{"role": "user", "content": "¿Enviáis a Canarias?"}]


def test_only_ones_own_token_opens(handlers: Handlers) -> None:
    own = SIGNER.sign_participant("ana")
    assert handlers.claim(_request(TOKEN)).participant_id == "ana"
    assert handlers.claim(_request(TOKEN, own)).model_id == "model"
    with pytest.raises(NotYoursError):
        handlers.claim(_request(TOKEN, SIGNER.sign_participant("luis")))
    for bad in (None, "guessed", TOKEN[:-2]):
        with pytest.raises(InvalidTokenError):
            handlers.claim(_request(bad, own))


def test_an_answer_streams_into_the_conversation(
    handlers: Handlers, scripted: ScriptedPlayground
) -> None:
    stream = handlers.answer_of(Arm.TUNED)(HISTORY, 0.7, 64, _request(TOKEN))
    shown = list(stream)
    turns, line = shown[-1]
    assert turns[:-1] == HISTORY
    assert turns[-1] == {"role": "assistant", "content": "".join(PIECES)}
    assert line.startswith("Primera palabra en 0,")
    (arm, messages, options) = scripted.asked[0]
    assert arm is Arm.TUNED
    assert messages == [Message(Role.USER, "¿Enviáis a Canarias?")]
    assert (options.temperature, options.max_tokens) == (0.7, 64)


@pytest.mark.parametrize("token", [None, "guessed"])
def test_no_arm_answers_without_a_token(
    handlers: Handlers, scripted: ScriptedPlayground, token: str | None
) -> None:
    with pytest.raises(gr.Error, match="clave de acceso"):
        list(handlers.answer_of(Arm.BASE)(HISTORY, 0.0, 64, _request(token)))
    with pytest.raises(gr.Error, match="clave de acceso"):
        handlers.label("hola", _request(token))
    assert scripted.asked == []


def test_an_engine_that_breaks_is_told_in_spanish(
    handlers: Handlers, scripted: ScriptedPlayground
) -> None:
    scripted.breaks = True
    with pytest.raises(gr.Error) as caught:
        list(handlers.answer_of(Arm.BASE)(HISTORY, 0.0, 64, _request(TOKEN)))
    assert "engine" not in str(caught.value)


def test_a_question_reaches_both_conversations_and_an_empty_one_none(
    handlers: Handlers,
) -> None:
    before = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
    box, base, tuned = handlers.ask("  ¿Y el plazo? ", before, [])
    assert box == ""
    assert base == [*before, {"role": "user", "content": "¿Y el plazo?"}]
    assert tuned == [{"role": "user", "content": "¿Y el plazo?"}]
    assert handlers.ask("   ", before, []) == ("   ", before, [])
    stream = handlers.answer_of(Arm.BASE)(before, 0.0, 64, _request(TOKEN))
    assert list(stream) == [(before, "")]


def test_labels_of_both_arms_come_with_a_name(handlers: Handlers) -> None:
    tuned, baseline, name = handlers.label("caído", _request(TOKEN))
    assert tuned == {"urgente": 0.8, "normal": 0.2}
    assert baseline == {"normal": 0.6, "urgente": 0.4}
    assert name == "<h2>El ejemplo más parecido</h2>"
    with pytest.raises(gr.Error, match="Escribe un texto"):
        handlers.label("  ", _request(TOKEN))


def test_speed_counts_from_the_first_word_that_shows() -> None:
    # One reading for the start, one per piece, one for the end.
    clock = iter([0.0, 0.2, 0.5, 0.52, 1.5, 1.5])
    shown = list(paced(iter([" ", "uno ", "dos ", "tres"]), lambda: next(clock)))
    assert [answer for answer, _ in shown] == [
        " ",
        " uno ",
        " uno dos tres",
        " uno dos tres",
    ]
    assert shown[0][1] == "Pensando…"
    assert shown[-1][1] == "Primera palabra en 0,5 s · 3 palabras por segundo"


def test_an_answer_that_never_comes_divides_by_nothing() -> None:
    assert list(paced(iter([]), lambda: 1.0)) == [("", "Pensando…")]
    assert "0 palabras" in speed_line("hola", 1.0, 1.0)


def test_words_are_found_in_every_shape_of_a_turn() -> None:
    parts = [{"type": "text", "text": "uno"}, {"type": "text", "text": "dos"}]
    assert plain_text(parts) == "uno dos"
    assert plain_text("uno") == "uno"
    assert plain_text({"path": "x.png"}) == ""
    assert plain_text(None) == ""


@pytest.mark.parametrize("reason", ["missing", "forged", "expired"])
def test_each_refusal_has_its_own_words(reason: str) -> None:
    said = {
        refusal(InvalidTokenError(reason=r)) for r in ("missing", "forged", "expired")
    }
    assert len(said) == 3
    assert refusal(InvalidTokenError(reason=reason)) in said
    assert refusal(NotYoursError(noun="model")) not in said


def test_no_handler_is_offered_as_a_public_endpoint(handlers: Handlers) -> None:
    async def build() -> gr.Blocks:
        return build_blocks(handlers)

    # Outside a running loop Gradio opens loops of its own and leaves them open.
    blocks = asyncio.run(build())
    assert blocks.get_api_info()["named_endpoints"] == {}
    assert all(fn.api_visibility == "private" for fn in blocks.fns.values())
