"""A model with a key, and a real server on loopback that answers for it."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from ftcore.data.examples import Task
from ftcore.training.base import JobState
from ftcore.ui.openai_api import build_api
from ftcore.ui.services import API_MOUNT
from ftcore.workshop import Workshop
from tests.unit.chat.test_chat_arms import make_folder


def give_model(
    workshop: Workshop,
    me: str,
    task: Task = Task.CHAT,
    base: str = "smollm2-135m-instruct",
) -> Path:
    """Give a participant a trained model without weights; returns its folder."""
    store = workshop.context.store
    store.see_participant(me)
    project = store.add_project(
        me, use_case="own", template=None, name=f"Proyecto de {me}", objective="o"
    )
    job_id = f"job-{me}-{len(store.projects())}"
    dataset = store.add_dataset(
        project.id,
        f"data-{job_id}",
        filename="f.csv",
        origin="upload",
        task=task.value,
        rows=3,
        fingerprint="x",
    )
    folder = make_folder(workshop.settings.jobs_dir / job_id / "model", task, base)
    store.add_job(
        id=job_id,
        project_id=project.id,
        participant_id=me,
        dataset_id=dataset.id,
        trainer="local",
        state=JobState.SUCCEEDED.value,
        config={},
        forecast_seconds=1.0,
        model_dir=str(folder),
    )
    return folder


@contextmanager
def serving(workshop: Workshop) -> Iterator[str]:
    """Serve the endpoint of a workshop; gives the address that clients take."""
    app = Starlette(routes=[Mount(API_MOUNT, app=build_api(lambda: workshop))])
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("The endpoint did not start.")
            thread.join(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}{API_MOUNT}"
    finally:
        server.should_exit = True
        thread.join(20)
