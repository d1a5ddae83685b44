"""The verbs that pages and the command line may call."""

from ftcore.workshop.workshop import Workshop

__all__ = ["Workshop"]
