"""What one measured line is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One measured line.

    Attributes:
        name: What ``make bench NAME=…`` takes.
        value: Our figure.
        unit: Its unit.
        peer: What it is compared with; empty if with a goal alone.
        peer_value: The peer's figure in the same run.
        goal: What must hold, in words.
        met: Whether it held.
    """

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float | None
    goal: str
    met: bool

    @property
    def ratio(self) -> float | None:
        """Our figure over the peer's."""
        return self.value / self.peer_value if self.peer_value else None
