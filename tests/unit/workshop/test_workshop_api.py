"""A key opens one model of one participant until it is changed or too old."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.base import Arm, ReplyTrace, SamplingOptions
from ftcore.data.examples import Message, Role, Task
from ftcore.errors import (
    ApiBusyError,
    ApiKeyInvalidError,
    ApiKeyMissingError,
    ApiModelUnknownError,
    StepLockedError,
)
from ftcore.runtime import utc_now
from ftcore.settings import Settings
from ftcore.texts import text
from ftcore.workshop import Workshop
from ftcore.workshop.api import KEY_LIFE, MOST_AT_ONCE, Api, Wish, model_name
from tests.endpoint import give_model

ASKED = (Message(Role.USER, "¿Cuál es el horario?"),)


@pytest.fixture
def workshop(settings: Settings) -> Iterator[Workshop]:
    fresh = Workshop(settings)
    yield fresh
    fresh.context.engines.close()
    fresh.context.store.close()


def wish(model: str = "prueba:nearest", *stops: str) -> Wish:
    return Wish(model, ASKED, SamplingOptions(), stops)


def test_without_a_model_there_is_no_key(workshop: Workshop) -> None:
    with pytest.raises(StepLockedError):
        workshop.api.renew_key("ana")
    with pytest.raises(StepLockedError):
        workshop.api.key("ana")


def test_a_key_is_made_when_asked_for_and_stays_the_same(workshop: Workshop) -> None:
    folder = give_model(workshop, "ana")
    assert workshop.api.key("ana") is None
    made = workshop.api.renew_key("ana")
    assert workshop.api.key("ana") == made
    assert made.secret.startswith("ft-")
    assert workshop.api.client(made.secret).folder == folder


def test_a_new_key_ends_the_old_one(workshop: Workshop) -> None:
    give_model(workshop, "ana")
    old, new = (workshop.api.renew_key("ana").secret for _ in range(2))
    assert workshop.api.client(new)
    with pytest.raises(ApiKeyInvalidError):
        workshop.api.client(old)
    workshop.api.revoke_key("ana")
    workshop.api.revoke_key("ana")
    assert workshop.api.key("ana") is None
    with pytest.raises(ApiKeyInvalidError):
        workshop.api.client(new)


def test_a_key_ends_by_itself(workshop: Workshop) -> None:
    give_model(workshop, "ana")
    secret = workshop.api.renew_key("ana").secret
    day = timedelta(days=1)
    before, after = (
        Api(workshop.context, lambda moved=moved: utc_now() + moved)
        for moved in (KEY_LIFE - day, KEY_LIFE + day)
    )
    assert before.client(secret)
    assert after.key("ana") is None
    with pytest.raises(ApiKeyInvalidError, match="expired"):
        after.client(secret)


def test_a_key_survives_a_restart_and_another_model(
    workshop: Workshop, settings: Settings
) -> None:
    first = give_model(workshop, "ana")
    secret = workshop.api.renew_key("ana").secret
    give_model(workshop, "ana")
    assert workshop.api.key("ana") is None  # the newest model has none yet
    again = Workshop(settings)
    assert again.api.client(secret).folder == first
    again.context.engines.close()
    again.context.store.close()


def test_the_store_alone_opens_nothing(workshop: Workshop) -> None:
    give_model(workshop, "ana")
    secret = workshop.api.renew_key("ana").secret
    row = workshop.context.store.api_key_of("job-ana-1")
    assert row is not None
    for guess in (row.id, f"ft-{row.id}", secret.removeprefix("ft-"), secret[:-1]):
        with pytest.raises(ApiKeyInvalidError):
            workshop.api.client(guess)
    for nothing in (None, ""):
        with pytest.raises(ApiKeyMissingError):
            workshop.api.client(nothing)


def test_other_tokens_of_ours_are_no_keys(workshop: Workshop) -> None:
    give_model(workshop, "ana")
    signer = workshop.context.signer
    for token in (signer.sign_participant("ana"), signer.sign_link("ana")):
        with pytest.raises(ApiKeyInvalidError):
            workshop.api.client(f"ft-{token}")
    secret = workshop.api.renew_key("ana").secret.removeprefix("ft-")
    assert signer.read_participant(secret) is None
    assert signer.read_link(secret) is None


@given(st.text(max_size=40))
def test_anything_else_is_refused(workshop_once: Workshop, words: str) -> None:
    with pytest.raises((ApiKeyInvalidError, ApiKeyMissingError)):
        workshop_once.api.client(words)


@given(
    moves=st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(("renew", "revoke"))),
        max_size=12,
    )
)
def test_a_key_never_reaches_the_model_of_another(
    workshop_once: Workshop, moves: list[tuple[str, str]]
) -> None:
    """Whatever is made and ended in whatever order, by whomever."""
    api, folders = workshop_once.api, workshop_once.folders
    seen: dict[str, str] = {}
    current: dict[str, str | None] = {}
    for who in "abc":
        api.revoke_key(who)
    for who, move in moves:
        if move == "renew":
            current[who] = api.renew_key(who).secret
            seen[str(current[who])] = who
        else:
            api.revoke_key(who)
            current[who] = None
    for secret, who in seen.items():
        if current[who] == secret:
            assert api.client(secret).folder == folders[who]
        else:
            with pytest.raises(ApiKeyInvalidError):
                api.client(secret)


class _Kept(Workshop):
    """A workshop of three people that hypothesis uses over and over."""

    folders: dict[str, Path]


@pytest.fixture(scope="module")
def workshop_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workshop]:
    folder = tmp_path_factory.mktemp("taller")
    kept = _Kept(
        Settings(
            data_dir=folder, database_url=f"sqlite:///{folder / 'a.db'}", secret_key="s"
        )
    )
    kept.folders = {who: give_model(kept, who) for who in "abc"}
    yield kept
    kept.context.engines.close()
    kept.context.store.close()


def test_models_are_the_arms_under_one_name(workshop: Workshop) -> None:
    give_model(workshop, "ana")
    client = workshop.api.client(workshop.api.renew_key("ana").secret)
    names = [each.name for each in workshop.api.models(client)]
    assert names[:4] == ["prueba", "prueba:base", "prueba:few_shot", "prueba:nearest"]
    assert workshop.api.own_models("ana") == workshop.api.models(client)
    assert workshop.api.model(client, "prueba").arm is Arm.TUNED
    assert workshop.api.model(client, "prueba:tuned").arm is Arm.TUNED
    for unknown in ("", "gpt-4o", "prueba:", "prueba:otro", "Prueba"):
        with pytest.raises(ApiModelUnknownError, match="prueba:nearest"):
            workshop.api.model(client, unknown)


def test_a_classifier_answers_with_its_label(workshop: Workshop) -> None:
    give_model(workshop, "ana", Task.CLASSIFICATION)
    client = workshop.api.client(workshop.api.renew_key("ana").secret)
    assert [m.name for m in workshop.api.models(client)] == ["prueba", "prueba:nearest"]
    trace = ReplyTrace()
    assert "".join(workshop.api.answer(client, wish("prueba"), trace)) == "alta"
    assert (trace.prompt_tokens, trace.answer_tokens) == (0, 0)


def test_an_answer_ends_at_a_stop(workshop: Workshop) -> None:
    give_model(workshop, "ana")
    client = workshop.api.client(workshop.api.renew_key("ana").secret)
    assert "".join(workshop.api.answer(client, wish())) == "Abrimos de 9 a 20."
    cut = workshop.api.answer(client, wish("prueba:nearest", "XX", " a 20"))
    assert "".join(cut) == "Abrimos de 9"


def test_a_key_has_so_many_answers_at_once(workshop: Workshop) -> None:
    for who in ("ana", "luis"):
        give_model(workshop, who)
    ana, luis = (
        workshop.api.client(workshop.api.renew_key(who).secret)
        for who in ("ana", "luis")
    )
    running = [workshop.api.answer(ana, wish()) for _ in range(MOST_AT_ONCE)]
    for answer in running:
        assert next(answer)
    with pytest.raises(ApiBusyError):
        next(workshop.api.answer(ana, wish()))
    assert next(workshop.api.answer(luis, wish()))
    running.pop().close()
    assert "".join(workshop.api.answer(ana, wish())) == "Abrimos de 9 a 20."
    for answer in running:
        answer.close()


def test_two_tabs_may_make_the_first_key_at_once(workshop: Workshop) -> None:
    give_model(workshop, "ana")
    gate, made = threading.Barrier(4), []

    def make() -> None:
        gate.wait()
        made.append(workshop.api.renew_key("ana").secret)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = workshop.api.key("ana")
    assert kept is not None
    assert kept.secret in made
    assert len(made) == 4


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Tienda de Ana", "tienda-de-ana"),
        ("¿Qué ñandú?", "que-nandu"),
        ("  --  ", text("openai_api.nameless")),
        ("日本", text("openai_api.nameless")),
    ],
)
def test_names_can_be_typed(title: str, name: str) -> None:
    assert model_name(title) == name


@given(st.text(max_size=80))
def test_every_title_gives_a_name(title: str) -> None:
    name = model_name(title)
    assert 0 < len(name) <= 40
    assert all(sign.isascii() and (sign.isalnum() or sign == "-") for sign in name)
