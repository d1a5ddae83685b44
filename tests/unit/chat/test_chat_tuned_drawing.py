"""How a tuned model draws its words: as suits its task, unless somebody chose."""

from dataclasses import replace
from pathlib import Path

import pytest

from ftcore.chat.base import DEFAULT_SAMPLING, SamplingOptions, usual_sampling
from ftcore.chat.tuned import TunedChat
from ftcore.data.examples import Example, Message, Role, Task
from ftcore.models.embeddings import SpellingEmbedder
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import load_trained
from tests.unit.chat.test_chat_arms import make_folder


class Listener:
    """Takes note of how it is asked to draw."""

    def __init__(self) -> None:
        self.options: list[SamplingOptions] = []

    def prepare(self, _adapter, _conversations):
        """Have nothing to read ahead."""

    def stream(self, _prompt, options, *_args, **_more):
        self.options.append(options)
        yield "Hecho."


def drawn(folder: Path, task: Task, options: SamplingOptions) -> SamplingOptions:
    """Ask a tuned model of a task, and return how its words were drawn."""
    examples = (Example.from_pair("Escribe sobre el mar", "El mar es azul."),)
    index = ExampleIndex.build(examples, SpellingEmbedder())
    engine = Listener()
    manifest = load_trained(make_folder(folder, task))
    chat = TunedChat(engine, folder / "adapter.gguf", index, manifest)
    assert "".join(chat.reply([Message(Role.USER, "Escribe sobre el río")], options))
    return engine.options[0]


@pytest.mark.parametrize("task", [Task.CHAT, Task.COMPLETION])
def test_where_nobody_chose_it_draws_as_suits_the_task(tmp_path, task):
    found, usual = drawn(tmp_path, task, DEFAULT_SAMPLING), usual_sampling(task)
    assert (found.temperature, found.top_p) == (usual.temperature, usual.top_p)


@pytest.mark.parametrize("task", [Task.CHAT, Task.COMPLETION])
def test_zero_is_zero_where_somebody_chose_it(tmp_path, task):
    chosen = replace(DEFAULT_SAMPLING, temperature=0.0, is_chosen=True)
    assert drawn(tmp_path, task, chosen).temperature == 0.0


def test_texts_are_not_written_with_the_likeliest_word_alone():
    assert usual_sampling(Task.COMPLETION).temperature > 0
    assert usual_sampling(Task.CHAT) == DEFAULT_SAMPLING
