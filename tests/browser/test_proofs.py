"""The page Proofs in a real browser: cards open and close, the address follows, a cell is typed over."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import cell, edit, settled

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def query(page: Page) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def test_cards_open_one_at_a_time_and_a_link_opens_one(server: str, visit: Visit) -> None:
    page = visit(f"{server}/proofs")
    expect(page.get_by_role("heading", name="24 of 24 hold")).to_be_visible()
    page.get_by_text("The shifted PMI scores most").click()
    page.wait_for_url("**/proofs?proof=theorem-1")
    expect(page.locator(".katex").first).to_be_visible()
    expect(page.get_by_text("No step away from PMI − log k scores more")).to_be_visible()
    page.get_by_text("What training sees of the score").click()
    page.wait_for_url("**/proofs?proof=sampled")
    expect(page.get_by_text("No step away from PMI − log k scores more")).to_have_count(0)
    expect(page.get_by_text(re.compile("100 drawn pairs tell the score"))).to_be_visible()
    page.reload()
    expect(page.get_by_text(re.compile("100 drawn pairs tell the score"))).to_be_visible()
    page.get_by_text("What training sees of the score").click()
    page.wait_for_url("**/proofs")


def test_a_cell_is_typed_over_and_all_still_hold(server: str, visit: Visit) -> None:
    page = visit(f"{server}/proofs?size=2")
    expect(page.get_by_role("heading", name="24 of 24 hold")).to_be_visible()
    edit(page, 0, 0, "70")
    page.wait_for_url("**table=70-*")
    settled(page)
    assert query(page)["table"].startswith("70-")
    expect(cell(page, 0, 0)).to_have_value("70.00")
    expect(page.get_by_role("heading", name="24 of 24 hold")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wider_than_a_phone(server: str, visit: Visit, theme: str) -> None:
    page = visit(f"{server}/proofs?proof=sigmoids", width=390, height=900, theme=theme)
    expect(page.locator(".katex").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = "els => els.filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
    assert page.locator(".katex .base").evaluate_all(wide) == 0
