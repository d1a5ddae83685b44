"""A tab keeps its token while it is good, and gets another before it ends."""

from dataclasses import replace

import pytest

from ftcore.settings import Settings
from ftcore.tokens import PlaygroundClaim, Signer
from ftcore.ui import session as session_module
from ftcore.ui.session import Session

SIGNER = Signer("a secret for tests")


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Session:
    monkeypatch.setattr(session_module, "get_signer", lambda: SIGNER)
    monkeypatch.setattr(session_module, "get_settings", lambda: settings)
    return Session(fallback_id="tab-1")


def test_a_good_token_is_kept(session: Session) -> None:
    first = session.playground_token("ana", "model")
    assert session.playground_token("ana", "model") == first
    assert SIGNER.read_playground(first, 60) == PlaygroundClaim("ana", "model")


def test_each_model_and_participant_has_its_own(session: Session) -> None:
    found = {
        session.playground_token(who, model)
        for who in ("ana", "luis")
        for model in ("one", "two")
    }
    assert len(found) == 4


def test_a_token_near_its_end_is_replaced(
    session: Session, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    session.tokens["ana/model"] = Signer("retired").mint_playground("ana", "model")
    fresh = session.playground_token("ana", "model")
    assert SIGNER.read_playground(fresh, 60) == PlaygroundClaim("ana", "model")
    minted: list[str] = []
    mint = SIGNER.mint_playground
    monkeypatch.setattr(
        SIGNER, "mint_playground", lambda *who: minted.append("new") or mint(*who)
    )
    session.playground_token("ana", "model")
    assert minted == []
    spent = replace(settings, token_ttl_seconds=-2)
    monkeypatch.setattr(session_module, "get_settings", lambda: spent)
    session.playground_token("ana", "model")
    assert minted == ["new"]


def test_tabs_without_a_cookie_are_told_apart() -> None:
    assert Session().fallback_id != Session().fallback_id
