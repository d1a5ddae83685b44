"""How many threads a training may use."""

import torch


def use_threads(count: int) -> None:
    """Compute with ``count`` threads; the same count gives the same model."""
    torch.set_num_threads(max(1, count))
