"""Step 5: talk to the model, for its own participant only."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from ftcore.chat.arms import (
    available_arms,
    open_arm,
    open_label_arm,
    prepare_tuned,
)
from ftcore.chat.base import (
    DEFAULT_SAMPLING,
    Arm,
    ReplyTrace,
    SamplingOptions,
    Verdict,
)
from ftcore.data.examples import Message, Role, Task
from ftcore.data.templates import load_template
from ftcore.errors import UnknownTrialError
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import load_trained
from ftcore.storage.records import TrialRow
from ftcore.tokens import PlaygroundClaim
from ftcore.workshop.context import Context

SUGGESTIONS = 3

Tally = tuple[int, int]  # answers liked, answers judged


@dataclass(frozen=True, slots=True)
class PlaygroundInfo:
    """What a playground shows before the first question.

    Attributes:
        task: What the model does.
        title: Name of the project.
        arms: Who can answer.
        sample_questions: Questions to try, at most three.
        labels: The classes of a classifier.
    """

    task: Task
    title: str
    arms: tuple[Arm, ...]
    sample_questions: tuple[str, ...]
    labels: tuple[str, ...]


class Playground:
    """Verbs of the chat; each proves first that the model is the participant's."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def token(self, participant_id: str) -> str:
        """Return a signed, expiring token for the participant's newest model.

        Raises:
            StepLockedError: Nothing has been trained yet.
        """
        _project, job, _folder = self._context.require_model(participant_id)
        return self._context.signer.mint_playground(participant_id, job.id)

    def claim(self, token: str | None) -> PlaygroundClaim:
        """Return what a token allows.

        Raises:
            InvalidTokenError: It is missing, forged or expired.
        """
        ttl = self._context.settings.token_ttl_seconds
        return self._context.signer.read_playground(token, ttl)

    def info(self, claim: PlaygroundClaim) -> PlaygroundInfo:
        """Return what the playground of a claim shows, and prepare its model.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        folder = self._context.own_model(claim.participant_id, claim.model_id)
        model = load_trained(folder)
        prepare_tuned(folder, self._context.engines)
        job = self._context.store.job(claim.model_id)
        project = self._context.store.project(job.project_id) if job else None
        if project is not None and project.template:
            questions = load_template(project.template).sample_questions
        else:
            index = ExampleIndex.load(folder)
            questions = tuple(example.prompt for example in index.examples)
        return PlaygroundInfo(
            model.task,
            model.title,
            available_arms(model),
            tuple(questions[:SUGGESTIONS]),
            model.labels,
        )

    def chat(
        self,
        claim: PlaygroundClaim,
        arm: Arm,
        messages: Sequence[Message],
        options: SamplingOptions = DEFAULT_SAMPLING,
        trace: ReplyTrace | None = None,
    ) -> Generator[str]:
        """Stream the answer of one arm; ``trace`` takes note of what it cost.

        Raises:
            NotYoursError: The model belongs to somebody else.
            ChatFailedError: The engine gave no answer.
        """
        folder = self._context.own_model(claim.participant_id, claim.model_id)
        model = open_arm(folder, arm, self._context.engines)
        yield from model.reply(messages, options, trace)

    def verdicts(self, claim: PlaygroundClaim, text: str) -> Mapping[Arm, Verdict]:
        """Return what every arm says of a text, with its doubts.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        folder = self._context.own_model(claim.participant_id, claim.model_id)
        arms = available_arms(load_trained(folder))
        engines = self._context.engines
        return {arm: open_label_arm(folder, arm, engines).judge(text) for arm in arms}

    # --- what was answered --------------------------------------------------------

    def keep(
        self,
        claim: PlaygroundClaim,
        arm: Arm,
        question: str,
        answer: str,
        options: SamplingOptions = DEFAULT_SAMPLING,
        trace: ReplyTrace | None = None,
    ) -> TrialRow:
        """Add an answer to the conversation, so that a reload does not lose it.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        self._context.own_model(claim.participant_id, claim.model_id)
        return self._context.store.add_trial(
            claim.model_id,
            arm=arm.value,
            question=question,
            answer=answer,
            options=asdict(options),
            trace=asdict(trace or ReplyTrace()),
        )

    def conversation(self, claim: PlaygroundClaim) -> dict[Arm, list[TrialRow]]:
        """Return the last conversation with a model: each arm's answers, oldest first.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        found: dict[Arm, list[TrialRow]] = {}
        for row in self._trials(claim):
            if row.left_at is None:
                found.setdefault(Arm(row.arm), []).append(row)
        return found

    def tallies(self, claim: PlaygroundClaim) -> dict[Arm, Tally]:
        """Return, for each arm with thumbs, how many are up and how many there are.

        Answers that left the conversation count too: the thumb was given.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        return count_thumbs(self._trials(claim))

    def like(self, claim: PlaygroundClaim, trial_id: str, liked: bool | None) -> None:
        """Keep a thumb up or down, or take it back with ``None``.

        Raises:
            NotYoursError: The model belongs to somebody else.
            UnknownTrialError: The model gave no such answer.
        """
        self._own_trial(claim, trial_id)
        self._context.store.like_trial(trial_id, liked)

    def replace(self, claim: PlaygroundClaim, trial_id: str) -> None:
        """Take an answer out of the conversation, because another one follows.

        Raises:
            NotYoursError: The model belongs to somebody else.
            UnknownTrialError: The model gave no such answer.
        """
        self._own_trial(claim, trial_id)
        self._context.store.leave_trials(claim.model_id, trial_id)

    def clear(self, claim: PlaygroundClaim) -> None:
        """Begin the conversation anew; thumbs are kept.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        self._context.own_model(claim.participant_id, claim.model_id)
        self._context.store.leave_trials(claim.model_id)

    def undo_clear(self, claim: PlaygroundClaim) -> None:
        """Bring back the conversation that was cleared last.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        self._context.own_model(claim.participant_id, claim.model_id)
        self._context.store.return_trials(claim.model_id)

    def draft_case(self, claim: PlaygroundClaim) -> tuple[str, str]:
        """Return the last question and the answer to propose as the right one.

        It is the answer that the participant liked, or else the nearest example's.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        folder = self._context.own_model(claim.participant_id, claim.model_id)
        trials = [row for row in self._trials(claim) if row.left_at is None]
        if not trials:
            return "", ""
        question = trials[-1].question
        liked = [r.answer for r in trials if r.liked and r.question == question]
        if liked:
            return question, liked[-1]
        nearest = open_arm(folder, Arm.NEAREST, self._context.engines)
        return question, "".join(nearest.reply([Message(Role.USER, question)]))

    def project_id(self, claim: PlaygroundClaim) -> str:
        """Return the project that a claim's model belongs to.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        self._context.own_model(claim.participant_id, claim.model_id)
        job = self._context.store.job(claim.model_id)
        return job.project_id if job else ""

    def _trials(self, claim: PlaygroundClaim) -> list[TrialRow]:
        self._context.own_model(claim.participant_id, claim.model_id)
        return self._context.store.trials(claim.model_id)

    def _own_trial(self, claim: PlaygroundClaim, trial_id: str) -> None:
        self._context.own_model(claim.participant_id, claim.model_id)
        row = self._context.store.trial(trial_id)
        if row is None or row.job_id != claim.model_id:
            raise UnknownTrialError(trial_id=trial_id)


def count_thumbs(trials: Iterable[TrialRow]) -> dict[Arm, Tally]:
    """Return, for each arm with thumbs, how many are up and how many there are."""
    found: dict[Arm, Tally] = {}
    for row in trials:
        if row.liked is not None:
            up, given = found.get(Arm(row.arm), (0, 0))
            found[Arm(row.arm)] = up + row.liked, given + 1
    return found
