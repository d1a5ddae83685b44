"""The one typed door to ``st.session_state``, and who the participant is."""

from dataclasses import dataclass, field

import streamlit as st

from ftcore.errors import InvalidTokenError
from ftcore.runtime import new_id
from ftcore.ui.identity import COOKIE
from ftcore.ui.services import get_settings, get_signer
from ftcore.ui.theme import Mode

_KEY = "session"
_FRESH_SHARE = 0.75  # of a token's life; later a new one is minted
TEST_KEY = "participant_id_for_tests"


@dataclass(slots=True)
class Session:
    """What one browser tab remembers between pages.

    Attributes:
        fallback_id: Identity of a tab that brought no cookie.
        tokens: Playground token per model, kept while it is good: another token
            would change the frame's address, reload it and lose the chat.
        notes: Whatever a page must keep when its widgets are gone, by page.
    """

    fallback_id: str = field(default_factory=lambda: f"tab-{new_id()}")
    tokens: dict[str, str] = field(default_factory=dict)
    notes: dict[str, object] = field(default_factory=dict)

    def playground_token(self, participant_id: str, model_id: str) -> str:
        """Return this tab's token for one model, a fresh one near its end."""
        key = f"{participant_id}/{model_id}"
        good_for = int(_FRESH_SHARE * get_settings().token_ttl_seconds)
        try:
            get_signer().read_playground(self.tokens.get(key), good_for)
        except InvalidTokenError:
            self.tokens[key] = get_signer().mint_playground(participant_id, model_id)
        return self.tokens[key]


def current_session() -> Session:
    """Return this tab's session, creating it on first use."""
    session = st.session_state.get(_KEY)
    if not isinstance(session, Session):
        session = st.session_state[_KEY] = Session()
    return session


def participant_id() -> str:
    """Return who is at the other end: the signed cookie's participant.

    A browser that refuses cookies (and AppTest) gets an identity that lasts as
    long as the tab; tests may choose it with ``participant_id_for_tests``.
    """
    chosen = st.session_state.get(TEST_KEY)
    if isinstance(chosen, str):
        return chosen
    known = get_signer().read_participant(st.context.cookies.get(COOKIE))
    return known or current_session().fallback_id


def current_mode() -> Mode:
    """Return which of the two palettes Streamlit is showing."""
    return "dark" if st.context.theme.type == "dark" else "light"
