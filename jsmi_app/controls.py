"""Widgets that several pages share. Each says in one sentence what it changes, in the field's terms, with its unit.

What a widget says and offers stands in its setting (see setting.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from jsmi_app import cached, keeper, say, shared, state
from jsmi_app.markdown import words
from jsmi_app.setting import whole_numbers
from jsmi_core.errors import JSMIError, StoreError
from jsmi_core.experiments import LawName
from jsmi_core.figures import Figure, csv_text
from jsmi_core.text import SAMPLES, Corpus

_TEXT_KEY = "[0-9a-f]{8,128}([.][0-9a-f]{16})?"

Changed = Callable[[], None] | None
"""What is to be done, before the page is drawn again, once a widget was moved."""


# --- one setting each ----------------------------------------------------------------------------------------------


def whole(name: str) -> int:
    """A whole number."""
    facts = state.setting(name)
    assert facts.low is not None
    assert facts.high is not None
    state.seed(name)
    value = st.number_input(facts.label, int(facts.low), int(facts.high), step=1, key=state.key(name), help=facts.help)
    state.keep(name, value)
    return int(value)


def real(name: str) -> float:
    """A real number, written as short as it is exact."""
    facts = state.setting(name)
    assert facts.low is not None
    assert facts.high is not None
    state.seed(name)
    low, high = float(facts.low), float(facts.high)
    value = st.number_input(facts.label, low, high, step=facts.step, format="%g", key=state.key(name), help=facts.help)
    state.keep(name, value)
    return float(value)


def switch(name: str) -> bool:
    """On or off."""
    facts = state.setting(name)
    state.seed(name)
    value = st.toggle(facts.label, key=state.key(name), help=facts.help)
    state.keep(name, value)
    return bool(value)


def choice(
    name: str,
    options: Sequence[Any] | None = None,
    *,
    label: str | None = None,
    text: str | None = None,
    shown: Callable[[Any], str] | None = None,
    changed: Changed = None,
) -> Any:
    """One of a few: of those that the setting has, or of these; other words take the place of the setting's."""
    facts = state.setting(name)
    options = _one_that_is_there(name, options)
    value = st.segmented_control(
        label or facts.label,
        options,
        format_func=lambda option: words((shown or facts.shown)(option)),
        key=state.key(name),
        help=text or facts.help,
        required=True,
        on_change=changed,
    )
    state.keep(name, value, changed)
    return value


def pick(
    name: str,
    options: Sequence[Any] | None = None,
    *,
    shown: Callable[[Any], str] | None = None,
    changed: Changed = None,
) -> Any:
    """One of a list that folds away."""
    facts = state.setting(name)
    options = _one_that_is_there(name, options)
    value = st.selectbox(
        facts.label,
        options,
        format_func=shown or facts.shown,
        key=state.key(name),
        help=facts.help,
        on_change=changed,
    )
    state.keep(name, value, changed)
    return value


def _one_that_is_there(name: str, options: Sequence[Any] | None) -> Sequence[Any]:
    """The options; the first is taken where the value is none of them."""
    offered = state.setting(name).options if options is None else options
    if state.get(name) not in offered:
        state.fall_back(name, offered[0], "is not offered here")
    state.seed(name)
    return offered


def slider(name: str, changed: Changed = None) -> Any:
    """One of many values in a row; a value between two gives the nearest."""
    facts, value = state.setting(name), state.get(name)
    if value not in facts.options:
        nearest = min(facts.options, key=lambda option: abs(option - value))
        state.fall_back(name, nearest, "lies between two steps of the slider")
    state.seed(name)
    chosen = st.select_slider(
        facts.label,
        facts.options,
        format_func=facts.shown,
        key=state.key(name),
        help=facts.help,
        on_change=changed,
    )
    state.keep(name, chosen, changed)
    return chosen


def typed(name: str, most: int | None = None) -> str:
    """A line of text, of at most so many characters."""
    facts = state.setting(name)
    state.seed(name)
    value = st.text_input(facts.label, key=state.key(name), max_chars=most, help=facts.help)
    state.keep(name, value)
    return str(value)


def numbers(name: str) -> tuple[int, ...]:
    """Whole numbers with commas between them, written as in the shell. Raises ParameterError."""
    return whole_numbers(typed(name))


def alpha() -> float:
    """α, and k where it is a whole number."""
    return float(slider("alpha"))


def unit() -> str:
    """nats or bits."""
    return str(choice("unit"))


def law() -> LawName:
    """Under which noise models are judged."""
    chosen: LawName = choice("law")
    return chosen


def pair_settings() -> None:
    """How pairs are drawn from the text."""
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    with left:
        whole("window")
    with middle:
        real("subsample")
    with right:
        switch("dynamic")


def training_settings(*, seed: bool = True) -> None:
    """Noise and step size, and the seed where a page trains one model."""
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        choice("noise")
    with right:
        real("noise_exponent")
    columns = st.columns(3 if seed else 2, vertical_alignment="bottom")
    with columns[0]:
        real("learning_rate")
    with columns[1]:
        real("minimum_learning_rate")
    if seed:
        with columns[2]:
            whole("seed")


