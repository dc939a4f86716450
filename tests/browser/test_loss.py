"""Loss in a browser: train a model there, click a bar, look at its word, come back; small screens."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settled
from tests.browser.test_app import query

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def _names(page: Page) -> list[str]:
    """What the bars of the first figure stand for."""
    return page.evaluate("document.querySelector('.js-plotly-plot').layout.yaxis.ticktext")


def test_from_nothing_to_the_worst_pairs_of_a_word(server: str, visit: Visit) -> None:
    page = visit(f"{server}/loss?corpus=planted&min_count=100")
    page.get_by_role("button", name="Train", exact=True).click()
    finding = page.get_by_role("heading", name=re.compile("of the gap is in pairs that never occur"))
    expect(finding).to_be_visible(timeout=120_000)
    settled(page)
    assert set(query(page)) == {"corpus", "min_count", "run"}
    page.locator(".js-plotly-plot .barlayer .point path").nth(2).click(force=True)
    expect(page.get_by_role("heading", name=re.compile("loses most with"))).to_be_visible()
    page.wait_for_url("**view=word**")
    word = query(page)["word"]
    expect(page.get_by_role("textbox", name="Word")).to_have_value(word)
    expect(page.get_by_role("heading", name=re.compile(f"“{word}” in the text"))).to_be_visible()
    bars = page.locator(".js-plotly-plot .barlayer .point path")
    bars.nth(next(i for i, shown in enumerate(_names(page)) if shown != word)).click(force=True)
    page.wait_for_url(lambda url: f"word={word}&" not in url and not url.endswith(f"word={word}"))
    settled(page)
    second = query(page)["word"]
    page.wait_for_timeout(500)
    assert query(page)["word"] == second  # it leads one step, and no further
    page.get_by_role("radio", name="Words", exact=True).click()
    expect(finding).to_be_visible()
    settled(page)
    page.wait_for_timeout(500)
    expect(finding).to_be_visible()  # the old click does not lead away again
    for view in ("Scores", "Map", "Table"):
        page.get_by_role("radio", name=view, exact=True).click()
        settled(page)
        expect(page.get_by_role("figure").first).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 900})
    for view in ("Scores", "Words"):
        page.get_by_role("radio", name=view, exact=True).click()
        settled(page)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
