"""A page that outlives its server: what is moved next holds, and the texts that the browser brought are there."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from jsmi_core.tables import read_table
from tests.browser.conftest import cell, edit, paste, settled
from tests.served import free_port, running_app

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def offered(page: Page) -> Locator:
    """The pasted texts that a page offers."""
    settled(page).get_by_label("Text", exact=True).click()
    page.get_by_role("option").first.wait_for()
    return page.get_by_role("option", name=re.compile("^pasted text"))


def test_the_next_move_holds_and_the_texts_are_there(visit: Visit, tmp_path: Path) -> None:
    port = free_port()
    with running_app(tmp_path, port) as address:
        page = visit(f"{address}/corpus")
        paste(page, "the cat sat on the mat\n" * 60)
        page.goto(f"{address}/bound?corpus=lee")
        expect(page.get_by_text("Per positive pair", exact=True)).to_be_visible()
        settled(page)
        table = page.context.new_page()
        table.goto(f"{address}/variables?preset=independent&size=2")
        edit(table, 0, 0, "40")
        table.wait_for_url("**table=40-*")
        settled(table)

    with running_app(tmp_path, port):
        # the first moves after that, as early as a hand can make them
        for open_page in (page, table):
            expect(open_page.get_by_test_id("stApp")).to_have_attribute("data-test-connection-state", "CONNECTED")
        page.get_by_text("Per positive pair", exact=True).click()
        edit(table, 1, 1, "30")
        page.wait_for_url("**/bound?corpus=lee&per_positive=true")
        table.wait_for_url("**table=*-30")
        settled(page)
        expect(offered(page)).to_be_visible()
        settled(table)
        assert parse_qs(urlsplit(table.url).query)["size"] == ["2"]
        cells = read_table(parse_qs(urlsplit(table.url).query)["table"][0])
        assert cells[1, 1] == pytest.approx(0.3)
        expect(cell(table, 1, 1)).to_have_value("30.00")


def test_another_tab_offers_the_browser_s_texts_and_another_browser_does_not(server: str, visit: Visit) -> None:
    page = visit(f"{server}/corpus")
    page.get_by_text("Use your own text").click()
    page.get_by_label("… or paste it").fill("a dog ate the cat\n" * 60)
    page.get_by_role("button", name="Read the text").click()
    page.wait_for_url(re.compile("corpus=[0-9a-f]{64}"))
    settled(page)
    tab = page.context.new_page()
    tab.goto(f"{server}/bound")
    tab.wait_for_function("localStorage.getItem('jsmi-texts') !== null")
    expect(offered(tab)).to_be_visible()
    stranger = visit(f"{server}/bound")
    stranger.wait_for_function("localStorage.getItem('jsmi-texts') !== null")
    expect(offered(stranger)).to_have_count(0)
