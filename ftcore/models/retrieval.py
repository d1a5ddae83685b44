"""Find the examples nearest to a question."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np

from ftcore.data.examples import Example, Role
from ftcore.data.questions import question_key
from ftcore.models.embeddings import Embedder, Vectors, embedder_by_name
from ftcore.models.form import Forms, names_a_thing
from ftcore.models.lexical import LexicalIndex
from ftcore.models.spelling import Speller, without_opening
from ftcore.models.trained import EXAMPLES, INDEX, load_examples, load_trained
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

UNRELATED_FILE = ASSETS / "training" / "out_of_scope.yaml"
LEXICAL_WEIGHT = 0.15  # of shared letters, among texts and labels
QUESTION_LEXICAL_WEIGHT = 0.05  # among questions, whose spelling is corrected first
USUAL_WEIGHT = 0.4  # of what an example resembles any question
BEFORE_WEIGHT = 0.3  # of a follow-up read together with the question before it
DOUBT_WEIGHT = 0.06  # of another thing in the same form
DOUBTED = 8  # examples; more are never shown
LEXICAL_LIMIT = 5000  # beyond so many examples the letters cost too much memory


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An example near to a question.

    Attributes:
        example: The example.
        similarity: How sure it is that it answers the question; see
            :meth:`ExampleIndex.nearest`.
        position: Its place in the index.
    """

    example: Example
    similarity: float
    position: int


def index_text(example: Example) -> str:
    """Return what an example is indexed by: its last question and its answer.

    Indexing question and answer together found the right example first in 70 % and
    83 % of two harder question sets, against 27 % and 39 % for the question alone
    (development figures with multilingual-e5-small).
    """
    return f"{last_question(example)}\n{example.target}"


def index_texts(examples: Sequence[Example], *, answers: bool) -> list[str]:
    """Return all that :meth:`ExampleIndex.build` turns into vectors, as passages.

    Args:
        examples: What is searched.
        answers: Whether the examples answer questions; false if they label texts.
    """
    both = [index_text(example) for example in examples]
    return both + [last_question(example) for example in examples if answers]


def last_question(example: Example) -> str:
    """Return the user message that the answer follows."""
    turns = [m.content for m in example.prompt_messages if m.role is Role.USER]
    return turns[-1] if turns else ""


@cache
def unrelated_questions() -> tuple[str, ...]:
    """Return questions that hardly any workshop project is about."""
    return tuple(read_yaml(UNRELATED_FILE))


