"""Draw how other programs reach the participant's model: address, key, examples."""

import streamlit as st

from ftcore.texts import spoken_day, text
from ftcore.ui.feedback import friendly_errors
from ftcore.ui.links import api_address
from ftcore.ui.navigation import is_projector_view
from ftcore.ui.services import get_workshop
from ftcore.workshop.api import KEY_LIFE, ApiKey

_SNIPPETS = {"python": "python", "curl": "bash"}
_SHOWN = "api-key-shown"


def show_api(participant_id: str) -> None:
    """Draw the expander; nothing on the big screen, where others would read the key."""
    if is_projector_view():
        return
    with st.expander(text("api_view.title"), icon=":material/terminal:", key="api"):
        _inside(participant_id)


@st.fragment
def _inside(participant_id: str) -> None:
    st.markdown(text("api_view.why"))
    with friendly_errors():
        names = [each.name for each in get_workshop().api.own_models(participant_id)]
        key = get_workshop().api.key(participant_id)
        left, right = st.columns(2, gap="medium")
        with left:
            _fact("address", api_address())
        with right:
            _fact("model", names[0])
        shown = _key(participant_id, key)
    others = ", ".join(f"`{name}`" for name in names[1:])
    st.caption(text("api_view.others", names=others))
    _snippets(names[0], shown or text("api_view.key_placeholder"))


def _fact(name: str, value: str) -> None:
    st.markdown(f"**{text(f'api_view.{name}')}**")
    st.code(value, language=None, wrap_lines=True)


def _key(participant_id: str, key: ApiKey | None) -> str | None:
    """Draw the key and what can be done with it; returns it while it is in sight."""
    st.markdown(f"**{text('api_view.key')}**")
    if key is None:
        st.markdown(text("api_view.no_key", days=KEY_LIFE.days))
        st.button(
            text("api_view.create"),
            key="api-create",
            icon=":material/key:",
            on_click=_renew,
            args=(participant_id,),
        )
        return None
    is_shown = bool(st.session_state.get(_SHOWN))
    st.code(
        key.secret if is_shown else _masked(key.secret), language=None, wrap_lines=True
    )
    st.caption(text("api_view.ends", day=spoken_day(key.ends.date())))
    with st.container(horizontal=True):
        st.button(
            text("api_view.hide" if is_shown else "api_view.show"),
            key="api-show",
            icon=f":material/visibility{'_off' if is_shown else ''}:",
            on_click=_turn_over,
        )
        _replace(participant_id)
    return key.secret if is_shown else None


def _replace(participant_id: str) -> None:
    """Draw the two ways to end a key; neither can be undone, so each says so first."""
    with st.popover(text("api_view.change"), type="tertiary", key="api-change"):
        st.markdown(text("api_view.change_means"))
        for name, act in (("renew", _renew), ("revoke", _revoke)):
            st.button(
                text(f"api_view.{name}"),
                key=f"api-{name}",
                on_click=act,
                args=(participant_id,),
            )


def _renew(participant_id: str) -> None:
    get_workshop().api.renew_key(participant_id)
    st.session_state[_SHOWN] = True


def _revoke(participant_id: str) -> None:
    get_workshop().api.revoke_key(participant_id)
    st.session_state[_SHOWN] = False


def _turn_over() -> None:
    st.session_state[_SHOWN] = not st.session_state.get(_SHOWN)


def _masked(secret: str) -> str:
    """Return a key's first and last signs, enough to tell it from another."""
    return f"{secret[:3]}{'•' * 24}{secret[-4:]}"


def _snippets(model: str, secret: str) -> None:
    tabs = st.tabs([text(f"api_view.tabs.{n}") for n in (*_SNIPPETS, "program")])
    parts = {"address": api_address(), "secret": secret, "model": model}
    for tab, (name, language) in zip(tabs, _SNIPPETS.items(), strict=False):
        with tab:
            st.caption(text(f"api_view.about.{name}"))
            words = text(f"api_view.{name}", **parts)
            st.code(words, language=language, wrap_lines=True)
    with tabs[-1]:
        st.markdown(text("api_view.program", **parts))
