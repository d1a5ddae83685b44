"""The playground of a classifier: a text, two verdicts on it, a thumb for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import gradio as gr

from ftcore.chat.base import Arm, Verdict
from ftcore.errors import FtcoreError
from ftcore.storage.records import TrialRow
from ftcore.texts import text
from ftcore.tokens import PlaygroundClaim
from ftcore.ui import playground_lines as lines
from ftcore.ui.playground_cases import PRESSES, CaseDesk, CaseParts, case_form
from ftcore.ui.playground_handlers import Handlers, spanish_error
from ftcore.ui.playground_layout import (
    ANSWERS,
    heading,
    look_at_answers,
    suggestion_chips,
)

# In the order of the page: what needs no training, then the participant's model.
ORDER = (Arm.NEAREST, Arm.TUNED)

Shares = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LabelDesk:
    """The events of a classifier's playground."""

    handlers: Handlers

    def label(self, words: str, request: gr.Request) -> tuple[object, ...]:
        """Return, for each arm, the probabilities of the labels and its thumbs.

        Raises:
            gr.Error: Nothing was written, or the page is not the participant's.
        """
        if not words.strip():
            raise gr.Error(text("playground_labels.empty"), print_exception=False)
        try:
            claim = self.handlers.claim(request)
            found = self.handlers.playground.verdicts(claim, words)
            shown: list[object] = []
            for arm in ORDER:
                verdict = found[arm]
                row = self.handlers.playground.keep(claim, arm, words, verdict.label)
                below = self._below(claim, arm, row, verdict)
                shown += [dict(verdict.chances), below]
        except FtcoreError as error:
            raise spanish_error(error) from None
        return tuple(shown)

    def like_of(self, arm: Arm) -> Callable[..., str]:
        """Return the handler of one arm's thumbs."""

        def like(event: gr.EventData, request: gr.Request) -> str:
            pressed = str(getattr(event, "act", "") or "")
            trial_id = str(getattr(event, "id", "") or "")
            playground = self.handlers.playground
            try:
                claim = self.handlers.claim(request)
                liked = {"up": True, "down": False}.get(pressed)
                playground.like(claim, trial_id, liked)
                row = self._last(claim, arm)
                if row is None:
                    return ""
                verdict = playground.verdicts(claim, row.question)[arm]
            except FtcoreError as error:
                raise spanish_error(error) from None
            return self._below(claim, arm, row, verdict)

        return like

    def restored(self, claim: PlaygroundClaim) -> tuple[str, list[object]]:
        """Return the text that was classified last and its verdicts, if any was."""
        rows = {arm: self._last(claim, arm) for arm in ORDER}
        words = next((row.question for row in rows.values() if row), "")
        if not words:
            return "", self.nothing()
        found = self.handlers.playground.verdicts(claim, words)
        shown: list[object] = []
        for arm, row in rows.items():
            below = self._below(claim, arm, row, found[arm]) if row else ""
            shown += [dict(found[arm].chances), below]
        return words, shown

    def nothing(self) -> list[object]:
        """Return the verdicts on no text."""
        return [None, ""] * len(ORDER)

    def _last(self, claim: PlaygroundClaim, arm: Arm) -> TrialRow | None:
        rows = self.handlers.playground.conversation(claim).get(arm, [])
        return rows[-1] if rows else None

    def _below(
        self, claim: PlaygroundClaim, arm: Arm, row: TrialRow, verdict: Verdict
    ) -> str:
        tally = self.handlers.playground.tallies(claim).get(arm, (0, 0))
        return doubt_html(verdict) + thumbs_html(arm, row) + lines.tally_line(tally)


def doubt_html(verdict: Verdict) -> str:
    """Return that a classifier is not sure and why; nothing if it is."""
    if verdict.doubt is None:
        return ""
    words = text(f"playground_labels.doubt.{verdict.doubt.value}")
    return f'<p class="ft-notice">{escape(words)}</p>'


def thumbs_html(arm: Arm, row: TrialRow) -> str:
    """Return two buttons that judge a verdict; pressing one again takes it back."""
    name = text(f"playground_chat.arms.{arm.value}")
    judge = escape(text("playground_labels.judge", arm=name))
    buttons = ""
    for act, sign, is_on in (
        ("up", "✓", row.liked is True),
        ("down", "✗", row.liked is False),
    ):
        words = escape(text(f"playground_labels.{act}"))
        buttons += (
            f'<button type="button" data-act="{"none" if is_on else act}" '
            f'data-id="{escape(row.id)}" aria-pressed="{str(is_on).lower()}">'
            f'<span aria-hidden="true">{sign}</span> {words}</button>'
        )
    return f'<div class="ft-thumbs" role="group" aria-label="{judge}">{buttons}</div>'


@dataclass(frozen=True, slots=True)
class LabelParts:
    """The pieces of the page that change when it opens.

    Attributes:
        samples: Buttons of the suggestions.
        box: The text.
        verdicts: Probabilities and thumbs of each arm.
        cases: The saved cases.
    """

    samples: list[gr.Button]
    box: gr.Textbox
    verdicts: list[gr.Label | gr.HTML]
    cases: CaseParts

    @property
    def opened(self) -> list[object]:
        """What the opening page fills, in its order."""
        cases = [self.cases.fold, self.cases.listing]
        return [*self.samples, self.box, *self.verdicts, *cases]


def label_layout(labels: LabelDesk, desk: CaseDesk) -> LabelParts:
    """Draw a text and two verdicts on it, and connect the events."""
    box = gr.Textbox(
        label=text("playground_labels.text"),
        placeholder=text("playground_labels.placeholder"),
        submit_btn=text("playground_labels.send"),
        lines=3,
        max_length=4000,
        elem_id="text",
    )
    samples = suggestion_chips()
    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    verdicts: list[gr.Label | gr.HTML] = []
    with gr.Row(elem_id="verdicts", elem_classes=ANSWERS):
        for arm in ORDER:
            with gr.Column(min_width=260, elem_classes=f"ft-arm ft-{arm.value}"):
                heading(text(f"playground_labels.{arm.value}"))
                shares = gr.Label(show_label=False, show_heading=False)
                thumbs = gr.HTML(elem_classes="ft-speed", js_on_load=PRESSES)
                thumbs.click(labels.like_of(arm), outputs=thumbs, queue=False, **quiet)
                verdicts += [shares, thumbs]
    with gr.Row(elem_classes="ft-actions"):
        save = gr.Button(
            text("playground_chat.save_case"), size="sm", elem_id="save-case-label"
        )
    cases = case_form(desk, save, classifies=True)

    for trigger, source in ((box.submit, box), *((s.click, s) for s in samples)):
        if source is not box:
            trigger(lambda words: words, source, box, queue=False, **quiet)
        labelled = trigger(
            labels.label,
            inputs=source,
            outputs=verdicts,
            show_progress="minimal",
            api_visibility="private",
        )
        look_at_answers(labelled)
    return LabelParts(samples, box, verdicts, cases)
