"""The JSON that OpenAI's clients expect: models, answers, chunks and errors."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from ftcore.chat.base import LENGTH, STOP, ReplyTrace
from ftcore.workshop.api import ServedModel

OWNER = "taller"
Json = dict[str, object]


def encode(content: object) -> bytes:
    """Return readable JSON; what no UTF-8 can carry becomes a question mark."""
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")


def event(content: object) -> bytes:
    """Return one server-sent event."""
    return b"data: " + encode(content) + b"\n\n"


def model_json(served: ServedModel) -> Json:
    """Return one entry of the list of models."""
    created = int(served.created.timestamp())
    return {
        "id": served.name,
        "object": "model",
        "created": created,
        "owned_by": OWNER,
    }


def error_json(
    message: str, kind: str, code: str | None = None, param: str | None = None
) -> Json:
    """Return an error as the client classes read it."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """What all parts of one answer share.

    Attributes:
        answer_id: Id of the answer.
        model: The name that was asked for.
        created: When, in seconds since 1970.
    """

    answer_id: str
    model: str
    created: int

    def whole(self, answer: str, trace: ReplyTrace) -> Json:
        """Return an answer that is sent in one piece."""
        message = {"role": "assistant", "content": answer, "refusal": None}
        choice = {
            "index": 0,
            "message": message,
            "logprobs": None,
            "finish_reason": finish_reason(trace),
        }
        head = self._head("chat.completion")
        return {**head, "choices": [choice], "usage": usage(trace)}

    def chunk(self, delta: Mapping[str, str], ended: str | None = None) -> Json:
        """Return one piece of a stream; the last one says why the answer ended."""
        choice = {
            "index": 0,
            "delta": delta,
            "logprobs": None,
            "finish_reason": ended,
        }
        return {**self._head("chat.completion.chunk"), "choices": [choice]}

    def cost(self, trace: ReplyTrace) -> Json:
        """Return the chunk that closes a stream with what it cost."""
        head = self._head("chat.completion.chunk")
        return {**head, "choices": [], "usage": usage(trace)}

    def _head(self, kind: str) -> Json:
        return {
            "id": self.answer_id,
            "object": kind,
            "created": self.created,
            "model": self.model,
            "system_fingerprint": None,
        }


def finish_reason(trace: ReplyTrace) -> str:
    """Return why an answer ended, in the client's words."""
    return LENGTH if trace.finish == LENGTH else STOP


def usage(trace: ReplyTrace) -> Json:
    """Return the tokens that the engine counted; none if it was not asked."""
    read, written = trace.prompt_tokens, trace.answer_tokens
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
    }
