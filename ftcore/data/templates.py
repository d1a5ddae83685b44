"""The ready examples of each use case; a folder added is a template offered."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ftcore.data.examples import Dataset, Example, Task
from ftcore.data.options import ReadOptions
from ftcore.data.readers import read_dataset
from ftcore.errors import UnknownTemplateError
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

TEMPLATES = ASSETS / "templates"
_FILE = "template.yaml"


@dataclass(frozen=True, slots=True)
class Template:
    """One use case with examples that can train as they are.

    Attributes:
        name: Name of its folder.
        order: Place in the list, from 1.
        use_case: Id of the course's use case that it belongs to.
        task: What the model learns.
        icon: One emoji.
        title: Name of the use case.
        example: The business that the examples come from.
        project_name: A name to start with.
        goal: What the model will do, in one sentence.
        data_needed: How many examples, of what.
        objective: An objective to start with.
        system_prompt: Instruction that opens every conversation.
        refusal: Answer to what the examples do not cover; may be empty.
        examples_min: Fewest examples that the course asks for.
        examples_max: Most examples that the course asks for.
        sample_questions: Questions to try the model with.
        dataset: The examples to train with.
        test: Held-out examples, none of which is in ``dataset``.
    """

    name: str
    order: int
    use_case: str
    task: Task
    icon: str
    title: str
    example: str
    project_name: str
    goal: str
    data_needed: str
    objective: str
    system_prompt: str
    refusal: str
    examples_min: int
    examples_max: int
    sample_questions: tuple[str, ...]
    dataset: Dataset
    test: tuple[Example, ...]


def list_templates(folder: Path = TEMPLATES) -> list[Template]:
    """Return every template in the order that its file gives."""
    names = sorted(path.parent.name for path in folder.glob(f"*/{_FILE}"))
    found = [load_template(name, folder) for name in names]
    return sorted(found, key=lambda template: (template.order, template.name))


@cache
def load_template(name: str, folder: Path = TEMPLATES) -> Template:
    """Return one template.

    Raises:
        UnknownTemplateError: No folder has that name.
        ValueError: The folder's examples cannot train; a fault of ours.
    """
    known = {path.parent.name: path.parent for path in folder.glob(f"*/{_FILE}")}
    if name not in known:
        raise UnknownTemplateError(name=name, available=", ".join(sorted(known)))
    path = known[name]
    about = read_yaml(path / _FILE)
    task = Task(about["task"])
    return Template(
        name=name,
        order=int(about["order"]),
        use_case=str(about.get("use_case", name)),
        task=task,
        icon=str(about.get("icon", "")),
        title=str(about["title"]),
        example=str(about.get("example", about["title"])),
        project_name=str(about.get("project_name", about["title"])),
        goal=str(about["goal"]),
        data_needed=str(about["data_needed"]),
        objective=str(about["objective"]).strip(),
        system_prompt=str(about["system_prompt"]).strip(),
        refusal=str(about.get("refusal", "")).strip(),
        examples_min=int(about["examples_min"]),
        examples_max=int(about["examples_max"]),
        sample_questions=tuple(map(str, about.get("sample_questions", ()))),
        dataset=_read(path, "train", task),
        test=_read(path, "test", task).examples,
    )


def _read(folder: Path, stem: str, task: Task) -> Dataset:
    path = next(p for p in sorted(folder.glob(f"{stem}.*")) if p.suffix != ".yaml")
    content = path.read_bytes()
    read = read_dataset(path.name, content, ReadOptions(task=task))
    if read.dataset is None or read.findings:
        raise ValueError(f"Template file {path} is not clean: {read.findings}.")
    return Dataset(folder.name, task, read.dataset.examples)
