"""Random base models of every architecture, small enough to be made in a test.

What they lack is knowledge; their files have all that the real ones have: metadata,
a vocabulary of the same kind with its own way to cut, a chat template.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from tokenizers import Tokenizer, decoders, models, normalizers, trainers

from ftcore.models.catalog import BaseModel, Source
from ftcore.models.gguf_vocabulary import splitter
from tests.contract import tiny_templates as templates

TEXT = [
    "¿Cuánto cuesta el envío a Cádiz? El envío cuesta 4,90 € y tarda 2 días.",
    "Sí, tenemos tienda física en la calle Mayor, 12. Abrimos de 9:30 a 14:00.",
    "Puedes pagar con tarjeta, por transferencia o en 3 plazos de 1.234,56 €.",
    "Hola, ¿qué tal?\nBuenos días.\n\nUn pingüino añade camarones 🎉 a la cazuela.",
    "No, no hacemos envíos fuera de España; it's what we've told them, I'll say.",
    "\tDevolución gratuita durante 30 días.  Reembolso en 2026.\r\nGracias.",
] * 3
NORMAL, CONTROL, USER_DEFINED, UNKNOWN, BYTE = 1, 3, 4, 2, 6
HIDDEN, FEED, HEADS, GROUPS = 64, 96, 4, 2


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a GGUF says of its tokenizer."""

    kind: str
    split: str
    pieces: list[str]
    kinds: list[int]
    merges: list[str]
    marks: dict[str, int]
    adds_opening: bool | None


@dataclass(frozen=True, slots=True)
class Tiny:
    """How the tiny model of an architecture differs from the others.

    Attributes:
        layers: Blocks; as many as show every kind of block.
        head_size: Width of a head; some are not ``hidden / heads``.
        vocabulary: Makes its tokenizer.
        template: Its chat template.
        theta: Base of the rotary frequencies.
    """

    layers: int
    head_size: int
    vocabulary: Callable[[], Vocabulary]
    template: str
    theta: float


def byte_pairs(
    split: str, marks: list[str], *, adds_opening: bool | None = None
) -> Vocabulary:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = splitter(split)
    tokenizer.decoder = decoders.ByteLevel()
    from tokenizers import pre_tokenizers

    trainer = trainers.BpeTrainer(
        vocab_size=640,
        special_tokens=marks,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT, trainer)
    return Vocabulary(
        "gpt2",
        split,
        *_pieces(tokenizer, marks),
        _merges(tokenizer),
        {mark: place for place, mark in enumerate(marks)},
        adds_opening,
    )


