"""The real frame with a playground that answers from a script (no model needed)."""

import streamlit as st

from ftcore.settings import ROOT
from ftcore.ui import server
from ftcore.ui.feedback import show_unexpected_error
from ftcore.ui.services import get_settings, replace_workshop
from ftcore.workshop import Workshop
from tests.fakes import KeptCases, ScriptedPlayground

WORDS = "Enviamos a toda España en dos días y a Canarias en cinco. " * 4
PIECES = (*(f"{word} " for word in WORDS.split()), "<script>window.top.hacked = true")
END = "</script> FIN"

workshop = Workshop(get_settings())
# Slow enough to watch; the model 'labels' is a classifier.
workshop.playground = ScriptedPlayground(
    workshop.context.signer, (*PIECES[:-1], PIECES[-1] + END), pause=0.1
)
workshop.cases = KeptCases()
replace_workshop(workshop)

app = st.App(
    ROOT / "ftcore" / "ui" / "entry.py",
    routes=server.routes(),
    lifespan=server.lifespan,
    middleware=server.middleware(),
    on_script_error=show_unexpected_error,
)
