"""A model that was never measured is forecast from the one that was."""

from pathlib import Path

import pytest

from ftcore.data.examples import Task
from ftcore.models.catalog import BaseModel, load_catalog
from ftcore.training.speed import (
    DEFAULT_TOKENS_PER_SECOND,
    read_speed,
    relative_time,
    write_speed,
)

CATALOG = load_catalog()
USUAL = CATALOG.find(CATALOG.default_generation)
OTHERS = [model for model in CATALOG.for_task(Task.CHAT) if model != USUAL]


@pytest.mark.parametrize("model", OTHERS, ids=lambda model: model.name)
def test_larger_models_are_forecast_slower_than_the_usual_one(
    tmp_path: Path, model: BaseModel
) -> None:
    assert read_speed(tmp_path, model.name) < DEFAULT_TOKENS_PER_SECOND
    write_speed(tmp_path, USUAL.name, 1000.0)
    expected = 1000.0 / relative_time(model, USUAL)
    assert read_speed(tmp_path, model.name) == pytest.approx(expected)
    write_speed(tmp_path, model.name, 7.0)
    assert read_speed(tmp_path, model.name) == 7.0


def test_what_is_no_writer_keeps_its_default(tmp_path: Path) -> None:
    write_speed(tmp_path, USUAL.name, 1000.0)
    assert read_speed(tmp_path, "multilingual-e5-small", 50.0) == 50.0
