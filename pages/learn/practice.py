"""From theory to practice: what word2vec does that the paper leaves out, and which bound is then valid."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from jsmi_app import cached, controls, frame, prose, say, shared, snippets, state
from jsmi_app.markdown import filled, joined
from jsmi_app.panels import sweep
from jsmi_app.setting import flag, number as a_number, one_of
from jsmi_core.experiments import (
    DEPARTURES,
    SPARSE,
    Cell,
    CellResult,
    LawStep,
    RankCell,
    RankConfig,
    RankResult,
    Result,
    best_known,
    comparable,
    mass_shift,
)
from jsmi_core.figures import (
    NAMES,
    Reached,
    Stairs,
    draws_data,
    in_epochs,
    mass_data,
    number,
    sampled_data,
    stairs_data,
)
from jsmi_core.information import to_bits
from jsmi_core.text import Corpus
from jsmi_core.training import SGNSConfig

SWITCHES = {
    "window": "Each centre word draws its window from 1 … window, so that near words weigh more.",
    "subsample": "Frequent words are thinned out before windows are formed.",
    "noise": "Negatives are drawn from corpus counts to the power γ in place of the pairs' own marginal.",
    "skip": "A negative that hits the real neighbour is thrown away.",
    "reach": "No update is made to a pair whose score is beyond ±6.",
    "epochs": "From the bound down to what a real training of d dimensions reaches.",
}
SETTINGS = {
    # what the program brings: a page that trains for minutes before it shows anything shows nothing
    "corpus": replace(shared.SETTINGS["corpus"], default="lee"),
    "dimension": replace(shared.SETTINGS["dimension"], default=10),
    "epochs": replace(shared.SETTINGS["epochs"], default=20),
    **{f"step_{name}": flag(True, NAMES[name], text) for name, text in SWITCHES.items()},
    "closer": one_of(
        {name: NAMES[name] for name in DEPARTURES},
        "Look closer at",
        "Which departure the figure below shows.",
        default="subsample",
    ),
    "draws": a_number(
        *(int, SGNSConfig.negatives, 1, 10_000),
        "Negatives drawn for each pair",
        "n; their weight stays k, so that α stays.",
    ),
}
LENGTHS = (1, 5, 20, 50)  # epochs: more and more draws at one α
SAMPLES_DRAWN = (100, 1_000, 10_000, 100_000)
LAWS = {
    "paper": "the paper's p and q",
    "context marginal": "word2vec's p, the paper's q",
    "own": "as the run names it",
    "skip": "as gensim trains",
}


def switches() -> tuple[str, ...]:
    """Which departures are made."""
    with st.container(horizontal=True):
        return tuple(name for name in SWITCHES if controls.switch(f"step_{name}"))


def cells(text: Corpus, steps: Sequence[LawStep], config: SGNSConfig) -> list[Cell | RankCell]:
    """One training under each law of the walk, the learner's own for several lengths, and the best of its rank."""
    last = steps[-1].config
    trainings = [*(step.config for step in steps), *(replace(config, epochs=n) for n in (*LENGTHS, config.epochs))]
    searches = [RankConfig.under(law) for law in (last, config)]
    return [
        *(Cell(text.digest, training, SPARSE) for training in dict.fromkeys(trainings)),
        *(RankCell(text.digest, search) for search in dict.fromkeys(searches)),
    ]


def trained(text: Corpus, config: SGNSConfig, stored: Sequence[Result]) -> CellResult | None:
    """The training of these settings, if it is stored."""
    runs = {run.id: run for run in stored if isinstance(run, CellResult)}
    return Cell(text.digest, config, SPARSE).answer(runs)


def searched(text: Corpus, config: SGNSConfig, stored: Sequence[Result]) -> RankResult | None:
    """The search for the best embedding under the law of these settings, if it is stored."""
    runs = {run.id: run for run in stored if isinstance(run, RankResult)}
    return RankCell(text.digest, RankConfig.under(config)).answer(runs)


def page(words: prose.Prose, text: Corpus, config: SGNSConfig, on: tuple[str, ...], stored: Sequence[Result]) -> None:
    """Everything that grows as the models of the page are trained."""
    steps = cached.walk(text, config, tuple(name for name in DEPARTURES if name in on))
    controls.figure(stairs(text, config, steps, on, stored), "stairs")
    closer(words, text, steps)
    own = trained(text, config, stored)
    valid(words, text, config, own)
    two_jobs(words, text, config, own, stored)


def stairs(
    text: Corpus, config: SGNSConfig, steps: Sequence[LawStep], on: Sequence[str], stored: Sequence[Result]
) -> Stairs:
    """The bound from law to law, and the models that were trained under them."""
    scores, skip = {}, False
    for step in steps:
        skip = skip or step.name == "skip"
        if run := trained(text, step.config, stored):
            scores[step.name] = cached.score_under(text, run, skip=skip)
    reached = None
    last = steps[-1]
    if "epochs" in on and last.name in scores:
        score = scores[last.name]
        found = searched(text, last.config, stored)
        best = None if found is None else max(score, cached.score_under(text, found, skip=skip))
        reached = Reached(config.dimension, config.epochs, best, score)
    return stairs_data(steps, scores, reached, subtitle=subtitle_of(text, config), unit=state.get("unit"))


