"""The first forecast rests on a measurement of this machine."""

import json

import pytest

from ftcore.data.examples import Dataset, Example, Task
from ftcore.models.catalog import load_catalog
from ftcore.models.embeddings import default_embedder
from ftcore.settings import load_settings
from ftcore.training.costs import local_time
from ftcore.training.measure import embedding_speed, measure_machine
from ftcore.training.speed import SPEED_FILE, knows_speed, write_speed

LABELLED = Dataset(
    "correos",
    Task.CLASSIFICATION,
    tuple(Example.from_pair(f"Correo {i}", "a" if i % 2 else "b") for i in range(200)),
)


def test_embedding_speed_follows_the_clock():
    ticks = iter([10.0, 12.0])
    assert embedding_speed(lambda: next(ticks)) == 12.0  # 24 texts in 2 seconds


def test_a_classifier_is_forecast_from_the_measured_speed(tmp_path):
    assert not local_time(LABELLED, tmp_path).is_measured
    write_speed(tmp_path, default_embedder().name, 10.0)
    slow = local_time(LABELLED, tmp_path)
    write_speed(tmp_path, default_embedder().name, 1_000.0)
    quick = local_time(LABELLED, tmp_path)
    assert slow.is_measured
    assert slow.seconds > quick.seconds + 10


@pytest.mark.slow
def test_the_machine_is_measured_once(tmp_path):
    base = load_catalog().find(load_catalog().default_generation)
    prepared = load_settings().models_dir / base.name / "hf"
    measure_machine(base.name, prepared, tmp_path)
    assert knows_speed(tmp_path, default_embedder().name)
    measured = json.loads((tmp_path / SPEED_FILE).read_text())
    assert {f"{base.name}/30", f"{base.name}/10", base.name} < set(measured)
    assert min(measured.values()) > 1
    measure_machine(base.name, prepared, tmp_path, clock=lambda: 0.0)
    assert json.loads((tmp_path / SPEED_FILE).read_text()) == measured
