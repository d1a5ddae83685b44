"""Download a model's files of the Hub with progress, going on where a cut one ended.

``hf_hub_download`` throws a part away when its process ends, and tells its progress
every 10 MB; so only its client, its errors and its facts of the file are used.
"""

import hashlib
import shutil
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from typing import Any, BinaryIO

from ftcore.errors import BaseModelNotFetchedError
from ftcore.models.catalog import PREPARE_COMMAND, BaseModel
from ftcore.models.download_errors import (
    DownloadCutError,
    GatedModelError,
    ModelHubUnreachableError,
    NoSpaceError,
    WrongChecksumError,
)

OnBytes = Callable[[int, int], None]
"""Takes the bytes that are here and those in all; may raise to stop."""

HUB = "https://huggingface.co"
MB = 1_000_000
_SHA256_DIGITS = 64
_CLOSED = (401, 403)
_PARTIAL = 206
_TIMEOUT_SECONDS = 30.0  # without a byte
_PAUSES = (1, 2, 4, 8, 16)  # seconds after a cut; five in a row without a byte end it


def ignored(done: int, total: int) -> None:
    """Take the progress and tell nobody."""


@dataclass(frozen=True, slots=True)
class _File:
    """One file to bring.

    Attributes:
        name: Of the file.
        url: Where it is.
        size: In bytes; ``None`` if the Hub does not say.
        expected: Its SHA-256, if anybody knows it.
        part: Where it grows.
    """

    name: str
    url: str
    size: int | None
    expected: str | None
    part: Path

    @property
    def have(self) -> int:
        """Bytes that are here from before."""
        return self.part.stat().st_size if self.part.is_file() else 0


def download_from_hub(
    model: BaseModel, folder: Path, on_bytes: OnBytes = ignored
) -> Path:
    """Bring the model's files into ``folder`` and keep each one's checksum beside it.

    Args:
        model: An entry whose source is a repository of the Hub.
        folder: Must exist. A part from before is gone on with.
        on_bytes: Told of the progress, of all files together.

    Returns:
        The file with the weights; it appears last.

    Raises:
        ModelHubUnreachableError: There is no way to the Hub.
        DownloadCutError: It was cut and could not go on; the part is kept.
        GatedModelError: The licence has to be taken first, with an account.
        NoSpaceError: The disk does not hold it.
        WrongChecksumError: What came is not the file of the catalogue.
        BaseModelNotFetchedError: Anything else, such as no such file there.
    """
    missing = [name for name in model.source.files if not (folder / name).is_file()]
    with _Wall(model, "ask"):
        files = [_ask(model, name, folder) for name in missing]
    sizes = [file.size or model.size_mb * MB for file in files]
    have = sum(file.have for file in files)
    _require_space(model, folder, sum(sizes) - have)
    before = 0
    for file, size in zip(files, sizes, strict=True):
        _bring(model, file, folder, _Share(on_bytes, before, sum(sizes) - size))
        before += size
    return folder / model.source.file


@dataclass(frozen=True, slots=True)
class _Share:
    """Tells of one file's progress as part of all of them.

    Attributes:
        on_bytes: Told of the whole.
        before: Bytes of the files that came before.
        others: Bytes of all other files.
    """

    on_bytes: OnBytes
    before: int
    others: int

    def __call__(self, done: int, total: int) -> None:
        self.on_bytes(self.before + done, self.others + total)


def _ask(model: BaseModel, name: str, folder: Path) -> _File:
    from huggingface_hub import get_hf_file_metadata, hf_hub_url  # noqa: PLC0415

    source = model.source
    url = hf_hub_url(str(source.hub), name, revision=source.revision)
    facts = get_hf_file_metadata(url)
    expected = source.sha256_of(name) or _sha256_of_etag(facts.etag)
    part = folder / f"{name}.{(expected or 'any')[:12]}.part"
    return _File(name, url, facts.size, expected, part)


def _bring(model: BaseModel, file: _File, folder: Path, on_bytes: OnBytes) -> None:
    with _Wall(model, "read"):
        if file.size is None or file.have < file.size:
            _read(file.url, file.part, on_bytes)
    found = checksum(file.part)
    if file.expected is not None and found != file.expected:
        file.part.unlink()
        raise WrongChecksumError(name=model.name, expected=file.expected, found=found)
    _kept(folder / file.name).write_text(found + "\n", encoding="utf-8")
    file.part.replace(folder / file.name)


