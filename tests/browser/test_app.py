"""The app as its users meet it: a fresh server, a real browser, links, uploads, trainings, phones."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from jsmi_core.figures.drawing import DARK, LIGHT, Palette
from tests.browser.conftest import drawn, settled

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]

LIVELY = ("![t](http://127.0.0.1:9/a.png)", "<a/href='http://127.0.0.1:9'>a</a>", ":red[x]", "$x$", "%{y}")


def query(page: Page) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def train(page: Page) -> list[float]:
    """Press Train and wait; returns the scores, epoch by epoch."""
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(re.compile("^Run [0-9a-f]{20}"))).to_be_visible(timeout=120_000)
    settled(page)
    return next(line["y"] for line in drawn(page) if line["name"] == "S")


def test_the_first_link_to_a_fresh_server_opens_its_page_and_trains(fresh: str, visit: Visit) -> None:
    page = visit(f"{fresh}/train?corpus=planted&dimension=5&epochs=4")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("How close does training come to the bound?")
    scores = train(page)
    assert len(scores) == 5
    assert scores[-1] > scores[0]
    assert query(page) == {"corpus": "planted", "dimension": "5", "epochs": "4"}


def test_a_text_is_uploaded_and_trained_and_its_gap_falls(server: str, visit: Visit, tmp_path: Path) -> None:
    text = tmp_path / "own text.txt"
    text.write_text("the cat sat on the mat\nthe dog lay on the log\na bird sang in the tree\n" * 200, "utf-8")
    page = visit(f"{server}/corpus")
    page.get_by_text("Use your own text").click()
    page.locator("input[type=file]").set_input_files(text)
    expect(page.get_by_text("own text.txt")).to_be_visible()
    page.get_by_role("button", name="Read the text").click()
    expect(page.get_by_text("min_count = 5 keeps 13 of 13 words")).to_be_visible()
    page.wait_for_url(re.compile(r"corpus=[0-9a-f]{64}\.[0-9a-f]{16}"))
    digest = query(page)["corpus"]
    assert re.fullmatch(r"[0-9a-f]{64}\.[0-9a-f]{16}", digest)
    page.get_by_role("link", name="Train").click()
    expect(page.locator("h1")).to_have_text("How close does training come to the bound?")
    settled(page)
    page.wait_for_url(f"**/train?corpus={digest}")
    page.get_by_role("spinbutton", name="Epochs").fill("8")
    scores = train(page)  # pressed at once, while the number is still being taken in
    assert len(scores) == 9
    bound = max(line["y"][0] for line in drawn(page))
    gaps = [bound - score for score in scores]
    assert gaps[-1] < gaps[1] < gaps[0]
    assert gaps[-1] >= 0


def test_a_reload_finds_the_running_training_and_can_cancel_it(server: str, visit: Visit) -> None:
    page = visit(f"{server}/train?corpus=lee&dimension=50&epochs=900")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    expect(page.get_by_text(re.compile("After [0-9]+ of 900 epochs"))).to_be_visible(timeout=60_000)
    assert "job" in query(page)
    page.reload()
    expect(page.get_by_text(re.compile("After [0-9]+ of 900 epochs"))).to_be_visible()
    expect(page.get_by_text(re.compile("Training, .* left"))).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("This training was cancelled")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()


def test_settings_follow_from_page_to_page_and_back(server: str, visit: Visit) -> None:
    page = visit(f"{server}/bound?corpus=planted&window=2&unit=bits")
    page.get_by_role("link", name="Gap", exact=True).click()
    expect(page.locator("h1")).to_have_text("How far is word2vec from the bound?")
    settled(page)
    page.wait_for_url("**/gap?corpus=planted&window=2&unit=bits")
    page.get_by_role("textbox", name="Dimensions d").fill("3,4")
    page.get_by_role("textbox", name="Dimensions d").press("Enter")
    page.wait_for_url("**dimensions=3*")
    page.go_back()
    expect(page.get_by_role("textbox", name="Dimensions d")).to_have_value("2,5,10,20,50")


def test_a_click_on_a_point_opens_its_training(server: str, visit: Visit) -> None:
    page = visit(f"{server}/gap?corpus=planted&dimensions=2,4&epochs_list=1&seeds=3")
    page.get_by_role("button", name="Run the grid").click()
    expect(page.get_by_text("All 2 of this grid are stored.")).to_be_visible(timeout=120_000)
    settled(page)
    page.locator(".js-plotly-plot .scatterlayer .trace .points path").first.click(force=True)
    page.get_by_role("link", name="Open this training").click()
    expect(page.locator("h1")).to_have_text("How close does training come to the bound?")
    expect(page.get_by_text(re.compile("^Run [0-9a-f]{20}"))).to_be_visible()
    settled(page)  # what is the default leaves the address once the page has run
    assert query(page) == {"corpus": "planted", "dimension": "2", "epochs": "1", "seed": "3"}


def test_words_of_a_text_do_nothing(server: str, visit: Visit, tmp_path: Path) -> None:
    text = tmp_path / "![t](http:x) $y$.txt"
    text.write_text((" ".join(LIVELY) + " plain words\n") * 30, "utf-8")
    page = visit(f"{server}/corpus")
    page.get_by_text("Use your own text").click()
    page.locator("input[type=file]").set_input_files(text)
    page.get_by_role("combobox", name="Tokenizer").click()
    page.get_by_role("option", name="whitespace").click()
    page.get_by_role("button", name="Read the text").click()
    expect(page.get_by_text("min_count = 5 keeps 7 of 7 words")).to_be_visible()
    page.get_by_text("A word in context").click()
    for word in LIVELY:
        page.get_by_role("textbox", name="Word").fill(word)
        page.get_by_role("textbox", name="Word").press("Enter")
        joined = re.sub("([:@])", "\\1\u2060", word)  # the word joiner that keeps it inert
        expect(page.get_by_text(f"“{joined}” occurs 30 times")).to_be_visible()
        main = page.locator("[data-testid=stMain]")
        assert main.locator("img, .katex, a[href*='127.0.0.1:9']").count() == 0
    page.goto(f"{page.url.split('/corpus')[0]}/bound?corpus={query(page)['corpus']}")
    settled(page)
    assert page.locator("[data-testid=stMain]").locator(".katex, a[href^='http:x']").count() == 0


FIGURES = ("", "corpus", "bound", "train", "variables", "practice", "vectors")
WITHOUT = ("gap", "compare", "loss", "usefulness", "lesson", "proofs", "reproductions", "glossary", "diagnostics")


@pytest.mark.parametrize("path", [*FIGURES, *WITHOUT])  # without: words and tables, or nothing trained yet
@pytest.mark.parametrize("width", [390, 1600])
def test_a_page_fits_its_screen(server: str, visit: Visit, path: str, width: int) -> None:
    page = visit(f"{server}/{path}?corpus=planted" if path else server, width=width, theme="dark")
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    if path in FIGURES:
        finding = page.get_by_role("heading", level=2).first.inner_text()
        finding = finding.replace("\u00a0", " ").replace("\u2060", "")  # what keeps it together, and inert
        expect(page.get_by_role("figure").first).to_have_accessible_name(re.compile("^" + re.escape(finding)))


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_a_figure_wears_the_colours_of_the_theme(server: str, visit: Visit, theme: str, palette: Palette) -> None:
    page = visit(f"{server}/train?corpus=planted", theme=theme)
    page.locator(".js-plotly-plot").wait_for()
    colours = page.evaluate("document.querySelector('.js-plotly-plot').data.map(({line}) => line.color)")
    assert colours == [palette.bound, palette.muted, palette.muted]
