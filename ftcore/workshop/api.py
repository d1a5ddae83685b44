"""Step 5, for programs: a key opens one model of one participant, and nothing else."""

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ftcore.chat.arms import available_arms, open_arm
from ftcore.chat.base import Arm, ReplyTrace, SamplingOptions
from ftcore.chat.stopping import until
from ftcore.data.examples import Message
from ftcore.errors import (
    ApiBusyError,
    ApiKeyInvalidError,
    ApiKeyMissingError,
    ApiModelUnknownError,
    FtcoreError,
)
from ftcore.models.trained import load_trained
from ftcore.runtime import Clock, utc_now
from ftcore.storage.records import ApiKeyRow
from ftcore.texts import text
from ftcore.workshop.context import Context

KEY_LIFE = timedelta(days=90)
MOST_AT_ONCE = 4  # answers of one key; a chat program asks for two or three
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A participant's key, as only they may see it.

    Attributes:
        secret: What a program sends.
        ends: When it stops opening the model.
    """

    secret: str
    ends: datetime


@dataclass(frozen=True, slots=True)
class ApiClient:
    """Who a program speaks for, proven by its key.

    Attributes:
        key_id: Id of the key.
        folder: Folder of the one model that it opens.
    """

    key_id: str
    folder: Path


@dataclass(frozen=True, slots=True)
class ServedModel:
    """One name that a program may ask for.

    Attributes:
        name: The model's name, and after a colon the arm unless it is the tuned one.
        arm: Who answers.
        created: When the model was trained.
    """

    name: str
    arm: Arm
    created: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What a program asks for.

    Attributes:
        model: One of the names of :meth:`Api.models`.
        messages: The conversation.
        options: How the next token is chosen.
        stops: Words before which the answer ends.
    """

    model: str
    messages: Sequence[Message]
    options: SamplingOptions
    stops: Sequence[str] = ()


class Api:
    """Verbs of the endpoint, and of the page that hands out its keys."""

    def __init__(self, context: Context, clock: Clock = utc_now) -> None:
        self._context = context
        self._clock = clock
        self._running: Counter[str] = Counter()
        self._lock = threading.Lock()

    # --- the participant's side ------------------------------------------------

    def key(self, participant_id: str) -> ApiKey | None:
        """Return the key of the participant's newest model, if there is a good one.

        Raises:
            StepLockedError: Nothing has been trained yet.
        """
        _project, job, _folder = self._context.require_model(participant_id)
        row = self._context.store.api_key_of(job.id)
        return None if row is None or self._is_over(row) else self._shown(row)

    def renew_key(self, participant_id: str) -> ApiKey:
        """Make a key for the participant's newest model; the one before it ends.

        Raises:
            StepLockedError: Nothing has been trained yet.
        """
        _project, job, _folder = self._context.require_model(participant_id)
        return self._shown(self._context.store.replace_api_key(job.id, participant_id))

    def revoke_key(self, participant_id: str) -> None:
        """End the key of the participant's newest model.

        Raises:
            StepLockedError: Nothing has been trained yet.
        """
        _project, job, _folder = self._context.require_model(participant_id)
        self._context.store.delete_api_key(job.id)

    def own_models(self, participant_id: str) -> tuple[ServedModel, ...]:
        """Return the names by which programs reach the participant's newest model.

        Raises:
            StepLockedError: Nothing has been trained yet.
        """
        return _served(self._context.require_model(participant_id)[2])

    # --- the program's side ----------------------------------------------------

    def client(self, secret: str | None) -> ApiClient:
        """Return what a key opens.

        Raises:
            ApiKeyMissingError: There is none.
            ApiKeyInvalidError: It is not ours, was replaced, or is too old.
        """
        if not secret:
            raise ApiKeyMissingError
        key_id = self._context.signer.read_api_key(secret)
        row = self._context.store.api_key(key_id) if key_id else None
        if row is None:
            raise ApiKeyInvalidError(reason="unknown")
        if self._is_over(row):
            raise ApiKeyInvalidError(reason="expired")
        try:
            folder = self._context.own_model(row.participant_id, row.job_id)
        except FtcoreError as error:
            raise ApiKeyInvalidError(reason=error.code) from error
        return ApiClient(row.id, folder)

    def models(self, client: ApiClient) -> tuple[ServedModel, ...]:
        """Return the names that a program may ask for, the tuned model's first.

        Raises:
            NotATrainedModelError: The model's folder is gone.
        """
        return _served(client.folder)

    def model(self, client: ApiClient, name: str) -> ServedModel:
        """Return one of them.

        Raises:
            ApiModelUnknownError: The key opens no model of that name.
        """
        served = self.models(client)
        for each in served:
            if name in {each.name, f"{served[0].name}:{each.arm}"}:
                return each
        raise ApiModelUnknownError(
            name=name, available=", ".join(each.name for each in served)
        )

    def answer(
        self, client: ApiClient, wish: Wish, trace: ReplyTrace | None = None
    ) -> Iterator[str]:
        """Stream an answer; closing the iterator stops the generation.

        Args:
            client: Who asks.
            wish: For what.
            trace: Told what the answer cost and how it ended.

        Raises:
            ApiBusyError: The key has as many answers at once as it may.
            ApiModelUnknownError: The key opens no model of that name.
            ChatFailedError: The engine gave no answer.
        """
        arm = self.model(client, wish.model).arm
        with self._turn(client):
            chat = open_arm(client.folder, arm, self._context.engines)
            pieces = chat.reply(wish.messages, wish.options, trace)
            yield from until(pieces, wish.stops)

    # --- plumbing --------------------------------------------------------------

    @contextmanager
    def _turn(self, client: ApiClient) -> Iterator[None]:
        """Hold one of the answers that a key may have at once."""
        with self._lock:
            if self._running[client.key_id] >= MOST_AT_ONCE:
                raise ApiBusyError(limit=MOST_AT_ONCE)
            self._running[client.key_id] += 1
        try:
            yield
        finally:
            with self._lock:
                self._running[client.key_id] -= 1
                self._running += Counter()  # forgets those at zero

    def _shown(self, row: ApiKeyRow) -> ApiKey:
        secret = self._context.signer.sign_api_key(row.id)
        return ApiKey(secret, row.created_at + KEY_LIFE)

    def _is_over(self, row: ApiKeyRow) -> bool:
        return self._clock() >= row.created_at + KEY_LIFE


def model_name(title: str) -> str:
    """Return a title as programs write names: ``Tienda de Ana``, ``tienda-de-ana``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower())[:_LONGEST_NAME]
    return slug.strip("-") or text("openai_api.nameless")


def _served(folder: Path) -> tuple[ServedModel, ...]:
    manifest = load_trained(folder)
    name = model_name(manifest.title)
    created = datetime.fromisoformat(manifest.created_at)
    return tuple(
        ServedModel(name if arm is Arm.TUNED else f"{name}:{arm}", arm, created)
        for arm in available_arms(manifest)
    )