def require_sound(model: BaseModel, file: Path) -> str:
    """Compare a file with its checksum, and keep that if nobody knew it.

    Args:
        model: Whose catalogue entry may know the checksum.
        file: One of its files on this machine.

    Returns:
        The checksum.

    Raises:
        WrongChecksumError: It changed since it was downloaded, or is another file.
    """
    kept, found = _kept(file), checksum(file)
    before = kept.read_text(encoding="utf-8").strip() if kept.is_file() else None
    expected = model.source.sha256_of(file.name) or before
    if expected is not None and found != expected:
        raise WrongChecksumError(name=model.name, expected=expected, found=found)
    if before is None and model.source.hub is not None:
        kept.write_text(found + "\n", encoding="utf-8")
    return found


def checksum(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _kept(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")


def _sha256_of_etag(etag: str | None) -> str | None:
    """Return the checksum that the Hub gives a large file as its mark, if it does."""
    is_one = etag is not None and len(etag) == _SHA256_DIGITS
    return etag if is_one else None


def _require_space(model: BaseModel, folder: Path, wanted: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise NoSpaceError(
            name=model.name, needed_mb=model.size_mb, free_mb=round(free / MB)
        )


def _read(url: str, part: Path, on_bytes: OnBytes) -> None:
    """Append what is missing, trying again after a cut while anything comes."""
    import httpx2  # noqa: PLC0415

    with part.open("ab") as file:
        tries = 0
        while True:
            before = file.tell()
            try:
                _read_once(url, file, on_bytes)
            except (
                httpx2.NetworkError,
                httpx2.RemoteProtocolError,
                httpx2.TimeoutException,
            ):
                tries = 1 if file.tell() > before else tries + 1
                if tries > len(_PAUSES):
                    raise
                time.sleep(_PAUSES[tries - 1])
            else:
                return


def _read_once(url: str, file: BinaryIO, on_bytes: OnBytes) -> None:
    from huggingface_hub.utils import (  # type: ignore[attr-defined]  # noqa: PLC0415
        build_hf_headers,
        get_session,
        hf_raise_for_status,
    )

    headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
    if file.tell():
        headers["Range"] = f"bytes={file.tell()}-"
    with get_session().stream(
        "GET", url, headers=headers, timeout=_TIMEOUT_SECONDS, follow_redirects=True
    ) as answer:
        hf_raise_for_status(answer)
        if answer.status_code != _PARTIAL:  # all of it, whatever was asked
            file.truncate(0)
        total = file.tell() + int(answer.headers.get("Content-Length", 0))
        on_bytes(file.tell(), total)
        for piece in answer.iter_raw():
            file.write(piece)
            on_bytes(file.tell(), total)


class _Wall(AbstractContextManager["_Wall"]):
    """Turns what the library raises into our errors.

    Args:
        model: What is downloaded.
        doing: ``ask`` before the first byte, ``read`` afterwards.
    """

    def __init__(self, model: BaseModel, doing: str) -> None:
        self._model, self._doing = model, doing

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        import httpx2  # noqa: PLC0415
        from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415

        if isinstance(error, HfHubHTTPError):
            raise self._refusal(error) from error
        if isinstance(error, httpx2.HTTPError | ConnectionError):
            cut = (
                DownloadCutError if self._doing == "read" else ModelHubUnreachableError
            )
            raise cut(name=self._model.name, command=self._command) from error
        if isinstance(error, OSError):
            raise self._fault(error) from error

    @property
    def _command(self) -> str:
        return f"{PREPARE_COMMAND} {self._model.name}"

    def _refusal(self, error: Any) -> Exception:  # noqa: ANN401
        if error.response.status_code in _CLOSED:
            address = f"{HUB}/{self._model.source.hub}"
            return GatedModelError(name=self._model.name, address=address)
        return self._fault(error)

    def _fault(self, error: OSError) -> Exception:
        if error.errno == ENOSPC:
            return NoSpaceError(
                name=self._model.name, needed_mb=self._model.size_mb, free_mb=0
            )
        return BaseModelNotFetchedError(
            name=self._model.name, command=self._command, reason=type(error).__name__
        )
