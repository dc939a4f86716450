"""The pages From theory to practice and Does the gap matter, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import drawn, settled

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def test_a_departure_is_switched_off_and_its_step_goes(server: str, visit: Visit) -> None:
    page = visit(f"{server}/practice?corpus=planted", width=390)
    expect(page.locator("h1")).to_have_text("Which of this does word2vec really do?")
    before = [line["name"] for line in drawn(page) if line["name"]]
    page.get_by_text("skipped targets").first.click()
    page.wait_for_url("**step_skip=false*")
    settled(page)
    page.wait_for_function("document.querySelector('.js-plotly-plot').data.filter(t => t.name).length === 5")
    after = [line["name"] for line in drawn(page) if line["name"]]
    assert [name for name in before if name not in after] == ["skipped targets"]
    page.get_by_role("radio", name="noise counts^γ").click()
    expect(page.get_by_role("heading", name=re.compile("Noise counts"))).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390


def test_a_training_is_found_again_and_put_to_the_tests(server: str, visit: Visit) -> None:
    page = visit(f"{server}/train?corpus=lee&dimension=5&epochs=2", width=390)
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile("^Run [0-9a-f]{20}"))).to_be_visible(timeout=180_000)
    page.goto(f"{server}/usefulness?corpus=lee")
    settled(page)
    expect(page.get_by_text("60 of the 353 items")).to_be_visible()
    page.get_by_role("radio", name="SimLex-999").click()
    expect(page.get_by_text("95 of the 999 items")).to_be_visible()
    page.get_by_role("radio", name="analogies").click()
    expect(page.get_by_text("146 of the 19,544 items")).to_be_visible(timeout=120_000)
    expect(page.get_by_role("heading", name="The score does not see the vectors")).to_be_visible()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 390
