"""The real frame with a playground that answers from a script (no model needed)."""

import time
from collections.abc import Iterator, Mapping, Sequence

import streamlit as st

from ftcore.chat.base import Arm, SamplingOptions
from ftcore.data.examples import Message, Task
from ftcore.settings import ROOT
from ftcore.tokens import PlaygroundClaim
from ftcore.ui import server
from ftcore.ui.feedback import show_unexpected_error
from ftcore.ui.services import get_settings, replace_workshop
from ftcore.workshop import Workshop
from ftcore.workshop.playground import Playground, PlaygroundInfo

WORDS = "Enviamos a toda España en dos días y a Canarias en cinco. " * 4


class ScriptedPlayground(Playground):
    """Answers slowly enough to watch; the model 'labels' is a classifier."""

    def info(self, claim: PlaygroundClaim) -> PlaygroundInfo:
        task = Task.CLASSIFICATION if claim.model_id == "labels" else Task.CHAT
        questions = ("¿Hacéis envíos a Canarias?", "¿Cuánto tarda un pedido?")
        return PlaygroundInfo(task, "Tienda", tuple(Arm), questions, ())

    def chat(
        self,
        claim: PlaygroundClaim,
        arm: Arm,
        messages: Sequence[Message],
        options: SamplingOptions,
    ) -> Iterator[str]:
        yield f"Soy {arm.value}. "
        for word in WORDS.split():
            time.sleep(0.04)
            yield f"{word} "
        yield "<script>window.top.hacked = true</script> FIN"

    def labels(
        self, claim: PlaygroundClaim, text: str
    ) -> Mapping[Arm, Mapping[str, float]]:
        return {
            Arm.TUNED: {"urgente": 0.8, "normal": 0.2},
            Arm.NEAREST: {"normal": 0.6, "urgente": 0.4},
        }


workshop = Workshop(get_settings())
workshop.playground = ScriptedPlayground(workshop.context)
replace_workshop(workshop)

app = st.App(
    ROOT / "ftcore" / "ui" / "entry.py",
    routes=server.routes(),
    lifespan=server.lifespan,
    middleware=server.middleware(),
    on_script_error=show_unexpected_error,
)
