"""What the environment says, read once into one frozen object."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_MODELS = ROOT / "data" / "base_models"
DEFAULT_PORT = 7860  # the one port that a Hugging Face Docker Space publishes


@dataclass(frozen=True, slots=True)
class Settings:
    """Configuration of one running workshop.

    Attributes:
        data_dir: Folder for everything that must last (database, jobs, models).
        database_url: SQLAlchemy URL; SQLite inside ``data_dir`` unless given.
        secret_key: Signs cookies and links; kept in ``data_dir`` unless given.
        facilitator_password: Password of the facilitator's view; ``None`` asks
            the server to make one up and print it.
        port: TCP port of the web server.
        public_url: Address that others reach the server by; empty if unknown.
        token_ttl_seconds: Life of a playground token, in seconds.
        max_upload_mb: Largest file accepted, in megabytes.
        max_rows: Most examples read from one file.
        max_unpacked_mb: Largest content of an archive or spreadsheet, in megabytes.
        max_depth: Deepest nesting of JSON values.
        parallel_jobs: Training processes at once; 0 means as many as cores and memory
            allow.
        training_threads: Threads of one training process; 0 means 'choose'.
        models_dir: Folder of the base models made ready for this machine; outside
            ``data_dir``, since it can be made again and serves any of them.
    """

    data_dir: Path
    database_url: str
    secret_key: str | None = None
    facilitator_password: str | None = None
    port: int = DEFAULT_PORT
    public_url: str = ""
    token_ttl_seconds: int = 7200
    max_upload_mb: int = 300
    max_rows: int = 2_000_000
    max_unpacked_mb: int = 400
    max_depth: int = 50
    parallel_jobs: int = 0
    training_threads: int = 0
    models_dir: Path = DEFAULT_MODELS

    @property
    def jobs_dir(self) -> Path:
        """Folder with one self-contained folder per training job."""
        return self.data_dir / "jobs"

    @property
    def vectors_file(self) -> Path:
        """Vectors of the texts of datasets; may be deleted at any time."""
        return self.data_dir / "vectors.db"


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from ``env`` (the process environment by default)."""
    source = os.environ if env is None else env
    data_dir = Path(source.get("FTCORE_DATA") or ROOT / "data").resolve()
    space_host = source.get("SPACE_HOST", "")
    return Settings(
        data_dir=data_dir,
        database_url=source.get("DATABASE_URL")
        or f"sqlite:///{data_dir / 'taller.db'}",
        secret_key=source.get("FTCORE_SECRET") or None,
        facilitator_password=source.get("FTCORE_FACILITATOR_PASSWORD") or None,
        port=int(source.get("PORT") or DEFAULT_PORT),
        public_url=source.get("FTCORE_PUBLIC_URL")
        or (f"https://{space_host}" if space_host else ""),
        token_ttl_seconds=int(source.get("FTCORE_TOKEN_TTL") or 7200),
        max_upload_mb=int(source.get("FTCORE_MAX_UPLOAD_MB") or 300),
        max_rows=int(source.get("FTCORE_MAX_ROWS") or 2_000_000),
        max_unpacked_mb=int(source.get("FTCORE_MAX_UNPACKED_MB") or 400),
        max_depth=int(source.get("FTCORE_MAX_DEPTH") or 50),
        parallel_jobs=int(source.get("FTCORE_PARALLEL_JOBS") or 0),
        training_threads=int(source.get("FTCORE_TRAINING_THREADS") or 0),
        models_dir=Path(source.get("FTCORE_MODELS") or DEFAULT_MODELS).resolve(),
    )
