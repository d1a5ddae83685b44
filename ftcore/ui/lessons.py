"""Show a lesson of the course, folded away until somebody wants it."""

from functools import cache

import streamlit as st

from ftcore.texts import ASSETS

_LESSONS = ASSETS / "lessons" / "es"


@cache
def read_lesson(name: str) -> tuple[str, str]:
    """Return the title and the body (Markdown) of a lesson.

    Args:
        name: File name in ``assets/lessons/es`` without its ending.
    """
    source = (_LESSONS / f"{name}.md").read_text(encoding="utf-8")
    title, _, body = source.partition("\n")
    return title.lstrip("# ").strip(), body.strip()


def lesson_expander(name: str) -> None:
    """Draw a folded lesson under its own title."""
    title, body = read_lesson(name)
    with st.expander(title, icon=":material/school:"), st.container(key="lesson"):
        st.markdown(body)
