"""Does the gap matter: word similarity and analogies of stored models, against their gap."""

from collections.abc import Sequence

import streamlit as st

from jsmi_app import cached, controls, frame, prose, say, shared, snippets, state
from jsmi_app.markdown import words as as_words
from jsmi_app.panels import sweep
from jsmi_app.setting import one_of
from jsmi_core.embeddings import TESTS, rank_agreement
from jsmi_core.experiments import Grid, RankResult, Result, distinct
from jsmi_core.figures import Judged, number, usefulness_data
from jsmi_core.information import to_bits
from jsmi_core.text import Corpus
from jsmi_core.training import SGNSConfig

GRID = {"dimensions": (2, 10, 50), "epochs": (5, 20), "seeds": (1, 2, 3)}
SHORT = {"wordsim353": "WordSim-353", "simlex999": "SimLex-999", "analogies": "analogies"}
FACTORS = {"trained": "as they came out", "balanced": "balanced"}
HELP_TEST = "Pairs of words as people rate them: related (WordSim-353) or similar (SimLex-999); or a is to b as c to …"
HELP_FACTORS = "As training or search left them; or balanced, which the scores alone determine: U√Σ for m = UΣVᵀ."
SETTINGS = {
    "test": one_of({name: SHORT[name] for name in TESTS}, "Test", HELP_TEST),
    "against": one_of(("gap", "dimension"), "Against", "What the horizontal axis shows."),
    "factors": one_of(FACTORS, "Vectors", HELP_FACTORS),
}


def judged(stored: Sequence[Result], test: str, factors: str) -> list[Judged]:
    """Every stored model of this law with what it reaches on the test; analogies take a second or more each."""
    bar = st.progress(0.0, "Solving analogies …") if test == "analogies" else None
    found = []
    for done, result in enumerate(stored, start=1):
        found.append(Judged(result, cached.usefulness(result, test, factors)))
        if bar:
            bar.progress(done / len(stored), as_words(f"Solving analogies: {done} of {len(stored)} models"))
    if bar:
        bar.empty()
    return found


def stored_of(text: Corpus, config: SGNSConfig) -> tuple[Result, ...]:
    """Every stored result of this text whose gap is of the law of these settings."""
    everything = distinct(cached.shelf().results(text.digest, kind=Result))
    return tuple(result for result in everything if result.cell.config.law == config.law)


def page(words: prose.Prose, text: Corpus, config: SGNSConfig) -> None:
    """The figure, the table, and what they can tell."""
    stored = stored_of(text, config)
    if not stored:
        say.info(words.part("nothing stored"))
        return
    with st.container(horizontal=True):
        test = controls.choice("test")
        against = controls.choice("against")
        factors = controls.choice("factors")
        law = controls.law()
    models = judged(stored, test, factors)
    covered = models[0].found
    say.markdown(words.part("coverage", found=f"{covered.found:,}", total=f"{covered.total:,}", text=text.name))
    shown = [model for model in models if model.found.value is not None]
    if not shown:
        say.warning(words.part("not covered"))
        return
    made = f"{text.name} · {covered.found:,} of {covered.total:,} items · k = {config.negatives}"
    controls.figure(usefulness_data(shown, against, law=law, subtitle=made, unit=state.get("unit")), "usefulness")
    verdict(words, shown, law)
    table(models, law)
    freedom(words, text, shown, test)


def verdict(words: prose.Prose, models: Sequence[Judged], law: str) -> None:
    """What so small a corpus can tell."""
    error = max(model.found.standard_error or 0.0 for model in models)
    gaps, values = [model.result.law(law).gap for model in models], [model.value for model in models]
    agreement = rank_agreement(gaps, values)
    with st.container(horizontal=True):
        st.metric("Standard error, at most", f"± {number(error)}", width="content")
        st.metric("Models", f"{len(models):,}", width="content")
        if agreement is not None:
            help_text = "Spearman's correlation over the models: −1 if a smaller gap always goes with a better value."
            st.metric("Gap against value", number(agreement), help=help_text, width="content")
    kind = "analogies" if models[0].found.test == "analogies" else "similarity"
    say.markdown(words.part(f"honest {kind}", found=f"{models[0].found.found:,}", error=number(error)))


def table(models: Sequence[Judged], law: str) -> None:
    """All models with their numbers."""
    unit = state.get("unit")
    scale = to_bits(1.0) if unit == "bits" else 1.0
    rows = [
        {
            "model": "best rank-d" if isinstance(model.result, RankResult) else "trained",
            "d": model.result.cell.config.dimension,
            "epochs": getattr(model.result.cell.config, "epochs", None),
            "seed": getattr(model.result.cell.config, "seed", None),
            f"gap ({unit})": scale * model.result.law(law).gap,
            "value": model.found.value,
            "± standard error": model.found.standard_error,
            "run": model.result.id,
        }
        for model in sorted(models, key=lambda model: model.result.law(law).gap)
    ]
    say.table(rows, hide_index=True, height=240, alt="Stored models with their gap and their usefulness")


def freedom(words: prose.Prose, text: Corpus, models: Sequence[Judged], test: str) -> None:
    """One score, several similarities: the same products x · y from other vectors."""
    say.header("The score does not see the vectors")
    say.markdown(words.part("freedom"))
    closest = min(models, key=lambda model: model.result.own.gap).result
    unit = state.get("unit")
    rows = [
        {
            "vectors": row.name,
            f"score S ({unit})": to_bits(row.score) if unit == "bits" else row.score,
            "value": row.value,
        }
        for row in cached.same_scores(text, closest, test)
    ]
    six = st.column_config.NumberColumn(format="%.6f")
    three = st.column_config.NumberColumn(format="%.3f")
    formats = {f"score S ({unit})": six, "value": three}
    say.table(rows, hide_index=True, column_config=formats, height="content", alt="One score, several similarities")


with frame.page("usefulness", sweep.SETTINGS, SETTINGS) as words:
    text_at, negatives_at = st.columns([3, 1], vertical_alignment="bottom")
    with text_at:
        text = controls.text_choice()
    with negatives_at:
        controls.whole("negatives")
    with st.expander("More: pairs, noise, learning rate, unit"):
        controls.pair_settings()
        controls.training_settings(seed=False)
        controls.unit()
    config = shared.config()
    grid = Grid(**GRID, base=config)
    say.markdown(words.part("grid"))
    cells = (*grid.cells(text.digest), *grid.rank_cells(text.digest))
    sweep.run(cells, text, lambda stored: page(words, text, config), "Train a small grid")
    controls.reproduce(*snippets.usefulness(text))
