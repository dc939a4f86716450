"""Settings: every widget of every page moves it at once, and every link that a page writes opens the same page."""

import math
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from google.protobuf.json_format import MessageToDict
from hypothesis import given, settings
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from jsmi_app import keeper, shared, state
from jsmi_app.setting import Setting, whole_numbers
from jsmi_core.errors import JSMIError, ParameterError
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell, RankCell, RankConfig
from jsmi_core.store.store import Store
from jsmi_core.text.samples import sample_corpus
from jsmi_core.training.config import SGNSConfig
from tests.app.conftest import GRID, PAGES, ROOT, SMALL, VIEWS, Open, plain, query, setting, texts

TEXT = {"corpus": "planted", "min_count": "100"}
CASES = [(page, view) for page, views in VIEWS.items() for view in views]


def named(value: object) -> str:
    return "&".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else str(value)


@pytest.fixture(scope="module")
def results() -> list[Any]:
    """Some trainings and searches, so that no page has nothing to show."""
    text = sample_corpus("planted", min_count=100)
    sizes = ((2, 1, 5), (2, 2, 5), (1, 1, 5), (2, 1, 1))
    trainings = [SGNSConfig(dimension=d, epochs=e, negatives=k) for d, e, k in sizes]
    searched = [RankConfig(dimension=d, negatives=k) for d in (1, 2) for k in (1, 5)]
    cells = [Cell(text.digest, config) for config in trainings]
    return [run_cell(cell, text) for cell in (*cells, *(RankCell(text.digest, config) for config in searched))]


@pytest.fixture
def stored(results: list[Any], tmp_path: Path) -> None:
    with Store(tmp_path / "store") as store:
        for result in results:
            store.save(result)


# --- a page as a visitor has it --------------------------------------------------------------------------------------

IDS = ("id", "formId", "fragmentId", "deferredFileId", "key", "url", "data", "arrowData", "columns")
HANDED_OVER = ("setValue", "value", "rawValue", "rawValues")  # only in the run that sets a widget from code


def seen(app: AppTest) -> list[Any]:
    """All that a page shows, without what names it."""

    def without_ids(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: without_ids(part) for name, part in value.items() if name not in (*IDS, *HANDED_OVER)}
        return [without_ids(part) for part in value] if isinstance(value, list) else value

    nodes = [node for block in (app.main, app.sidebar) for node in block if not hasattr(node, "children")]
    shown = [node for node in nodes if getattr(node.proto, "component_name", "") != keeper.NAME]  # tells sessions apart
    return [(node.type, without_ids(MessageToDict(node.proto)), str(getattr(node, "value", ""))) for node in shown]


def changes(before: list[Any], after: list[Any]) -> list[tuple[Any, Any]]:
    """What differs, alone: a diff of two whole pages takes longer than their drawing."""
    return [(one, other) for one, other in zip_longest(before, after) if one != other]


def keyed(app: AppTest) -> Iterator[tuple[str, Any]]:
    """All widgets that have a key."""
    for block in (app.main, app.sidebar):
        for node in block:
            if key := getattr(node, "key", None):
                yield key, node


def widgets(app: AppTest) -> dict[str, Any]:
    """The widgets of settings, by the setting's name."""
    return {key.removeprefix(setting("")): node for key, node in keyed(app) if key.startswith(setting(""))}


def moved(widget: Any) -> Any:
    """The widget, moved to another value, as the browser tells it."""
    told = WidgetState(id=widget.id)
    if widget.type == "toggle":
        told.bool_value = not widget.value
    elif widget.type == "number_input":
        step = widget.step if widget.value + widget.step <= widget.max else -widget.step
        told.double_value = widget.value + step
    elif widget.type == "text_input":
        told.string_value = "2"
    elif widget.type == "selectbox":
        told.string_value = widget.options[widget.index - 1]
    else:
        now = widget.options.index(widget.format_func(widget.value))
        told.string_array_value.data[:] = [widget.options[now - 1]]
    widget.__class__ = type("Moved", (type(widget),), {"_widget_state": property(lambda self: told)})
    return widget


@pytest.mark.parametrize(("page", "view"), CASES, ids=named)
def test_a_widget_moves_its_page_at_once_and_its_link_opens_what_it_shows(
    open_page: Open, stored: None, page: str, view: dict[str, str]
) -> None:
    names = widgets(open_page(page, **TEXT | view)).keys()
    assert "present" in names
    if view != VIEWS[page][0]:
        names -= shared.SETTINGS.keys()  # which act alike in every view of a page
    for name in names:
        app = open_page(page, **TEXT | view)
        moved(widgets(app)[name]).run(timeout=120)
        assert not app.exception, name
        once, link = seen(app), query(app)
        app.run()
        assert not changes(once, seen(app)), f"{name} acts at the second run only"
        assert query(app) == link
        if not app.error:  # what is refused stays out of the link
            again = open_page(page, **link)
            assert query(again) == link
            assert not changes(once, seen(again)), f"the link of {name} opens something else"


