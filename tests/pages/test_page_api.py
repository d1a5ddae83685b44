"""Step 5, for programs: the key stays out of sight until it is asked for."""

from stories import OpenPage, Story, words_on
from streamlit.testing.v1 import AppTest

from ftcore.texts import text
from ftcore.workshop import Workshop


def code_on(page: AppTest) -> str:
    return "\n".join(block.value for block in page.code)


def ready(workshop: Workshop, me: str = "ana") -> None:
    mine = Story(workshop, me)
    mine.has_data()
    mine.has_model()


def test_no_key_is_made_before_somebody_wants_one(
    app: OpenPage, workshop: Workshop
) -> None:
    ready(workshop)
    page = app("playground")
    assert text("api_view.title") in [block.label for block in page.expander]
    assert workshop.api.key("ana") is None
    assert "/v1" in code_on(page)
    assert 'model="tienda-de-ana"' in code_on(page)
    assert text("api_view.key_placeholder") in code_on(page)
    assert "90 días" in words_on(page)


def test_a_new_key_is_shown_once_made_and_can_be_hidden(
    app: OpenPage, workshop: Workshop
) -> None:
    ready(workshop)
    page = app("playground")
    page.button(key="api-create").click().run()
    key = workshop.api.key("ana")
    assert key is not None
    assert code_on(page).count(key.secret) == 3  # itself and in both examples
    page.button(key="api-show").click().run()
    assert key.secret not in code_on(page)
    assert key.secret[-4:] in code_on(page)
    page.button(key="api-show").click().run()
    assert key.secret in code_on(page)


def test_a_page_opened_anew_hides_the_key(app: OpenPage, workshop: Workshop) -> None:
    ready(workshop)
    secret = workshop.api.renew_key("ana").secret
    assert secret not in code_on(app("playground"))


def test_changing_and_ending_the_key(app: OpenPage, workshop: Workshop) -> None:
    ready(workshop)
    old = workshop.api.renew_key("ana").secret
    page = app("playground")
    page.button(key="api-renew").click().run()
    new = workshop.api.key("ana")
    assert new is not None
    assert new.secret != old
    assert new.secret in code_on(page)
    assert old not in code_on(page)
    page.button(key="api-revoke").click().run()
    assert workshop.api.key("ana") is None
    assert new.secret not in code_on(page)


def test_nobody_sees_the_key_of_another(app: OpenPage, workshop: Workshop) -> None:
    for who in ("ana", "luis"):
        ready(workshop, who)
    secret = workshop.api.renew_key("ana").secret
    page = app("playground", me="luis")
    page.button(key="api-create").click().run()
    everything = code_on(page) + words_on(page)
    assert secret not in everything
    assert secret[-4:] not in everything.replace(str(workshop.api.key("luis")), "")


def test_the_big_screen_has_no_key(app: OpenPage, workshop: Workshop) -> None:
    ready(workshop)
    secret = workshop.api.renew_key("ana").secret
    page = app("playground", vista="proyector")
    assert text("api_view.title") not in [block.label for block in page.expander]
    assert secret[-4:] not in code_on(page)