def subtitle_of(text: Corpus, config: SGNSConfig) -> str:
    """What the walk's numbers belong to."""
    threshold = config.subsample or SGNSConfig.subsample
    return (
        f"{text.name}: {len(text.ids):,} tokens, V = {len(text.vocabulary):,} · window {config.window}, "
        f"t = {threshold:g}, k = {config.negatives}, γ = {config.noise_exponent:g} · "
        f"d = {config.dimension:,}, {in_epochs(config.epochs)}"
    )


def closer(words: prose.Prose, text: Corpus, steps: Sequence[LawStep]) -> None:
    """One departure: what it is, and which words it moves."""
    say.header("One departure at a time")
    names = [step.name for step in steps[1:]]
    if not names:
        say.info("No departure is switched on: this is the paper's law.")
        return
    chosen = controls.choice("closer", names)
    say.markdown(words.part(chosen))
    at = names.index(chosen) + 1
    before, after = steps[at - 1], steps[at]
    shifts = (mass_shift(getattr(before, masses), getattr(after, masses)) for masses in ("words", "negatives"))
    controls.figure(mass_data(before, after, *shifts, subtitle=text.name), "mass")


# --- which bound is valid --------------------------------------------------------------------------------------------


def valid(words: prose.Prose, text: Corpus, config: SGNSConfig, own: Result | None) -> None:
    """The bounds that might be taken for that of the learner's run, with the verdict on each."""
    say.header("Which bound is valid for your run")
    say.markdown(words.part("valid"))
    rows = cached.valid_bounds(text, config, own)
    unit = state.get("unit")

    def shown(value: float | None) -> float | None:
        return value if value is None or unit == "nats" else to_bits(value)

    table = [
        {
            "valid?": row.valid,
            "law": LAWS[row.law],
            f"bound ({unit})": shown(row.bound),
            f"score S ({unit})": shown(row.score),
            f"gap ({unit})": shown(row.gap),
            f"reach of ±6 ({unit})": shown(row.reachable_bound),
            "p": row.p,
            "q": row.q,
        }
        for row in rows
    ]
    six = st.column_config.NumberColumn(format="%.6f")
    formats = {name: six for name in table[0] if name.endswith(f"({unit})")}
    say.table(table, hide_index=True, column_config=formats, alt="Which bound is valid for this run")
    verdicts = (
        filled(
            "* **<<law>>**, <<valid>>: <<why>>", law=LAWS[row.law], valid=row.valid, why=words.part(f"why {row.law}")
        )
        for row in rows
    )
    say.markdown(joined(*verdicts, by="\n"))
    if own is None:
        say.caption("Scores appear once the models of this page are trained: press the button at the top.")


# --- the two functions of k ------------------------------------------------------------------------------------------


def two_jobs(
    words: prose.Prose, text: Corpus, config: SGNSConfig, own: Result | None, stored: Sequence[Result]
) -> None:
    """k as the weight of the negatives, and as the number of them that is drawn."""
    say.header("k does two jobs")
    say.markdown(words.part("two jobs"))
    unit = state.get("unit")
    lengths = sorted({*LENGTHS, config.epochs})
    runs = [run for n in lengths if (run := trained(text, replace(config, epochs=n), stored)) is not None]
    if own is None or len(runs) < 2:
        say.info("This part needs trained models: press the button at the top of the page.")
        return
    scores = own.own
    known = best_known(comparable(stored, own))[config.negatives, config.dimension]
    per_epoch = config.negatives * cached.joint(text, config.sampling).total
    reached = [(run.cell.config.epochs, run.own.score) for run in runs]
    made = f"{controls.summary(text)} · d = {config.dimension}, k = {config.negatives}, q = {config.noise_name}"
    best = known if searched(text, config, stored) else None
    controls.figure(draws_data(reached, per_epoch, scores.bound, best, subtitle=made, unit=unit), "more-draws")
    say.markdown(words.part("sampled", k=config.negatives))
    ns = sorted({1, config.negatives, 10 * config.negatives})
    n = controls.choice("draws", ns)
    found = [sample for sample in cached.sampled_scores(text, own, SAMPLES_DRAWN, n) if sample.draws == n]
    controls.figure(sampled_data(found, scores.score, scores.bound, subtitle=made, unit=unit), "sampled")
    with st.container(horizontal=True):
        st.metric("Exact score", f"{number(to_bits(scores.score) if unit == 'bits' else scores.score)} {unit}")
        of_all = len(text.vocabulary) ** 2
        st.metric("Pairs in the exact sum", f"{of_all:,}")


with frame.page("practice", sweep.SETTINGS, SETTINGS) as words:
    text = controls.training()
    config = shared.config()
    on = switches()
    wanted = cells(text, cached.walk(text, config, tuple(name for name in DEPARTURES if name in on)), config)
    sweep.run(wanted, text, lambda stored: page(words, text, config, on, stored), "Train the models of this page")
    controls.reproduce(*snippets.departures(text, config))