@dataclass(frozen=True, slots=True)
class ExampleIndex:
    """Examples with their vectors, one row each.

    Attributes:
        examples: The examples, in dataset order.
        vectors: Of question and answer together: float32 unit rows, shape
            ``(len(examples), dim)``.
        embedder: Makes the vectors of questions.
        questions: Of the questions alone, alike; ``None`` where texts are labelled,
            not answered.
        usual: What each example resembles questions about anything, on average;
            worked out if ``None``, zeros where texts are labelled.
        lexical: Finds shared letters; ``None`` in very large sets.
    """

    examples: tuple[Example, ...]
    vectors: Vectors
    embedder: Embedder
    questions: Vectors | None = None
    usual: Vectors | None = None
    lexical: LexicalIndex | None = field(init=False, repr=False, compare=False)
    _speller: Speller = field(init=False, repr=False, compare=False)
    _forms: Forms = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        fits = len(self.examples) <= LEXICAL_LIMIT
        texts = [index_text(example) for example in self.examples]
        asked = [last_question(example) for example in self.examples]
        derived = {
            "lexical": LexicalIndex(texts) if fits else None,
            "_speller": Speller(texts),
            "_forms": Forms.of(asked, texts),
            "usual": self._usual() if self.usual is None else self.usual,
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def _usual(self) -> Vectors:
        if self.questions is None or not self.examples:
            return np.zeros(len(self.examples), dtype=np.float32)
        both = (self.vectors + self.questions) / 2
        unrelated = self.embedder.query(unrelated_questions())
        found: Vectors = (unrelated @ both.T).mean(axis=0)
        return found

    @classmethod
    def build(
        cls, examples: Sequence[Example], embedder: Embedder, *, answers: bool = True
    ) -> "ExampleIndex":
        """Embed the examples.

        Args:
            examples: What is searched.
            embedder: Makes the vectors.
            answers: Whether the examples answer questions; false if they label texts.
        """
        vectors = embedder.passage(index_texts(examples, answers=answers))
        questions = vectors[len(examples) :] if answers else None
        return cls(tuple(examples), vectors[: len(examples)], embedder, questions)

    @classmethod
    def load(cls, folder: Path, *, include_held_out: bool = True) -> "ExampleIndex":
        """Read the index of a trained model's folder.

        Args:
            folder: Model folder.
            include_held_out: Leave out the held-out examples when false, as an
                honest evaluation must.
        """
        stored = load_examples(folder / EXAMPLES)
        with np.load(folder / INDEX, allow_pickle=False) as archive:
            vectors = np.asarray(archive["vectors"], dtype=np.float32)
            questions, usual = archive.get("questions"), archive.get("usual")
        embedder = embedder_by_name(load_trained(folder).embedder)
        keep = [i for i, s in enumerate(stored) if include_held_out or not s.held_out]
        return cls(
            tuple(stored[i].example for i in keep),
            vectors[keep],
            embedder,
            None if questions is None else questions[keep],
            None if usual is None else usual[keep],
        )

    def only(self, rows: Sequence[int]) -> "ExampleIndex":
        """Return the index of some of its examples, by their places."""
        kept = list(rows)
        return ExampleIndex(
            tuple(self.examples[row] for row in kept),
            self.vectors[kept],
            self.embedder,
            None if self.questions is None else self.questions[kept],
            None if self.usual is None else self.usual[kept],
        )

    def without(self, key: str) -> "ExampleIndex":
        """Return the index without the examples of one question (``question_key``)."""
        return self.only(
            [i for i, e in enumerate(self.examples) if question_key(e) != key]
        )

    def save(self, folder: Path) -> None:
        """Write the vectors into a model folder."""
        if self.questions is None or self.usual is None:
            np.savez(folder / INDEX, vectors=self.vectors)
            return
        np.savez(
            folder / INDEX,
            vectors=self.vectors,
            questions=self.questions,
            usual=self.usual,
        )

    def scores(self, questions: Sequence[str]) -> Vectors:
        """Return the likeness of each question to each example, to rank them.

        Where examples answer questions, the question is searched without its greeting
        and with the examples' spelling, among questions with their answers and among
        questions alone, less what an example resembles questions about anything (some
        do, and would come first too often), plus shared letters. Where they label
        texts: the cosine of meaning plus 0.15 times the cosine of shared letters. How
        much each part brings: ``docs/decisions/training-defaults.md``.

        Args:
            questions: Texts as people write them.

        Returns:
            Float32 rows, shape ``(len(questions), len(examples))``.
        """
        return self._compared(questions)[0]

    def certainties(self, questions: Sequence[str]) -> Vectors:
        """Return for each question how sure its nearest example is to answer it."""
        ranks, sure = self._compared(questions)
        return np.take_along_axis(sure, ranks.argmax(axis=1)[:, None], axis=1)[:, 0]

    def nearest(
        self, question: str, count: int = 1, before: str = ""
    ) -> list[Neighbour]:
        """Return the ``count`` examples nearest to ``question``, nearest first.

        The similarity of a neighbour is the cosine of meaning of the question and the
        example (question and answer), less 0.06 times the doubt that it asks for
        another thing in the same form (:meth:`Forms.doubt`); among labelled texts, the
        score.

        Args:
            question: What is asked.
            count: How many are wanted.
            before: The question before it, where it is a follow-up. Both together
                help to choose; how sure the choice is, the follow-up alone says,
                unless it names nothing at all.
        """
        if not self.examples or not question.strip():
            return []
        ranks, sure = self._compared([question])
        if before.strip():
            with_it, sure_with_it = self._compared([f"{before} {question}"])
            ranks = ranks + BEFORE_WEIGHT * with_it
            sure = sure if names_a_thing(question) else np.maximum(sure, sure_with_it)
        order = np.argsort(-ranks[0], kind="stable")[:count]
        return [Neighbour(self.examples[i], float(sure[0, i]), int(i)) for i in order]

    def _compared(self, questions: Sequence[str]) -> tuple[Vectors, Vectors]:
        """Return scores and certainties, one row a question."""
        if self.questions is None:
            meaning = self.embedder.query(questions) @ self.vectors.T
            ranks = meaning + np.float32(LEXICAL_WEIGHT) * self._letters(questions)
            return ranks, ranks
        asked = [self._speller.corrected(without_opening(q)) for q in questions]
        vectors = self.embedder.query(asked)
        meaning = vectors @ self.vectors.T
        ranks = (meaning + vectors @ self.questions.T) / 2
        if self.usual is not None:
            ranks = ranks - np.float32(USUAL_WEIGHT) * self.usual
        ranks = ranks + np.float32(QUESTION_LEXICAL_WEIGHT) * self._letters(asked)
        return ranks, meaning - DOUBT_WEIGHT * self._doubts(asked, ranks)

    def _letters(self, questions: Sequence[str]) -> Vectors:
        if self.lexical is None:
            return np.zeros((len(questions), len(self.examples)), dtype=np.float32)
        return np.stack([self.lexical.scores(question) for question in questions])

    def _doubts(self, questions: Sequence[str], ranks: Vectors) -> Vectors:
        """Return the doubts of each question about the few examples nearest to it."""
        doubts = np.zeros_like(ranks)
        for row, question in enumerate(questions):
            for place in np.argsort(-ranks[row], kind="stable")[:DOUBTED]:
                doubts[row, place] = self._forms.doubt(question, int(place))
        return doubts
