"""Nothing opens empty: on a fresh store each page's first visit shows a figure, or what it is a page of."""

import pytest

from tests.app.conftest import PAGES, Open

WORDS_ONLY = {
    "lesson",
    "glossary",
    "diagnostics",
    "proofs",
}  # a question, definitions, what runs, a table of statements


@pytest.mark.parametrize("page", sorted(set(PAGES) - WORDS_ONLY))
def test_the_first_visit_shows_a_finished_figure(open_page: Open, page: str) -> None:
    app = open_page(page)
    assert app.get("plotly_chart") or page == "watch"  # whose film is a component of its own
    assert not app.error
    assert not app.warning
