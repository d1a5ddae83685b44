"""The cases that a participant saves: questions to try every model with."""

from dataclasses import dataclass

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.formats import dataset_to_native_jsonl
from ftcore.data.questions import question_key
from ftcore.errors import EmptyCaseError, OldProjectError, UnknownCaseError
from ftcore.storage.records import SavedCaseRow
from ftcore.texts import text
from ftcore.workshop.context import Context
from ftcore.workshop.datasets import Datasets


@dataclass(frozen=True, slots=True)
class SavedCase:
    """A question with its right answer.

    Attributes:
        id: Its identifier.
        question: What is asked.
        answer: The right answer, or the right label.
        is_taught: Whether an example of the project asks the very same: a model that
            gets it right has then not shown that it generalises.
    """

    id: str
    question: str
    answer: str
    is_taught: bool

    @property
    def example(self) -> Example:
        """The case as an example."""
        return Example.from_pair(self.question, self.answer)


class Cases:
    """Verbs on the saved cases of a project, for its own participant only.

    Args:
        context: The running workshop.
        datasets: Where a case becomes an example.
    """

    def __init__(self, context: Context, datasets: Datasets) -> None:
        self._context = context
        self._store = context.store
        self._datasets = datasets

    def of(self, participant_id: str, project_id: str | None = None) -> list[SavedCase]:
        """Return the saved cases, oldest first.

        Args:
            participant_id: Who asks.
            project_id: One of their projects; the current one unless given.

        Raises:
            StepLockedError: There is no project yet.
            UnknownCaseError: The project is somebody else's.
        """
        project = self._project(participant_id, project_id)
        dataset = self._datasets.examples(participant_id)
        taught = {question_key(example) for example in dataset or ()}
        cases = [
            SavedCase(row.id, row.question, row.answer, is_taught=False)
            for row in self._store.saved_cases(project)
        ]
        return [
            SavedCase(c.id, c.question, c.answer, question_key(c.example) in taught)
            for c in cases
        ]

    def save(
        self,
        participant_id: str,
        question: str,
        answer: str,
        project_id: str | None = None,
    ) -> None:
        """Keep a case; a question that is kept already gets the new answer.

        Raises:
            EmptyCaseError: Question or answer has no words.
            StepLockedError: There is no project yet.
            UnknownCaseError: The project is somebody else's.
        """
        project = self._project(participant_id, project_id)
        asked, right = question.strip(), answer.strip()
        if not asked or not right:
            raise EmptyCaseError
        key = question_key(Example.from_pair(asked, right))
        for row in self._store.saved_cases(project):
            if question_key(Example.from_pair(row.question, row.answer)) == key:
                self._store.remove_case(row.id)
        self._store.add_case(project, asked, right)

    def remove(self, participant_id: str, case_id: str) -> None:
        """Take a case away.

        Raises:
            UnknownCaseError: There is no such case, or it is somebody else's.
        """
        self._store.remove_case(self._own(participant_id, case_id).id)

    def bring_back(self, participant_id: str, case_id: str) -> None:
        """Undo :meth:`remove`.

        Raises:
            UnknownCaseError: There is no such case, or it is somebody else's.
        """
        self._store.remove_case(self._own(participant_id, case_id).id, removed=False)

    def teach(self, participant_id: str, case_id: str) -> None:
        """Add a case to the examples of the current project, as a new version.

        Raises:
            UnknownCaseError: There is no such case, or it is somebody else's.
            OldProjectError: The participant has begun another project since.
            StepLockedError: There are no examples to add it to.
        """
        row = self._own(participant_id, case_id)
        if row.project_id != self._context.project(participant_id).id:
            raise OldProjectError
        example = Example.from_pair(row.question, row.answer)
        self._datasets.add_examples(participant_id, [example])

    def file(self, participant_id: str) -> bytes:
        """Return the cases of the current project as a ``test.jsonl``.

        Raises:
            StepLockedError: There is no project yet.
        """
        dataset = self._datasets.examples(participant_id)
        task = dataset.task if dataset else Task.CHAT
        examples = tuple(case.example for case in self.of(participant_id))
        kept = Dataset(text("cases.file_name"), task, examples)
        return dataset_to_native_jsonl(kept).encode("utf-8", "replace")

    def _own(self, participant_id: str, case_id: str) -> SavedCaseRow:
        row = self._store.saved_case(case_id)
        if row is None:
            raise UnknownCaseError(case_id=case_id)
        self._project(participant_id, row.project_id)
        return row

    def _project(self, participant_id: str, project_id: str | None) -> str:
        if project_id is None:
            return self._context.project(participant_id).id
        project = self._store.project(project_id)
        if project is None or project.participant_id != participant_id:
            raise UnknownCaseError(case_id=project_id)
        return project_id
