"""Count tokens as each place to train would, or estimate them and say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from ftcore.data.destinations.base import TokenCounter
from ftcore.data.examples import Example, Message, Task
from ftcore.models.base_tokenizer import load_base_tokenizer
from ftcore.models.catalog import load_catalog
from ftcore.models.embeddings import E5Embedder, default_embedder
from ftcore.models.openai_tokens import Encoding, load_encoding
from ftcore.settings import DEFAULT_MODELS
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

FACTORS_FILE = ASSETS / "tokenizers.yaml"
CACHE_FOLDER = "tokenizers"
LOCAL, LOCAL_LABELS, OPENAI = "local", "local_labels", "openai"
# OpenAI's recipe: cookbook 'Data preparation and analysis for chat model fine-tuning'.
TOKENS_PER_MESSAGE = 3
TOKENS_PER_EXAMPLE = 3
# Vocabularies of 100,000 pieces and more cut Spanish into about 4 characters a token.
CHARACTERS_PER_TOKEN = 4.0
_BASE_MESSAGE = 5
_BASE_FACTOR = 1.6  # SmolLM2's 49,152 pieces beside o200k, measured on the templates


@dataclass(frozen=True, slots=True)
class OpenAICounter:
    """OpenAI's own tokens, with the marks of its chat models."""

    encoding: Encoding
    exact: bool = True

    def count(self, examples: Sequence[Example]) -> list[int]:
        """Return the tokens of each example as OpenAI bills them."""
        return [self._count(example) for example in examples]

    def _count(self, example: Example) -> int:
        texts = [f(m) for m in example.messages for f in (_role, _content)]
        words = sum(len(self.encoding.encode_ordinary(text)) for text in texts)
        return words + TOKENS_PER_MESSAGE * len(example.messages) + TOKENS_PER_EXAMPLE


class Ruler(Protocol):
    """Measures one text in some unit of tokens."""

    def __call__(self, text: str) -> float:
        """Return the tokens of a text."""
        ...


@dataclass(frozen=True, slots=True)
class EstimatedCounter:
    """An estimate from another tokenizer, or from the length alone.

    Attributes:
        measure: Gives the tokens of a text by the known measure.
        factor: Tokens for each token of that measure.
        message: Marks of each message.
    """

    measure: Ruler
    factor: float
    message: int
    exact: bool = False

    def count(self, examples: Sequence[Example]) -> list[int]:
        """Return an estimate of the tokens of each example."""
        return [self._count(example) for example in examples]

    def _count(self, example: Example) -> int:
        words = sum(self.measure(_content(message)) for message in example.messages)
        return round(self.factor * words) + self.message * len(example.messages)


@dataclass(frozen=True, slots=True)
class LabelCounter:
    """Tokens of the text alone, as the embedding model of a classifier reads it."""

    measure: Ruler
    exact: bool = True

    def count(self, examples: Sequence[Example]) -> list[int]:
        """Return the tokens of each text; the label is none of them."""
        return [round(self.measure(_clean(example.prompt))) for example in examples]


@cache
def token_counter(name: str, models_dir: Path = DEFAULT_MODELS) -> TokenCounter:
    """Return the counter called ``name``, as exact as this machine allows.

    Args:
        name: ``openai``, ``local``, ``local_labels``, or a name in the file of
            factors, whose tokens are estimated.
        models_dir: Folder of base models, where the vocabulary is unpacked too.

    Raises:
        KeyError: There is no counter of that name.
    """
    if name == LOCAL:
        return _local_counter(models_dir)
    if name == LOCAL_LABELS:
        return _label_counter(models_dir)
    if name == OPENAI:
        return _openai_counter(models_dir)
    factor, message = _factors()[name]
    return EstimatedCounter(_ruler(models_dir), factor, message)


def _openai_counter(models_dir: Path) -> TokenCounter:
    encoding = load_encoding(models_dir / CACHE_FOLDER)
    if encoding is not None:
        return OpenAICounter(encoding)
    return EstimatedCounter(_by_length, 1.0, TOKENS_PER_MESSAGE)


def _local_counter(models_dir: Path) -> TokenCounter:
    file = load_catalog().default_for(Task.CHAT).locate(models_dir)
    found = None if file is None else load_base_tokenizer(file)
    if found is not None:
        return found
    return EstimatedCounter(_ruler(models_dir), _BASE_FACTOR, _BASE_MESSAGE)


def _label_counter(models_dir: Path) -> TokenCounter:
    embedder = default_embedder()
    if isinstance(embedder, E5Embedder):
        return LabelCounter(embedder.count_tokens)
    return LabelCounter(_ruler(models_dir), exact=False)


def _ruler(models_dir: Path) -> Ruler:
    encoding = load_encoding(models_dir / CACHE_FOLDER)
    if encoding is None:
        return _by_length
    return lambda text: len(encoding.encode_ordinary(text))


def _by_length(text: str) -> float:
    return len(text) / CHARACTERS_PER_TOKEN


@cache
def _factors() -> Mapping[str, tuple[float, int]]:
    entries = read_yaml(FACTORS_FILE)
    return {n: (float(e["factor"]), int(e["message"])) for n, e in entries.items()}


def _role(message: Message) -> str:
    return message.role.value


def _content(message: Message) -> str:
    return _clean(message.content)


def _clean(text: str) -> str:
    """Take out halves of characters, which no tokenizer reads."""
    return text.encode("utf-8", "replace").decode("utf-8")
