"""Step 6: evaluate, rate, vote, and see the rubric."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ftcore.chat.base import Arm
from ftcore.errors import (
    InvalidTokenError,
    NotYoursError,
    ScoreOutOfRangeError,
    UnknownCriterionError,
)
from ftcore.evaluation.base import Evaluation
from ftcore.grading.combine import CriterionEvidence, Rating, criterion_scores
from ftcore.grading.rubric import Grade, Rubric, load_rubric
from ftcore.jobs.evaluating import examples_to_evaluate
from ftcore.jobs.pipeline import load_evaluation
from ftcore.models.trained import held_out_examples, load_trained
from ftcore.storage.records import EvaluationRow, ProjectRow
from ftcore.tokens import CODE_SIGNS
from ftcore.training.base import JobState
from ftcore.workshop.context import Context
from ftcore.workshop.playground import Tally, count_thumbs

MANUAL_CRITERIA = ("tone", "information", "usefulness", "creativity")
CHECKLIST = ("introduction", "data", "results", "conclusions")
LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything that the rubric's page draws.

    Attributes:
        project: What is graded.
        grade: Total, level and missing criteria.
        evidence: What each criterion's value was made of.
        evaluation: Metrics of the arms; ``None`` until evaluated.
        own_ratings: The owner's judgement by criterion, 1 to 5.
        votes: How many other people have voted.
    """

    project: ProjectRow
    rubric: Rubric
    grade: Grade
    evidence: Mapping[str, CriterionEvidence]
    evaluation: Evaluation | None
    own_ratings: Mapping[str, int]
    votes: int


@dataclass(frozen=True, slots=True)
class VoteCard:
    """A project as the others see it when they vote.

    Attributes:
        project: What is voted on.
        nickname: Whose it is; may be empty.
        evaluation: Metrics of the arms, if evaluated.
        mine: What this voter has given so far, by criterion.
        is_own: Whether the voter is the owner, who may not vote.
    """

    project: ProjectRow
    nickname: str
    evaluation: Evaluation | None
    mine: Mapping[str, int]
    is_own: bool


