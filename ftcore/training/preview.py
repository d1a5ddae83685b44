"""Show beforehand what a training will read: the questions as it asks them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from ftcore.data.examples import Example, Message
from ftcore.models.prompting import conversation
from ftcore.models.retrieval import last_question
from ftcore.training.augment import greetings
from ftcore.training.base import TrainingConfig
from ftcore.training.examples import plan_lessons, with_question

_SIGNS = re.compile(r"[¿?¡!.,;:]")
_MARKS = re.compile(r"[\u0300-\u0302\u0304-\u036f]")  # but not the tilde of ñ
_ALIKE = 0.75  # of a greeting with a slip and the greeting
_SAME_WORD = 0.6  # of a word with a slip and the word
MOST_VARIANTS = 3


class Change(StrEnum):
    """A kind of change between a question and how the training asks it."""

    CASE = "case"
    ACCENTS = "accents"
    SIGNS = "signs"
    GREETING = "greeting"
    SLIP = "slip"
    SHORTER = "shorter"


@dataclass(frozen=True, slots=True)
class Variant:
    """A question as the training asks it, and what was changed."""

    question: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class QuestionPreview:
    """A participant's own question, and some of the ways in which it is asked."""

    question: str
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class LessonPreview:
    """What a training will read.

    Attributes:
        questions: Some of the participant's questions, with their variants.
        conversation: One whole conversation, as the model sees it; the last message
            is the answer that it learns.
        shows_example: Whether it shows an example before the question.
    """

    questions: tuple[QuestionPreview, ...]
    conversation: tuple[Message, ...]
    shows_example: bool


@dataclass(frozen=True, slots=True)
class _Shown:
    """One conversation, before it becomes tokens."""

    example: Example
    question: str
    context: tuple[Example, ...]


class _Recorder:
    """Stands for the encoder: keeps what it is asked to encode."""

    def encode(
        self, example: Example, question: str, context: Sequence[Example] = ()
    ) -> _Shown:
        """Return what was asked for."""
        return _Shown(example, question, tuple(context))


def preview_lessons(
    train: Sequence[Example], config: TrainingConfig, system_prompt: str, count: int
) -> LessonPreview:
    """Return what a training with ``config`` will read.

    It is planned by the training's own code with the training's own seed, so it is
    what will be read, not something like it.

    Args:
        train: Examples that train, in their order.
        config: Complete configuration.
        system_prompt: What opens the conversations.
        count: Questions to show.
    """
    plan = plan_lessons(_Recorder(), config)
    shown = [one for epoch in plan.epochs(train, config.epochs) for one in epoch]
    asked = [_asked(example, shown) for example in train]
    order = sorted(range(len(train)), key=lambda at: -len(asked[at]))
    telling = [_questions(train[at], asked[at]) for at in order[:count]]
    first = _telling_lesson(shown)
    turns = with_question(first.example, first.question).prompt_messages
    answer = first.example.messages[-1]
    return LessonPreview(
        tuple(telling),
        (*conversation(system_prompt, turns, first.context), answer),
        bool(first.context),
    )


def _telling_lesson(shown: Sequence[_Shown]) -> _Shown:
    """Return a conversation whose question differs from its example's, if any does."""
    for one in shown:
        if one.question != last_question(one.example):
            return one
    return shown[0]


def _asked(example: Example, shown: Sequence[_Shown]) -> list[str]:
    """Return the other ways in which an example is asked, each once, in order."""
    question = last_question(example)
    found = (one.question for one in shown if one.example is example)
    return [asked for asked in dict.fromkeys(found) if asked != question]


def _questions(example: Example, asked: Sequence[str]) -> QuestionPreview:
    question = last_question(example)
    shown = asked[:MOST_VARIANTS]
    variants = [Variant(one, changes_of(question, one)) for one in shown]
    return QuestionPreview(question, tuple(variants))


def changes_of(question: str, variant: str) -> tuple[Change, ...]:
    """Return the kinds of change that make ``variant`` of ``question``."""
    asked, greeted = _without_greeting(question, variant)
    before, after = _words(question), _words(asked)
    changes = [Change.GREETING] if greeted else []
    if _letters(question) != _letters(question).lower() and asked == asked.lower():
        changes.append(Change.CASE)
    if _accents(asked) == 0 and _has_bare_word(question, after):
        changes.append(Change.ACCENTS)
    if len(_SIGNS.findall(question)) > 0 and not _SIGNS.findall(asked):
        changes.append(Change.SIGNS)
    if len(after) < len(before):
        changes.append(Change.SHORTER)
    if _has_slip(before, after):
        changes.append(Change.SLIP)
    return tuple(changes)


def _without_greeting(question: str, variant: str) -> tuple[str, bool]:
    """Return the variant without the greeting before it, and whether there was one."""
    own = _words(question)
    for greeting in sorted(greetings(), key=len, reverse=True):
        words = len(greeting.split())
        opening = " ".join(variant.split()[:words])
        likeness = _ratio(greeting.lower(), opening.lower())
        asked = " ".join(question.split()[:words])
        if likeness < max(_ALIKE, _ratio(asked.lower(), opening.lower())):
            continue  # '¿Cuános días' is more like its own '¿Cuántos días'
        if own[:words] != _words(greeting):
            return " ".join(variant.split()[words:]), True
    return variant, False


def _has_bare_word(question: str, after: Sequence[str]) -> bool:
    """Whether a word is there without its accents; a slip may take the only letter."""
    accented = [word for word in question.split() if _accents(word)]
    return any(plain in after for word in accented for plain in _words(word))


def _has_slip(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether a word was misspelt: it is none of the question's, but like one.

    A word that is there twice may be misspelt once.
    """
    strange = Counter(after) - Counter(before)
    missing = Counter(before) - Counter(after)
    return any(_ratio(a, b) >= _SAME_WORD for a in strange for b in missing)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _letters(words: str) -> str:
    return "".join(filter(str.isalpha, words))


def _accents(words: str) -> int:
    return len(_MARKS.findall(unicodedata.normalize("NFD", words)))


def _words(sentence: str) -> list[str]:
    """Return the words, whatever their case, accents and signs."""
    plain = _MARKS.sub("", unicodedata.normalize("NFD", sentence.lower()))
    return _SIGNS.sub(" ", unicodedata.normalize("NFC", plain)).split()
