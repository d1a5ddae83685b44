"""Random encoders with a vocabulary of words, small enough to be made in a test.

What they lack is knowledge; their files have all that the real ones have.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

import ftcore.training.encoder_run  # noqa: F401 - what is imported late is patched too
from ftcore.models import catalog
from ftcore.models.catalog import BaseModel, Source

WORDS = """\
el la no un una de en mi que pago web cuenta factura carga funciona puedo entrar
gracias por todo hola abren horario quería saber tienda urgente normal trámite
cambiad dirección nada falla error ya cerrada cuándo sábado ##s ##a ##o ##r ##n
""".split()  # noqa: SIM905 - words read better in a line
MARKS = ("[UNK]", "[PAD]", "[CLS]", "[SEP]")
HIDDEN, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 4, 48, 40


@dataclass(frozen=True, slots=True)
class TinyEncoder:
    """An entry of the catalogue, and transformers' own model with its weights."""

    model: BaseModel
    twin: Any


def make_encoder(models_dir: Path, family: str = "bert", seed: int = 0) -> TinyEncoder:
    """Write the three files of a random encoder where a download would put them."""
    folder = models_dir / f"tiny-{family}"
    folder.mkdir(parents=True)
    letters = list("abcdefghijklmnñopqrstuvwxyzáéíóú")
    vocabulary = [
        *MARKS,
        *dict.fromkeys([*WORDS, *letters, *(f"##{c}" for c in letters)]),
    ]
    _tokenizer(vocabulary).save(str(folder / "tokenizer.json"))
    is_bert = family == "bert"
    config = (transformers.BertConfig if is_bert else transformers.XLMRobertaConfig)(
        vocab_size=len(vocabulary),
        hidden_size=HIDDEN,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        intermediate_size=INNER,
        max_position_embeddings=POSITIONS,
        type_vocab_size=2 if is_bert else 1,
        pad_token_id=1,
        initializer_range=0.3,  # far from zero, so that a mistake is seen
    )
    torch.manual_seed(seed)
    kind = transformers.BertModel if is_bert else transformers.XLMRobertaModel
    twin = kind(config, add_pooling_layer=False).eval()
    with torch.no_grad():
        for weight in twin.parameters():
            weight.add_(torch.randn_like(weight) * 0.05)  # biases and norms as well
    twin.save_pretrained(folder)
    source = Source(
        file="model.safetensors",
        hub=f"someone/tiny-{family}",
        beside={"config.json": None, "tokenizer.json": None},
    )
    model = BaseModel(
        name=f"tiny-{family}",
        title="Codificador diminuto",
        kind=catalog.ENCODER,
        architecture=family,
        licence="MIT",
        size_mb=1,
        context=24,
        languages=("es",),
        source=source,
        parameters_m=1,
        layers_m=1,
    )
    return TinyEncoder(model, twin)


def _tokenizer(vocabulary: Iterable[str]) -> Tokenizer:
    ids: Mapping[str, int] = {word: at for at, word in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordPiece(dict(ids), unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    tokenizer.enable_padding()  # as some files of the Hub have it
    return tokenizer


def add_to_catalog(monkeypatch: pytest.MonkeyPatch, *added: BaseModel) -> None:
    """Let everybody find them: the catalogue is read once and kept."""
    usual = catalog.load_catalog()
    more = replace(usual, models=(*usual.models, *added))
    for name, module in list(__import__("sys").modules.items()):
        if name.startswith("ftcore.") and hasattr(module, "load_catalog"):
            monkeypatch.setattr(module, "load_catalog", lambda: more)
