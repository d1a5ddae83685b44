"""The official client, against a real server on loopback."""

import asyncio
import http.client
import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.scripted import ScriptedChat
from ftcore.data.examples import Task
from ftcore.errors import ChatFailedError
from ftcore.models.trained import ADAPTER_GGUF, load_trained
from ftcore.settings import Settings
from ftcore.workshop import Workshop
from ftcore.workshop import api as workshop_api
from ftcore.workshop.api import MOST_AT_ONCE
from tests.contract.random_adapters import write_random_adapter
from tests.endpoint import give_model, serving

QUESTION = [{"role": "user", "content": "¿Cuál es el horario?"}]
ANSWER = "Abrimos de 9 a 20."


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    folder = tmp_path_factory.mktemp("taller")
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'a.db'}",
        secret_key="a secret",
        models_dir=folder / "base_models",
    )
    fresh = Workshop(settings)
    for who, task in (("ana", Task.CHAT), ("luis", Task.CLASSIFICATION)):
        give_model(fresh, who, task)
    ana = _folder(fresh, "ana")
    write_random_adapter(ana / ADAPTER_GGUF, 1)
    replace(load_trained(ana), title="Tienda de Ana").save(ana)
    yield fresh
    fresh.context.engines.close()
    fresh.context.store.close()


def _folder(workshop: Workshop, who: str) -> Path:
    return workshop.context.require_model(who)[2]


@pytest.fixture(scope="module")
def address(workshop: Workshop) -> Iterator[str]:
    with serving(workshop) as address:
        yield address


@pytest.fixture(scope="module")
def secret(workshop: Workshop) -> str:
    return workshop.api.renew_key("ana").secret


@pytest.fixture
def client(address: str, secret: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=address, api_key=secret, max_retries=0) as client:
        yield client


def test_models_are_listed_and_found(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names[0] == "tienda-de-ana"
    assert {f"tienda-de-ana:{arm}" for arm in ("base", "few_shot", "nearest")} <= {
        *names
    }
    for name in names:
        assert client.models.retrieve(name).id == name
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("gpt-4o")
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")


def test_an_answer_in_one_piece(client: openai.OpenAI) -> None:
    said = client.chat.completions.create(
        model="tienda-de-ana:nearest", messages=QUESTION
    )
    (choice,) = said.choices
    assert choice.message.content == ANSWER
    assert (choice.message.role, choice.finish_reason) == ("assistant", "stop")
    assert said.id.startswith("chatcmpl-")
    assert abs(said.created - time.time()) < 60
    assert said.model == "tienda-de-ana:nearest"
    assert said.usage is not None
    assert said.usage.total_tokens == 0  # no model wrote it


def test_an_answer_as_it_is_written(client: openai.OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="tienda-de-ana:nearest",
            messages=QUESTION,
            stream=True,
            stream_options={"include_usage": True},
        )
    )
    *written, last, cost = chunks
    assert written[0].choices[0].delta.role == "assistant"
    pieces = [chunk.choices[0].delta.content or "" for chunk in written]
    assert "".join(pieces) == ANSWER
    assert len(pieces) > 3
    assert last.choices[0].finish_reason == "stop"
    assert (cost.choices, cost.usage is not None) == ([], True)
    assert len({chunk.id for chunk in chunks}) == 1


@pytest.mark.slow
def test_the_tuned_model_writes_and_its_tokens_are_counted(
    client: openai.OpenAI,
) -> None:
    ask = {
        "model": "tienda-de-ana",
        "messages": [{"role": "system", "content": "Sé breve."}, *QUESTION],
        "max_tokens": 6,
        "temperature": 0,
    }
    whole = client.chat.completions.create(**ask)
    assert whole.choices[0].finish_reason == "length"
    assert whole.usage is not None
    assert whole.usage.completion_tokens == 6
    assert whole.usage.prompt_tokens > 20
    chunks = list(
        client.chat.completions.create(
            **ask, stream=True, stream_options={"include_usage": True}
        )
    )
    said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert said == whole.choices[0].message.content
    assert chunks[-1].usage == whole.usage
    base = client.chat.completions.create(**ask | {"model": "tienda-de-ana:base"})
    assert base.choices[0].message.content != said


@pytest.mark.slow
def test_the_seed_decides_what_is_drawn(client: openai.OpenAI) -> None:
    def say(seed: int) -> str | None:
        said = client.chat.completions.create(
            model="tienda-de-ana:base",
            messages=QUESTION,
            max_tokens=12,
            temperature=1.5,
            seed=seed,
        )
        return said.choices[0].message.content

    assert say(7) == say(7)
    assert len({say(seed) for seed in range(4)}) > 1


