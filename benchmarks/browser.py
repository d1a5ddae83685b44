"""A real Chromium that looks at our pages and says when words appear."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_PATIENCE_MS = 180_000

# Waits for Enter and then, by the page's own clock, until the last bubble of the chat
# ends as expected: milliseconds from the key to its first and last words.
_WATCH = """
([chat, ending]) => { window.measured = new Promise((resolve) => {
  const plain = (s) => s.replace(/[^\\p{L}\\p{N}]/gu, "");
  const said = () => {
    const bubbles = document.querySelectorAll(chat + " .message.bot");
    return bubbles.length ? plain(bubbles[bubbles.length - 1].textContent) : "";
  };
  let began = null, first = null;
  const watcher = new MutationObserver(() => {
    const words = said(), passed = performance.now() - began;
    if (words && first === null) first = passed;
    if (words.endsWith(plain(ending))) {
      watcher.disconnect();
      resolve([first, passed]);
    }
  });
  document.addEventListener("keydown", () => {
    began = performance.now();
    watcher.observe(document.body,
      {subtree: true, childList: true, characterData: true});
  }, {capture: true, once: true});
}); }
"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Open a browser: the one of CHROMIUM_PATH, the system's, or Playwright's own."""
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(_QUIET))
        yield browser
        browser.close()


def open_chat(browser: Browser, identity: str, address: str) -> Page:
    """Open the playground and leave only the tuned model on screen.

    Args:
        browser: From :func:`chromium`.
        identity: The link that makes the browser the participant's; a model is
            shown to nobody else.
        address: Of the playground, with its token.
    """
    page = browser.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.goto(identity, wait_until="commit")
    page.goto(address, wait_until="commit")
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
        Seconds from pressing Enter to the first and to the last words.
    """
    box = page.locator("#question textarea")
    box.fill(question)
    page.evaluate(_WATCH, ["#chat-tuned", ending])
    box.press("Enter")
    first, last = page.evaluate("window.measured")
    return first / 1000, last / 1000
