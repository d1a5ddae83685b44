"""One base model in memory for all the trainings that a process does, in turn."""

import weakref
from dataclasses import dataclass
from pathlib import Path

import torch
import transformers
from peft.tuners.lora import LoraLayer

from ftcore.training.prepare import MARKER


@dataclass(slots=True)
class _Loan:
    """A loaded base and who uses it."""

    key: tuple[object, ...]
    base: transformers.PreTrainedModel
    borrower: weakref.ReferenceType[object]


_last: list[_Loan] = []  # one at most: two bases would double the memory


def borrow_base(
    folder: Path, dtype: torch.dtype, device: torch.device, borrower: object
) -> transformers.PreTrainedModel:
    """Return a base without any adapter; the one in memory if nobody uses it.

    Args:
        folder: Prepared base model.
        dtype: Floating type of its weights.
        device: Where it computes.
        borrower: Who puts an adapter on it; while it lives nobody else gets it.
    """
    key = (folder.resolve(), _version(folder), dtype, device)
    loan = _last[0] if _last and _last[0].key == key else None
    if loan is not None and loan.borrower() is None:
        base = _bare(loan.base)
    else:
        _last.clear()  # first, so that two are never needed at once
        base = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
        base.to(device)
    _last[:] = [_Loan(key, base, weakref.ref(borrower))]
    return base


def _version(folder: Path) -> str:
    marker = folder / MARKER
    return marker.read_text(encoding="utf-8") if marker.is_file() else ""


def _bare(base: transformers.PreTrainedModel) -> transformers.PreTrainedModel:
    """Take out the layers that an earlier adapter had put around the linear ones."""
    for name, module in list(base.named_modules()):
        if isinstance(module, LoraLayer):
            parent, _, own = name.rpartition(".")
            setattr(base.get_submodule(parent), own, module.get_base_layer())
    if hasattr(base, "peft_config"):  # or PEFT takes the next adapter for a second one
        del base.peft_config
    return base
