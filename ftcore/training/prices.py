"""What training elsewhere would cost: dated prices, and the course's figure beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml

from ftcore.data.examples import Dataset
from ftcore.texts import ASSETS

PRICES_FILE = ASSETS / "prices.yaml"
# Providers' vocabularies of 100,000 pieces and more cut Spanish into about 4
# characters a token; the bill decides, this is for the order of magnitude.
CHARACTERS_PER_TOKEN = 4.0
TOKENS_PER_MESSAGE = 4  # role and separators, as chat formats add them
EPOCHS = 3  # what the providers choose by themselves for about 30 examples


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one provider, as last seen.

    Attributes:
        provider: Name, the same as its trainer's.
        model: Model or machine that the price is for.
        as_of: Day on which it was true.
        source: Address where the provider publishes it.
        usd_per_million: US dollars per million tokens seen; 0 if sold by the hour.
        usd_per_hour: US dollars per hour of machine; 0 if sold by the token.
        hours: Time that a job of this size takes on that machine, in hours.
        usd_per_month: US dollars a month to keep the model; 0 if nothing is charged.
        course_usd_per_thousand: The course's lowest and highest figure, in US dollars
            per thousand tokens seen.
    """

    provider: str
    model: str
    as_of: date
    source: str
    usd_per_million: float
    usd_per_hour: float
    hours: float
    usd_per_month: float
    course_usd_per_thousand: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Quote:
    """What one dataset would cost at one price, in US dollars.

    Attributes:
        price: Where the figures come from.
        usd: Today's estimate.
        course_usd: The course's lowest and highest estimate.
    """

    price: Price
    usd: float
    course_usd: tuple[float, float]


@cache
def load_prices(path: Path = PRICES_FILE) -> Mapping[str, Price]:
    """Return every known price by provider, in the file's order."""
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: _price(name, entry) for name, entry in entries.items()}


def tokens_seen(dataset: Dataset, epochs: int = EPOCHS) -> int:
    """Estimate the tokens that a provider would bill: all messages, every epoch."""
    messages = [message for example in dataset for message in example.messages]
    characters = sum(len(message.content) for message in messages)
    once = characters / CHARACTERS_PER_TOKEN + TOKENS_PER_MESSAGE * len(messages)
    return round(once * epochs)


def quote(price: Price, dataset: Dataset) -> Quote:
    """Estimate what training with a dataset would cost."""
    tokens = tokens_seen(dataset)
    usd = tokens / 1e6 * price.usd_per_million + price.usd_per_hour * price.hours
    low, high = price.course_usd_per_thousand
    return Quote(price, usd, (tokens / 1e3 * low, tokens / 1e3 * high))


def _price(name: str, entry: Mapping[str, object]) -> Price:
    low, high = _pair(entry["course_usd_per_thousand"])
    as_of = entry["as_of"]
    if not isinstance(as_of, date):
        raise TypeError(f"prices.yaml: 'as_of' of {name!r} must be a date.")
    return Price(
        provider=name,
        model=str(entry["model"]),
        as_of=as_of,
        source=str(entry["source"]),
        usd_per_million=_number(entry, "usd_per_million"),
        usd_per_hour=_number(entry, "usd_per_hour"),
        hours=_number(entry, "hours"),
        usd_per_month=_number(entry, "usd_per_month"),
        course_usd_per_thousand=(low, high),
    )


def _pair(value: object) -> tuple[float, float]:
    if not isinstance(value, list) or len(value) != 2:
        raise TypeError("prices.yaml: the course's figure is a pair, low and high.")
    return float(value[0]), float(value[1])


def _number(entry: Mapping[str, object], name: str) -> float:
    value = entry.get(name, 0.0)
    if not isinstance(value, int | float):
        raise TypeError(f"prices.yaml: {name!r} must be a number.")
    return float(value)
