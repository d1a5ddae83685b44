"""People with models in a data folder, none of them trained, to measure serving."""

from dataclasses import dataclass
from pathlib import Path

from ftcore.data.examples import Message, Task
from ftcore.data.templates import load_template
from ftcore.models.catalog import load_catalog
from ftcore.models.embeddings import default_embedder
from ftcore.models.prompting import conversation
from ftcore.models.retrieval import ExampleIndex
from ftcore.models.trained import (
    ADAPTER_GGUF,
    EXAMPLES,
    StoredExample,
    TrainedModel,
    load_trained,
    save_examples,
)
from ftcore.settings import Settings
from ftcore.training.base import JobState, Preset
from ftcore.training.presets import configure
from ftcore.workshop import Workshop
from ftcore.workshop.api import model_name
from tests.contract.random_adapters import write_random_adapter

SECRET = "a secret for measuring"
SCALE = 0.002  # the base's own words, nearly: it does not stop after two of them
NEVER_REFUSE = -1.0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a model.

    Attributes:
        participant_id: Who.
        job_id: Which model.
        key: Opens it for programs.
        model: Its name there.
        folder: Where it lies.
    """

    participant_id: str
    job_id: str
    key: str
    model: str
    folder: Path

    def prompt(self, messages: list[Message]) -> list[Message]:
        """Return the conversation that the tuned model is given."""
        index = ExampleIndex.load(self.folder)
        near = index.nearest(messages[-1].content, 1)
        shown = [neighbour.example for neighbour in near]
        return conversation(load_trained(self.folder).system_prompt, messages, shown)


def furnish(data_dir: Path, people: int) -> list[Person]:
    """Give a data folder so many people, each with a model of their own."""
    workshop = Workshop(
        Settings(
            data_dir=data_dir,
            database_url=f"sqlite:///{data_dir / 'taller.db'}",
            secret_key=SECRET,
        )
    )
    examples = load_template("shop").dataset.examples
    index = ExampleIndex.build(examples, default_embedder())
    found = [_person(workshop, index, number) for number in range(people)]
    workshop.context.engines.close()
    workshop.context.store.close()
    return found


def _person(workshop: Workshop, index: ExampleIndex, number: int) -> Person:
    me, store = f"person-{number}", workshop.context.store
    project = workshop.projects.save(
        me,
        use_case="support_chatbot",
        template="shop",
        name=f"Tienda {number}",
        objective="o",
    )
    workshop.datasets.use_template(me, "shop")
    job_id = f"job-{number}"
    folder = workshop.settings.jobs_dir / job_id / "model"
    folder.mkdir(parents=True)
    save_examples(
        folder / EXAMPLES, [StoredExample(e, held_out=False) for e in index.examples]
    )
    index.save(folder)
    usual = configure(Task.CHAT, Preset.BALANCED, len(index.examples))
    write_random_adapter(
        folder / ADAPTER_GGUF, number, SCALE, usual.lora_rank, usual.adapted_layers
    )
    _manifest(index, project.name).save(folder)
    store.add_job(
        id=job_id,
        project_id=project.id,
        participant_id=me,
        dataset_id=store.datasets(project.id)[0].id,
        trainer="local",
        state=JobState.SUCCEEDED.value,
        config={},
        forecast_seconds=1.0,
        model_dir=str(folder),
    )
    key = workshop.api.renew_key(me).secret
    return Person(me, job_id, key, model_name(project.name), folder)


def _manifest(index: ExampleIndex, title: str) -> TrainedModel:
    size = len(index.examples)
    return TrainedModel(
        model_id="measured",
        title=title,
        task=Task.CHAT,
        base_model=load_catalog().default_generation,
        config={},
        system_prompt="Respondes dudas de una tienda, con frases completas.",
        refusal="",
        labels=(),
        dataset_name="shop",
        dataset_fingerprint="0",
        examples=size,
        train_examples=size,
        test_examples=0,
        steps=1,
        seconds=1.0,
        train_loss=0.1,
        eval_loss=None,
        use_nearest=True,
        similarity_threshold=NEVER_REFUSE,
        embedder=default_embedder().name,
        created_at="2026-01-01T00:00:00+00:00",
    )
