"""Grade somebody else's project with the course's rubric, from a phone."""

import streamlit as st

from ftcore.errors import InvalidTokenError
from ftcore.texts import text
from ftcore.ui import links, vote_view
from ftcore.ui.cards import action_link, empty_state
from ftcore.ui.services import get_workshop
from ftcore.ui.session import participant_id

workshop, me = get_workshop(), participant_id()
code = st.query_params.get(links.CODE)
try:
    card = workshop.results.vote_card(me, code)
except InvalidTokenError:
    card = None

if card is None:
    typed = vote_view.ask_code(code)
    if typed:
        st.query_params[links.CODE] = typed
        st.rerun()
elif card.is_own:
    with empty_state(text("vote.own.title"), text("vote.own.text"), key="own-vote"):
        action_link("results", text("vote.own.go"), key="results")
else:
    vote_view.show_project(card)
    vote_view.show_ballot(card, workshop.results, me, str(code))
