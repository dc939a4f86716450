"""Widgets that several pages share. Each says in one sentence what it changes, in the field's terms, with its unit.

A widget's key is the name of its setting (see state.py). Words of a text reach Markdown and figures only as ``inert``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import streamlit as st

from jsmi_app import cached, state
from jsmi_core.errors import JSMIError
from jsmi_core.experiments import LAWS, LawName
from jsmi_core.figures import Figure, csv_text, inert
from jsmi_core.text import SAMPLES, Corpus

HELP = {
    "dimension": "d, the number of coordinates of each word and context vector; word2vec's default is 100.",
    "negatives": "k, the noise pairs drawn for each pair of the text; α = 1/(k+1). word2vec's default is 5.",
    "epochs": "How often the training passes over the whole text; word2vec's default is 5.",
    "window": "Largest distance of a pair in tokens, counted after subsampling; word2vec's default is 5.",
    "dynamic": "Each centre word draws its window from 1 … window, so near words weigh more; on in word2vec.",
    "subsample": "Threshold t, a share of all tokens: words above it are thinned out; 0 keeps all; word2vec: 0.001.",
    "noise": "Where negatives come from: counts^γ, as in word2vec, or the context marginal p(y), as in the paper.",
    "noise_exponent": "Negatives are drawn in proportion to counts^γ; 0.75 in word2vec, 1 for the plain counts.",
    "learning_rate": "Step size at the start, falling linearly to the lowest rate; word2vec's default is 0.025.",
    "minimum_learning_rate": "Step size at the end of the last epoch; word2vec's default is 0.0001.",
    "seed": "Starts the random numbers: the same seed and settings give the same vectors.",
    "min_count": "Words that occur less often are removed before windows are formed; word2vec's default is 5.",
    "top": "How many words are shown where none are named; from 2 to 25.",
    "unit": "The unit of all information on the page: 1 bit = log 2 = 0.693 nats, for each draw of a pair.",
    "alpha": "α = 1/(k+1): the probability that a pair is a real one; word2vec's k = 5 is α = 0.167.",
    "size": "How many words and how many contexts the table has.",
    "table_noise": "The share of the pairs that are of independent words: 0 leaves the pattern pure, 1 wipes it out.",
    "correlation": "ρ of the two Gaussian variables: 0 independent, 0.99 nearly equal, negative: opposite.",
    "distance": "0 % is the best matrix, PMI − log k; 100 % is the matrix chosen; below 0 % leads the other way.",
    "most_words": "How many words keep their own row and column in the table that plain loops go over.",
    "law": "The noise that bound and scores are of: counts^γ, which word2vec draws, or the paper's marginal.",
}
LABELS = {
    "dimension": "Dimension d",
    "negatives": "Negatives k",
    "epochs": "Epochs",
    "window": "Window (tokens)",
    "dynamic": "Dynamic window",
    "subsample": "Subsampling t",
    "noise_exponent": "Noise exponent γ",
    "learning_rate": "Learning rate",
    "minimum_learning_rate": "Lowest learning rate",
    "seed": "Seed",
    "min_count": "min_count",
    "top": "How many words",
}
NOISE_NAMES = {"counts": "counts^γ (word2vec)", "pairs": "p(y) (paper)"}
LAW_NAMES: Mapping[LawName, str] = {"word2vec": "word2vec's", "paper": "the paper's"}
PRESET_NAMES = {
    "independent": "Independent",
    "diagonal": "Diagonal",
    "copy": "Noisy copy",
    "zipf": "Zipf",
    "blocks": "Two topics",
    "gaussian": "Gaussian",
    "words": "Words of Lee",
}


# --- one setting each ----------------------------------------------------------------------------------------------


def whole(name: str, low: int, high: int) -> int:
    """A whole number."""
    state.seed(name)
    value = st.number_input(LABELS[name], low, high, step=1, key=name, help=HELP[name])
    state.keep(name, value)
    return int(value)


def real(name: str, low: float, high: float, step: float) -> float:
    """A real number, written as short as it is exact."""
    state.seed(name)
    value = st.number_input(LABELS[name], low, high, step=step, format="%g", key=name, help=HELP[name])
    state.keep(name, value)
    return float(value)


def switch(name: str, label: str, text: str) -> bool:
    """On or off."""
    state.seed(name)
    value = st.toggle(label, key=name, help=text)
    state.keep(name, value)
    return bool(value)


def choice(name: str, label: str, options: Sequence[Any], text: str, shown: Callable[[Any], str] = str) -> Any:
    """One of a few."""
    if state.get(name) not in options:
        state.put(name, options[0])
    state.seed(name)
    value = st.segmented_control(label, options, format_func=shown, key=name, help=text, required=True)
    state.keep(name, value)
    return value


def pick(name: str, label: str, options: Sequence[Any], text: str, shown: Callable[[Any], str] = str) -> Any:
    """One of a list that folds away."""
    if state.get(name) not in options:
        state.put(name, options[0])
    state.seed(name)
    value = st.selectbox(label, options, format_func=shown, key=name, help=text)
    state.keep(name, value)
    return value


def slider(name: str, label: str, options: Sequence[float], shown: Callable[[Any], str]) -> float:
    """One of many values in a row; a value between two gives the nearest."""
    value = state.get(name)
    if value not in options:
        state.put(name, min(options, key=lambda option: abs(option - value)))
    state.seed(name)
    chosen = st.select_slider(label, options, format_func=shown, key=name, help=HELP[name])
    state.keep(name, chosen)
    return float(chosen)


def alpha() -> float:
    """α, and k where it is a whole number."""
    return slider("alpha", "α, the share of positive pairs", cached.SLIDER_ALPHAS, _alpha_name)


def _alpha_name(value: float) -> str:
    k = 1 / value - 1
    whole_k = round(k) if math.isclose(k, round(k), rel_tol=1e-9) else None
    return f"{value:.3g}" + (f"  (k = {whole_k})" if whole_k else "")


def numbers(name: str, label: str, text: str) -> tuple[int, ...]:
    """Whole numbers with commas between them, written as in the shell. Raises ParameterError."""
    state.seed(name)
    value = st.text_input(label, key=name, help=text)
    state.keep(name, value)
    return state.whole_numbers(value)


def unit() -> str:
    """nats or bits."""
    return str(choice("unit", "Unit", ("nats", "bits"), HELP["unit"]))


def law() -> LawName:
    """Under which noise models are judged."""
    chosen: LawName = choice("law", "Noise q", LAWS, HELP["law"], LAW_NAMES.__getitem__)
    return chosen


def pair_settings() -> None:
    """How pairs are drawn from the text."""
    left, middle, right = st.columns(3, vertical_alignment="bottom")
    with left:
        whole("window", 1, 1000)
    with middle:
        real("subsample", 0.0, 1.0, 0.0005)
    with right:
        switch("dynamic", LABELS["dynamic"], HELP["dynamic"])


def training_settings(*, seed: bool = True) -> None:
    """Noise and step size, and the seed where a page trains one model."""
    left, right = st.columns(2, vertical_alignment="bottom")
    with left:
        choice("noise", "Negatives drawn from", tuple(NOISE_NAMES), HELP["noise"], NOISE_NAMES.__getitem__)
    with right:
        real("noise_exponent", -10.0, 10.0, 0.25)
    columns = st.columns(3 if seed else 2, vertical_alignment="bottom")
    with columns[0]:
        real("learning_rate", 0.0, 10.0, 0.005)
    with columns[1]:
        real("minimum_learning_rate", 0.0, 10.0, 0.0001)
    if seed:
        with columns[2]:
            whole("seed", 0, 2**32 - 1)


# --- the text ------------------------------------------------------------------------------------------------------


def text_choice() -> Corpus:
    """Which text: a bundled one, or those that this session brought or came to by a link."""
    wanted = state.get("corpus")
    known = [*SAMPLES, *st.session_state.setdefault("_brought", [])]
    if wanted not in known:
        try:
            cached.corpus(wanted, 1)
            st.session_state["_brought"].append(wanted)
            known.append(wanted)
        except JSMIError as error:
            state.notice(
                f"The link's corpus: {error} The default, {state.SETTINGS['corpus'].default}, is used instead."
            )
            state.put("corpus", state.SETTINGS["corpus"].default)
            show_notices()
    state.seed("corpus")
    state.keep(
        "corpus",
        st.selectbox(
            "Text",
            known,
            key="corpus",
            format_func=_text_name,
            help="The text that pairs are drawn from; bring your own on the page Corpus.",
        ),
    )
    return current_text()


def current_text() -> Corpus:
    """The text the settings name. Raises StoreError or CorpusError."""
    return cached.corpus(state.get("corpus"), state.get("min_count"))


def training() -> Corpus:
    """The text and every setting of one training; few knobs first."""
    text_at, dimension_at, negatives_at, epochs_at = st.columns([2, 1, 1, 1], vertical_alignment="bottom")
    with text_at:
        text = text_choice()
    with dimension_at:
        whole("dimension", 1, 10_000)
    with negatives_at:
        whole("negatives", 1, 1_000)
    with epochs_at:
        whole("epochs", 1, 100_000)
    with st.expander("More: pairs, noise, learning rate, seed, unit"):
        pair_settings()
        training_settings()
        unit()
    return text


def _text_name(name: str) -> str:
    return SAMPLES[name].title if name in SAMPLES else f"{cached.corpus(name, 1).name} ({name[:6]})"


def summary(text: Corpus) -> str:
    """The text and the pair settings in one line, as a figure's subtitle."""
    config = state.config()
    window = f"{'dynamic ' if config.dynamic else ''}window {config.window}"
    return (
        f"{text.name}: {len(text.ids):,} tokens, V = {len(text.vocabulary):,} · {window}, "
        f"subsample {config.subsample:g}"
    )


# --- what a page shows ---------------------------------------------------------------------------------------------


@contextmanager
def one_sentence() -> Iterator[None]:
    """Show an error of ours as its one sentence, in place, and nothing that its words could do."""
    try:
        yield
    except JSMIError as error:
        st.error(inert(str(error)))


def show_notices() -> None:
    """Say what is to be said, once."""
    for text in state.notices():
        st.warning(inert(text))


def figure(data: Figure, key: str, *, clickable: bool = False) -> list[str]:
    """A figure under its finding, with its table and its downloads; returns what was clicked."""
    from jsmi_core.figures import LIGHT, draw, enlarge

    st.header(inert(data.title).replace(" &#61; ", "\u00a0=\u00a0").replace(" &#37;", "\u00a0%"), anchor=False)
    if data.subtitle:
        st.caption(inert(data.subtitle))
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
            table.dataframe([dict(zip(columns, row, strict=True)) for row in rows], hide_index=True)
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
