"""Step 3: the choice made already, the advisor, and honest states."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from screen import drawn, labels, links
from streamlit.testing.v1 import AppTest

from ftcore.data.examples import Task
from ftcore.errors import (
    BaseModelMissingError,
    TrainerClosedError,
    UnknownBaseModelError,
)
from ftcore.jobs.model_downloads import Download
from ftcore.models.catalog import BaseModel, load_catalog
from ftcore.models.download_errors import GatedModelError
from ftcore.settings import Settings
from ftcore.texts import text
from ftcore.training.base import Preset
from ftcore.workshop import Workshop
from ftcore.workshop.advice import Budget, Experience

OpenPage = Callable[..., AppTest]
SOLD = ("openai", "huggingface", "google", "aws")


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Settings of a machine that only has the base models of its packages."""
    return replace(settings, models_dir=tmp_path / "base_models")


@pytest.fixture
def ready(workshop: Workshop) -> Workshop:
    """Ana has a project and the shop's examples."""
    workshop.projects.save(
        "ana", use_case="support_chatbot", template="shop", name="A", objective="B"
    )
    workshop.datasets.use_template("ana", "shop")
    return workshop


def advice(page: AppTest, experience: str, budget: str) -> str:
    page.segmented_control(key="experience").set_value(Experience(experience))
    page.segmented_control(key="budget").set_value(Budget(budget))
    page.run()
    assert not page.exception, page.exception
    return next(m.value for m in page.markdown if ":material/lightbulb:" in m.value)


def test_without_examples_it_says_what_to_do_first(
    app: OpenPage, workshop: Workshop
) -> None:
    assert "Ir al paso «Proyecto»" in links(app("tool"))
    workshop.projects.save(
        "ana", use_case="own", template=None, name="A", objective="B"
    )
    page = app("tool")
    assert "Ir al paso «Datos»" in links(page)
    assert not page.button


def test_local_is_chosen_and_one_press_starts(app: OpenPage, ready: Workshop) -> None:
    page = app("tool")
    assert any("Aquí, gratis, unos" in m.value for m in page.markdown)
    assert page.button(key="choose-local").label == "Elegido"
    assert page.button(key="start").label == "Entrenar aquí con 28 ejemplos"
    page.button(key="start").click().run()
    assert not page.exception, page.exception
    project = ready.projects.visit("ana").project
    assert project is not None
    assert project.tool == "local"


def test_the_simulation_is_labelled_and_can_be_chosen(
    app: OpenPage, ready: Workshop
) -> None:
    page = app("tool")
    assert "Simulación: no entrena nada" in drawn(page)
    page.button(key="choose-simulated").click().run()
    assert ready.training.tool("ana") == "simulated"
    assert page.button(key="choose-simulated").label == "Elegido"
    assert page.button(key="start").label == "Simular el entrenamiento con 28 ejemplos"


def test_prices_stand_beside_the_courses_and_carry_their_date(
    app: OpenPage, ready: Workshop
) -> None:
    html = drawn(app("tool"))
    assert html.count("Precio visto el ") == len(SOLD)
    assert html.count("El curso calculaba: ") == len(SOLD)
    assert "5 de agosto de 2026" in html


@pytest.mark.parametrize("name", SOLD)
def test_a_closed_tool_cannot_be_chosen_and_says_why(
    app: OpenPage, ready: Workshop, name: str
) -> None:
    page = app("tool")
    button = page.button(key=f"choose-{name}")
    assert button.disabled
    assert button.label == "No disponible hoy"
    assert drawn(page).count('class="ft-reason"') == len(SOLD)
    with pytest.raises(TrainerClosedError):
        ready.projects.choose_tool("ana", name)
    assert ready.training.tool("ana") == "local"


def test_the_advisor_gives_a_reason_and_what_to_do_today(
    app: OpenPage, ready: Workshop
) -> None:
    page = app("tool")
    assert "entrenar aquí mismo" in advice(page, "none", "zero")
    beginner = advice(page, "none", "little")
    assert "OpenAI" in beginner
    assert "empieza aquí" in beginner
    assert "Hugging Face" in advice(page, "code", "zero")


def test_from_the_first_card_to_the_training(app: OpenPage, workshop: Workshop) -> None:
    page = app()
    page.button(key="choose-shop").click().run()
    page.button(key="start-shop").click().run()
    page.button(key="use-template").click().run()
    assert "Listo para entrenar" in page.success[0].value
    page.switch_page("../../pages/tool.py").run()
    page.button(key="start").click().run()
    assert not page.exception, page.exception
    steps = [state.value for state in workshop.projects.visit("ana").steps.values()]
    assert steps[:3] == ["done", "done", "done"]


def test_each_participant_chooses_alone(app: OpenPage, ready: Workshop) -> None:
    ready.projects.save(
        "luis", use_case="support_chatbot", template="shop", name="L", objective="B"
    )
    ready.datasets.use_template("luis", "shop")
    ready.projects.choose_tool("ana", "simulated")
    page = app("tool", me="luis")
    assert page.button(key="choose-local").label == "Elegido"
    assert "Entrenar aquí con 28 ejemplos" in labels(page)


def test_only_one_step_is_marked_as_the_next(app: OpenPage, ready: Workshop) -> None:
    helps = [link.proto.help for link in app("data").get("page_link")]
    assert sum("Es lo siguiente." in words for words in helps) == 1


OTHER = "lfm2-350m"


