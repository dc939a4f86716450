"""Two variables: a cell is edited in the page's grid, a score matrix dragged, and the link keeps both."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from jsmi_core.tables import edited, edited_block, read_table
from tests.browser.conftest import cell, drawn, edit, settled

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def paste(at: Locator, text: str) -> None:
    """Paste into a cell what a spreadsheet puts on the clipboard."""
    at.evaluate(
        """(input, text) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", text);
            input.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        text,
    )


def table_of(page: Page) -> np.ndarray:
    """The table that the link carries, in percent."""
    return 100 * read_table(parse_qs(urlsplit(page.url).query)["table"][0])


def test_cells_are_typed_one_after_the_other_and_pasted(server: str, visit: Visit) -> None:
    page = visit(f"{server}/variables?preset=independent&size=3")
    for text, shown in ((".5", "0.50"), ("0,25", "0.25")):
        cell(page, 0, 0).click()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(cell(page, 0, 0)).to_have_value(shown)
        expect(cell(page, 1, 0)).to_be_focused()
        page.wait_for_url(f"**table={shown.rstrip('0')}-*")
    settled(page)
    before = table_of(page) / 100

    cell(page, 0, 1).click()
    page.keyboard.type("30")
    page.keyboard.press("Tab")
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(cell(page, 0, 2)).to_have_value("20.00")
    expect(cell(page, 1, 2)).to_be_focused()
    wanted = 100 * edited(edited(before, 0, 1, 0.3), 0, 2, 0.2)
    expect(cell(page, 0, 1)).to_have_value(f"{wanted[0, 1]:.2f}")
    settled(page)
    np.testing.assert_allclose(table_of(page), wanted, atol=1e-9)

    page.keyboard.type("7")  # not sent yet, and taken back
    page.keyboard.press("Escape")
    expect(cell(page, 1, 2)).to_have_value(f"{wanted[1, 2]:.2f}")
    cell(page, 1, 1).click()
    paste(cell(page, 1, 1), "11\t12,5\r\n13 %\t<b>1</b>\r\n")
    expect(page.get_by_text("is not usable")).to_be_visible()
    expect(cell(page, 2, 2)).to_have_value(f"{wanted[2, 2]:.2f}")
    expect(cell(page, 1, 1)).to_be_focused()
    paste(cell(page, 1, 1), "11\t12,5\r\n13 %\t.5\r\n")
    expect(cell(page, 2, 2)).to_have_value("0.50")
    expect(cell(page, 1, 1)).to_be_focused()
    settled(page)
    block = {(1, 1): 0.11, (1, 2): 0.125, (2, 1): 0.13, (2, 2): 0.005}
    np.testing.assert_allclose(table_of(page), 100 * edited_block(wanted / 100, block), atol=1e-9)


def finding(page: Page) -> str:
    return page.get_by_role("heading", level=2).first.inner_text()


def test_a_cell_is_edited_and_a_matrix_dragged_and_the_link_reopens_both(server: str, visit: Visit) -> None:
    page = visit(f"{server}/variables?preset=independent&size=3")
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile("^x and y are independent"))
    edit(page, 0, 0, "60")
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile("^Seeing a pair removes"))
    page.wait_for_url("**table=60-*")
    page.get_by_text("Keep p(x), p(y)").click()
    page.wait_for_url("**margins=fixed*")
    edit(page, 1, 1, "99")
    expect(page.get_by_text("is impossible")).to_be_visible()
    page.get_by_role("radio", name="Away from PMI").click()
    expect(page.get_by_role("heading", level=2).first).to_have_text(re.compile("^m loses"))
    before = finding(page)
    page.get_by_role("slider", name="How far").press("ArrowRight")
    page.wait_for_url("**distance=0.55*")
    expect(page.get_by_role("heading", level=2).first).not_to_have_text(before)
    settled(page)
    shown, link = finding(page), page.url
    again = visit(link)
    expect(again.get_by_role("heading", level=2).first).to_have_text(re.compile("^m loses"))
    assert finding(again) == shown
    again.locator(".js-plotly-plot").nth(1).wait_for()
    assert drawn(again)[0]["y"] == ["x1", "x2", "x3"]


@pytest.mark.parametrize("width", [390, 1600])
@pytest.mark.parametrize("picture", ["channel", "rank"])
def test_the_pictures_fit_their_screen(server: str, visit: Visit, width: int, picture: str) -> None:
    page = visit(f"{server}/variables?picture={picture}&size=8", width=width, theme="dark")
    page.locator(".js-plotly-plot").first.wait_for()
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
