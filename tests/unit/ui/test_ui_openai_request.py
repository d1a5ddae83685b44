"""What programs ask is read field by field; anything else is refused in Spanish."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftcore.chat.base import DEFAULT_SAMPLING
from ftcore.data.examples import Message, Role
from ftcore.errors import ApiBodyError, ApiFieldError
from ftcore.texts import error_texts
from ftcore.ui.openai_request import ChatRequest, _Body, read_request

ASKED = [{"role": "user", "content": "Hola"}]


def read(**fields: object) -> ChatRequest:
    body = {"model": "m", "messages": ASKED, **fields}
    return read_request(json.dumps(body).encode())


def test_the_shortest_request() -> None:
    asked = read()
    assert asked.wish.model == "m"
    assert asked.wish.messages == (Message(Role.USER, "Hola"),)
    assert asked.wish.options.temperature == DEFAULT_SAMPLING.temperature
    assert asked.wish.options.max_tokens == DEFAULT_SAMPLING.max_tokens
    assert (asked.stream, asked.include_usage, asked.wish.stops) == (False, False, ())


def test_every_parameter_is_honoured() -> None:
    asked = read(
        temperature=1,
        top_p=0.5,
        max_tokens=7,
        seed=-1,
        stop=["a", "b"],
        stream=True,
        stream_options={"include_usage": True},
        n=1,
    )
    options = asked.wish.options
    assert (options.temperature, options.top_p, options.max_tokens) == (1.0, 0.5, 7)
    assert options.seed == 2**32 - 1
    assert asked.wish.stops == ("a", "b")
    assert (asked.stream, asked.include_usage) == (True, True)
    assert read(stop="fin").wish.stops == ("fin",)
    assert read(max_tokens=7, max_completion_tokens=9).wish.options.max_tokens == 9
    assert read(temperature=0, top_p=1).wish.options.temperature == 0.0


def test_a_temperature_of_zero_is_a_choice_too() -> None:
    assert not read().wish.options.is_chosen
    assert read(temperature=0).wish.options.is_chosen
    assert read(top_p=0.9).wish.options.is_chosen


def test_the_seed_is_drawn_anew_unless_it_is_given() -> None:
    assert read(seed=5).wish.options.seed == read(seed=5).wish.options.seed == 5
    assert len({read().wish.options.seed for _ in range(20)}) > 1


def test_null_means_not_given() -> None:
    names = ("temperature", "top_p", "max_tokens", "stop", "n", "stream", "tool_choice")
    assert read(**dict.fromkeys(names)).wish.options.top_p == DEFAULT_SAMPLING.top_p


def test_what_changes_nothing_here_is_ignored() -> None:
    asked = read(user="ana", frequency_penalty=2, tools=[{"x": 1}], metadata={"a": "b"})
    assert asked.wish.messages == (Message(Role.USER, "Hola"),)


def test_parts_and_roles_are_understood() -> None:
    turns = [
        {"role": "developer", "content": [{"type": "text", "text": "Sé breve."}]},
        {"role": "user", "content": "Hola", "name": "ana"},
        {"role": "assistant", "content": None},
        {"role": "user", "content": [{"type": "text", "text": t} for t in "ab"]},
    ]
    assert read(messages=turns).wish.messages == (
        Message(Role.SYSTEM, "Sé breve."),
        Message(Role.USER, "Hola"),
        Message(Role.ASSISTANT, ""),
        Message(Role.USER, "a\nb"),
    )


IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA"}}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"model": None}, "model"),
        ({"messages": []}, "messages"),
        ({"messages": "hola"}, "messages"),
        ({"messages": [{"role": "system", "content": "a"}]}, "messages"),
        ({"messages": [{"role": "tool", "content": "a"}]}, "messages.0.role"),
        ({"messages": [{"content": "a"}]}, "messages.0.role"),
        ({"messages": [*ASKED, {"role": "user", "content": 3}]}, "messages.1.content"),
        (
            {"messages": [{"role": "user", "content": [IMAGE]}]},
            "messages.0.content.0.type",
        ),
        ({"temperature": 2.1}, "temperature"),
        ({"temperature": "0"}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": True}, "max_tokens"),
        ({"max_completion_tokens": 1.5}, "max_completion_tokens"),
        ({"seed": "x"}, "seed"),
        ({"stop": ["a"] * 5}, "stop"),
        ({"stop": ""}, "stop"),
        ({"stream": 1}, "stream"),
        ({"stream_options": {"include_usage": "sí"}}, "stream_options.include_usage"),
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"response_format": {"type": "json_object"}}, "response_format.type"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"modalities": ["audio"]}, "modalities.0"),
    ],
)
def test_a_wrong_field_is_named_and_what_is_expected_is_said(fields, field) -> None:
    with pytest.raises(ApiFieldError) as caught:
        read(**fields)
    assert caught.value.params["field"] == field
    problem, fix = error_texts(caught.value)
    assert field in problem
    assert str(caught.value.params["expected"]) in fix


@pytest.mark.parametrize(
    "raw",
    [b"", b"hola", b"[]", b"3", b"null", b'{"model": ', b"\xff\xfe", b"[" * 5000],
)
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(ApiBodyError):
        read_request(raw)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["user", "text", "assistant", "\ud800"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "type", "text", "x"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)
FIELDS = [*_Body.model_fields, "extra"]


def refusal(body: object) -> ApiBodyError | ApiFieldError | None:
    """Return why a body is refused; any other exception fails the test."""
    try:
        read_request(json.dumps(body).encode())
    except (ApiBodyError, ApiFieldError) as error:
        return error
    return None


@given(st.dictionaries(st.sampled_from(FIELDS), JSON) | JSON)
def test_any_json_is_read_or_refused(body: object) -> None:
    error = refusal(body)
    assert error is None or all(error_texts(error))


@given(st.dictionaries(st.sampled_from(FIELDS[2:]), JSON))
def test_any_json_beside_a_good_question(fields: dict[str, object]) -> None:
    error = refusal({"model": "m", "messages": ASKED, **fields})
    if isinstance(error, ApiFieldError):
        assert str(error.params["field"]).split(".")[0] in fields
    elif isinstance(error, ApiBodyError):
        assert "ud800" in json.dumps(fields)  # half a character is no text