def test_the_presenter_view_comes_at_the_first_click(open_page: Open) -> None:
    app = open_page("bound", corpus="planted")
    app.toggle(setting("present")).set_value(True).run()
    assert query(app)["present"] == "true"
    assert app.button("leave")
    assert "present" not in widgets(app)


# --- names and keys --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_no_link_reaches_a_widget_that_is_no_setting(open_page: Open, stored: None, page: str) -> None:
    keys = {key for view in VIEWS[page] for key, _ in keyed(open_page(page, **TEXT | view))}
    registered = state.PAGES[page].settings
    wrong = {name: "anything" for name, one in registered.items() if not accepts(one, "anything")}
    assert wrong
    app = open_page(page, **dict.fromkeys(keys, "anything") | wrong | TEXT)
    assert not app.exception
    told = plain(" ".join(texts(app)))
    assert all(f"The link's {name}: " in told for name in wrong if name not in TEXT)
    assert "The default, ," not in told
    assert not any(query(app).get(name) == "anything" for name in wrong)


def accepts(one: Setting, text: str) -> bool:
    try:
        one.read(text)
    except JSMIError:
        return False
    return True


# --- links -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def registered() -> dict[str, state.Page]:
    """What every page registers, by opening each once."""
    for page, script in PAGES.items():
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        app.query_params["corpus"] = "planted"
        app.switch_page(script).run()
        assert page in state.PAGES
    return state.PAGES


