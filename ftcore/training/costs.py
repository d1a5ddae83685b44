"""What training a dataset would take, here and elsewhere, before anything starts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ftcore.data.destinations.base import Judgement
from ftcore.data.destinations.registry import find_destination
from ftcore.data.examples import Dataset, Example, Task
from ftcore.models.catalog import load_catalog
from ftcore.models.token_counters import token_counter
from ftcore.runtime import Clock, utc_now
from ftcore.settings import DEFAULT_MODELS
from ftcore.training.base import Forecast, Preset, TrainingConfig
from ftcore.training.effort import best_speed_of, speed_of
from ftcore.training.memory import CLASSIFIER_MB, encoder_memory_mb, read_memory
from ftcore.training.presets import (
    SYSTEM_TOKENS,
    configure,
    forecast_seconds,
    learns_encoder,
)
from ftcore.training.prices import Quote, load_prices, quote
from ftcore.training.speed import (
    DEFAULT_TEXTS_PER_SECOND,
    DEFAULT_TOKENS_PER_SECOND,
    knows_speed,
    read_speed,
)

_MOST_COUNTED = 500  # examples; more are scaled up, since a page asks at every turn


@dataclass(frozen=True, slots=True)
class LocalTime:
    """What training on this machine would take; it costs nothing.

    Attributes:
        seconds: Wall time of the whole job.
        tokens: Tokens of all examples, once, by the base model's own tokenizer.
        epochs: How often they are gone over.
        exact: Whether that tokenizer was there to count.
        is_measured: Whether the speed is this machine's own, from an earlier
            training, or a modest laptop's.
        memory_mb: Most memory that the job holds at once.
        seconds_idle: Wall time at the highest speed that was measured here.
    """

    seconds: float
    tokens: int
    epochs: int
    exact: bool
    is_measured: bool
    memory_mb: float
    seconds_idle: float

    @property
    def forecast(self) -> Forecast:
        """What a trainer promises."""
        return Forecast(
            self.seconds, memory_mb=self.memory_mb, seconds_idle=self.seconds_idle
        )

    def to_json(self) -> dict[str, object]:
        """Return the time as the command line prints it."""
        return {
            "provider": "local",
            "usd": 0.0,
            "seconds": round(self.seconds, 1),
            "tokens": self.tokens,
            "epochs": self.epochs,
            "exact": self.exact,
            "measured": self.is_measured,
            "memory_mb": round(self.memory_mb),
        }


def quotes(judgements: Iterable[Judgement], *, clock: Clock = utc_now) -> list[Quote]:
    """Return what every model of every provider would cost, provider by provider.

    Models that nobody can train any more are left out.

    Args:
        judgements: What the destinations say; their tokens are billed.
        clock: Says which day it is.
    """
    today = clock().date()
    judged = {judgement.destination: judgement for judgement in judgements}
    found = []
    for prices in load_prices().values():
        own = judged.get(prices.destination)
        if own is None:
            continue
        epochs = prices.epochs.epochs(own.rows)
        found += [
            quote(price, own.kept_tokens, epochs, exact=own.exact)
            for price in prices.models
            if price.until is None or today < price.until
        ]
    return found


def usual_quote(
    provider: str, dataset: Dataset, models_dir: Path = DEFAULT_MODELS
) -> Quote:
    """Return what a provider's usual model would cost, counted on some examples.

    Raises:
        KeyError: The provider has no price.
    """
    prices = load_prices()[provider]
    destination = find_destination(prices.destination)
    sample = Dataset(dataset.name, dataset.task, dataset.examples[:_MOST_COUNTED])
    counter = token_counter(destination.tokenizers[dataset.task], models_dir)
    counted = sum(counter.count(destination.adapt(sample).examples))
    tokens = round(counted * len(dataset) / max(1, len(sample)))
    exact = counter.exact and len(sample) == len(dataset)
    epochs = prices.epochs.epochs(len(dataset))
    return quote(prices.models[0], tokens, epochs, exact=exact)


def local_time(
    dataset: Dataset,
    models_dir: Path = DEFAULT_MODELS,
    config: TrainingConfig | None = None,
    *,
    rows: int | None = None,
    exam: int | None = None,
) -> LocalTime:
    """Return what training on this machine would take.

    Args:
        dataset: What it learns from.
        models_dir: Folder of the base models and of their measured speed.
        config: Complete configuration; the balanced preset if ``None``.
        rows: All examples, when ``dataset`` is a sample.
        exam: Questions of the exam; a fifth of the examples unless told.
    """
    rows = len(dataset) if rows is None else rows
    chosen = config or configure(dataset.task, Preset.BALANCED, rows)
    classifies = dataset.task is Task.CLASSIFICATION
    name = "local_labels" if classifies else "local"
    counter = token_counter(name, models_dir)
    sample = dataset.examples[:_MOST_COUNTED]
    lengths = _lengths(name, models_dir, sample, exact=counter.exact)
    counted = sum(lengths) / max(1, len(sample))
    usual = DEFAULT_TEXTS_PER_SECOND if classifies else DEFAULT_TOKENS_PER_SECOND
    speed = speed_of(models_dir, chosen, usual)
    idle = best_speed_of(models_dir, chosen, usual)
    learnt = round(counted * len(dataset))
    embedder = load_catalog().default_for(Task.CLASSIFICATION).name
    vectors = read_speed(models_dir, embedder, DEFAULT_TEXTS_PER_SECOND)
    return LocalTime(
        seconds=forecast_seconds(dataset, chosen, speed, learnt, rows, vectors, exam),
        tokens=round(counted * rows),
        epochs=1 if classifies and not learns_encoder(chosen) else chosen.epochs,
        exact=counter.exact and len(sample) == rows,
        is_measured=knows_speed(models_dir, chosen.base_model),
        memory_mb=_memory_mb(models_dir, chosen, lengths),
        seconds_idle=forecast_seconds(
            dataset, chosen, idle, learnt, rows, vectors, exam
        ),
    )


@lru_cache(maxsize=64)  # a page asks again at every turn, for every preset
def _lengths(
    tokenizer: str,
    models_dir: Path,
    examples: tuple[Example, ...],
    *,
    exact: bool,  # noqa: ARG001 - a better counter that has come since counts anew
) -> Sequence[int]:
    return tuple(token_counter(tokenizer, models_dir).count(examples))


def _memory_mb(
    models_dir: Path, config: TrainingConfig, lengths: Sequence[int]
) -> float:
    base = load_catalog().find(config.base_model)
    if base.is_encoder:
        return encoder_memory_mb(base, config, lengths)
    if config.task is Task.CLASSIFICATION:
        return CLASSIFIER_MB
    shown = 2 if config.use_nearest else 1
    conversations = [length * shown + SYSTEM_TOKENS for length in lengths]
    model = read_memory(models_dir, base.name, base.parameters_m)
    return model.job_mb(config, conversations)
