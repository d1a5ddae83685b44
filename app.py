"""Join the Streamlit pages, the Gradio mount and the identity of participants.

Run with ``streamlit run app.py``; ``st.App(...)`` must stay literal here, because
Streamlit finds the app by reading this source.
"""

import streamlit as st

from ftcore.ui import server
from ftcore.ui.feedback import show_unexpected_error

app = st.App(
    "ftcore/ui/entry.py",
    routes=server.routes(),
    lifespan=server.lifespan,
    middleware=server.middleware(),
    on_script_error=show_unexpected_error,
)

if __name__ == "__main__":
    app.run()
