"""The base models of step 3: what each is like, and bringing one here."""

import streamlit as st

from ftcore.data.examples import Dataset, Task
from ftcore.jobs.model_downloads import Download
from ftcore.models.catalog import BaseModel
from ftcore.models.download_errors import DownloadCutError
from ftcore.models.downloads import MB
from ftcore.texts import number, text
from ftcore.training.speed import relative_time
from ftcore.ui.cards import card, card_html
from ftcore.ui.feedback import friendly_errors, show_error
from ftcore.ui.wording import roughly
from ftcore.workshop.base_models import BaseModelOffer, BaseModels

_LOOK_SECONDS = 1.0
_ICONS = {True: "🌱", False: "🧠"}


def show_base_models(verbs: BaseModels, who: str, dataset: Dataset) -> None:
    """Draw what is chosen, and the others folded below it.

    Args:
        verbs: The workshop's verbs on base models.
        who: The participant.
        dataset: What is to be learnt from.
    """
    classifies = dataset.task is Task.CLASSIFICATION
    with friendly_errors():
        offers = verbs.offers(who, dataset.task, dataset if classifies else None)
        chosen = next(offer.model for offer in offers if offer.is_chosen)
        title = text("base_models.title", title=chosen.title)
        with st.expander(title, icon=":material/neurology:"):
            intro = "intro_labels" if classifies else "intro"
            st.markdown(text(f"base_models.{intro}"))
            usual = next(offer.model for offer in offers if offer.is_usual)
            with st.container(key="cards-base-models"):
                for offer in offers:
                    _show(verbs, who, offer, usual, dataset.task)


def _show(
    verbs: BaseModels,
    who: str,
    offer: BaseModelOffer,
    usual: BaseModel,
    task: Task,
) -> None:
    with card(f"base-{offer.model.name}", is_chosen=offer.is_chosen):
        st.html(_html(offer, usual))
        address = offer.model.licence_url
        st.markdown(f"[{text('base_models.licence_link')}]({address})")
        if offer.is_coming:
            _watch(verbs, offer.model)
        elif offer.is_here:
            _choose_button(verbs, who, offer, task)
        else:
            _bring_button(verbs, offer)


def _html(offer: BaseModelOffer, usual: BaseModel) -> str:
    model = offer.model
    state = "usual" if offer.is_usual else "here" if offer.is_here else "fetchable"
    facts = text(
        "base_models.facts",
        parameters=number(model.parameters_m),
        mb=number(model.size_mb),
    )
    lines = [
        ("badge", text(f"base_models.badges.{state}")),
        ("lead", text(f"base_models.about.{model.name}")),
        ("fact", facts),
        ("fact", _languages(model)),
        ("fact", text(f"base_models.licences.{model.licence}")),
    ]
    if offer.seconds is not None:
        time = roughly(offer.seconds)
        lines.insert(3, ("fact", text("base_models.takes", time=time)))
    elif not offer.is_usual:
        times = number(relative_time(model, usual), 1)
        lines.insert(3, ("fact", text("base_models.slower", times=times)))
    return card_html(_ICONS[offer.is_usual], model.title, lines)


def _languages(model: BaseModel) -> str:
    if model.languages == ("en",):
        return text("base_models.only_english")
    names = [text(f"base_models.language_names.{code}") for code in model.languages]
    return text("base_models.languages", languages=", ".join(names))


def _choose_button(
    verbs: BaseModels, who: str, offer: BaseModelOffer, task: Task
) -> None:
    label = "chosen" if offer.is_chosen else "choose"
    if st.button(
        text(f"base_models.{label}"),
        key=f"base-{offer.model.name}",
        icon=":material/check_circle:" if offer.is_chosen else None,
        disabled=offer.is_chosen,
        width="stretch",
    ):
        verbs.choose(who, offer.model.name, task)
        st.rerun()


def _bring_button(verbs: BaseModels, offer: BaseModelOffer) -> None:
    model, before = offer.model, offer.download
    if before is not None and before.error is not None:
        show_error(before.error)
    label = text("base_models.download", mb=number(model.size_mb))
    if isinstance(before and before.error, DownloadCutError):
        label = text("base_models.resume")
    if st.button(
        label,
        key=f"bring-{model.name}",
        icon=":material/download:",
        width="stretch",
    ):
        verbs.bring(model.name)
        st.rerun()


@st.fragment(run_every=_LOOK_SECONDS)
def _watch(verbs: BaseModels, model: BaseModel) -> None:
    """Draw the progress, looking again each second; at the end draw the page anew."""
    download = verbs.downloads.look(model.name)
    if download is None or not download.is_running:
        if download is not None and download.error is None:
            st.toast(text("base_models.arrived", title=model.title))
        st.rerun()
        return
    st.progress(download.pace.share, text=progress_words(download))
    st.caption(text("base_models.shared"))


def progress_words(download: Download) -> str:
    """Return how far a download is, in megabytes, and the time left once known."""
    pace = download.pace
    if not pace.total:
        return text("base_models.waiting")
    amounts = {"done": number(pace.done / MB), "total": number(pace.total / MB)}
    if pace.seconds_left is None:
        return text("base_models.progress", **amounts)
    left = roughly(pace.seconds_left)
    return text("base_models.progress_left", left=left, **amounts)
