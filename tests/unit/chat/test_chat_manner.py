"""How the compared draw their words: as suits the task, unless somebody chose."""

from dataclasses import replace
from pathlib import Path

import pytest

from ftcore.chat.base import DEFAULT_SAMPLING, Arm, SamplingOptions, usual_sampling
from ftcore.chat.baselines import BaseChat, FewShotChat
from ftcore.chat.manner import Manner
from ftcore.chat.tuned import TunedChat
from ftcore.data.examples import Example, Message, Role, Task
from ftcore.models.embeddings import SpellingEmbedder
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import load_trained
from tests.unit.chat.test_chat_arms import make_folder

WRITERS = (Arm.BASE, Arm.FEW_SHOT, Arm.TUNED, Arm.TUNED_FEW_SHOT)
THINGS = ("mar", "cielo", "lago", "bosque", "monte", "prado", "valle")


class Listener:
    """Takes note of how it is asked to draw."""

    def __init__(self) -> None:
        self.options: list[SamplingOptions] = []

    def prepare(self, _adapter, _conversations):
        """Have nothing to read ahead."""

    def stream(self, _prompt, options, *_args, **_more):
        self.options.append(options)
        yield "Hecho."


def drawn(
    folder: Path, task: Task, options: SamplingOptions, arm: Arm = Arm.TUNED
) -> SamplingOptions:
    """Ask an arm of a model of a task, and return how its words were drawn."""
    texts = [(f"Escribe sobre el {what}", f"El {what} es azul.") for what in THINGS]
    index = ExampleIndex.build(
        [Example.from_pair(*pair) for pair in texts], SpellingEmbedder()
    )
    engine = Listener()
    manifest = load_trained(make_folder(folder, task))
    plain, taught = Manner(task=task), Manner.of_tuned(manifest, index)
    adapter = folder / "adapter.gguf"
    chats = {
        Arm.BASE: lambda: BaseChat(engine, plain),
        Arm.FEW_SHOT: lambda: FewShotChat(engine, index, plain),
        Arm.TUNED: lambda: TunedChat(engine, adapter, index, manifest),
        Arm.TUNED_FEW_SHOT: lambda: FewShotChat(engine, index, taught, adapter=adapter),
    }
    chat = chats[arm]()
    assert "".join(chat.reply([Message(Role.USER, "Escribe sobre el río")], options))
    return engine.options[0]


@pytest.mark.parametrize("task", [Task.CHAT, Task.COMPLETION])
@pytest.mark.parametrize("arm", WRITERS)
def test_where_nobody_chose_all_draw_as_suits_the_task(tmp_path, task, arm):
    found, usual = drawn(tmp_path, task, DEFAULT_SAMPLING, arm), usual_sampling(task)
    assert (found.temperature, found.top_p) == (usual.temperature, usual.top_p)


@pytest.mark.parametrize("task", [Task.CHAT, Task.COMPLETION])
@pytest.mark.parametrize("arm", WRITERS)
def test_zero_is_zero_where_somebody_chose_it(tmp_path, task, arm):
    chosen = replace(DEFAULT_SAMPLING, temperature=0.0, is_chosen=True)
    assert drawn(tmp_path, task, chosen, arm).temperature == 0.0


@pytest.mark.parametrize(
    ("arm", "penalty"),
    [
        (Arm.BASE, 1.05),
        (Arm.FEW_SHOT, 1.0),
        (Arm.TUNED, 1.0),
        (Arm.TUNED_FEW_SHOT, 1.0),
    ],
)
def test_whoever_is_shown_examples_may_say_their_words(tmp_path, arm, penalty):
    found = drawn(tmp_path, Task.CHAT, DEFAULT_SAMPLING, arm)
    assert found.repeat_penalty == penalty
    chosen = replace(DEFAULT_SAMPLING, repeat_penalty=1.2)
    assert drawn(tmp_path, Task.CHAT, chosen, arm).repeat_penalty == 1.2


@pytest.mark.parametrize("arm", WRITERS)
def test_only_what_was_taught_is_guided(tmp_path, arm):
    is_taught = arm in {Arm.TUNED, Arm.TUNED_FEW_SHOT}
    chat = drawn(tmp_path, Task.CHAT, DEFAULT_SAMPLING, arm)
    text = drawn(tmp_path, Task.COMPLETION, DEFAULT_SAMPLING, arm)
    assert (bool(chat.source), bool(text.form)) == (is_taught, is_taught)
    assert not chat.form
    assert not text.source


def test_texts_are_not_written_with_the_likeliest_word_alone():
    assert usual_sampling(Task.COMPLETION).temperature > 0
    assert usual_sampling(Task.CHAT) == DEFAULT_SAMPLING
