"""What training costs and takes: dated prices, real tokens, measured speed."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ftcore.data.destinations.registry import judge_all
from ftcore.data.examples import Dataset, Example, Task
from ftcore.models.token_counters import token_counter
from ftcore.texts import catalog
from ftcore.training.costs import local_time, quotes, usual_quote
from ftcore.training.prices import (
    EpochRule,
    PriceStatus,
    ProviderPrices,
    load_prices,
    quote,
)
from ftcore.training.speed import write_speed

PROVIDERS = ("openai", "huggingface", "google", "aws")


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("models")


def pairs(count: int, task: Task = Task.CHAT) -> Dataset:
    rows = (Example.from_pair(f"Pregunta {i}", f"R{i % 2}") for i in range(count))
    return Dataset("d", task, tuple(rows))


def on(day: date):
    return lambda: datetime(day.year, day.month, day.day, tzinfo=UTC)


def judged(dataset: Dataset, models_dir: Path, day: date = date(2026, 11, 23)):
    found = judge_all(dataset, lambda n: token_counter(n, models_dir), clock=on(day))
    return quotes(found, clock=on(day))


@pytest.mark.parametrize(
    ("examples", "epochs"),
    [(0, 25), (1, 25), (4, 25), (10, 10), (30, 3), (33, 3), (34, 3), (8_333, 3)],
)
def test_openai_repeats_small_sets_as_its_cookbook_does(examples, epochs):
    assert load_prices()["openai"].epochs.epochs(examples) == epochs


@pytest.mark.parametrize(("examples", "epochs"), [(8_334, 2), (12_501, 1), (30_000, 1)])
def test_openai_repeats_large_sets_less(examples, epochs):
    assert load_prices()["openai"].epochs.epochs(examples) == epochs


def test_a_rule_without_limits_is_its_target():
    assert {EpochRule(2).epochs(n) for n in (1, 50, 1_000_000)} == {2}


def test_a_quote_is_tokens_times_epochs_times_price():
    prices = load_prices()["openai"]
    (largest,) = [p for p in prices.models if p.model == "gpt-4.1"]
    # 50 examples of 120 tokens, three times over.
    assert quote(largest, 6_000, 3).usd == pytest.approx(0.45)
    assert quote(prices.models[0], 6_000, 3).usd == pytest.approx(0.054)
    assert quote(largest, 6_000, 3).course_usd == pytest.approx((0.54, 0.54))


def test_a_machine_is_paid_by_the_hour():
    (medium,) = [
        p for p in load_prices()["huggingface"].models if "t4-medium" in p.model
    ]
    assert quote(medium, 10, 3).usd == quote(medium, 300_000, 3).usd
    assert quote(medium, 2_000_000, 3).usd == pytest.approx(6 * 0.252)
    assert quote(medium, 10, 3).usd == pytest.approx(0.252)


@pytest.mark.parametrize("prices", load_prices().values(), ids=lambda p: p.provider)
def test_every_price_has_a_date_a_source_and_a_state(prices: ProviderPrices):
    for price in prices.models:
        assert date(2026, 1, 1) < price.as_of <= date(2026, 11, 23)
        assert price.source.startswith("https://")
        assert price.usd_per_million or price.usd_per_hour * price.hours
        assert catalog()[f"prices.status.{price.status.value}"]
        assert (price.until is not None) == (price.status is PriceStatus.CLOSING)


def test_every_model_of_every_provider_is_quoted(models_dir):
    found = judged(pairs(40), models_dir)
    assert {q.price.provider for q in found} == set(PROVIDERS)
    assert len(found) == sum(len(p.models) for p in load_prices().values())
    by_model = {q.price.model: q for q in found}
    assert by_model["gpt-4o-mini"].exact
    assert not by_model["Nova Micro"].exact
    assert by_model["Nova Micro"].epochs == 2
    assert by_model["gpt-4.1"].usd > by_model["gpt-4.1-mini"].usd


def test_the_bill_is_of_the_tokens_that_are_read(models_dir):
    long = Example.from_pair("uno dos tres " * 60_000, "sí")
    dataset = Dataset("d", Task.CHAT, (*pairs(20).examples, long))
    counted = sum(token_counter("openai", models_dir).count(dataset.examples))
    (mini,) = [q for q in judged(dataset, models_dir) if q.price.model == "gpt-4o-mini"]
    assert mini.tokens < counted
    assert 65_536 < mini.tokens < 65_536 + 1_000


def test_a_model_that_nobody_can_train_has_no_quote(models_dir):
    after = judged(pairs(40), models_dir, date(2027, 1, 6))
    assert {q.price.provider for q in after} == set(PROVIDERS) - {"openai"}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_usual_quote_is_the_first_of_its_provider(provider, models_dir):
    dataset = pairs(40, Task.CLASSIFICATION)
    first = next(q for q in judged(dataset, models_dir) if q.price.provider == provider)
    assert usual_quote(provider, dataset, models_dir) == first


def test_many_examples_are_counted_on_some_and_scaled(models_dir):
    whole = usual_quote("openai", pairs(500), models_dir)
    scaled = usual_quote("openai", pairs(1_000), models_dir)
    assert whole.exact
    assert not scaled.exact
    assert scaled.tokens == pytest.approx(2 * whole.tokens, rel=0.02)


def test_local_time_says_whether_this_machine_was_measured(tmp_path):
    dataset = pairs(40)
    guessed = local_time(dataset, tmp_path)
    assert not guessed.is_measured
    assert guessed.exact
    write_speed(tmp_path, "smollm2-135m-instruct", 20.0)
    measured = local_time(dataset, tmp_path)
    assert measured.is_measured
    assert measured.seconds > guessed.seconds
    assert measured.to_json()["usd"] == 0.0


def test_local_time_grows_with_the_real_tokens(tmp_path):
    short, long = pairs(20), pairs(20)
    rows = [Example.from_pair("palabra " * 300, "sí") for _ in long]
    long = Dataset("d", Task.CHAT, tuple(rows))
    assert local_time(long, tmp_path).seconds > 2 * local_time(short, tmp_path).seconds
    assert local_time(long, tmp_path).tokens > 20 * 300


def test_labels_take_seconds_here(tmp_path):
    found = local_time(pairs(40, Task.CLASSIFICATION), tmp_path)
    assert found.seconds < 60
    assert found.epochs == 1
