"""The facilitator's view: where everybody is, behind a password."""

import streamlit as st

from ftcore.texts import text
from ftcore.ui import room_view
from ftcore.ui.frame import page_header
from ftcore.ui.services import get_workshop

room = get_workshop().room
if room_view.is_let_in():
    page_header("facilitator")
    room_view.show_room()
    if st.button(text("facilitator.close"), type="tertiary", key="close-room"):
        room_view.leave()
        st.rerun()
else:
    room_view.ask_password(room.is_facilitator)