# --- the text ------------------------------------------------------------------------------------------------------


def text_choice() -> Corpus:
    """Which text: a bundled one, or those that this browser brought or came to by a link.

    Raises
    ------
    StoreError
        If a link is to a text that is not here: it stays in the address, and works once the text is brought.
    """
    wanted = state.get("corpus")
    absent = [wanted] if wanted not in SAMPLES and not _is_here(wanted) else []
    if absent and not re.fullmatch(_TEXT_KEY, wanted):
        default = state.setting("corpus").default
        state.notice(f"The link's corpus: {wanted[:80]!r} is not the name of a text. The default, {default}, is used.")
        state.put("corpus", default)
        absent = []
    pick(
        "corpus",
        [*absent, *SAMPLES, *keeper.texts()],
        shown=lambda name: f"The text of the link ({name[:6]}), not here" if name in absent else _text_name(name),
    )
    if absent and state.get("corpus") == wanted:
        raise StoreError(
            f"This link is to a text ({wanted[:6]}) that this server does not have for you: bring the same file on the"
            " page Corpus, and the link works; or ask whoever brought it to share it, or choose another text."
        )
    return current_text()


def _is_here(key: str) -> bool:
    """Whether a text can be opened; then it is among those to choose from, from now on."""
    try:
        cached.corpus(key, 1)
    except JSMIError:
        return False
    keeper.keep(key)
    return True


def current_text() -> Corpus:
    """The text the settings name. Raises StoreError or CorpusError."""
    return cached.corpus(state.get("corpus"), state.get("min_count"))


def training() -> Corpus:
    """The text and every setting of one training; few knobs first."""
    text_at, dimension_at, negatives_at, epochs_at = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
    with text_at:
        text = text_choice()
    with dimension_at:
        whole("dimension")
    with negatives_at:
        whole("negatives")
    with epochs_at:
        whole("epochs")
    with st.expander("More: pairs, noise, learning rate, seed, unit"):
        pair_settings()
        training_settings()
        unit()
    return text


def _text_name(name: str) -> str:
    return SAMPLES[name].title if name in SAMPLES else f"{cached.corpus(name, 1).name} ({name[:6]})"


def summary(text: Corpus) -> str:
    """The text and the pair settings in one line, as a figure's subtitle."""
    config = shared.config()
    window = f"{'dynamic ' if config.dynamic else ''}window {config.window}"
    return (
        f"{text.name}: {len(text.ids):,} tokens, V = {len(text.vocabulary):,} · {window}, "
        f"subsample {config.subsample:g}"
    )


# --- what a page shows ---------------------------------------------------------------------------------------------


@contextmanager
def one_sentence() -> Iterator[None]:
    """Show an error of ours as its one sentence, in place."""
    try:
        yield
    except JSMIError as error:
        state.end_early()
        say.error(str(error))
    except MemoryError:
        state.end_early()
        say.error("This needs more memory than there is: choose a smaller window, a larger min_count or less text.")


def show_notices() -> None:
    """Say what is to be said, once."""
    for text in state.notices():
        say.warning(text)


def figure(data: Figure, key: str, *, clickable: bool = False) -> list[str]:
    """A figure under its finding, with its table and its downloads; returns what was clicked."""
    from jsmi_core.figures import LIGHT, draw, enlarge

    say.header(data.title)
    if data.subtitle:
        say.caption(data.subtitle)
    event: Any = st.plotly_chart(
        enlarge(draw(data)) if state.get("present") else draw(data),
        key=key,
        on_select="rerun" if clickable else "ignore",
        selection_mode="points",
        alt=f"{data.title}. {data.subtitle}",
        config={
            "displaylogo": False,
            "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
            "toImageButtonOptions": {"format": "png", "filename": f"jsmi-{key}", "scale": 2},
        },
    )
    columns, rows = data.table()
    with st.container(horizontal=True):
        table = st.popover("Table", type="tertiary", key=f"table-{key}", on_change="rerun")
        if table.open:
            with table:
                say.table([dict(zip(columns, row, strict=True)) for row in rows], hide_index=True)
        st.download_button(
            "CSV",
            lambda: csv_text(columns, rows),
            f"jsmi-{key}.csv",
            "text/csv",
            key=f"csv-{key}",
            on_click="ignore",
            type="tertiary",
            help="The numbers of the figure; text that a spreadsheet would run starts with an apostrophe.",
        )
        st.download_button(
            "HTML",
            lambda: draw(data, LIGHT, titled=True).to_html(include_plotlyjs=True).encode(),
            f"jsmi-{key}.html",
            "text/html",
            key=f"html-{key}",
            on_click="ignore",
            type="tertiary",
            help="The figure with its title as one file that works offline; its camera saves a PNG, as the one here.",
        )
    points = event["selection"]["points"] if clickable else []
    return [str(point["customdata"]) for point in points if point.get("customdata")]


def reproduce(python: str, shell: str) -> None:
    """The code that gives the page's numbers."""
    with st.expander("Reproduce in Python or the shell"):
        st.code(python, language="python")
        st.code(shell, language="bash")
