"""Reproductions: published results computed again, and what of them holds on a text of one's own."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from jsmi_app import cached, controls, frame, say, shared, snippets
from jsmi_app.panels import ladder, sweep
from jsmi_app.prose import Prose
from jsmi_app.setting import one_of
from jsmi_core.experiments import SPARSE, Cell, CellResult, Grid, LawName, Result, claims, comparable, distinct
from jsmi_core.figures import drawn_data, ladder_data, of_bound, scale_of
from jsmi_core.information import levy_goldberg_deviation
from jsmi_core.lowrank import LEVY_GOLDBERG
from jsmi_core.runtime.wording import counted
from jsmi_core.text import Corpus
from jsmi_core.training import SGNSConfig

CARDS = {"figure1": "Melamud & Goldberger, Figure 1", "levy-goldberg": "Levy & Goldberg, Table 1"}
READINGS = {
    "word2vec": "word2vec's p, counts^0.75",
    "paper": "the paper's q = p(y)",
    "drawn": "the pairs that training drew (footnote 2)",
}
SETTINGS = {
    "card": one_of(CARDS, "Card", "The published result."),
    "reading": one_of(READINGS, "Reading of the protocol", "What scores and bound are of."),
    "k": ladder.SETTINGS["k"],
    # the table is computed while one waits
    "dimension": shared.narrowed("dimension", 1_000),
    "window": shared.narrowed("window", 100),
    "epochs": shared.narrowed("epochs", 1_000),
    **sweep.SETTINGS,
}
DRAWN = {"dimensions": (2, 10, 50), "epochs": (1, 5, 20)}  # trained once more for footnote 2, in minutes
NEGATIVES = (1, 5, 15)  # the columns of Levy & Goldberg's table


def figure1(words: Prose, text: Corpus) -> None:
    """The paper's figure on this text by one reading of its protocol, with its statements counted."""
    reading = controls.choice("reading")
    say.markdown(words.part(f"reading-{reading}"))
    if reading == "drawn":
        _by_drawn_pairs(words, text)
    else:
        _counted(words, text, "paper" if reading == "paper" else "word2vec")
    say.markdown(words.part("figure1-cannot"))
    asked = SGNSConfig.paper() if reading == "paper" else SGNSConfig()
    with st.container(horizontal=True):
        st.page_link("pages/measure/corpus.py", label="Bring the Penn Treebank", icon=":material/upload_file:")
        st.page_link(
            "pages/explore/gap.py",
            label="Run the grid on this text",
            icon=":material/grid_on:",
            query_params=shared.link_to(asked),
        )


def _counted(words: Prose, text: Corpus, law: LawName) -> None:
    """The trainings of one reading, drawn, and the paper's statements counted over them."""
    runs = _trainings(words, text, law)
    if not runs:
        return
    ks = sorted({run.cell.config.negatives for run in runs})
    with st.container(horizontal=True):
        k = controls.choice("k", ks) if len(ks) > 1 else ks[0]
        unit = controls.unit()
    _statements(words, runs, law)
    of_k = [run for run in runs if run.cell.config.negatives == k]
    controls.figure(ladder_data(of_k, "dimension", law=law, unit=unit), "figure1")


def _statements(words: Prose, runs: Sequence[CellResult], law: LawName) -> None:
    """The statements of the figure, and in how many comparisons of these trainings each holds."""
    rows = [
        {
            "statement": words.part(claim.name),
            "holds in": f"{claim.holds:,} of {claim.compared:,}",
            "but not": "; ".join(claim.exceptions[:3]) + (" …" if len(claim.exceptions) > 3 else ""),
        }
        for claim in claims(runs, law)
        if claim.compared
    ]
    say.table(rows, hide_index=True, alt="The statements of the figure, counted over these trainings")


def _by_drawn_pairs(words: Prose, text: Corpus) -> None:
    """Footnote 2: a small grid of these settings, each training judged by the pairs that it drew."""
    grid = Grid(**DRAWN, base=shared.config(), drawn=True)
    cells = grid.cells(text.digest)
    bundled = {run.id: run for run in cached.figure1_by_drawn_pairs()}
    ready = [run for cell in cells if (run := cell.answer(bundled)) is not None]
    if len(ready) == len(cells):
        say.markdown(words.part("figure1-bundled", text=controls.summary(text)))
        _drawn(words, ready)
    else:
        sweep.run(cells, text, lambda runs: _drawn(words, runs), f"Train these {len(cells)}")
    controls.reproduce(*snippets.drawn_pairs(text, grid))


