"""The frame of every page."""

from tests.app.conftest import ROOT, Open, query, setting, texts


def test_the_presenter_view_is_a_link_and_can_be_left(open_page: Open) -> None:
    app = open_page("bound", corpus="planted", present="true")
    assert "no embedding of any" not in " ".join(texts(app))  # the presenter says it
    app.button("leave").click().run()
    assert "no embedding of any" in " ".join(texts(app))
    assert "present" not in query(app)
    app.toggle(setting("present")).set_value(True).run()
    assert query(app)["present"] == "true"


def test_a_figure_is_larger_in_the_presenter_view(open_page: Open) -> None:
    sizes = [
        open_page("bound", corpus="planted", present=present).get("plotly_chart")[0].proto.spec.count('"size":18.75')
        for present in ("false", "true")
    ]
    assert sizes[0] == 0 < sizes[1]


def test_only_one_place_caches() -> None:
    users = {path for folder in ("jsmi_app", "pages") for path in (ROOT / folder).rglob("*.py")}
    caching = {path for path in users if "st.cache_" in path.read_text("utf-8").replace("``st.cache_…``", "")}
    assert caching
    assert {path.parent for path in caching} == {ROOT / "jsmi_app/cached"}
