"""The base model's own tokens of a conversation, without loading its weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ftcore.data.examples import Example, Message, Role
from ftcore.models.chat_template import ChatTemplate
from ftcore.models.gguf_header import read_header
from ftcore.models.gguf_vocabulary import (
    build_vocabulary,
    knows,
    list_of,
    opens_with_mark,
)
from ftcore.models.prompting import conversation

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_LONG = 100_000  # characters that take a tenth of a second: not to be counted twice
_ANSWER = "…"  # stands for any answer where the template is asked how one ends


@dataclass(frozen=True, slots=True)
class BaseTokenizer:
    """The base model's own vocabulary and chat template.

    Attributes:
        vocabulary: Cuts text into pieces.
        template: Writes a conversation as the text that the model knows.
        opening: Id of the mark before every text, or ``None`` if there is none.
        end: Id of the mark after an answer.
    """

    vocabulary: "Tokenizer"
    template: ChatTemplate
    opening: int | None
    end: int
    exact: bool = True

    def count(self, examples: Sequence[Example]) -> list[int]:
        """Return the tokens of each example as a whole conversation.

        The opening is the example's own or an empty one, as in training.
        """
        texts = [self.template.render(conversation("", e.messages)) for e in examples]
        return [self._length(text) for text in texts]

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Return what the model sees before its answer: llama.cpp's tokens exactly.

        Args:
            messages: Conversation whose last message is the user's.
        """
        ids = self.encode(self.template.render(messages, add_generation_prompt=True))
        if self.opening is None or ids[:1] == [self.opening]:
            return ids
        return [self.opening, *ids]

    def answer(self, text: str) -> list[int]:
        """Return the tokens of an answer and the mark of its end."""
        return [*self.encode(text), self.end]

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text; halves of characters become question marks."""
        ids: list[int] = self.vocabulary.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of some tokens, marks left out."""
        return str(self.vocabulary.decode(list(ids)))

    def _length(self, text: str) -> int:
        if len(text) > _LONG:
            return _long_length(self.vocabulary, text)
        return len(self.encode(text))


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
    source = header.get("tokenizer.chat_template")
    if not knows(header) or not isinstance(source, str):
        return None
    template = ChatTemplate(source, _piece(header, "bos"), _piece(header, "eos"))
    vocabulary = build_vocabulary(header)
    opening = header.get("tokenizer.ggml.bos_token_id")
    end = vocabulary.token_to_id(_end_of_answer(template))
    return BaseTokenizer(
        vocabulary,
        template,
        int(str(opening)) if opens_with_mark(header) else None,
        int(str(header["tokenizer.ggml.eos_token_id"])) if end is None else end,
    )


def _end_of_answer(template: ChatTemplate) -> str:
    """Return the mark that the template writes right after an answer.

    It is not always the end of the text: Gemma ends a turn with a mark of its own.
    """
    turns = [Message(Role.USER, "¿?"), Message(Role.ASSISTANT, _ANSWER)]
    after = template.render(turns).rpartition(_ANSWER)[2].strip()
    return after[: after.index(">") + 1] if after.startswith("<") else ""


def _piece(header: Mapping[str, object], name: str) -> str:
    place = header.get(f"tokenizer.ggml.{name}_token_id")
    pieces = list_of(header, "tokenizer.ggml.tokens")
    return str(pieces[place]) if isinstance(place, int) else ""
