"""Fixtures that many tests share."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from ftcore.data.examples import Dataset, Example, Task
from ftcore.settings import Settings

# Shared machines stall now and then: a slow example says nothing of the code.
hypothesis_settings.register_profile("shared", deadline=None, max_examples=60)
hypothesis_settings.load_profile("shared")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a workshop that lives in the test's own folder."""
    return Settings(
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'taller.db'}",
        secret_key="a secret for tests",
        facilitator_password="abracadabra",
        training_threads=1,
        parallel_jobs=1,
    )


@pytest.fixture
def make_dataset() -> Callable[..., Dataset]:
    """Build a dataset of numbered examples."""

    def make(size: int = 12, name: str = "demo", task: Task = Task.CHAT) -> Dataset:
        answers = {Task.CLASSIFICATION: ("urgente", "normal")}.get(task)
        examples = tuple(
            Example.from_pair(
                f"¿Cuánto cuesta el artículo {i}?",
                answers[i % 2] if answers else f"El artículo {i} cuesta {i + 1} euros.",
            )
            for i in range(size)
        )
        return Dataset(name, task, examples)

    return make