def _drawn(words: Prose, found: Sequence[Result]) -> None:
    """Bounds, exact and sampled scores of the trainings of the grid that there are."""
    trained = (run for run in found if isinstance(run, CellResult))
    runs = sorted(trained, key=lambda run: (run.cell.config.dimension, run.cell.config.epochs))
    if not runs:
        say.info(words.part("drawn-none"))
        return
    unit = controls.unit()
    scale = scale_of(unit)
    _statements(words, runs, "drawn")
    controls.figure(drawn_data(runs, unit=unit), "drawn")
    rows = []
    for run in runs:
        law, config = run.law("drawn"), run.cell.config
        values = {"bound": law.bound, "S, exact": law.score, "S by (9)": law.sampled, "its error": law.sampled_error}
        shown = {f"{name} ({unit})": scale * (value or 0.0) for name, value in values.items()}
        rows.append({"d": config.dimension, "epochs": config.epochs, **shown, "share": of_bound(law.score, law.bound)})
    say.table(rows, hide_index=True, alt="Each training by the pairs that it drew: bound, exact and sampled score")


def _trainings(words: Prose, text: Corpus, law: LawName) -> Sequence[CellResult]:
    """Those of this text that stand on one axis: the stored ones, else the bundled ones where they are of this text.

    Models that drew their negatives from p(y) are the paper's; where there are none, it judges word2vec's.
    """
    stored = distinct(run for run in cached.shelf().own(CellResult) if run.cell.corpus == text.digest)
    noises = ("pairs", "counts") if law == "paper" else ("counts",)
    kinds = ([run for run in stored if run.cell.config.noise == noise] for noise in noises)
    if kind := next(filter(None, kinds), None):
        shown = [run for run in comparable(kind, kind[0]) if isinstance(run, CellResult)]
        count = counted(len(shown), "training")
        say.markdown(words.part("figure1-stored", count=count, noise=kind[0].cell.config.noise_name))
        return shown
    bundled = [run for run in cached.figure1_results() if isinstance(run, CellResult)]
    if bundled and bundled[0].cell.corpus == text.digest:
        say.markdown(words.part("figure1-bundled", text=controls.summary(text)))
        return bundled
    say.info(words.part("figure1-none"))
    return []


def levy_goldberg(words: Prose, text: Corpus) -> None:
    """Their table beside ours, in their unit."""
    dimension_at, window_at, epochs_at = st.columns(3)
    with dimension_at:
        dimension = controls.whole("dimension")
    with window_at:
        window = controls.whole("window")
    with epochs_at:
        epochs = controls.whole("epochs")
    config = SGNSConfig.paper(dimension=dimension, window=window, epochs=epochs)
    here = {k: cached.deviations(text, config.sampling, dimension, k) for k in NEGATIVES}
    trained = {k: _trained(text, replace(config, negatives=k)) for k in NEGATIVES}
    rows = []
    for name in (*here[1], "SGNS"):
        row = {"matrix": name}
        for k in NEGATIVES:
            value = trained[k] if name == "SGNS" else here[k][name]
            row[f"k = {k}, here"] = "not trained yet" if value is None else f"{value:.2%}"
            row[f"k = {k}, published"] = f"{LEVY_GOLDBERG[name][k]:.2%}" if name in LEVY_GOLDBERG else "–"
        rows.append(row)
    say.table(rows, hide_index=True, alt="Deviation from the best score, here and as published")
    svd, whole = "SVD of shifted positive PMI", "shifted positive PMI itself"
    if svd in here[5]:
        say.markdown(
            words.part(
                "levy-goldberg-finding",
                k=5,
                svd=f"{here[5][svd]:.0%}",
                published=f"{LEVY_GOLDBERG[svd][5]:.0%}",
                sppmi=f"{here[5][whole]:.0%}",
            )
        )
    say.markdown(words.part("levy-goldberg-cannot"))
    grid = {"dimensions": str(dimension), "epochs_list": str(epochs), "negatives_list": "1,5,15", "axis": "alpha"}
    link = shared.link_to(config) | grid
    st.page_link("pages/explore/gap.py", label="Train these three", icon=":material/grid_on:", query_params=link)
    controls.reproduce(*snippets.deviations(text, config, NEGATIVES))


def _trained(text: Corpus, config: SGNSConfig) -> float | None:
    """The deviation of a stored training, None where there is none."""
    cell = Cell(text.digest, config, SPARSE)
    found = next(iter(cached.shelf().answers([cell])), None) or cell.answer(cached.told(text.digest))
    if not isinstance(found, CellResult):
        return None
    scores = found.paper
    return levy_goldberg_deviation(scores.bound, scores.score, scores.alpha)


with frame.page("reproductions", SETTINGS) as words:
    card = controls.choice("card")
    say.markdown(words.part(card))
    say.markdown(words.part(f"{card}-protocol"))
    text = controls.text_choice()
    {"figure1": figure1, "levy-goldberg": levy_goldberg}[card](words, text)
