"""Bring a workshop to a point of the course without training anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from streamlit.testing.v1 import AppTest

from ftcore.chat.base import Arm
from ftcore.data.examples import Example, Task
from ftcore.evaluation.base import (
    ACCURACY,
    AnswerRecord,
    ArmResult,
    Evaluation,
    Score,
)
from ftcore.evaluation.statistics import share_of
from ftcore.models.trained import (
    StoredExample,
    TrainedModel,
    load_trained,
    save_examples,
)
from ftcore.storage.records import JobRow
from ftcore.training.base import JobState, Preset, TrainingConfig
from ftcore.training.presets import configure
from ftcore.workshop import Workshop

OpenPage = Callable[..., AppTest]
QUESTIONS = (
    ("¿Hacéis envíos a Canarias?", "Sí, tardan 5 días y cuestan 9,90 €."),
    ("¿Cuánto tarda un pedido?", "Entre 24 y 48 horas laborables."),
    ("¿Puedo devolver un producto?", "Sí, tienes 30 días desde que lo recibes."),
    ("¿Tenéis tienda física?", "No, solo vendemos por internet."),
    ("¿Se puede pagar a plazos?", "Sí, en 3 meses sin intereses."),
)


_KINDS = ("title", "header", "subheader", "markdown", "caption", "error", "info")
_KINDS += ("warning", "success")


def words_on(page: AppTest) -> str:
    """Return all the words that a page shows, widgets apart."""
    words = [block.value for kind in _KINDS for block in getattr(page, kind)]
    words += [block.proto.body for block in page.get("html")]
    return "\n".join(words)


def links_on(page: AppTest) -> list[str]:
    """Return the words of every link to another page."""
    return [link.proto.label for link in page.get("page_link")]


@dataclass(frozen=True, slots=True)
class Story:
    """One participant of a workshop, moved forward step by step.

    Attributes:
        workshop: Where it happens.
        me: Id of the participant.
    """

    workshop: Workshop
    me: str = "ana"

    def has_project(self, template: str = "shop", name: str = "Tienda de Ana") -> None:
        """Finish step 1."""
        self.workshop.projects.save(
            self.me,
            use_case="support_chatbot",
            template=template,
            name=name,
            objective="Responder las dudas que más se repiten.",
            nickname=self.me.capitalize(),
        )

    def has_data(self, template: str = "shop") -> None:
        """Finish step 2 with the examples of a template."""
        self.has_project(template)
        self.workshop.datasets.use_template(self.me, template)

    def has_job(
        self, state: JobState, progress: float = 0.0, **fields: object
    ) -> JobRow:
        """Put a job in any state straight into the store."""
        store = self.workshop.context.store
        project = self.workshop.context.project(self.me)
        dataset = store.datasets(project.id)[0]
        config = configure(Task(dataset.task), Preset.BALANCED, dataset.rows)
        values = {
            "id": f"job-{self.me}-{len(store.jobs(project.id))}",
            "trainer": "local",
            "forecast_seconds": 60.0,
            **fields,
        }
        job = store.add_job(
            project_id=project.id,
            participant_id=self.me,
            dataset_id=dataset.id,
            state=state.value,
            config=config.to_json(),
            **values,
        )
        store.update_job(job.id, progress=progress)
        if state is not JobState.QUEUED:
            store.update_job(job.id, started_at=job.queued_at)
        if state.is_final:
            store.update_job(job.id, ended_at=job.queued_at)
        return job

    def has_model(
        self, task: Task = Task.CHAT, held_out: int = len(QUESTIONS)
    ) -> JobRow:
        """Finish step 4 with a model folder that holds everything but weights."""
        folder = self.workshop.settings.jobs_dir / f"job-{self.me}" / "model"
        folder.mkdir(parents=True)
        examples = [Example.from_pair(*pair) for pair in QUESTIONS]
        save_examples(
            folder / "examples.jsonl",
            [StoredExample(e, held_out=at < held_out) for at, e in enumerate(examples)],
        )
        _manifest(task, held_out).save(folder)
        return self.has_job(JobState.SUCCEEDED, model_dir=str(folder))

    def has_evaluation(
        self, passed: Mapping[Arm, int], task: Task = Task.CHAT
    ) -> Evaluation:
        """Finish step 6: so many right answers per arm."""
        store = self.workshop.context.store
        job = self.workshop.context.model_job(self.workshop.context.project(self.me))
        if job is None or job.model_dir is None:
            raise LookupError("The story has no model yet.")
        evaluation = make_evaluation(
            passed, load_trained(Path(job.model_dir)).model_id, task
        )
        row = store.add_evaluation(job.id)
        store.update_evaluation(
            row.id, state=JobState.SUCCEEDED.value, payload=evaluation.to_json()
        )
        return evaluation


def make_evaluation(passed: Mapping[Arm, int], model_id: str, task: Task) -> Evaluation:
    """Build an evaluation where each arm answers its first questions rightly."""
    arms = tuple(_arm(arm, right) for arm, right in passed.items())
    return Evaluation("eval-1", model_id, task, arms, "2026-01-01T10:00:00+00:00", 12.5)


def _arm(arm: Arm, right: int) -> ArmResult:
    records = tuple(
        _record(question, answer, ok=at < right)
        for at, (question, answer) in enumerate(QUESTIONS)
    )
    shares = share_of([record.passed(ACCURACY) for record in records])
    return ArmResult(arm, records, shares, shares, shares, 1.4, 0.3, 42.0)


def _record(question: str, expected: str, *, ok: bool) -> AnswerRecord:
    reason = None if ok else "wrong_numbers"
    answer = expected if ok else "Tarda 99 días."
    score = Score(ACCURACY, float(ok), ok, reason)
    return AnswerRecord(question, expected, answer, (score,), 1.4, 0.3)


def _manifest(task: Task, held_out: int) -> TrainedModel:
    config = TrainingConfig("smollm2-135m-instruct", task)
    return TrainedModel(
        model_id="model-1",
        title="Tienda de Ana",
        task=task,
        base_model=config.base_model,
        config=config.to_json(),
        system_prompt="",
        refusal="",
        labels=(),
        dataset_name="tienda.jsonl",
        dataset_fingerprint="0" * 64,
        examples=len(QUESTIONS),
        train_examples=len(QUESTIONS) - held_out,
        test_examples=held_out,
        steps=56,
        seconds=41.0,
        train_loss=0.6,
        eval_loss=0.9,
        use_nearest=True,
        similarity_threshold=0.8,
        embedder="multilingual-e5-small",
        created_at="2026-01-01T10:00:00+00:00",
    )
