"""Any base model that transformers knows, with its adapter by PEFT: slower, general."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
import transformers
from peft import LoraConfig, PeftModel, get_peft_model, get_peft_model_state_dict
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import Parameter
from torch.nn.functional import cross_entropy
from torch.nn.utils.rnn import pad_sequence

from ftcore.training.export import ADAPTER_WEIGHTS
from ftcore.training.learner import ALPHA_PER_RANK
from ftcore.training.master import MasterWeights
from ftcore.training.packing import Pack, TokenSequence, pack
from ftcore.training.shared_base import borrow_base

_RECURRENT = ("conv",)  # layers that read their neighbours in the row, not by a mask
_WINDOWED = "sliding_attention"


class PeftLearner:
    """Implements `Learner` on a PEFT model.

    Args:
        folder: Prepared base model.
        rank: LoRA's r.
        seed: Seed of the adapter's start.
        dtype: Floating type to compute in.
        is_short: Whether plain attention may be used, which is faster on short packs;
            the fused one keeps the memory of long ones low.
        adapted_layers: How many of the top layers get an adapter; ``None`` for all.
        device: Where to compute; the CPU unless given.
    """

    def __init__(  # noqa: PLR0913 - sizes, chance and machine come from outside
        self,
        folder: Path,
        rank: int,
        seed: int,
        dtype: torch.dtype,
        *,
        is_short: bool = True,
        adapted_layers: int | None = None,
        device: torch.device | None = None,
    ) -> None:
        transformers.utils.logging.disable_progress_bar()
        self._device = device or torch.device("cpu")
        base = borrow_base(folder, dtype, self._device, self)
        base.set_attn_implementation("eager" if is_short else "sdpa")
        self._model = _with_adapter(base, rank, seed, adapted_layers)
        self._model.train()
        self._weights = MasterWeights(self._model)
        self._dtype = dtype
        self._kinds = frozenset(getattr(base.config, "layer_types", None) or ())
        self._window = getattr(base.config, "sliding_window", None)

    @property
    def master(self) -> Parameter:
        """The adapter's weights, flat and in float32."""
        return self._weights.master

    def learn(self, sequences: Sequence[TokenSequence], answers: int) -> float:
        """Add the gradient of one pack; see `Learner`."""
        loss = self._summed_loss(sequences) / answers
        loss.backward()
        return float(loss.detach())

    def loss(self, sequences: Sequence[TokenSequence]) -> float:
        """Return the summed loss of the answers; see `Learner`."""
        with torch.inference_mode():
            return float(self._summed_loss(sequences))

    def settle_gradient(self) -> None:
        """Finish the batch's gradient; see `Learner`."""
        self._weights.collect_gradient()

    def publish(self) -> None:
        """Compute with the master's weights from now on; see `Learner`."""
        self._weights.publish()

    def save(self, folder: Path, base_model: str) -> None:
        """Write the adapter as PEFT reads it, without the card it would add."""
        self._weights.restore()
        folder.mkdir(parents=True, exist_ok=True)
        state = get_peft_model_state_dict(self._model)
        save_file(
            {name: t.detach().cpu().contiguous().clone() for name, t in state.items()},
            folder / ADAPTER_WEIGHTS,
        )
        settings = self._model.peft_config["default"]
        settings.base_model_name_or_path = base_model
        settings.inference_mode = True
        settings.save_pretrained(folder)

    def _summed_loss(self, sequences: Sequence[TokenSequence]) -> Tensor:
        if self._kinds.intersection(_RECURRENT):
            return self._side_by_side(sequences)
        packed = pack(sequences)
        logits = self._model(
            input_ids=packed.ids[None].to(self._device),
            position_ids=packed.positions[None].to(self._device),
            attention_mask=self._masks(packed),
            logits_to_keep=packed.sources.to(self._device),
            use_cache=False,
        ).logits[0]
        targets = packed.targets.to(self._device)
        return cross_entropy(logits.float(), targets, reduction="sum")

    def _masks(self, packed: Pack) -> Tensor | dict[str, Tensor]:
        """Return one mask, or one by kind of layer where some see less far."""
        plain = packed.mask(self._dtype)
        if _WINDOWED not in self._kinds or self._window is None:
            return plain[None, None].to(self._device)
        distance = packed.positions[:, None] - packed.positions[None]
        lowest = torch.finfo(self._dtype).min
        windowed = plain.masked_fill(distance >= self._window, lowest)
        return {
            "full_attention": plain[None, None].to(self._device),
            _WINDOWED: windowed[None, None].to(self._device),
        }

    def _side_by_side(self, sequences: Sequence[TokenSequence]) -> Tensor:
        """Compute each conversation in a row of its own.

        A convolution reads the tokens before it whoever they belong to, so that
        conversations in one row would leak into each other. What fills up a row
        comes after its last token, where no causal layer looks.
        """
        rows = [torch.tensor(sequence.ids) for sequence in sequences]
        model = self._model.get_base_model()
        hidden = model.model(
            input_ids=pad_sequence(rows, batch_first=True).to(self._device),
            use_cache=False,
        ).last_hidden_state
        spans = [(s.prompt_tokens - 1, len(s) - 1) for s in sequences]
        answers = [hidden[row, slice(*span)] for row, span in enumerate(spans)]
        targets = [
            row[sequence.prompt_tokens :]
            for row, sequence in zip(rows, sequences, strict=True)
        ]
        logits = model.lm_head(torch.cat(answers)).float()
        wanted = torch.cat(targets).to(self._device)
        return cross_entropy(logits, wanted, reduction="sum")


def _linear_names(model: transformers.PreTrainedModel) -> list[str]:
    """Return what the layers' linear parts are called: with layers PEFT wants names."""
    return sorted(
        {
            name.rpartition(".")[2]
            for name, module in model.named_modules()
            if isinstance(module, torch.nn.Linear) and ".layers." in f".{name}"
        }
    )


def _with_adapter(
    model: transformers.PreTrainedModel,
    rank: int,
    seed: int,
    adapted_layers: int | None,
) -> PeftModel:
    torch.manual_seed(seed)
    layers = model.config.num_hidden_layers
    first = layers - min(layers, adapted_layers or layers)
    config = LoraConfig(
        r=rank,
        lora_alpha=ALPHA_PER_RANK * rank,
        target_modules=_linear_names(model) if first else "all-linear",
        task_type="CAUSAL_LM",
        layers_to_transform=list(range(first, layers)) if first else None,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # peft asks an old attribute
        # The adapter computes in the base's type; MasterWeights keeps the precision.
        made = get_peft_model(model, config, autocast_adapter_dtype=False)
    if not isinstance(made, PeftModel):
        raise TypeError(f"An adapter model was expected, and {type(made)} came.")
    return made
