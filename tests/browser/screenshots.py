"""Remake docs/screenshots: `python -m tests.browser.screenshots` (minutes; real trainings in a store of its own)."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, settled
from tests.served import running_app

ROOT = Path(__file__).resolve().parents[2]
TO = ROOT / "docs" / "screenshots"
GRID = "corpus=lee&dimensions=2,5,10,20,50&epochs_list=1,5,20,50&best_rank=true"
PAGES = {
    "start": "",
    "lesson": "lesson?step=4&guesses=1012.....",
    "variables": "variables?preset=copy",
    "channel": "variables?preset=copy&picture=channel",
    "proofs": "proofs?corpus=lee",
    "practice": "practice?corpus=lee&dimension=50&epochs=20",
    "corpus": "corpus",
    "corpus-pairs": "corpus?view=pairs",
    "bound": "bound",
    "train": "train?corpus=lee&dimension=50&epochs=20",
    "gap": f"gap?{GRID}",
    "gap-epochs": f"gap?{GRID}&axis=epochs",
    "gap-split": f"gap?{GRID}&show=split",
    "gap-gain": f"gap?{GRID}&show=gain&baselines=true",
    "gap-alpha": "gap?corpus=lee&dimensions=10,50&epochs_list=20&negatives_list=1,2,5,10,20&axis=alpha",
    "loss": "loss?corpus=lee",
    "loss-scores": "loss?corpus=lee&view=scores",
    "usefulness": f"usefulness?{GRID}",
    "reproductions": "reproductions",
    "diagnostics": "diagnostics",
}
WITHOUT_FIGURE = ("lesson", "proofs", "diagnostics")


def train_what_they_show(page: Page, address: str) -> None:
    """Press the buttons, as a user would, and wait."""
    for path, button in (("train", "Train"), ("train", "Search the best"), ("gap", "Run"), ("gap-alpha", "Run")):
        page.goto(f"{address}/{PAGES[path]}")
        settled(page)
        page.get_by_role("button", name=button).first.click()
        cancel = page.get_by_role("button", name="Cancel")
        cancel.wait_for()
        while cancel.count():  # it goes for a moment whenever its part of the page is drawn again
            cancel.wait_for(state="detached", timeout=1_800_000)
            page.wait_for_timeout(3_000)


def main() -> None:
    """Every page, light and dark, on a projector; Start and Train on a phone too."""
    TO.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as home, running_app(Path(home)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        trainer = browser.new_page()
        trainer.set_default_timeout(180_000)
        train_what_they_show(trainer, address)
        for theme in ("light", "dark"):
            for width, height, names in ((1280, 1080, tuple(PAGES)), (390, 1500, ("start", "train"))):
                for name in names:
                    context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": height})
                    page = context.new_page()
                    page.set_default_timeout(180_000)
                    page.goto(f"{address}/{PAGES[name]}")
                    settled(page)
                    if name not in WITHOUT_FIGURE:
                        page.locator(".js-plotly-plot .main-svg").first.wait_for()
                    page.wait_for_timeout(1_500)  # tables are drawn after the script has ended
                    size = "" if width == 1280 else f"-{width}"
                    page.screenshot(path=TO / f"{name}-{theme}{size}.png")
                    context.close()
        browser.close()


if __name__ == "__main__":
    main()
