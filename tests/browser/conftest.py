"""A real server in an empty home, a real Chromium, and a record of every request that would leave the machine."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.served import running_app

PATIENCE = 60_000  # ms: the machine is busy with the other tests
expect.set_options(timeout=PATIENCE)

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not os.access(CHROMIUM, os.X_OK):
        pytest.fail("these tests drive a real browser and there is none: apt install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[str]:
    """The address of a server that has seen no visitor yet."""
    with running_app(tmp_path) as address:
        yield address


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that the tests of a module share."""
    with running_app(tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """``visit(address, width=…)``: a new visitor's page. Nothing any of them does may ask another machine."""
    contexts, left = [], []

    def visited(address: str, width: int = 1280, height: int = 900, theme: str = "light") -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: left.append(request.url) if _leaves(request.url) else None)
        page.goto(address)
        settled(page)
        return page

    yield visited
    for context in contexts:
        context.close()
    assert not left


def _leaves(url: str) -> bool:
    return urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname not in ("127.0.0.1", "localhost")


def settled(page: Page) -> Page:
    """Wait until the page has been drawn and its script rests."""
    page.locator("h1").wait_for()
    page.wait_for_function(
        "document.querySelector('[data-testid=stApp]').getAttribute('data-test-script-state') === 'notRunning'"
    )
    return page


def drawn(page: Page) -> list[dict]:
    """The lines of the page's figure, as the browser holds them: name, x, y."""
    page.locator(".js-plotly-plot").first.wait_for()
    return page.evaluate(
        "document.querySelector('.js-plotly-plot').data.map(({name, x, y}) => ({name, x: [...x], y: [...y]}))"
    )


def cell(page: Page, row: int, column: int) -> Locator:
    """A cell of the table of probabilities."""
    return page.get_by_role("table", name="The table p(x, y)").get_by_label(f"x{row + 1} × y{column + 1}", exact=True)


def edit(page: Page, row: int, column: int, value: str) -> None:
    """Write into a cell, press Enter."""
    cell(page, row, column).fill(value)
    cell(page, row, column).press("Enter")


def paste(page: Page, text: str) -> Page:
    """Paste a text on the page Corpus and have it read."""
    page.get_by_text("Use your own text").click()
    page.get_by_label("… or paste it").fill(text)
    page.get_by_role("button", name="Read the text").click()
    page.wait_for_url("**corpus=*")
    return settled(page)
