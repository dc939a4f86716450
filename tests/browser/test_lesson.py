"""A class at work: the lesson and back, terms explained on hover, runs compared, the projector."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settled
from tests.browser.test_app import query, train

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def test_a_guess_a_look_and_back_to_the_lesson(server: str, visit: Visit) -> None:
    page = visit(f"{server}/lesson")
    expect(page.get_by_text("For the teacher")).to_be_visible()  # all of the step is there
    page.get_by_text("about two thirds of a bit").click()
    expect(page.get_by_text("Right.")).to_be_visible()
    page.wait_for_url(re.compile("guesses=1"))
    page.get_by_role("link", name="Go and look").click()
    expect(page.locator("h1")).to_have_text("What does one variable tell about another?")
    settled(page)
    assert query(page)["picture"] == "channel"
    page.get_by_role("link", name="Lesson").click()
    expect(page.get_by_text("Right.")).to_be_visible()
    page.get_by_role("button", name="Next step").click()
    expect(page.get_by_role("heading", name="When there is nothing to know")).to_be_visible()
    page.wait_for_url(re.compile("step=2"))
    assert query(page)["guesses"] == "1........"


def test_a_term_explains_itself_and_the_glossary_has_it(server: str, visit: Visit) -> None:
    page = visit(f"{server}/bound?corpus=planted")
    meaning = page.locator("abbr", has_text="bound").first.get_attribute("title")
    assert meaning
    page.get_by_role("link", name="Glossary").click()
    expect(page.get_by_text(meaning[:40])).to_be_visible()


def test_runs_are_ticked_and_compared(server: str, visit: Visit) -> None:
    page = visit(f"{server}/train?corpus=planted&dimension=2&epochs=2&window=3")
    train(page)
    page = visit(f"{server}/train?corpus=planted&dimension=3&epochs=2&window=3")
    train(page)
    page.get_by_role("link", name="Compare").click()
    expect(page.locator("h1")).to_have_text("What changed from one run to another?")
    settled(page)
    table = page.locator("[data-testid=stDataFrame]").first
    table.locator("canvas").first.wait_for()
    differ = page.get_by_role("heading", name="Settings that differ")
    expect(differ).to_be_visible()  # two runs that differ in one number are ticked to begin with
    for seen in (False, True):  # the table is a canvas: its boxes are ticked where they are drawn
        table.click(position={"x": 20, "y": 18 + 35})
        settled(page)
        expect(differ).to_be_visible(visible=seen)
    page.wait_for_url(re.compile("runs=[0-9a-f]{8}"))
    with page.expect_download() as bundle:
        page.get_by_role("button", name="Export 2 runs").click()
    assert bundle.value.suggested_filename == "runs.zip"


def test_the_presenter_view_shows_the_figure_alone(server: str, visit: Visit) -> None:
    page = visit(f"{server}/bound?corpus=planted&present=true", width=1600, theme="dark")
    figure = page.locator(".js-plotly-plot")
    figure.wait_for()
    expect(page.get_by_role("link", name="Train")).to_be_hidden()
    expect(page.get_by_text("More: pairs, noise, unit")).to_be_hidden()
    assert figure.bounding_box()["y"] + 300 < 900  # seen without scrolling
    page.get_by_role("button", name="Leave the presenter view").click()
    expect(page.get_by_role("link", name="Train")).to_be_visible()
    settled(page)
    assert "present" not in query(page)
