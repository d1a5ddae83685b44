"""The whole server in its own process: the endpoint beside pages and playground."""

import urllib.request
from pathlib import Path

import openai
import pytest
from conftest import SECRET, Serve

from ftcore.settings import ROOT, Settings
from ftcore.workshop import Workshop
from tests.endpoint import give_model

pytestmark = pytest.mark.e2e


def test_the_official_client_and_the_pages_share_a_port(
    serve: Serve, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'taller.db'}"
    workshop = Workshop(
        Settings(data_dir=tmp_path, database_url=url, secret_key=SECRET)
    )
    give_model(workshop, "ana")
    secret = workshop.api.renew_key("ana").secret
    workshop.context.engines.close()
    workshop.context.store.close()
    with (
        serve(ROOT / "app.py", tmp_path) as address,
        openai.OpenAI(base_url=f"{address}/v1", api_key=secret) as client,
    ):
        names = [model.id for model in client.models.list()]
        assert names[:2] == ["prueba", "prueba:base"]
        chunks = client.chat.completions.create(
            model="prueba:nearest",
            messages=[{"role": "user", "content": "¿Cuál es el horario?"}],
            stream=True,
        )
        pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
        assert "".join(pieces) == "Abrimos de 9 a 20."
        assert len(pieces) > 3  # not held back and sent as one
        with pytest.raises(openai.AuthenticationError):
            client.with_options(api_key="ft-otra", max_retries=0).models.list()
        for page in ("/", "/chat/"):
            with urllib.request.urlopen(address + page, timeout=60) as answer:
                assert answer.headers["content-type"].startswith("text/html")
    assert secret not in (tmp_path / "server.log").read_text("utf-8")