@pytest.mark.slow
def test_a_stop_ends_the_generation(client: openai.OpenAI) -> None:
    ask = {"model": "tienda-de-ana:base", "messages": QUESTION, "temperature": 0}
    whole = client.chat.completions.create(**ask, max_tokens=30)
    words = whole.choices[0].message.content or ""
    stop = words[10:16]
    cut = client.chat.completions.create(**ask, max_tokens=30, stop=stop)
    assert cut.choices[0].message.content == words[: words.index(stop)]
    assert cut.choices[0].finish_reason == "stop"
    assert cut.usage is not None
    assert 0 < cut.usage.completion_tokens < 30


@pytest.mark.slow
def test_the_async_client_and_several_at_once(address: str, secret: str) -> None:
    async def main() -> list[str]:
        async with openai.AsyncOpenAI(base_url=address, api_key=secret) as client:

            async def say(model: str) -> str:
                stream = await client.chat.completions.create(
                    model=model, messages=QUESTION, max_tokens=6, stream=True
                )
                return "".join(
                    [chunk.choices[0].delta.content or "" async for chunk in stream]
                )

            names = [f"tienda-de-ana{arm}" for arm in ("", ":base", ":nearest")]
            return list(await asyncio.gather(*(say(name) for name in names)))

    answers = asyncio.run(main())
    assert answers[2] == ANSWER
    assert all(answers)


def test_a_classifier_answers_with_its_label(workshop: Workshop, address: str) -> None:
    secret = workshop.api.renew_key("luis").secret
    with openai.OpenAI(base_url=address, api_key=secret) as luis:
        said = luis.chat.completions.create(model="prueba", messages=QUESTION)
        assert said.choices[0].message.content == "alta"
        with pytest.raises(openai.NotFoundError):
            luis.chat.completions.create(model="tienda-de-ana", messages=QUESTION)
        with pytest.raises(openai.NotFoundError):
            luis.chat.completions.create(model="prueba:base", messages=QUESTION)


# --- refusals ---------------------------------------------------------------------


def test_a_key_that_is_not_good_is_refused(address: str, secret: str) -> None:
    for bad in ("x", "sk-123", secret[:-1], "ft-"):
        with (
            openai.OpenAI(base_url=address, api_key=bad, max_retries=0) as client,
            pytest.raises(openai.AuthenticationError) as caught,
        ):
            client.models.list()
        assert caught.value.code == "invalid_api_key"
        assert bad not in str(caught.value.body)


def test_wrong_requests_have_the_clients_own_exceptions(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(
            model="tienda-de-ana:nearest", messages=QUESTION, n=2
        )
    assert caught.value.param == "n"
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="tienda", messages=QUESTION)
    with pytest.raises(openai.NotFoundError) as missing:
        client.embeddings.create(model="x", input="y", encoding_format="float")
    assert missing.value.code == "unknown_url"
    big = [{"role": "user", "content": "a" * 2_000_000}]
    with pytest.raises(openai.APIStatusError) as large:
        client.chat.completions.create(model="tienda-de-ana", messages=big)
    assert large.value.status_code == 413


