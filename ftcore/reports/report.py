"""The report: what a participant presents in five minutes."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from ftcore.chat.base import Arm
from ftcore.evaluation.base import Evaluation
from ftcore.evaluation.evaluator import summary
from ftcore.evaluation.report_lines import describe_doubts, describe_task
from ftcore.grading.rubric import Grade
from ftcore.reports.facts import DatasetFacts, ProjectFacts, TrainingFacts
from ftcore.reports.markdown import bullets, inline
from ftcore.reports.results import (
    answer_list,
    best_and_worst,
    comparison,
    limits,
    metrics_table,
)
from ftcore.texts import duration, number, text


@dataclass(frozen=True, slots=True)
class Report:
    """A whole project, ready to be written down.

    Attributes:
        project: What it is for.
        dataset: What it learnt from.
        training: How it was trained.
        evaluation: How it answered; ``None`` if it was never evaluated.
        grade: The rubric's grade; ``None`` if it was not graded.
    """

    project: ProjectFacts
    dataset: DatasetFacts
    training: TrainingFacts
    evaluation: Evaluation | None
    grade: Grade | None

    def to_markdown(self) -> str:
        """Return the report in Spanish, in the order of the presentation."""
        title = text("report.title", title=inline(self.project.title))
        parts = [f"# {title}", text("report.minutes")]
        for name, lines in self._sections():
            parts += [f"## {text(f'report.sections.{name}')}", *lines]
        return "\n\n".join(part for part in parts if part) + "\n"

    def to_json(self) -> dict[str, Any]:
        """Return plain values for a JSON file; the answers stay in the evaluation."""
        return {
            "project": asdict(self.project),
            "dataset": {**asdict(self.dataset), "task": self.dataset.task.value},
            "training": asdict(self.training),
            "evaluation": summary(self.evaluation) if self.evaluation else None,
            "grade": self.grade.to_json() if self.grade else None,
            "limits": limits(self.evaluation),
        }

    def _sections(self) -> Iterator[tuple[str, list[str]]]:
        yield "introduction", self._introduction()
        yield "data", self._data()
        yield "results", self._results()
        yield "conclusions", [bullets(limits(self.evaluation)), *self._grade()]

    def _introduction(self) -> list[str]:
        lines = [inline(self.project.objective)]
        if self.project.author:
            lines.append(text("report.author", author=inline(self.project.author)))
        return lines

    def _data(self) -> list[str]:
        data, training = self.dataset, self.training
        lines = [
            text(
                f"report.data.{'one_by_one' if data.one_by_one else 'examples'}",
                name=inline(data.name),
                examples=number(data.examples),
                train=number(data.train_examples),
                test=number(data.test_examples),
            ),
            text(f"report.data.tasks.{data.task.value}"),
        ]
        if data.version:
            lines.insert(1, text("report.data.version", version=data.version))
        if data.labels:
            labels = ", ".join(inline(label) for label in data.labels)
            lines.append(text("report.data.labels", labels=labels))
        key = "report.data.training" if training.steps else "report.data.fitting"
        process = text(
            key,
            base=inline(training.base_model),
            epochs=training.epochs,
            steps=number(training.steps),
            duration=duration(training.seconds),
        )
        return [bullets([*lines, process])]

    def _results(self) -> list[str]:
        if self.evaluation is None or not self.evaluation.arms:
            return [text("report.no_results")]
        parts = [metrics_table(self.evaluation), describe_task(self.evaluation.task)]
        parts.append(comparison(self.evaluation) or "")
        tuned = self.evaluation.arm(Arm.TUNED)
        parts.append((describe_doubts(tuned) if tuned else None) or "")
        best, worst = best_and_worst(tuned) if tuned else ((), ())
        for name, records in (("best", best), ("worst", worst)):
            if records:
                parts += [f"### {text(f'report.{name}')}", answer_list(records)]
        return parts

    def _grade(self) -> list[str]:
        if self.grade is None or self.grade.level is None:
            return []
        level = text(f"rubric.levels.{self.grade.level.id}.name")
        total = number(self.grade.total, 1)
        scores = [
            f"{text(f'rubric.criteria.{name}.name')}: {number(value)}"
            for name, value in self.grade.scores.items()
        ]
        parts = [text("report.grade", total=total, level=level), bullets(scores)]
        if not self.grade.is_complete:
            names = (text(f"rubric.criteria.{c}.name") for c in self.grade.missing)
            parts.append(text("report.incomplete", missing=", ".join(names)))
        return parts


def build_report(
    project: ProjectFacts,
    dataset: DatasetFacts,
    training: TrainingFacts,
    evaluation: Evaluation | None,
    grade: Grade | None,
) -> Report:
    """Join what is known of a project into its report.

    Raises:
        ValueError: The evaluation is of another task than the dataset.
    """
    if evaluation is not None and evaluation.task is not dataset.task:
        raise ValueError(f"Evaluation of {evaluation.task}, data for {dataset.task}.")
    return Report(project, dataset, training, evaluation, grade)
