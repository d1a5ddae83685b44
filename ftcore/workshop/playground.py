"""Step 5: talk to the model, for its own participant only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ftcore.chat.arms import available_arms, open_arm, open_label_arm
from ftcore.chat.base import (
    DEFAULT_SAMPLING,
    Arm,
    ReplyTrace,
    SamplingOptions,
    Verdict,
)
from ftcore.data.examples import Message, Task
from ftcore.data.templates import load_template
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import load_trained
from ftcore.tokens import PlaygroundClaim
from ftcore.workshop.context import Context

SUGGESTIONS = 3


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
        """Return what the playground of a claim shows.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        folder = self._context.own_model(claim.participant_id, claim.model_id)
        model = load_trained(folder)
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
    ) -> Iterator[str]:
        """Stream the answer of one arm; ``trace`` takes note of what it cost.

        Raises:
            NotYoursError: The model belongs to somebody else.
            ChatFailedError: The engine gave no answer.
        """
        folder = self._context.own_model(claim.participant_id, claim.model_id)
        model = open_arm(folder, arm, self._context.engines)
        yield from model.reply(messages, options, trace)

    def labels(
        self, claim: PlaygroundClaim, text: str
    ) -> Mapping[Arm, Mapping[str, float]]:
        """Return the probabilities of the classes, from every arm that has any.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        found = self.verdicts(claim, text)
        return {arm: verdict.chances for arm, verdict in found.items()}

    def verdicts(self, claim: PlaygroundClaim, text: str) -> Mapping[Arm, Verdict]:
        """Return what every arm says of a text, with its doubts.

        Raises:
            NotYoursError: The model belongs to somebody else.
        """
        folder = self._context.own_model(claim.participant_id, claim.model_id)
        arms = available_arms(load_trained(folder))
        return {arm: open_label_arm(folder, arm).judge(text) for arm in arms}
