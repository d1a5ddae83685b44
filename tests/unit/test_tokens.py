"""What is signed comes back; what is not ours does not."""

import stat
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.errors import InvalidTokenError
from ftcore.settings import Settings
from ftcore.tokens import PlaygroundClaim, Signer, load_secret

SIGNER = Signer("one secret")
IDS = st.text(min_size=1, max_size=40)


@given(IDS, IDS)
def test_tokens_come_back(participant: str, model: str) -> None:
    token = SIGNER.mint_playground(participant, model)
    assert SIGNER.read_playground(token, 60) == PlaygroundClaim(participant, model)
    assert SIGNER.read_participant(SIGNER.sign_participant(participant)) == participant
    assert SIGNER.read_link(SIGNER.sign_link(participant)) == participant


@given(st.text(max_size=60))
def test_anything_else_is_refused(token: str) -> None:
    assert SIGNER.read_participant(token) is None
    assert SIGNER.read_link(token) is None
    with pytest.raises(InvalidTokenError) as caught:
        SIGNER.read_playground(token, 60)
    assert caught.value.params["reason"] == ("forged" if token else "missing")


@given(st.sets(IDS, min_size=2, max_size=50))
def test_each_project_has_a_code_that_can_be_typed(ids: set[str]) -> None:
    codes = {SIGNER.project_code(each) for each in ids}
    assert codes == {SIGNER.project_code(each) for each in ids}
    assert len(codes) == len(ids)
    assert all(len(code) == 6 and not set(code) & set("01IO") for code in codes)
    assert codes != {Signer("another secret").project_code(each) for each in ids}


def test_a_token_of_one_purpose_opens_no_other() -> None:
    cookie = SIGNER.sign_participant("ana")
    assert SIGNER.read_link(cookie) is None
    assert SIGNER.read_participant(SIGNER.sign_link("ana")) is None
    with pytest.raises(InvalidTokenError, match="forged"):
        SIGNER.read_playground(cookie, 60)


def test_another_secret_signs_nothing_of_ours() -> None:
    other = Signer("another secret")
    assert SIGNER.read_participant(other.sign_participant("ana")) is None
    with pytest.raises(InvalidTokenError, match="forged"):
        SIGNER.read_playground(other.mint_playground("ana", "m"), 60)


def test_an_old_token_expires() -> None:
    token = SIGNER.mint_playground("ana", "m")
    with pytest.raises(InvalidTokenError, match="expired"):
        SIGNER.read_playground(token, max_age=-1)


def test_a_given_secret_is_used_and_nothing_is_written(
    settings: Settings, tmp_path: Path
) -> None:
    assert load_secret(settings) == settings.secret_key
    assert not (tmp_path / "secret.key").exists()


def test_a_made_up_secret_survives_a_restart_and_stays_private(
    settings: Settings, tmp_path: Path
) -> None:
    unset = replace(settings, secret_key=None, data_dir=tmp_path / "new")
    first = load_secret(unset)
    assert len(first) >= 32
    assert load_secret(unset) == first
    mode = (tmp_path / "new" / "secret.key").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret.key"]


def test_starting_many_at_once_gives_one_secret(settings: Settings) -> None:
    unset = replace(settings, secret_key=None)
    found: list[str] = []
    threads = [
        Thread(target=lambda: found.append(load_secret(unset))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