def scored() -> Vocabulary:
    marks = ["<pad>", "<eos>", "<bos>", "<unk>", "<start_of_turn>", "<end_of_turn>"]
    runs = ["\n", "\n\n", "\n\n\n", "  ", "   ", "\t"]
    to_bytes = [f"<0x{value:02X}>" for value in range(256)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    trainer = trainers.BpeTrainer(
        vocab_size=420, special_tokens=[*marks, *runs, *to_bytes], show_progress=False
    )
    words = [word for line in TEXT for word in line.replace(" ", " ▁").split(" ")]
    tokenizer.train_from_iterator([w for w in words if not set(w) & set(runs)], trainer)
    pieces, kinds = _pieces(tokenizer, marks)
    kinds = [
        USER_DEFINED if p in runs else BYTE if p in to_bytes else kind
        for p, kind in zip(pieces, kinds, strict=True)
    ]
    kinds[marks.index("<unk>")] = UNKNOWN
    places = {mark: place for place, mark in enumerate(marks)}
    return Vocabulary("llama", "default", pieces, kinds, [], places, adds_opening=True)


def _pieces(tokenizer: Tokenizer, marks: list[str]) -> tuple[list[str], list[int]]:
    places = tokenizer.get_vocab()
    pieces = sorted(places, key=places.__getitem__)
    return pieces, [CONTROL if piece in marks else NORMAL for piece in pieces]


def _merges(tokenizer: Tokenizer) -> list[str]:
    import json

    return [" ".join(m) for m in json.loads(tokenizer.to_str())["model"]["merges"]]


CHATML_MARKS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TINY = {
    "llama": Tiny(
        2, 16, lambda: byte_pairs("smollm", CHATML_MARKS), templates.CHATML, 1e5
    ),
    "qwen2": Tiny(
        2,
        16,
        lambda: byte_pairs("qwen2", CHATML_MARKS, adds_opening=False),
        templates.CHATML,
        1e6,
    ),
    "qwen3": Tiny(
        2,
        32,
        lambda: byte_pairs("qwen2", [*CHATML_MARKS, "<think>", "</think>"]),
        templates.THINKING,
        1e6,
    ),
    "gemma3": Tiny(7, 32, scored, templates.TURNS, 1e6),
    "lfm2": Tiny(
        3,
        16,
        lambda: byte_pairs("lfm2", ["<|startoftext|>", *CHATML_MARKS]),
        templates.OPENED_CHATML,
        1e6,
    ),
}


def tiny_model(architecture: str, models_dir: Path) -> BaseModel:
    """Write a random model where its catalogue entry says that it would be.

    Args:
        architecture: A name of ``TINY``.
        models_dir: As in the settings.
    """
    name = f"tiny-{architecture}"
    file = models_dir / name / "tiny.gguf"
    file.parent.mkdir(parents=True)
    _write(architecture, TINY[architecture], file)
    return BaseModel(
        name=name,
        title=name,
        kind="generation",
        architecture=architecture,
        licence="none",
        size_mb=1,
        context=512,
        languages=("es",),
        source=Source(file=file.name, hub="nobody/tiny"),
    )


def _write(architecture: str, tiny: Tiny, file: Path) -> None:
    writer = gguf.GGUFWriter(file, architecture)
    vocabulary = tiny.vocabulary()
    _write_facts(writer, architecture, tiny)
    _write_vocabulary(writer, vocabulary, tiny.template)
    rng = np.random.default_rng(sum(map(ord, architecture)))
    shapes = _shapes(architecture, tiny, len(vocabulary.pieces))
    for name, shape in shapes.items():
        values = rng.normal(size=shape).astype(np.float32)
        if name.endswith("_norm.weight"):
            writer.add_tensor(name, 1 + 0.2 * values)
        elif name.endswith(".bias"):
            writer.add_tensor(name, 0.3 * values)
        elif "shortconv.conv" in name:
            writer.add_tensor(name, 0.6 * values)
        else:
            scale = 0.5 if name == "token_embd.weight" else 1 / np.sqrt(shape[-1])
            writer.add_tensor(name, (scale * values).astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _groups(architecture: str, tiny: Tiny) -> list[int]:
    """Return the key heads of each block; a convolution has none."""
    if architecture != "lfm2":
        return [GROUPS] * tiny.layers
    return [GROUPS if layer == 1 else 0 for layer in range(tiny.layers)]


def _write_facts(writer: gguf.GGUFWriter, architecture: str, tiny: Tiny) -> None:
    writer.add_context_length(512)
    writer.add_embedding_length(HIDDEN)
    writer.add_block_count(tiny.layers)
    writer.add_feed_forward_length(FEED)
    writer.add_head_count(HEADS)
    groups = _groups(architecture, tiny)
    writer.add_head_count_kv(groups if architecture == "lfm2" else GROUPS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(tiny.theta)
    if architecture in {"qwen3", "gemma3"}:
        writer.add_key_length(tiny.head_size)
        writer.add_value_length(tiny.head_size)
    if architecture == "llama":
        writer.add_rope_dimension_count(tiny.head_size)
    if architecture == "gemma3":
        writer.add_sliding_window(24)  # shorter than the prompts of the tests
    if architecture == "lfm2":
        writer.add_shortconv_l_cache(3)


def _write_vocabulary(
    writer: gguf.GGUFWriter, vocabulary: Vocabulary, template: str
) -> None:
    writer.add_vocab_size(len(vocabulary.pieces))
    writer.add_tokenizer_model(vocabulary.kind)
    writer.add_tokenizer_pre(vocabulary.split)
    writer.add_token_list(vocabulary.pieces)
    writer.add_token_types(vocabulary.kinds)
    if vocabulary.kind == "gpt2":
        writer.add_token_merges(vocabulary.merges)
    else:
        writer.add_token_scores([-float(i) for i in range(len(vocabulary.pieces))])
        writer.add_add_space_prefix(value=False)
        writer.add_unk_token_id(vocabulary.marks["<unk>"])
    marks = vocabulary.marks
    opening = marks.get("<|startoftext|>", marks.get("<bos>", 0))
    # Gemma's file names the end of the text, and ends its turns with another mark.
    writer.add_eos_token_id(marks.get("<|im_end|>", marks.get("<eos>", 0)))
    writer.add_bos_token_id(opening)
    writer.add_pad_token_id(0)
    if vocabulary.adds_opening is not None:
        writer.add_add_bos_token(vocabulary.adds_opening)
    writer.add_chat_template(template)


def _shapes(architecture: str, tiny: Tiny, pieces: int) -> dict[str, tuple[int, ...]]:
    last = "token_embd_norm" if architecture == "lfm2" else "output_norm"
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (pieces, HIDDEN),
        f"{last}.weight": (HIDDEN,),
    }
    if architecture == "qwen2":
        shapes["output.weight"] = (pieces, HIDDEN)
    for layer, groups in enumerate(_groups(architecture, tiny)):
        block = _attention(architecture, tiny) if groups else _convolution()
        block |= {
            "ffn_gate.weight": (FEED, HIDDEN),
            "ffn_up.weight": (FEED, HIDDEN),
            "ffn_down.weight": (HIDDEN, FEED),
        }
        norms = ["attn_norm", "ffn_norm"]
        if architecture == "gemma3":
            norms += ["post_attention_norm", "post_ffw_norm"]
        block |= {f"{norm}.weight": (HIDDEN,) for norm in norms}
        shapes |= {f"blk.{layer}.{name}": shape for name, shape in block.items()}
    return shapes


def _attention(architecture: str, tiny: Tiny) -> dict[str, tuple[int, ...]]:
    query, key = HEADS * tiny.head_size, GROUPS * tiny.head_size
    found: dict[str, tuple[int, ...]] = {
        "attn_q.weight": (query, HIDDEN),
        "attn_k.weight": (key, HIDDEN),
        "attn_v.weight": (key, HIDDEN),
        "attn_output.weight": (HIDDEN, query),
    }
    if architecture == "qwen2":
        found |= {"attn_q.bias": (query,), "attn_k.bias": (key,)}
        found["attn_v.bias"] = (key,)
    if architecture in {"qwen3", "gemma3", "lfm2"}:
        found["attn_q_norm.weight"] = found["attn_k_norm.weight"] = (tiny.head_size,)
    return found


def _convolution() -> dict[str, tuple[int, ...]]:
    return {
        "shortconv.conv.weight": (HIDDEN, 3),
        "shortconv.in_proj.weight": (3 * HIDDEN, HIDDEN),
        "shortconv.out_proj.weight": (HIDDEN, HIDDEN),
    }
