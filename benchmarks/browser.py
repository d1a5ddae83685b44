"""A real Chromium that looks at our pages and says when words appear."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_PATIENCE_MS = 180_000

# Presses the button and resolves, by the page's own clock, once the last bubble of
# the chat ends as expected: milliseconds from the press to its first and last words.
_ASK = """
([button, chat, ending]) => new Promise((resolve) => {
  const plain = (s) => s.replace(/[^\\p{L}\\p{N}]/gu, "");
  const said = () => {
    const bubbles = document.querySelectorAll(chat + " .message.bot");
    return bubbles.length ? plain(bubbles[bubbles.length - 1].textContent) : "";
  };
  let first = null;
  const began = performance.now();
  const look = () => {
    const words = said();
    if (words && first === null) first = performance.now() - began;
    if (words.endsWith(plain(ending))) {
      watcher.disconnect();
      resolve([first, performance.now() - began]);
    }
  };
  const watcher = new MutationObserver(look);
  watcher.observe(document.body, {subtree: true, childList: true, characterData: true});
  document.querySelector(button).click();
})
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open a browser: the one of CHROMIUM_PATH, the system's, or Playwright's own."""
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield browser
        browser.close()


def open_chat(browser: Browser, address: str) -> Page:
    """Open the playground and leave only the tuned model on screen."""
    page = browser.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.goto(address)
    page.locator("#question textarea").wait_for()
    for box in page.locator("#arms-shown input[type=checkbox]").all():
        if box.is_checked() != (box.get_attribute("name") == "tuned"):
            box.click()
    return page


def ask(page: Page, question: str, ending: str) -> tuple[float, float]:
    """Ask in the playground.

    Args:
        page: From :func:`open_chat`.
        question: What to ask.
        ending: The last words of the answer, known beforehand.

    Returns:
        Seconds from the press of the button to the first and to the last words.
    """
    page.locator("#question textarea").fill(question)
    first, last = page.evaluate(
        _ASK, ["#question .submit-button", "#chat-tuned", ending]
    )
    return first / 1000, last / 1000
