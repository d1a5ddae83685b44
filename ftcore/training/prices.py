"""What training elsewhere would cost: dated prices, and the course's figure beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from ftcore.texts import ASSETS
from ftcore.yaml_files import read_yaml

PRICES_FILE = ASSETS / "prices.yaml"
COURSE_EPOCHS = 3  # the course multiplies by three whatever the number of examples


class PriceStatus(StrEnum):
    """Whether a model can be trained at its price."""

    CURRENT = "current"
    CLOSING = "closing"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class EpochRule:
    """How often a provider goes over the examples unless told otherwise.

    Attributes:
        target: The usual number of times.
        least_seen: Examples that it wants to see in all; small sets are repeated.
        most_seen: Examples beyond which it repeats less; 0 sets no limit.
        most: Most repetitions of a small set.
    """

    target: int
    least_seen: int = 0
    most_seen: int = 0
    most: int = 1

    def epochs(self, examples: int) -> int:
        """Return the epochs for a number of examples.

        As OpenAI's cookbook does ('Data preparation and analysis for chat model
        fine-tuning'): 10 examples are seen 10 times, 30 and 50 three times.
        """
        seen, examples = examples * self.target, max(1, examples)
        if seen < self.least_seen:
            return max(1, min(self.most, self.least_seen // examples))
        if self.most_seen and seen > self.most_seen:
            return max(1, self.most_seen // examples)
        return self.target


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one model or machine, as last seen.

    Attributes:
        provider: Name, the same as its trainer's.
        destination: Name of the destination whose tokens are billed.
        model: Model or machine that the price is for.
        as_of: Day on which it was true.
        source: Address where the provider publishes it.
        usd_per_million: US dollars per million tokens seen; 0 if sold by the hour.
        usd_per_hour: US dollars per hour of machine; 0 if sold by the token.
        hours: Time that a job of a class takes on that machine, in hours.
        hours_tokens: Tokens seen up to which that holds; beyond them the time grows
            in proportion. 0 if not sold by the hour.
        usd_per_month: US dollars a month to keep the model; 0 if nothing is charged.
        course_usd_per_thousand: The course's lowest and highest figure, in US dollars
            per thousand tokens seen.
        status: Whether it can be trained at this price.
        until: First day on which nobody can train it.
    """

    provider: str
    destination: str
    model: str
    as_of: date
    source: str
    usd_per_million: float = 0.0
    usd_per_hour: float = 0.0
    hours: float = 0.0
    hours_tokens: int = 0
    usd_per_month: float = 0.0
    course_usd_per_thousand: tuple[float, float] = (0.0, 0.0)
    status: PriceStatus = PriceStatus.CURRENT
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ProviderPrices:
    """The models of one provider, the usual one first.

    Attributes:
        provider: Name, the same as its trainer's.
        destination: Name of the destination whose tokens are billed.
        epochs: How often it goes over the examples.
        models: At least one.
    """

    provider: str
    destination: str
    epochs: EpochRule
    models: tuple[Price, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What one dataset would cost at one price, in US dollars.

    Attributes:
        price: Where the figures come from.
        usd: Today's estimate.
        course_usd: The course's lowest and highest estimate.
        tokens: Tokens of all examples, once.
        epochs: How often they are gone over.
        exact: Whether the tokens were counted by the provider's own tokenizer.
    """

    price: Price
    usd: float
    course_usd: tuple[float, float]
    tokens: int
    epochs: int
    exact: bool = True

    def to_json(self) -> dict[str, object]:
        """Return the quote as the command line prints it."""
        return {
            "provider": self.price.provider,
            "model": self.price.model,
            "usd": round(self.usd, 6),
            "usd_per_month": self.price.usd_per_month,
            "course_usd": [round(usd, 6) for usd in self.course_usd],
            "tokens": self.tokens,
            "epochs": self.epochs,
            "exact": self.exact,
            "as_of": self.price.as_of.isoformat(),
            "source": self.price.source,
            "status": self.price.status.value,
        }


@cache
def load_prices(path: Path = PRICES_FILE) -> Mapping[str, ProviderPrices]:
    """Return every known price by provider, in the file's order.

    Raises:
        TypeError: An entry lacks a field, or has one that is unknown.
        ValueError: A status is unknown.
    """
    entries = read_yaml(path)
    return {name: _provider(name, entry) for name, entry in entries.items()}


def quote(price: Price, tokens: int, epochs: int, *, exact: bool = True) -> Quote:
    """Return what training would cost: tokens × epochs × price, or the hours.

    Args:
        price: Of the model or machine.
        tokens: Tokens of all examples, once.
        epochs: How often they are gone over.
        exact: Whether the tokens are the provider's own.
    """
    seen = tokens * epochs
    longer = max(1.0, seen / price.hours_tokens) if price.hours_tokens else 1.0
    usd = seen / 1e6 * price.usd_per_million
    usd += price.usd_per_hour * price.hours * longer
    low, high = (
        tokens * COURSE_EPOCHS / 1e3 * usd for usd in price.course_usd_per_thousand
    )
    return Quote(price, usd, (low, high), tokens, epochs, exact)


def _provider(name: str, entry: Mapping[str, Any]) -> ProviderPrices:
    low, high = entry["course_usd_per_thousand"]
    destination = str(entry["destination"])
    models = tuple(
        Price(
            **{
                **model,
                "provider": name,
                "destination": destination,
                "course_usd_per_thousand": (float(low), float(high)),
                "status": PriceStatus(model["status"]),
            }
        )
        for model in entry["models"]
    )
    return ProviderPrices(name, destination, EpochRule(**entry["epochs"]), models)