class Results:
    """Verbs on evaluations, ratings and grades."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._store = context.store

    def start_evaluation(
        self, participant_id: str, *, only_cases: bool = False
    ) -> EvaluationRow:
        """Ask for the held-out examples to be run through every arm.

        The saved cases are asked too, apart. A second call while one is under way
        returns the same one.

        Args:
            participant_id: Whose newest model.
            only_cases: Ask the saved cases alone; what the exam found stays.

        Raises:
            StepLockedError: Nothing has been trained yet.
            NothingToEvaluateError: Nothing was held out.
        """
        _project, job, folder = self._context.require_model(participant_id)
        if not only_cases:
            examples_to_evaluate(folder)
        latest = self._store.latest_evaluation(job.id)
        if latest is not None and not JobState(latest.state).is_final:
            return latest
        kept = latest.payload if latest is not None and only_cases else None
        return self._store.add_evaluation(job.id, only_cases=only_cases, payload=kept)

    def cases_evaluation(self, participant_id: str) -> Evaluation | None:
        """Return what the newest model made of the saved cases, if it was asked."""
        row = self.evaluation_row(participant_id)
        return Evaluation.from_json(row.cases) if row and row.cases else None

    def thumbs(self, participant_id: str) -> dict[Arm, Tally]:
        """Return the thumbs that the newest model's arms got in the playground."""
        _project, job, _folder = self._context.require_model(participant_id)
        return count_thumbs(self._store.trials(job.id))

    def evaluation_row(self, participant_id: str) -> EvaluationRow | None:
        """Return the newest evaluation of the participant's newest model."""
        _project, job, _folder = self._context.require_model(participant_id)
        return self._store.latest_evaluation(job.id)

    def questions(self, participant_id: str) -> int:
        """Return how many held-out examples the newest model can be asked."""
        _project, _job, folder = self._context.require_model(participant_id)
        return len(held_out_examples(folder))

    def is_one_by_one(self, participant_id: str) -> bool:
        """Whether each question is asked of a model that was trained without it."""
        _project, _job, folder = self._context.require_model(participant_id)
        return load_trained(folder).is_one_by_one

    def evaluations_ahead(self, row: EvaluationRow) -> int:
        """Return how many evaluations are served before this one."""
        ids = [active.id for active in self._store.active_evaluations()]
        return ids.index(row.id) if row.id in ids else 0

    def rate(self, participant_id: str, criterion: str, value: int) -> None:
        """Keep the owner's judgement of the own model, 1 to 5.

        Raises:
            UnknownCriterionError: Not one of the manual criteria.
            ScoreOutOfRangeError: Not 1 to 5.
        """
        project = self._context.project(participant_id)
        _check_rating(criterion, value, MANUAL_CRITERIA)
        self._store.rate(project.id, participant_id, criterion, value)

    def tick_checklist(self, participant_id: str, item: str, done: bool) -> None:
        """Note that a part of the presentation is ready, or is not."""
        project = self._context.project(participant_id)
        if item not in CHECKLIST:
            raise UnknownCriterionError(name=item, available=", ".join(CHECKLIST))
        checklist = {**project.checklist, item: done}
        self._store.update_project(project.id, checklist=checklist)

    def dashboard(self, participant_id: str) -> Dashboard:
        """Return the rubric's state for the participant's current project.

        Raises:
            StepLockedError: There is no project yet.
        """
        project = self._context.project(participant_id)
        return self._dashboard(project)

    def voting_code(self, participant_id: str) -> str:
        """Return the short code by which others find the project to vote on."""
        return self._context.signer.project_code(
            self._context.project(participant_id).id
        )

    def vote_card(self, voter_id: str, code: str | None) -> VoteCard:
        """Return the project behind a voting code.

        Raises:
            InvalidTokenError: No project has this code.
        """
        project = self._project_of(code)
        owner = self._store.see_participant(project.participant_id)
        mine = {
            r.criterion: r.value
            for r in self._store.ratings(project.id)
            if r.rater_id == voter_id
        }
        return VoteCard(
            project,
            owner.nickname,
            self._evaluation(project),
            mine,
            is_own=voter_id == project.participant_id,
        )

    def vote(self, voter_id: str, code: str | None, values: Mapping[str, int]) -> None:
        """Keep somebody else's vote; voting again changes it.

        Raises:
            InvalidTokenError: No project has this code.
            NotYoursError: The voter is the owner.
            UnknownCriterionError: Not a criterion of the rubric.
            ScoreOutOfRangeError: Not 1 to 5.
        """
        project = self._project_of(code)
        if voter_id == project.participant_id:
            raise NotYoursError(noun="vote")
        criteria = tuple(criterion.id for criterion in load_rubric().criteria)
        for criterion, value in values.items():
            _check_rating(criterion, value, criteria)
        self._store.see_participant(voter_id)
        for criterion, value in values.items():
            self._store.rate(project.id, voter_id, criterion, value)

    def grade_of(self, project: ProjectRow) -> Dashboard:
        """Return the rubric's state for any project; for the facilitator."""
        return self._dashboard(project)

    def _project_of(self, code: str | None) -> ProjectRow:
        # People type small letters, spaces and hyphens; none of them is a sign.
        typed = "".join(sign for sign in (code or "").upper() if sign in CODE_SIGNS)
        for project in self._store.projects():
            if self._context.signer.project_code(project.id) == typed:
                return project
        raise InvalidTokenError(reason="forged" if code else "missing")

    def _evaluation(self, project: ProjectRow) -> Evaluation | None:
        job = self._context.model_job(project)
        if job is None or job.model_dir is None:
            return None
        latest = self._store.latest_evaluation(job.id)
        if latest is not None and latest.payload is not None:
            return Evaluation.from_json(latest.payload)
        return load_evaluation(Path(job.model_dir))

    def _dashboard(self, project: ProjectRow) -> Dashboard:
        rows = self._store.ratings(project.id)
        own = [r for r in rows if r.rater_id == project.participant_id]
        others = [r for r in rows if r.rater_id != project.participant_id]
        evaluation = self._evaluation(project)
        ready = sum(bool(project.checklist.get(item)) for item in CHECKLIST)
        evidence = criterion_scores(
            evaluation,
            [Rating(r.rater_id, r.criterion, r.value) for r in own],
            [Rating(r.rater_id, r.criterion, r.value) for r in others],
            presentation_checklist=ready / len(CHECKLIST) if ready else None,
        )
        rubric = load_rubric()
        scores = {name: e.value for name, e in evidence.items() if e.value is not None}
        return Dashboard(
            project,
            rubric,
            rubric.grade(scores),
            evidence,
            evaluation,
            {r.criterion: r.value for r in own},
            len({r.rater_id for r in others}),
        )


def _check_rating(criterion: str, value: int, allowed: tuple[str, ...]) -> None:
    if criterion not in allowed:
        raise UnknownCriterionError(name=criterion, available=", ".join(allowed))
    if not LOWEST <= value <= HIGHEST:
        raise ScoreOutOfRangeError(
            value=value, criterion=criterion, minimum=LOWEST, maximum=HIGHEST
        )
