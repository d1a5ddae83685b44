"""The frame around every page: theme, language, navigation, steps.

Kept away from ``pages/``: beside it, a cold deep link runs the page without this.
"""

import streamlit as st

from ftcore.texts import text
from ftcore.ui import frame, language, navigation, theme
from ftcore.ui.session import current_mode

st.set_page_config(
    page_title=text("app.title"), page_icon=frame.PAGE_ICON, layout="wide"
)
st.html(theme.streamlit_css(current_mode(), projector=navigation.is_projector_view()))
st.html(language.translation_script("streamlit"), unsafe_allow_javascript=True)

chosen = st.navigation(
    [navigation.page(name) for name in navigation.PAGES], position="hidden"
)
frame.show_header(navigation.page_name(chosen))
chosen.run()
frame.show_footer()