def form(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


WRITTEN: dict[str, st.SearchStrategy[Any]] = {
    "corpus": st.sampled_from(["planted", "lee", "wikipedia"]),
    "table": st.sampled_from(["", "1-2_3-4", "0.1-0.2-0_1-1-1"]),
    "scores": st.sampled_from(["", "0.1~2.5", "0.0~-1_1.1~0.25"]),
    "job": form("([0-9a-f]{20}[.][0-9a-f]{16})?"),
    "search": form("([0-9a-f]{20}[.][0-9a-f]{16})?"),
    "sweep": form("([0-9a-f]{16})?"),
    "run": form("([0-9a-f]{20})?"),
    "runs": form("([0-9a-f]{8}(,[0-9a-f]{8}){0,3})?"),
    "guesses": form("[.012]{9}"),
    "cell": form("[0-7][.][0-7]"),
    "word": st.text(),
    "words": st.text(),
    **dict.fromkeys(
        ("dimensions", "epochs_list", "negatives_list", "seeds"),
        st.lists(st.integers(1, 1000), min_size=1, max_size=5).map(lambda values: ", ".join(map(str, values))),
    ),
}


def values_of(name: str, one: Setting) -> st.SearchStrategy[Any]:
    """Everything that a setting may be."""
    if name in WRITTEN:
        return WRITTEN[name]
    if one.options:
        return st.sampled_from(one.options)
    if isinstance(one.default, bool):
        return st.booleans()
    assert one.low is not None, f"say in WRITTEN what {name} may be"
    if isinstance(one.default, int):
        return st.integers(int(one.low), int(one.high))
    return st.floats(one.low, one.high).filter(one.accepts)


SCRIPT = """
from jsmi_app import state

state.begin("{page}", *state.PAGES["{page}"])
for name in state.PAGES["{page}"].settings:
    state.get(name)
state.write_url()
"""


def opened(page: str, link: dict[str, str]) -> AppTest:
    """The settings alone of a page, all of them in use."""
    app = AppTest.from_string(SCRIPT.format(page=page))
    for name, text in link.items():
        app.query_params[name] = text
    app.run()
    assert not app.exception
    return app


def notices(app: AppTest) -> list[str]:
    return app.session_state["_notices"] if "_notices" in app.session_state else []  # noqa: SIM401 - it has no get


@pytest.mark.parametrize("page", PAGES)
def test_every_link_that_a_page_writes_gives_the_same_settings(registered: dict[str, state.Page], page: str) -> None:
    every = registered[page].settings
    defaults = {name: one.default for name, one in every.items()}
    strategy = st.fixed_dictionaries({name: values_of(name, one) for name, one in every.items()})

    @given(strategy.filter(lambda values: values["minimum_learning_rate"] <= values["learning_rate"]))
    @settings(max_examples=8, deadline=None)
    def check(values: dict[str, Any]) -> None:
        app = opened(page, {name: every[name].write(value) for name, value in values.items()})
        assert not notices(app)
        assert defaults | app.session_state["_settings"] == values
        written = query(app)
        assert written.keys() == {name for name, value in values.items() if value != defaults[name]}
        again = opened(page, written)
        assert not notices(again)
        assert defaults | again.session_state["_settings"] == values
        assert query(again) == written

    check()


@pytest.mark.parametrize("name", shared.TRAINING)
def test_a_wrong_value_gives_the_default_and_a_notice(registered: dict[str, state.Page], name: str) -> None:
    other = {"window": "7"} if name != "window" else {"epochs": "7"}
    wrong = [text for text in ("", "x", "nan", "-11", "1e99") if not accepts(shared.SETTINGS[name], text)]
    assert wrong
    for text in wrong:
        app = opened("bound", {name: text, **other})
        (notice,) = notices(app)
        assert notice.startswith(f"The link's {name}: ")
        assert "is used instead" in notice
        assert query(app) == other


@pytest.mark.parametrize(
    ("link", "kept", "told"),
    [
        ({"learning_rate": "0.1", "minimum_learning_rate": "0.05"}, (0.1, 0.05), None),
        ({"minimum_learning_rate": "0.05"}, (0.025, 0.0001), "minimum_learning_rate: "),
        ({"learning_rate": "0.00001"}, (0.025, 0.0001), "learning_rate: "),
        ({"learning_rate": "0.1", "minimum_learning_rate": "0.2"}, (0.025, 0.0001), "learning_rate and minimum"),
    ],
)
def test_rates_are_judged_together(
    registered: dict[str, state.Page], link: dict[str, str], kept: tuple[float, float], told: str | None
) -> None:
    app = opened("train", link)
    memory = app.session_state["_settings"]
    assert (memory.get("learning_rate", 0.025), memory.get("minimum_learning_rate", 0.0001)) == kept
    if told is None:
        assert not notices(app)
        assert query(app) == link
    else:
        (notice,) = notices(app)
        assert notice.startswith(f"The link's {told}")
        assert query(app) == {}


def test_refused_together_they_stay_out_of_the_link(open_page: Open) -> None:
    app = open_page("bound", corpus="planted", learning_rate="0.1", minimum_learning_rate="0.05")
    link = query(app)
    app = open_page("train", **TEXT | SMALL | link)
    app.number_input(setting("learning_rate")).set_value(0.01).run()
    assert "minimum&#95;learning&#95;rate" in app.error[0].value
    assert query(app)["learning_rate"] == "0.1"
    app.number_input(setting("minimum_learning_rate")).set_value(0.001).run()
    assert not app.error
    assert (query(app)["learning_rate"], query(app)["minimum_learning_rate"]) == ("0.01", "0.001")


@pytest.mark.parametrize("value", [0.1, 1 / 3, 1e-05, 0.1 + 0.2, math.pi / 10])
def test_a_number_is_written_to_the_last_bit(value: float) -> None:
    one = shared.SETTINGS["subsample"]
    assert one.read(one.write(value)) == value


def test_alpha_is_written_short_and_read_whole() -> None:
    alpha = shared.SETTINGS["alpha"]
    assert alpha.write(1 / 6) == "0.166666666667"
    assert [alpha.read(alpha.write(value)) for value in alpha.options] == list(alpha.options)


def test_between_two_steps_of_a_slider_the_nearest_is_taken_and_told(open_page: Open) -> None:
    app = open_page("variables", table_noise="0.33")
    assert "0&#46;33 lies between two steps" in app.warning[0].value
    assert query(app) == {"table_noise": "0.35"}


def test_what_a_page_narrows_is_told_there(open_page: Open) -> None:
    app = open_page("reproductions", corpus="planted", card="levy-goldberg", dimension="5000")
    assert "dimension = 5000 is not usable: give a whole number from 1 to 1,000" in plain(app.warning[0].value)
    assert app.number_input(setting("dimension")).value == 100


def test_a_choice_that_is_not_offered_is_told(open_page: Open, stored: None) -> None:
    app = open_page("gap", **TEXT | GRID | {"k": "7"})
    assert "The link's k: 7 is not offered here: 1 is used instead." in plain(app.warning[0].value)
    app.run()
    assert not app.warning
    assert query(app)["k"] == "1"


@pytest.mark.parametrize("typed", ["10 50", "10,50", "10, 50,", "10;50"])
def test_a_list_of_numbers_glues_no_digits(typed: str) -> None:
    assert whole_numbers(typed) == (10, 50)


@pytest.mark.parametrize("typed", ["", "10,,50", "ten", "1.5", "10 - 50", "1_0"])
def test_what_is_no_list_of_whole_numbers_is_refused(typed: str) -> None:
    with pytest.raises(ParameterError, match="is not a list of whole numbers: write for example 10,50,100"):
        whole_numbers(typed)
