"""Count tokens as the base model of this machine does, without loading its weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftcore.data.examples import Example, Message
from ftcore.models.gguf_header import read_header
from ftcore.models.prompting import conversation

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_LONG = 100_000  # characters that take a tenth of a second: not to be counted twice
_SPECIAL_KINDS = (3, 4)  # 'control' and 'user defined' pieces in GGUF
# How a vocabulary of kind 'gpt2' splits a text before it merges; by name in GGUF.
_DIGIT_BY_DIGIT = frozenset({"smollm", "starcoder", "refact", "command-r"})
_GPT2_LIKE = frozenset({"gpt-2", *_DIGIT_BY_DIGIT})


@dataclass(frozen=True, slots=True)
class BaseTokenizer:
    """The base model's own vocabulary and chat template."""

    vocabulary: Any
    template: Any
    words: Mapping[str, str]
    exact: bool = True

    def count(self, examples: Sequence[Example]) -> list[int]:
        """Return the tokens of each example as a whole conversation.

        The opening is the example's own or an empty one, as in training.
        """
        return [self._length(self._render(e.messages)) for e in examples]

    def _length(self, text: str) -> int:
        if len(text) > _LONG:
            return _long_length(self.vocabulary, text)
        return len(self._encode(text))

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = self.vocabulary.encode(text, add_special_tokens=False).ids
        return ids

    def _render(self, messages: Sequence[Message]) -> str:
        turns = [message.to_json() for message in conversation("", messages)]
        rendered: str = self.template.render(messages=turns, **self.words)
        return rendered.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=4)
def _long_length(vocabulary: "Tokenizer", text: str) -> int:
    """Count a very long text once, although several places ask for it."""
    return len(vocabulary.encode(text, add_special_tokens=False).ids)


@cache
def load_base_tokenizer(path: Path) -> BaseTokenizer | None:
    """Return the tokenizer inside a GGUF file; ``None`` if it is of an unknown kind.

    Raises:
        ValueError: The file is no GGUF.
    """
    header = read_header(path)
    template = header.get("tokenizer.chat_template")
    is_known = header.get("tokenizer.ggml.model") == "gpt2"
    is_known = is_known and header.get("tokenizer.ggml.pre") in _GPT2_LIKE
    if not is_known or not isinstance(template, str):
        return None
    words = {
        "bos_token": _piece(header, "bos"),
        "eos_token": _piece(header, "eos"),
    }
    return BaseTokenizer(_vocabulary(header), _template(template), words)


def _vocabulary(header: Mapping[str, object]) -> Any:  # noqa: ANN401  (an untyped library)
    from tokenizers import (  # noqa: PLC0415  (half a second of import)
        AddedToken,
        Tokenizer,
        models,
        pre_tokenizers,
    )

    pieces = _list(header, "tokenizer.ggml.tokens")
    kinds = _list(header, "tokenizer.ggml.token_type")
    merges = [tuple(m.split(" ")) for m in _list(header, "tokenizer.ggml.merges")]
    ids = {piece: place for place, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.BPE(ids, merges))
    by_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if header["tokenizer.ggml.pre"] in _DIGIT_BY_DIGIT:
        digits = pre_tokenizers.Digits(individual_digits=True)
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, by_bytes])
    else:
        tokenizer.pre_tokenizer = by_bytes
    special = [
        p for p, kind in zip(pieces, kinds, strict=True) if kind in _SPECIAL_KINDS
    ]
    tokenizer.add_special_tokens([AddedToken(p, normalized=False) for p in special])
    return tokenizer


def _template(source: str) -> Any:  # noqa: ANN401  (an untyped library)
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    # As transformers renders it: https://huggingface.co/docs/transformers/chat_templating
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source)


def _piece(header: Mapping[str, object], name: str) -> str:
    place = header.get(f"tokenizer.ggml.{name}_token_id")
    pieces = _list(header, "tokenizer.ggml.tokens")
    return str(pieces[place]) if isinstance(place, int) else ""


def _list(header: Mapping[str, object], name: str) -> list[Any]:
    value = header.get(name)
    return value if isinstance(value, list) else []
