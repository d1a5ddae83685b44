"""Read what a program asks in the form of OpenAI's chat completions.

Field by field as https://platform.openai.com/docs/api-reference/chat/create has it.
What would change the answer's form and is not offered is refused; the rest is ignored.
"""

import secrets
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
)

from ftcore.chat.base import DEFAULT_SAMPLING, SamplingOptions
from ftcore.data.examples import Message, Role
from ftcore.errors import ApiBodyError, ApiFieldError
from ftcore.texts import text
from ftcore.workshop.api import Wish

_SEEDS = 2**32  # llama.cpp takes 32 bits
_SYSTEM = {"system", "developer"}  # the newer name of the same role
_MOST_STOPS = 4
_MOST_TOKENS = 1_000_000  # the context is the real limit; the engine stops there


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class _Part(_Strict):
    type: Literal["text"]
    text: str


class _Turn(_Strict):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[_Part] | None = None

    def message(self) -> Message:
        role = Role.SYSTEM if self.role in _SYSTEM else Role(self.role)
        if isinstance(self.content, list):
            return Message(role, "\n".join(part.text for part in self.content))
        return Message(role, self.content or "")


class _StreamOptions(_Strict):
    include_usage: bool | None = None


class _ResponseFormat(_Strict):
    type: Literal["text"]


_Tokens = Annotated[int, Field(ge=1, le=_MOST_TOKENS)]
_Stop = Annotated[str, StringConstraints(min_length=1)]


class _Body(_Strict):
    model: str
    messages: list[_Turn]
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    max_tokens: _Tokens | None = None
    max_completion_tokens: _Tokens | None = None
    seed: int | None = None
    stop: _Stop | Annotated[list[_Stop], Field(max_length=_MOST_STOPS)] | None = None
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    n: Literal[1] | None = None
    logprobs: Literal[False] | None = None
    response_format: _ResponseFormat | None = None
    tool_choice: Literal["none", "auto"] | None = None
    modalities: list[Literal["text"]] | None = None

    @field_validator("messages")
    @classmethod
    def _somebody_asks(cls, turns: list[_Turn]) -> list[_Turn]:
        if not any(turn.role == "user" for turn in turns):
            raise ValueError("nobody asks")
        return turns


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A request that can be answered.

    Attributes:
        wish: What the model is asked.
        stream: Whether the answer is sent as it is written.
        include_usage: Whether a stream ends by saying what the answer cost.
    """

    wish: Wish
    stream: bool
    include_usage: bool


def read_request(raw: bytes) -> ChatRequest:
    """Read a request's body.

    Raises:
        ApiBodyError: It is not a JSON object.
        ApiFieldError: A field is missing, or is not one of those that are offered.
    """
    try:
        body = _Body.model_validate_json(raw)
    except ValidationError as error:
        raise _explained(error) from None
    usage = body.stream_options is not None and bool(body.stream_options.include_usage)
    return ChatRequest(_wish(body), bool(body.stream), usage)


def _wish(body: _Body) -> Wish:
    stops = [body.stop] if isinstance(body.stop, str) else body.stop or []
    messages = tuple(turn.message() for turn in body.messages)
    return Wish(body.model, messages, _options(body), tuple(stops))


def _options(body: _Body) -> SamplingOptions:
    usual = DEFAULT_SAMPLING
    longest = body.max_completion_tokens or body.max_tokens or usual.max_tokens
    seed = secrets.randbelow(_SEEDS) if body.seed is None else body.seed % _SEEDS
    return SamplingOptions(
        temperature=_given(body.temperature, usual.temperature),
        top_p=_given(body.top_p, usual.top_p),
        max_tokens=longest,
        repeat_penalty=usual.repeat_penalty,
        seed=seed,
        is_chosen=(body.temperature, body.top_p) != (None, None),
    )


def _given(value: float | None, usual: float) -> float:
    return usual if value is None else value


def _explained(error: ValidationError) -> ApiBodyError | ApiFieldError:
    """Say which field is wrong and what it should be; one of them is enough."""
    # Where a field may be of two kinds there is an error for each: the innermost
    # comes from the kind that was meant.
    path = max((_path(each["loc"]) for each in error.errors()), key=len)
    name = next((part for part in reversed(path) if isinstance(part, str)), None)
    if name is None:
        return ApiBodyError()
    field = ".".join(str(part) for part in path)
    return ApiFieldError(field=field, expected=text(f"openai_api.expected.{name}"))


def _path(location: tuple[int | str, ...]) -> list[int | str]:
    """Return the names of fields and their positions, without pydantic's kinds."""
    return [part for part in location if isinstance(part, int) or part in _NAMES]


_NAMES = frozenset(
    name
    for model in (_Body, _Turn, _Part, _StreamOptions, _ResponseFormat)
    for name in model.model_fields
)
