"""The parts of step 1 below its cards: form, link to come back, ideas."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from ftcore.storage.records import ProjectRow
from ftcore.texts import catalog, text
from ftcore.ui.choices import OWN, Choice, choice_of
from ftcore.ui.services import get_settings, get_workshop
from ftcore.ui.wording import plain, text_for
from ftcore.workshop.projects import MAX_NAME, MAX_NICKNAME, MAX_OBJECTIVE
from ftcore.workshop.steps import Overview

_SCROLL = Path(__file__).with_name("scroll_to_form.js")


@dataclass(frozen=True, slots=True)
class ProjectAnswers:
    """What the participant wrote."""

    nickname: str
    name: str
    objective: str

    @property
    def missing(self) -> str | None:
        """Key of the text that says what is missing, if anything is."""
        if not self.name.strip():
            return "project.needs_name"
        if not self.objective.strip():
            return "project.needs_objective"
        return None


def current_project(project: ProjectRow, choices: list[Choice]) -> None:
    """Say which project is under way."""
    examples = {choice.id: choice.example for choice in choices if choice.template}
    chosen = choice_of(project) or OWN
    key = "project.current" if chosen in examples else "project.current_own"
    name = plain(project.name)
    words = text(key, name=name, example=examples.get(chosen, ""))
    st.success(words, icon=":material/check_circle:")


def project_form(choice: Choice, overview: Overview) -> ProjectAnswers | None:
    """Draw nickname, name and objective, filled in from the project or template.

    Returns:
        The answers once they were sent.
    """
    project = overview.project if choice_of(overview.project) == choice.id else None
    ready = choice.template
    name = project.name if project else (ready.project_name if ready else "")
    objective = project.objective if project else (ready.objective if ready else "")
    with st.form(f"project-{choice.id}"):
        st.subheader(
            text("project.form_title_ready" if ready else "project.form_title"),
            anchor=False,
        )
        st.caption(text("project.hint", hint=text(f"use_cases.{choice.use_case}.hint")))
        left, right = st.columns(2)
        answers = ProjectAnswers(
            left.text_input(
                text("project.nickname"),
                overview.nickname,
                max_chars=MAX_NICKNAME,
                key=f"nickname-{choice.id}",
                help=text("project.nickname_help"),
                placeholder=text("project.nickname_placeholder"),
            ),
            right.text_input(
                text("project.name"),
                name,
                max_chars=MAX_NAME,
                key=f"name-{choice.id}",
                placeholder=text("project.name_placeholder"),
            ),
            st.text_area(
                text("project.objective"),
                objective,
                max_chars=MAX_OBJECTIVE,
                key=f"objective-{choice.id}",
                help=text("project.objective_help"),
                placeholder=text("project.objective_placeholder"),
                height="content",
            ),
        )
        sent = st.form_submit_button(
            _submit_label(choice, project), key=f"start-{choice.id}", type="primary"
        )
        if overview.project is not None and project is None:
            st.caption(text("project.starts_new"))
    return answers if sent else None


def scroll_to_form() -> None:
    """Bring the form into sight; on a phone it lies below six cards."""
    source = _SCROLL.read_text(encoding="utf-8")
    st.html(f"<script>{source}</script>", unsafe_allow_javascript=True)


def resume_expander(participant_id: str) -> None:
    """Draw the personal link that opens the same work on another machine."""
    with st.expander(text("project.resume.title"), icon=":material/devices:"):
        st.write(text("project.resume.body"))
        path = get_workshop().room.resume_path(participant_id)
        base = front_address(get_settings().public_url, st.context.url)
        st.code(f"{base}{path}", language=None, wrap_lines=True)
        st.caption(text("project.resume.secret"))


def front_address(public_url: str, page_url: str | None) -> str:
    """Return the address of the first page, without its last slash.

    Args:
        public_url: The one in the settings; it wins unless empty.
        page_url: What the browser shows on the first page; ``None`` in AppTest.
    """
    return (public_url or (page_url or "").partition("?")[0]).rstrip("/")


def ideas_expander() -> None:
    """Draw the course's ideas, by industry."""
    with (
        st.expander(text("project.ideas.title"), icon=":material/lightbulb:"),
        st.container(key="ideas"),
    ):
        for name, ideas in _ideas().items():
            items = "\n".join(f"- {idea}" for idea in ideas)
            st.markdown(f"**{name}**\n\n{items}")


def _submit_label(choice: Choice, project: ProjectRow | None) -> str:
    if project is not None:
        return text("project.save")
    return text_for("project.start_with", choice.id, example=choice.example)


def _ideas() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, words in catalog().items():
        root, _, rest = key.partition(".")
        if root == "industries" and ".idea_" in rest:
            name = text(f"industries.{rest.partition('.')[0]}.name")
            found[name].append(words)
    return found
