"""Sign what leaves the server and comes back: cookies, links, playground tokens."""

import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from itsdangerous import (
    BadSignature,
    SignatureExpired,
    URLSafeSerializer,
    URLSafeTimedSerializer,
)

from ftcore.errors import InvalidTokenError
from ftcore.settings import Settings

SECRET_FILE = "secret.key"  # noqa: S105 - a file name, not a secret
API_KEY_START = "ft-"  # tells our keys from other providers' at a glance
CODE_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # none that looks like another
CODE_LENGTH = 6
_SECRET_BYTES = 32  # 256 bits, the strength of the HMAC's hash


@dataclass(frozen=True, slots=True)
class PlaygroundClaim:
    """Who may talk to which model."""

    participant_id: str
    model_id: str


class Signer:
    """Signs with one secret and one salt per purpose, so that no token serves another.

    Uses HMAC as itsdangerous does; the content is readable, only not forgeable.
    """

    def __init__(self, secret: str) -> None:
        self._cookie = URLSafeSerializer(secret, salt="participant-v1")
        self._link = URLSafeSerializer(secret, salt="link-v1")
        self._code_key = hmac.digest(secret.encode(), b"project-code-v1", "sha256")
        self._playground = URLSafeTimedSerializer(secret, salt="playground-v1")
        self._api_key = URLSafeSerializer(secret, salt="api-key-v1")

    def sign_participant(self, participant_id: str) -> str:
        """Return the value of the identity cookie."""
        return _dump(self._cookie, participant_id)

    def read_participant(self, cookie: str | None) -> str | None:
        """Return the participant of a cookie, or ``None`` if it is not ours."""
        return _load_text(self._cookie, cookie)

    def sign_link(self, participant_id: str) -> str:
        """Return the key of the link that restores an identity elsewhere."""
        return _dump(self._link, participant_id)

    def read_link(self, key: str | None) -> str | None:
        """Return the participant of a link's key, or ``None`` if it is not ours."""
        return _load_text(self._link, key)

    def project_code(self, project_id: str) -> str:
        """Return the code by which others vote on a project, short enough to type.

        Its 30 bits of an HMAC cannot be told from the id; among 50 projects one
        guess in twenty million finds one.
        """
        digest = hmac.digest(self._code_key, project_id.encode(), "sha256")
        # 32 signs divide 256 evenly, so that each is as likely as any other.
        return "".join(
            CODE_SIGNS[byte % len(CODE_SIGNS)] for byte in digest[:CODE_LENGTH]
        )

    def sign_api_key(self, key_id: str) -> str:
        """Return the key that programs send, always the same for one id.

        The store keeps the id alone, so that a copy of it opens nothing.
        """
        return API_KEY_START + _dump(self._api_key, key_id)

    def read_api_key(self, key: str | None) -> str | None:
        """Return the id of a program's key, or ``None`` if it is not ours."""
        if not key or not key.startswith(API_KEY_START):
            return None
        return _load_text(self._api_key, key.removeprefix(API_KEY_START))

    def mint_playground(self, participant_id: str, model_id: str) -> str:
        """Return a token that opens one model's playground for one participant."""
        return _dump(self._playground, {"p": participant_id, "m": model_id})

    def read_playground(self, token: str | None, max_age: int) -> PlaygroundClaim:
        """Return what a playground token allows.

        Args:
            token: What came in the address; ``None`` if nothing came.
            max_age: Oldest token accepted, in seconds.

        Raises:
            InvalidTokenError: ``reason`` is 'missing', 'forged' or 'expired'.
        """
        if not token:
            raise InvalidTokenError(reason="missing")
        try:
            claim = self._playground.loads(token, max_age=max_age)
        except SignatureExpired as error:
            raise InvalidTokenError(reason="expired") from error
        except BadSignature as error:
            raise InvalidTokenError(reason="forged") from error
        return PlaygroundClaim(str(claim["p"]), str(claim["m"]))


def _dump(serializer: URLSafeSerializer, value: object) -> str:
    return str(serializer.dumps(value))


def _load_text(serializer: URLSafeSerializer, token: str | None) -> str | None:
    if not token:
        return None
    try:
        return str(serializer.loads(token))
    except BadSignature:
        return None


def load_secret(settings: Settings) -> str:
    """Return the signing secret, making one up on the first start.

    A made-up secret is kept in the data folder (readable by its owner only), so
    that cookies and links survive a restart.
    """
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / SECRET_FILE
    if not path.exists():
        _create_secret(path)
    return path.read_text(encoding="ascii").strip()


def _create_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mode 0600
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(secrets.token_urlsafe(_SECRET_BYTES))
    # A hard link fails if another process was first; its secret then holds for both.
    with suppress(FileExistsError):
        os.link(draft, path)
    Path(draft).unlink()
