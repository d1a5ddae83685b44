"""The pages and their addresses; the six steps are pages of the same name."""

from pathlib import Path

import streamlit as st

from ftcore.texts import text
from ftcore.workshop.steps import Step

PAGES_FOLDER = Path(__file__).resolve().parents[2] / "pages"
DEFAULT_PAGE = Step.PROJECT.value
STEP_NAMES = tuple(step.value for step in Step)
PAGES = (*STEP_NAMES, "vote", "facilitator")


def page(name: str) -> st.Page:
    """Return one page as Streamlit's navigation knows it."""
    return st.Page(
        PAGES_FOLDER / f"{name}.py",
        title=text(f"app.pages.{name}"),
        default=name == DEFAULT_PAGE,
    )


def page_name(chosen: st.Page) -> str:
    """Return our name of the page that Streamlit is about to run."""
    return chosen.url_path or DEFAULT_PAGE


def is_projector_view() -> bool:
    """Whether the address asks for the big screen (``?vista=proyector``)."""
    return st.query_params.get("vista") == "proyector"
