"""A base model in memory: its words as tokens, and the adapters on its shelf."""

import ctypes
import os
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from ftcore.chat.adapter_file import check_adapter
from ftcore.chat.adapters import AdapterShelf
from ftcore.chat.native import Native
from ftcore.chat.openings import OpeningShelf
from ftcore.data.examples import Message, Role
from ftcore.errors import ChatFailedError
from ftcore.models.chat_template import ChatTemplate

_PIECE_BYTES = 256
_NAME_BYTES = 64
_ANYTHING = ("?", "hola")  # that a last message may say; they share no token
_KEPT_OPENINGS = 256  # a few hundred tokens each, which take 3 ms to find


class NativeModel:
    """One ``llama_model``: the weights are mapped once for all who answer with them."""

    def __init__(
        self,
        native: Native,
        path: Path,
        clock: Callable[[], float] = time.monotonic,
        opening_bytes: int = 0,
    ) -> None:
        """Map the weights.

        Args:
            native: Computes.
            path: GGUF file.
            clock: Seconds, rising.
            opening_bytes: That may be kept of openings of prompts.

        Raises:
            ChatFailedError: The engine does not take the file.
        """
        self._native = native
        self.handle = native.model_load_from_file(
            os.fsencode(path), native.model_default_params()
        )
        if not self.handle:
            raise ChatFailedError(reason=native.take_errors() or f"no model: {path}")
        self.vocabulary = native.model_get_vocab(self.handle)
        self.vocabulary_size = int(native.vocab_n_tokens(self.vocabulary))
        self.template = self._template()
        self._opening = native.vocab_bos(self.vocabulary)
        self._adds_opening = bool(native.vocab_get_add_bos(self.vocabulary))
        self.architecture = self._fact("general.architecture")
        # A state that sums up all that was read cannot forget its end.
        self.can_take_back = not (
            native.model_is_recurrent(self.handle)
            or native.model_is_hybrid(self.handle)
        )
        self.openings = OpeningShelf(opening_bytes)
        self._opening_after = lru_cache(_KEPT_OPENINGS)(self._find_opening)
        self.adapters = AdapterShelf(
            self._load_adapter, native.adapter_lora_free, clock=clock
        )

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Return the tokens of a conversation that is to be answered.

        Raises:
            ChatFailedError: The model's template refuses the conversation.
        """
        from jinja2.exceptions import TemplateError  # noqa: PLC0415

        try:
            words = self.template.render(messages, add_generation_prompt=True)
        except TemplateError as error:
            raise ChatFailedError(reason=f"template: {error}") from error
        tokens = self.tokens(words)
        # Some templates write the mark themselves; twice would be one too many.
        if self._adds_opening and tokens[:1] != [self._opening]:
            tokens.insert(0, self._opening)
        return tokens

    def beginnings(
        self, messages: Sequence[Message], tokens: Sequence[int]
    ) -> list[int]:
        """Return where those beginnings of a prompt end that other prompts share.

        The instruction stands before every question, and it with the nearest example
        before many.

        Args:
            messages: A conversation.
            tokens: Its prompt.

        Returns:
            Lengths in tokens, the shortest first; none where the first word of a
            message may change what is before it.
        """
        *before, last = messages
        has_instruction = bool(before) and before[0].role is Role.SYSTEM
        shared = [before[:1], before] if has_instruction else [before]
        openings = [self._opening_after(last.role, *part) for part in shared]
        ends = {len(each) for each in openings if tuple(tokens[: len(each)]) == each}
        return sorted(ends - {0})

    def tokens(self, words: str) -> list[int]:
        """Return the tokens of a text, marks of the template included."""
        raw = words.encode("utf-8", "replace")
        found = (ctypes.c_int32 * (len(raw) + 1))()
        count = self._native.tokenize(
            self.vocabulary, raw, len(raw), found, len(found), False, True
        )
        return list(found[: max(0, count)])

    def piece(self, token: int) -> bytes:
        """Return the bytes that a token stands for, which may be half a letter."""
        room = ctypes.create_string_buffer(_PIECE_BYTES)
        length = self._native.token_to_piece(
            self.vocabulary, token, room, _PIECE_BYTES, 0, False
        )
        return room.raw[: max(0, length)]

    def ends(self, token: int) -> bool:
        """Whether a token says that the answer is over."""
        return bool(self._native.vocab_is_eog(self.vocabulary, token))

    def close(self) -> None:
        """Give the memory back; nobody may use the model or its adapters any more."""
        if self.handle:
            self.adapters.close()
            self._native.model_free(self.handle)
            self.handle = None

    def _find_opening(self, role: Role, *before: Message) -> tuple[int, ...]:
        one, other = (
            self.prompt([*before, Message(role, words)]) for words in _ANYTHING
        )
        same = takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
        return tuple(token for token, _ in same)

    def _template(self) -> ChatTemplate:
        native = self._native
        source = native.model_chat_template(self.handle, None)
        if source is None:
            raise ChatFailedError(reason="the model has no chat template")
        marks = [
            self._text(mark(self.vocabulary))
            for mark in (native.vocab_bos, native.vocab_eos)
        ]
        return ChatTemplate(source.decode("utf-8"), *marks)

    def _text(self, token: int) -> str:
        if token < 0:
            return ""
        raw: bytes = self._native.vocab_get_text(self.vocabulary, token) or b""
        return raw.decode("utf-8", "replace")

    def _fact(self, key: str) -> str:
        room = ctypes.create_string_buffer(_NAME_BYTES)
        self._native.model_meta_val_str(self.handle, key.encode(), room, _NAME_BYTES)
        return room.value.decode("utf-8", "replace")

    def _load_adapter(self, path: Path) -> int:
        check_adapter(path, self.architecture)
        handle: Any = self._native.adapter_lora_init(self.handle, os.fsencode(path))
        if not handle:
            reason = self._native.take_errors() or f"no adapter: {path.name}"
            raise ChatFailedError(reason=reason)
        return int(handle)
