"""AppTest journeys: the real core on small texts, a store of its own for each test, nothing mocked."""

import html
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from jsmi_app import state
from jsmi_core.runtime import memory

ROOT = Path(__file__).resolve().parents[2]
PAGES = {path.stem: str(path.relative_to(ROOT)) for path in (ROOT / "pages").glob("*/*.py")}
SMALL = {"dimension": "2", "epochs": "1"}
GRID = {"dimensions": "1,2", "epochs_list": "1,2", "negatives_list": "1,5", "best_rank": "true"}
VIEWS: dict[str, list[dict[str, str]]] = {
    "start": [{}],
    "lesson": [{"step": "2"}],
    "variables": [{"picture": picture} for picture in ("table", "channel", "alpha", "rank")]
    + [{"picture": "away", "direction": "cell"}, {"preset": "gaussian"}],
    "watch": [{}, {"preset": "gaussian"}],
    "proofs": [{"proved_on": on, "most_words": "20"} for on in ("table", "text", "model")],
    "practice": [SMALL],
    "corpus": [{"view": view} for view in ("words", "pairs", "context")],
    "bound": [{}],
    "train": [SMALL],
    "gap": [GRID | {"show": show} for show in ("score", "split", "gain")] + [GRID | {"axis": "alpha"}],
    "compare": [{}],
    "loss": [{"view": view} for view in ("words", "scores", "word", "map", "heat")],
    "usefulness": [{}],
    "vectors": [{}],
    "reproductions": [{"card": card} for card in ("figure1", "levy-goldberg")],
    "glossary": [{}],
    "diagnostics": [{}],
}
"""What each page can show, as links: all of its widgets are in one of them."""
Open = Callable[..., AppTest]


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """``open_page("train", corpus="lee", …)``: a page as a link opens it."""
    monkeypatch.setenv("JSMI_STORE", str(tmp_path / "store"))

    def opened(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
        for key, value in query.items():
            app.query_params[key] = value
        app.switch_page(PAGES[name]).run()
        assert not app.exception
        return app

    yield opened
    st.cache_resource.clear()  # closes the queue, and with it its processes
    st.cache_data.clear()
    memory.shared.clear()


def setting(name: str) -> str:
    """The key of a setting's widget."""
    return state.key(name)


def until(app: AppTest, ready: Callable[[AppTest], object], seconds: float = 60) -> AppTest:
    """Run a page again and again, as its poll does, until it shows what is waited for."""
    end = time.monotonic() + seconds
    while not ready(app):
        assert time.monotonic() < end, f"waited {seconds} s in vain; the page shows {texts(app)}"
        time.sleep(0.2)
        app.run()
        assert not app.exception
    return app


def texts(app: AppTest) -> list[str]:
    """All text of a page's body."""
    kinds = ("title", "header", "markdown", "caption", "info", "warning", "error", "success")
    return [element.value for kind in kinds for element in getattr(app, kind)]


def said(app: AppTest) -> list[str]:
    """The same as a reader sees it."""
    return [plain(text) for text in texts(app)]


def plain(text: str) -> str:
    """What a reader sees of inert words."""
    return html.unescape(text).replace("\u2060", "")


def query(app: AppTest) -> dict[str, str]:
    """The page's URL parameters; AppTest gives some as a list of one."""
    return {key: value if isinstance(value, str) else value[0] for key, value in app.query_params.items()}


def bring(app: AppTest, text: str) -> AppTest:
    """Paste a text on the page Corpus and have it read."""
    app.text_area[0].set_value(text)
    next(button for button in app.button if button.label == "Read the text").click().run()
    assert not app.exception
    return app