@pytest.fixture
def bases(ready: Workshop) -> Path:
    """The folder of base models, empty but for what its package carries."""
    return ready.context.settings.models_dir


def bring_by_hand(models_dir: Path, name: str) -> None:
    file = models_dir / name / load_catalog().find(name).source.file
    file.parent.mkdir(parents=True)
    file.write_bytes(b"GGUF")


def test_every_base_model_shows_its_size_languages_and_licence(
    app: OpenPage, ready: Workshop
) -> None:
    page = app("tool")
    html = drawn(page)
    for model in load_catalog().for_task(Task.CHAT):
        assert model.title in html
        assert text(f"base_models.licences.{model.licence}") in html
    assert "Modelo base: SmolLM2 135M Instruct" in [e.label for e in page.expander]
    assert page.button(key="base-smollm2-135m-instruct").label == "Elegido"
    assert page.button(key=f"bring-{OTHER}").label == "Descargar (229 MB)"


def test_a_base_model_that_is_here_is_chosen_and_trained(
    app: OpenPage, ready: Workshop, bases: Path
) -> None:
    before = ready.training.offer("ana").plans[Preset.BALANCED]
    bring_by_hand(bases, OTHER)
    page = app("tool")
    page.button(key=f"base-{OTHER}").click().run()
    assert not page.exception, page.exception
    assert page.button(key=f"base-{OTHER}").label == "Elegido"
    after = ready.training.offer("ana").plans[Preset.BALANCED]
    assert after[0].base_model == OTHER
    assert after[1].seconds > before[1].seconds
    (bases / OTHER / load_catalog().find(OTHER).source.file).unlink()
    offer = ready.training.offer("ana").plans[Preset.BALANCED]
    assert offer[0].base_model == before[0].base_model, "it is gone: the usual one"


def test_a_download_shows_its_progress_and_what_went_wrong(
    app: OpenPage, ready: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    def start(model: BaseModel) -> None:
        started.append(model.name)
        download = Download()
        download.pace.look(50_000_000, 229_000_000)
        ready.base_models.downloads._downloads[model.name] = download

    monkeypatch.setattr(ready.base_models.downloads, "start", start)
    page = app("tool")
    page.button(key=f"bring-{OTHER}").click().run()
    assert started == [OTHER]
    assert "50 de 229 MB" in page.get("progress")[0].proto.text
    download = ready.base_models.downloads.look(OTHER)
    assert download is not None
    download.is_running = False
    download.error = GatedModelError(name=OTHER, address="https://example.org/x")
    page.run()
    shown = " ".join(e.value for e in page.error)
    assert "Acepta la licencia en https://example.org/x, define HF_TOKEN" in shown
    assert page.button(key=f"bring-{OTHER}").label == "Descargar (229 MB)"


def test_nothing_unknown_or_absent_can_be_chosen(ready: Workshop) -> None:
    with pytest.raises(BaseModelMissingError):
        ready.base_models.choose("ana", OTHER)
    with pytest.raises(UnknownBaseModelError):
        ready.base_models.choose("ana", "multilingual-e5-small", Task.CHAT)
    with pytest.raises(UnknownBaseModelError):
        ready.base_models.bring("nobody")


ENCODER = "multilingual-minilm-l12"


@pytest.fixture
def emails(workshop: Workshop) -> Workshop:
    """Ana has a project and e-mails with labels."""
    workshop.projects.save(
        "ana",
        use_case="document_classifier",
        template="hr_emails",
        name="A",
        objective="B",
    )
    workshop.datasets.use_template("ana", "hr_emails")
    return workshop


def test_a_classifier_chooses_among_what_can_classify(
    app: OpenPage, emails: Workshop
) -> None:
    page = app("tool")
    html = drawn(page)
    assert "Modelo base: Multilingual E5 small" in [e.label for e in page.expander]
    for model in load_catalog().for_task(Task.CLASSIFICATION):
        assert model.title in html
        assert text(f"base_models.about.{model.name}") in html
    assert "SmolLM2" not in html
    assert html.count("con tus ejemplos.") == 4
    assert page.button(key=f"bring-{ENCODER}").label == "Descargar (480 MB)"
    assert page.button(key="base-multilingual-e5-small").label == "Elegido"


def test_an_encoder_that_is_here_is_chosen_and_has_levels(
    app: OpenPage, emails: Workshop
) -> None:
    folder = emails.context.settings.models_dir / ENCODER
    folder.mkdir(parents=True)
    for name in load_catalog().find(ENCODER).source.files:
        (folder / name).write_bytes(b"{}")
    before = emails.training.offer("ana").plans[Preset.BALANCED][1]
    page = app("tool")
    page.button(key=f"base-{ENCODER}").click().run()
    assert not page.exception, page.exception
    assert page.button(key=f"base-{ENCODER}").label == "Elegido"
    plans = emails.training.offer("ana").plans
    assert plans[Preset.BALANCED][0].base_model == ENCODER
    times = [plans[preset][1].seconds for preset in Preset]
    assert times == sorted(times)
    assert times[0] > before.seconds
    train = app("train")
    assert not train.exception, train.exception
    said = " ".join(m.value for m in train.markdown)
    assert "aprende por dentro a separar tus etiquetas" in said
    assert train.button(key="start-training")
    assert {"epochs-balanced", "learning_rate-balanced", "adapted_layers-balanced"} <= {
        slider.key for slider in train.select_slider
    }
