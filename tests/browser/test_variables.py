"""Two variables: a cell is edited in the browser's own grid, a score matrix dragged, and the link keeps both."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import drawn, settled

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]
COLUMN, ROW, FIRST = 52, 35, 44  # px: of a cell; where the first one begins


def edit(page: Page, row: int, column: int, value: str) -> None:
    """Open a cell of the first grid, write into it, press Enter."""
    cell = page.locator(".gdg-input")
    for _ in range(10):  # on a busy machine two clicks may come too far apart, or before the grid is there
        settled(page)
        box = page.get_by_test_id("stDataFrame").first.bounding_box()
        if box:
            page.mouse.dblclick(box["x"] + FIRST + (column + 0.5) * COLUMN, box["y"] + (row + 1.5) * ROW)
        page.wait_for_timeout(500)
        if cell.count():
            break
    cell.fill(value)
    cell.press("Enter")


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
