"""Rebuild the tokenizer inside a GGUF file, so that it cuts text as llama.cpp does.

Two kinds: byte pairs with merges ('gpt2') and SentencePiece with scores ('llama').
No Unicode normalisation, which llama.cpp does not do either.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer, pre_tokenizers

Header = Mapping[str, object]

_MARKED_KINDS = (3, 4)  # 'control' and 'user defined': found before anything is cut
_SPACE = "▁"

# How each kind of 'gpt2' vocabulary cuts a text before it merges, as in llama.cpp:
# https://github.com/ggml-org/llama.cpp/blob/master/src/llama-vocab.cpp
_DIGIT_BY_DIGIT = frozenset({"smollm", "starcoder", "refact", "command-r"})
_WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_PATTERNS = {
    "qwen2": rf"{_WORDS}|\p{{N}}|{_REST}",
    **dict.fromkeys(("llama-bpe", "lfm2"), rf"{_WORDS}|\p{{N}}{{1,3}}|{_REST}"),
}
_GPT2_LIKE = frozenset({"gpt-2", *_DIGIT_BY_DIGIT})
# Vocabularies whose whole words need no merges, and that begin with a mark unless
# the file says otherwise.
_WHOLE_WORDS = frozenset({"llama-bpe", "lfm2"})


def knows(header: Header) -> bool:
    """Whether the tokenizer of a file is of a kind that is built here."""
    if _kind(header) == "llama":
        # SentencePiece with a space before the first word is not built here.
        return header.get("tokenizer.ggml.add_space_prefix") is False
    return _kind(header) == "gpt2" and _split(header) in {*_GPT2_LIKE, *_PATTERNS}


def opens_with_mark(header: Header) -> bool:
    """Whether llama.cpp puts the mark of a beginning before every text."""
    said = header.get("tokenizer.ggml.add_bos_token")
    if isinstance(said, bool):
        return said
    return _kind(header) == "llama" or _split(header) in _WHOLE_WORDS


def build_vocabulary(header: Header) -> "Tokenizer":
    """Return the tokenizer of a file that :func:`knows` accepts."""
    from tokenizers import AddedToken  # noqa: PLC0415  (half a second of import)

    pieces = list_of(header, "tokenizer.ggml.tokens")
    kinds = list_of(header, "tokenizer.ggml.token_type")
    tokenizer = _byte_pairs(header) if _kind(header) == "gpt2" else _scored(header)
    marked = [p for p, kind in zip(pieces, kinds, strict=True) if kind in _MARKED_KINDS]
    tokenizer.add_special_tokens([AddedToken(p, normalized=False) for p in marked])
    return tokenizer


def list_of(header: Header, name: str) -> list[Any]:
    """Return a list of the header, empty if it has none of that name."""
    value = header.get(name)
    return value if isinstance(value, list) else []


def _kind(header: Header) -> str:
    return str(header.get("tokenizer.ggml.model"))


def _split(header: Header) -> str:
    return str(header.get("tokenizer.ggml.pre"))


def _places(header: Header) -> dict[str, int]:
    pieces = list_of(header, "tokenizer.ggml.tokens")
    return {piece: place for place, piece in enumerate(pieces)}


def _byte_pairs(header: Header) -> "Tokenizer":
    from tokenizers import Tokenizer, decoders, models  # noqa: PLC0415

    merges = [tuple(m.split(" ")) for m in list_of(header, "tokenizer.ggml.merges")]
    whole = _split(header) in _WHOLE_WORDS
    tokenizer = Tokenizer(models.BPE(_places(header), merges, ignore_merges=whole))
    tokenizer.pre_tokenizer = splitter(_split(header))
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def splitter(name: str) -> "pre_tokenizers.PreTokenizer":
    """Return what cuts a text before the merges of a 'gpt2' vocabulary.

    Args:
        name: ``tokenizer.ggml.pre`` of the file.
    """
    from tokenizers import Regex, pre_tokenizers  # noqa: PLC0415

    if name in _GPT2_LIKE:
        first = pre_tokenizers.Digits(individual_digits=True)
        last = pre_tokenizers.ByteLevel(add_prefix_space=False)
        return pre_tokenizers.Sequence(
            [first, last] if name in _DIGIT_BY_DIGIT else [last]
        )
    cut = pre_tokenizers.Split(Regex(_PATTERNS[name]), "isolated")
    to_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([cut, to_bytes])


def _scored(header: Header) -> "Tokenizer":
    from tokenizers import Tokenizer, decoders, models, normalizers  # noqa: PLC0415

    places = _places(header)
    scores = list_of(header, "tokenizer.ggml.scores")
    merges = sorted(_pairs(places), key=lambda pair: -scores[places["".join(pair)]])
    model = models.BPE(places, merges, byte_fallback=True, unk_token=None)
    tokenizer = Tokenizer(model)
    tokenizer.normalizer = normalizers.Replace(" ", _SPACE)
    spaces = decoders.Replace(_SPACE, " ")
    tokenizer.decoder = decoders.Sequence(
        [spaces, decoders.ByteFallback(), decoders.Fuse()]
    )
    return tokenizer


def _pairs(places: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Yield every two pieces that make a third one; SentencePiece names no merges."""
    for piece in places:
        for cut in range(1, len(piece)):
            if piece[:cut] in places and piece[cut:] in places:
                yield piece[:cut], piece[cut:]
