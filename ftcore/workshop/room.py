"""The facilitator's view of everybody, and the links that join the room."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from ftcore.storage.records import ParticipantRow
from ftcore.training.base import JobState
from ftcore.workshop.context import Context
from ftcore.workshop.projects import Projects
from ftcore.workshop.queue import NOWHERE, Place, RoomQueue
from ftcore.workshop.results import Results
from ftcore.workshop.steps import Step


@dataclass(frozen=True, slots=True)
class ParticipantProgress:
    """One line of the facilitator's table.

    Attributes:
        nickname: Name chosen; may be empty.
        project_name: Name of the current project; empty before step 1.
        use_case: Id of the use case; ``None`` before step 1.
        reached: The step they are at.
        examples: Rows of the current dataset.
        job_state: State of the newest job.
        job_progress: Share of it done, 0 to 1.
        position: Place in the queue, from 1; 0 if not waiting.
        seconds_to_start: Forecast of its wait, in seconds; 0 if not waiting.
        seconds_to_end: Forecast of the time until it ends; 0 if not waiting.
        total: Total of the rubric so far, 0 to 100; ``None`` before any mark.
        is_complete: Whether the total covers every criterion.
        votes: How many people voted.
    """

    nickname: str
    project_name: str
    use_case: str | None
    reached: Step
    examples: int
    job_state: JobState | None
    job_progress: float
    position: int
    seconds_to_start: float
    seconds_to_end: float
    total: float | None
    is_complete: bool
    votes: int


class Room:
    """Verbs of the facilitator, and links."""

    def __init__(
        self,
        context: Context,
        projects: Projects,
        results: Results,
        queue: RoomQueue,
        password: str,
    ) -> None:
        self._context = context
        self._projects = projects
        self._results = results
        self._queue = queue
        self._password = password

    def is_facilitator(self, password: str) -> bool:
        """Say whether the password opens the facilitator's view, in constant time."""
        return hmac.compare_digest(password.encode(), self._password.encode())

    def progress(self) -> list[ParticipantProgress]:
        """Return where everybody is, first come first; people without a name too."""
        places = self._queue.places()
        people = self._context.store.participants()
        return [
            self._line(person, places) for person in people if self._took_part(person)
        ]

    def resume_path(self, participant_id: str) -> str:
        """Return the path and query of the link that restores an identity elsewhere."""
        return f"/?clave={self._context.signer.sign_link(participant_id)}"

    def _took_part(self, person: ParticipantRow) -> bool:
        # Voters and passers-by have a row too, but nothing to follow.
        has_project = self._context.store.current_project(person.id) is not None
        return bool(person.nickname) or has_project

    def _line(
        self, person: ParticipantRow, places: Mapping[str, Place]
    ) -> ParticipantProgress:
        overview = self._projects.overview(person)
        job, project = overview.job, overview.project
        dashboard = self._results.grade_of(project) if project else None
        grade = dashboard.grade if dashboard else None
        place = places.get(job.id, NOWHERE) if job else NOWHERE
        return ParticipantProgress(
            nickname=person.nickname,
            project_name=project.name if project else "",
            use_case=project.use_case if project else None,
            reached=overview.reached,
            examples=overview.dataset.rows if overview.dataset else 0,
            job_state=JobState(job.state) if job else None,
            job_progress=job.progress if job else 0.0,
            position=place.position,
            seconds_to_start=place.seconds_to_start,
            seconds_to_end=place.seconds_to_end,
            total=grade.total if grade and grade.level else None,
            is_complete=bool(grade and grade.is_complete),
            votes=dashboard.votes if dashboard else 0,
        )
