"""The six steps of the workshop, and which of them are open."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ftcore.storage.records import DatasetRow, EvaluationRow, JobRow, ProjectRow


class Step(StrEnum):
    """The steps in their order; each is a page of the same name."""

    PROJECT = "project"
    DATA = "data"
    TOOL = "tool"
    TRAIN = "train"
    PLAYGROUND = "playground"
    RESULTS = "results"


# The course's timetable for its practical section.
MINUTES: Mapping[Step, int] = {
    Step.PROJECT: 10,
    Step.DATA: 15,
    Step.TOOL: 5,
    Step.TRAIN: 10,
    Step.PLAYGROUND: 10,
    Step.RESULTS: 5,
}


class StepState(StrEnum):
    """How far a step is."""

    DONE = "done"
    NEXT = "next"  # open, and the one to do now
    OPEN = "open"  # may be visited, not done yet
    LOCKED = "locked"  # needs an earlier step first


@dataclass(frozen=True, slots=True)
class Overview:
    """Where a participant is: the current project and what it has led to.

    Attributes:
        participant_id: Whose it is.
        nickname: The name that the room sees; may be empty.
        project: The current project.
        dataset: Its current dataset.
        job: Its newest job, whatever became of it.
        model_job: Its newest job that left a model.
        evaluation: The newest evaluation of that model beside its baselines.
    """

    participant_id: str
    nickname: str
    project: ProjectRow | None = None
    dataset: DatasetRow | None = None
    job: JobRow | None = None
    model_job: JobRow | None = None
    evaluation: EvaluationRow | None = None

    @property
    def steps(self) -> dict[Step, StepState]:
        """The state of each step, in order."""
        done = {
            Step.PROJECT: self.project is not None,
            Step.DATA: self.dataset is not None and self.dataset.rows > 0,
            # Who trains without choosing has taken the default tool.
            Step.TOOL: self.project is not None
            and (self.project.tool is not None or self.job is not None),
            Step.TRAIN: self.model_job is not None,
            Step.PLAYGROUND: self.evaluation is not None,
            Step.RESULTS: self.evaluation is not None
            and self.evaluation.payload is not None,
        }
        is_open = {
            Step.PROJECT: True,
            Step.DATA: done[Step.PROJECT],
            Step.TOOL: done[Step.DATA],
            Step.TRAIN: done[Step.DATA],
            Step.PLAYGROUND: done[Step.TRAIN],
            Step.RESULTS: done[Step.TRAIN],
        }
        states: dict[Step, StepState] = {}
        for step in Step:
            if done[step]:
                states[step] = StepState.DONE
            elif not is_open[step]:
                states[step] = StepState.LOCKED
            else:
                first = StepState.NEXT not in states.values()
                states[step] = StepState.NEXT if first else StepState.OPEN
        return states

    @property
    def reached(self) -> Step:
        """The step to do now; the last one when all are done."""
        for step, state in self.steps.items():
            if state is StepState.NEXT:
                return step
        return Step.RESULTS
