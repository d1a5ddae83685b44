"""What every part of the Gradio playground proves and says; no layout here."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import gradio as gr

from ftcore.errors import FtcoreError, InvalidTokenError, NotYoursError
from ftcore.texts import error_texts, text
from ftcore.tokens import PlaygroundClaim, Signer
from ftcore.ui.identity import COOKIE
from ftcore.workshop import Workshop
from ftcore.workshop.playground import Playground

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handlers:
    """Proves for each event of the page who is asking.

    Gradio's endpoints can be called without the page, so no handler trusts that
    the page was opened properly.
    """

    get_workshop: Callable[[], Workshop]
    signer: Signer

    @property
    def playground(self) -> Playground:
        """The verbs of step 5."""
        return self.get_workshop().playground

    def claim(self, request: gr.Request) -> PlaygroundClaim:
        """Return what the request may do.

        Raises:
            InvalidTokenError: The address carries no valid token.
            NotYoursError: The browser's cookie is somebody else's.
        """
        claim = self.playground.claim(request.query_params.get("token"))
        visitor = self.signer.read_participant(request.cookies.get(COOKIE))
        if visitor is not None and visitor != claim.participant_id:
            raise NotYoursError(noun="model")
        return claim


def plain_text(content: object) -> str:
    """Return the words of one turn; Gradio sends a string or a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return " ".join(plain_text(part) for part in content)
    if isinstance(content, Mapping):
        return str(content.get("text", ""))
    return ""


def refusal(error: FtcoreError) -> tuple[str, str]:
    """Return why the page stays closed and what to do, in Spanish."""
    if isinstance(error, InvalidTokenError):
        reason = text(f"playground_refusal.{error.params['reason']}")
    elif isinstance(error, NotYoursError):
        reason = text("playground_refusal.foreign")
    else:
        return error_texts(error)
    return reason, text("playground_refusal.fix")


def spanish_error(error: FtcoreError) -> gr.Error:
    """Turn an expected error into Gradio's notice."""
    _log.info("Playground refused: %s", error)
    problem, fix = refusal(error)
    is_closed = isinstance(error, InvalidTokenError | NotYoursError)
    return gr.Error(
        f"{problem} {fix}",
        title=text(f"playground_refusal.{'title' if is_closed else 'failed'}"),
        duration=None,
        print_exception=False,
    )
