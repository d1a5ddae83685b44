"""Saved cases in the playground: keep a question with its answer, list, take back."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import gradio as gr

from ftcore.errors import FtcoreError
from ftcore.texts import text
from ftcore.tokens import PlaygroundClaim
from ftcore.ui.playground_handlers import Handlers, spanish_error
from ftcore.ui.wording import counted
from ftcore.workshop.cases import SavedCase

# A press on any button of the list; what it does and to which case is on the button.
PRESSES = """
element.addEventListener("click", (event) => {
  const pressed = event.target.closest("button[data-act]");
  if (pressed) trigger("click", { act: pressed.dataset.act, id: pressed.dataset.id });
});
"""


@dataclass(frozen=True, slots=True)
class CaseDesk:
    """The events of the saved cases."""

    handlers: Handlers

    def draft(self, request: gr.Request) -> tuple[object, ...]:
        """Open the form with the last question and the answer that seems right.

        Returns:
            The form, the question, the answer (of a classifier, among its labels).
        """
        try:
            claim = self.handlers.claim(request)
            labels = self.handlers.playground.info(claim).labels
            question, answer = self.handlers.playground.draft_case(claim)
        except FtcoreError as error:
            raise spanish_error(error) from None
        chosen: object = answer
        if labels:
            chosen = gr.update(choices=list(labels), value=answer or None)
        return (gr.update(visible=True), question, chosen)

    def save(
        self, question: str, answer: str | None, request: gr.Request
    ) -> tuple[object, ...]:
        """Keep a case.

        Returns:
            The form, the list's fold, the list.
        """
        try:
            claim = self.handlers.claim(request)
            project = self.handlers.playground.project_id(claim)
            self.handlers.get_workshop().cases.save(
                claim.participant_id, question, answer or "", project
            )
            cases = self._cases(claim)
        except FtcoreError as error:
            raise spanish_error(error) from None
        fold = gr.update(label=fold_title(cases), open=True)
        said = text("playground_cases.saved")
        return (gr.update(visible=False), fold, cases_html(cases, said))

    def act(self, event: gr.EventData, request: gr.Request) -> tuple[object, ...]:
        """Do what a button of the list says.

        Returns:
            The list's fold, the list.
        """
        pressed = (getattr(event, "act", ""), getattr(event, "id", ""))
        act, case_id = (str(value or "") for value in pressed)
        try:
            claim = self.handlers.claim(request)
            said = self._do(claim.participant_id, act, case_id)
            cases = self._cases(claim)
        except FtcoreError as error:
            raise spanish_error(error) from None
        removed = case_id if act == "remove" else ""
        return (
            gr.update(label=fold_title(cases)),
            cases_html(cases, said, removed),
        )

    def listed(self, claim: PlaygroundClaim) -> tuple[object, ...]:
        """Return the list's fold and the list, for a page that opens."""
        cases = self._cases(claim)
        return (gr.update(label=fold_title(cases)), cases_html(cases))

    def _do(self, participant_id: str, act: str, case_id: str) -> str:
        cases = self.handlers.get_workshop().cases
        if act == "teach":
            cases.teach(participant_id, case_id)
            return text("playground_cases.taught_now")
        if act == "remove":
            cases.remove(participant_id, case_id)
            return text("playground_cases.removed")
        if act == "undo":
            cases.bring_back(participant_id, case_id)
        return ""

    def _cases(self, claim: PlaygroundClaim) -> list[SavedCase]:
        project = self.handlers.playground.project_id(claim)
        return self.handlers.get_workshop().cases.of(claim.participant_id, project)


def fold_title(cases: Sequence[SavedCase]) -> str:
    """Return the name of the list, with how many there are."""
    if not cases:
        return text("playground_cases.title.none")
    return counted("playground_cases.title", len(cases))


def cases_html(cases: Sequence[SavedCase], said: str = "", removed: str = "") -> str:
    """Return the list of cases.

    Args:
        cases: What there is.
        said: What has just happened; empty if nothing did.
        removed: Id of the case just removed, which can be brought back.
    """
    news = escape(said)
    if removed:
        news += f" {_button('undo', removed, text('playground_cases.undo'))}"
    body = "".join(_case(case) for case in cases)
    about = "about" if cases else "none"
    return (
        f'<div class="ft-cases"><p class="ft-news" role="status">{news}</p>'
        f"<p>{escape(text(f'playground_cases.{about}'))}</p>"
        f'<ol class="ft-keep">{body}</ol></div>'
    )


def _case(case: SavedCase) -> str:
    buttons, note = [], ""
    if case.is_taught:
        note = f"<small>{escape(text('playground_cases.taught'))}</small>"
    else:
        label = text("playground_cases.teach_label", question=case.question)
        words = text("playground_cases.teach")
        buttons.append(_button("teach", case.id, words, label))
    label = text("playground_cases.remove_label", question=case.question)
    buttons.append(_button("remove", case.id, text("playground_cases.remove"), label))
    return (
        f"<li><b>{escape(case.question)}</b><p>{escape(case.answer)}</p>{note}"
        f'<span class="ft-case-actions">{"".join(buttons)}</span></li>'
    )


def _button(act: str, case_id: str, words: str, label: str = "") -> str:
    spoken = f' aria-label="{escape(label)}"' if label else ""
    return (
        f'<button type="button" data-act="{act}" data-id="{escape(case_id)}"{spoken}>'
        f"{escape(words)}</button>"
    )


@dataclass(frozen=True, slots=True)
class CaseParts:
    """The pieces of the page that show the saved cases.

    Attributes:
        fold: What the list is folded into.
        listing: The list.
    """

    fold: gr.Accordion
    listing: gr.HTML


def case_form(desk: CaseDesk, opener: gr.Button, *, classifies: bool) -> CaseParts:
    """Draw the form that ``opener`` opens, and the list below it."""
    with gr.Column(visible=False, elem_classes="ft-case-form") as form:
        question = gr.Textbox(
            label=text("playground_cases.question"),
            info=text("playground_cases.question_help"),
            max_length=4000,
        )
        if classifies:
            answer: gr.Dropdown | gr.Textbox = gr.Dropdown(
                choices=[], label=text("playground_cases.label")
            )
        else:
            answer = gr.Textbox(
                label=text("playground_cases.answer"),
                info=text("playground_cases.answer_help"),
                lines=2,
                max_length=4000,
            )
        with gr.Row(elem_classes="ft-actions"):
            save = gr.Button(text("playground_cases.save"), variant="primary")
            cancel = gr.Button(text("playground_cases.cancel"))
    with gr.Accordion(fold_title(()), open=False, elem_classes="ft-case-fold") as fold:
        listing = gr.HTML(cases_html(()), js_on_load=PRESSES)
    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    opener.click(desk.draft, outputs=[form, question, answer], **quiet)
    save.click(
        desk.save, inputs=[question, answer], outputs=[form, fold, listing], **quiet
    )
    cancel.click(lambda: gr.update(visible=False), outputs=form, queue=False, **quiet)
    listing.click(desk.act, outputs=[fold, listing], **quiet)
    return CaseParts(fold, listing)
