"""Write a conversation as the text that a base model knows, by its own template."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from ftcore.data.examples import Message
from ftcore.models.prompting import TEMPLATE_OPTIONS


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """A base model's chat template, the same for training and for serving.

    Attributes:
        source: The template, in Jinja; ``tokenizer.chat_template`` of a GGUF file.
        opening: Text of the mark before every text, which a template may ask for.
        end: Text of the mark after every text.
    """

    source: str
    opening: str = ""
    end: str = ""

    def render(
        self, messages: Sequence[Message], *, add_generation_prompt: bool = False
    ) -> str:
        """Return the conversation as text; halves of characters become '?'.

        Args:
            messages: The conversation.
            add_generation_prompt: Open the answer at the end.
        """
        text: str = _compiled(self.source).render(
            messages=[message.to_json() for message in messages],
            add_generation_prompt=add_generation_prompt,
            bos_token=self.opening,
            eos_token=self.end,
            **TEMPLATE_OPTIONS,
        )
        return text.encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=32)
def _compiled(source: str) -> Any:  # noqa: ANN401  (an untyped library)
    from jinja2.ext import loopcontrols  # noqa: PLC0415  (only when first needed)
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    # As transformers renders it: https://huggingface.co/docs/transformers/chat_templating
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols]
    )
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = _now
    return environment.from_string(source)


def _to_json(value: object, indent: int | None = None) -> str:
    """Jinja's own would write HTML entities."""
    return json.dumps(value, ensure_ascii=False, indent=indent)


def _refuse(message: str) -> None:
    from jinja2.exceptions import TemplateError  # noqa: PLC0415

    raise TemplateError(message)


def _now(form: str) -> str:
    return datetime.now().astimezone().strftime(form)