class Broken:
    """A chat model that says some words and fails."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def reply(self, *_: object) -> Iterator[str]:
        yield from self.words
        raise ChatFailedError(reason="out of order")


def answering_with(monkeypatch: pytest.MonkeyPatch, chat: object) -> None:
    monkeypatch.setattr(workshop_api, "open_arm", lambda *_args, **_more: chat)


def test_an_engine_that_fails_is_said(
    client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = {"model": "tienda-de-ana", "messages": QUESTION}
    answering_with(monkeypatch, Broken())
    for stream in (False, True):
        with pytest.raises(openai.InternalServerError) as caught:
            client.chat.completions.create(**ask, stream=stream)
        assert caught.value.status_code == 503
    answering_with(monkeypatch, Broken("Ho", "la"))
    chunks = client.chat.completions.create(**ask, stream=True)
    heard = [next(chunks).choices[0].delta.content for _ in range(3)]
    assert heard == ["", "Ho", "la"]
    with pytest.raises(openai.APIError, match="no ha podido"):
        next(chunks)


class Endless:
    """A chat model that speaks until it is closed, and says when it was."""

    def __init__(self) -> None:
        self.closed = threading.Semaphore(0)

    def reply(self, *_: object) -> Iterator[str]:
        try:
            while True:
                time.sleep(0.005)
                yield "bla "
        finally:
            self.closed.release()


def test_too_many_at_once_are_refused_and_leaving_makes_room(
    client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = Endless()
    answering_with(monkeypatch, endless)
    ask = {"model": "tienda-de-ana", "messages": QUESTION, "stream": True}
    streams = [client.chat.completions.create(**ask) for _ in range(MOST_AT_ONCE)]
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(**ask)
    assert caught.value.code == "rate_limit_exceeded"
    assert caught.value.response.headers["retry-after"] == "1"
    for stream in streams:
        stream.close()
    for _ in streams:
        assert endless.closed.acquire(timeout=10)
    answering_with(monkeypatch, ScriptedChat(["Ya hay sitio."]))
    patient = client.with_options(max_retries=4)
    said = patient.chat.completions.create(**ask | {"stream": False})
    assert said.choices[0].message.content == "Ya hay sitio."


def test_a_client_that_leaves_stops_an_answer_in_one_piece(
    client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = Endless()
    answering_with(monkeypatch, endless)
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.3).chat.completions.create(
            model="tienda-de-ana", messages=QUESTION
        )
    assert endless.closed.acquire(timeout=10)


def test_the_loop_goes_on_while_somebody_is_answered(
    client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        def reply(self, *_: object) -> Iterator[str]:
            time.sleep(1.5)
            yield "por fin"

    answering_with(monkeypatch, Slow())
    ask = {"model": "tienda-de-ana", "messages": QUESTION}
    slow = threading.Thread(target=lambda: client.chat.completions.create(**ask))
    slow.start()
    began = time.monotonic()
    client.models.list()
    assert time.monotonic() - began < 1.2
    assert slow.is_alive()
    slow.join()


def test_a_bug_is_a_500_without_words_of_its_own(
    client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch, caplog
) -> None:
    class Bug:
        def reply(self, *_: object) -> Iterator[str]:
            raise ZeroDivisionError("ft-secret")
            yield ""

    answering_with(monkeypatch, Bug())
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model="tienda-de-ana", messages=QUESTION)
    assert caught.value.status_code == 500
    assert "ft-secret" not in str(caught.value.body)
    assert "reference" in caplog.text


# --- plain HTTP -------------------------------------------------------------------


def ask(
    address: str, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, dict[str, str], dict[str, object]]:
    """Send a request as it is; returns status, headers and JSON."""
    parts = urlsplit(address)
    with closing(http.client.HTTPConnection(str(parts.netloc), timeout=30)) as line:
        line.request(method, parts.path + path, body or None, headers)
        answer = line.getresponse()
        content = answer.read()
        return answer.status, dict(answer.getheaders()), json.loads(content or b"{}")


def test_no_other_site_is_let_in(address: str, secret: str) -> None:
    headers = {"Origin": "https://otra.example", "Authorization": f"Bearer {secret}"}
    status, answered, _ = ask(address, "GET", "/models", **headers)
    assert status == 200
    assert not [name for name in answered if name.lower().startswith("access-control")]
    assert "set-cookie" not in {name.lower() for name in answered}
    assert answered["cache-control"] == "no-store"
    preflight = {**headers, "Access-Control-Request-Method": "POST"}
    status, answered, _ = ask(address, "OPTIONS", "/chat/completions", **preflight)
    assert status == 405
    assert not [name for name in answered if name.lower().startswith("access-control")]


def test_errors_are_spanish_and_have_openais_shape(address: str, secret: str) -> None:
    good = {"Authorization": f"bearer {secret}"}
    cases = [
        ask(address, "GET", "/models"),
        ask(address, "GET", "/models", Authorization=f"Basic {secret}"),
        ask(address, "GET", "/nada", **good),
        ask(address, "GET", "/chat/completions", **good),
        ask(address, "POST", "/chat/completions", b"hola", **good),
        ask(address, "POST", "/chat/completions", b"{}", **good),
    ]
    assert [status for status, _, _ in cases] == [401, 401, 404, 405, 400, 400]
    for _, _, content in cases:
        error = content["error"]
        assert set(error) == {"message", "type", "param", "code"}
        assert error["message"].endswith(".")
    assert cases[0][1]["www-authenticate"] == "Bearer"


def test_no_key_is_ever_logged(
    address: str, secret: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        good = {"Authorization": f"Bearer {secret}"}
        ask(address, "GET", "/models", **good)
        ask(address, "POST", "/chat/completions", b"{}", **good)
        ask(address, "GET", "/models", Authorization=f"Bearer {secret}x")
    assert secret not in caplog.text
    assert secret[3:] not in caplog.text


BODY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
KNOWN = st.sampled_from(
    ["messages", "temperature", "top_p", "max_tokens", "seed", "stop", "stream", "n"]
)


@given(fields=st.dictionaries(KNOWN, BODY), asks=st.booleans())
def test_no_json_makes_the_server_fail(
    address: str, secret: str, fields: dict[str, object], asks: bool
) -> None:
    body = {"model": "tienda-de-ana:nearest", "messages": QUESTION} if asks else {}
    raw = json.dumps(body | fields).encode()
    parts = urlsplit(address)
    with closing(http.client.HTTPConnection(str(parts.netloc), timeout=30)) as line:
        head = {"Authorization": f"Bearer {secret}"}
        line.request("POST", f"{parts.path}/chat/completions", raw, head)
        answer = line.getresponse()
        content = answer.read()
    assert answer.status in {200, 400}
    if answer.status == 400:
        assert json.loads(content)["error"]["message"]


@given(raw=st.binary(max_size=60))
def test_no_bytes_make_the_server_fail(address: str, secret: str, raw: bytes) -> None:
    head = {"Authorization": f"Bearer {secret}"}
    status, _, content = ask(address, "POST", "/chat/completions", raw, **head)
    assert status == 400
    assert content["error"]
