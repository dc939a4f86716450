"""The film in a real browser: by buttons, by keys, and from a file without a network."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from jsmi_app import player
from jsmi_core import JointDistribution, SGNSObjective
from jsmi_core.figures import Names, film_data
from jsmi_core.tables.joint import preset
from jsmi_core.tables.scores import cells
from jsmi_core.tables.slow_motion import film

FILM = ".jsmi-film"


def moment(page: Page) -> int:
    return int(page.locator(FILM).get_attribute("data-moment") or -1)


def wait_beyond(page: Page, least: int) -> None:
    film = page.locator(FILM).element_handle()
    page.wait_for_function("([film, least]) => Number(film.dataset.moment) > least", arg=[film, least])


@pytest.fixture
def offline(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """The film as a file, opened by a browser without a network."""
    objective = SGNSObjective(JointDistribution.from_counts(preset("copy", 4, 0.3)), 5)
    data = film_data(film(objective, 2, 2_000), Names(tuple("abcd"), tuple("efgh")), cells(objective).best, 0.03)
    file = tmp_path / "film.html"
    file.write_text(player.page(data), encoding="utf-8")
    contexts = []

    def opened(**wishes: str) -> Page:
        contexts.append(chromium.new_context(offline=True, **wishes))
        page = contexts[-1].new_page()
        page.goto(file.as_uri())
        page.locator(FILM).wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()


def test_it_opens_finished_and_plays(visit: Callable[..., Page], server: str) -> None:
    page = visit(f"{server}/watch")
    page.locator(FILM).wait_for()
    last = int(page.locator(f"{FILM} input[type=range]").get_attribute("max") or 0)
    assert moment(page) == last > 100
    page.get_by_role("button", name="Play or pause").click()
    wait_beyond(page, 5)
    page.get_by_role("button", name="Play or pause").click()
    stopped = moment(page)
    assert 5 < stopped < last
    page.get_by_role("button", name="One moment back").click()
    assert moment(page) in (stopped - 1, stopped)
    page.get_by_role("button", name="Rewind").click()
    assert moment(page) == 0
    assert "after 0 updates" in page.locator(f"{FILM} .status").inner_text()


def test_keys_step_and_play(offline: Callable[..., Page]) -> None:
    page = offline()
    root = page.locator(FILM)
    root.focus()
    last = moment(page)
    page.keyboard.press("ArrowLeft")
    assert moment(page) == last - 1
    page.keyboard.press("Home")
    assert moment(page) == 0
    page.keyboard.press("Space")
    wait_beyond(page, 3)
    page.keyboard.press("Space")
    page.keyboard.press("End")
    assert moment(page) == last
    painted = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v)"
    assert all(page.locator(f"{FILM} canvas").nth(i).evaluate(painted) for i in range(3))
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_nobody_who_wants_no_motion_gets_any(offline: Callable[..., Page]) -> None:
    page = offline(reduced_motion="reduce")
    before = page.locator(FILM).get_attribute("data-drawn")
    page.wait_for_timeout(500)
    assert page.locator(FILM).get_attribute("data-drawn") == before  # nothing plays by itself
    page.locator(f"{FILM} input[type=range]").fill("10")
    assert moment(page) == 10
