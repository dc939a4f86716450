"""Bound: the most that any embedding could score, for every α, and where it comes from."""

from itertools import starmap

import streamlit as st

from jsmi_app import cached, controls, frame, say, shared, snippets, state
from jsmi_app.setting import flag
from jsmi_core.figures import AlphaPoint, bound_data, number
from jsmi_core.information import binary_entropy, to_bits
from jsmi_core.text import Corpus

PER_POSITIVE = "Divides by α: the bound then tends to the mutual information for small α."
SETTINGS = {"per_positive": flag(False, "Per positive pair", PER_POSITIVE)}


def curve(text: Corpus) -> None:
    """The bound over α under the slider; everything it needs is computed before."""
    config, unit = shared.config(), state.get("unit")
    slider_at, switch_at = st.columns([3, 1], vertical_alignment="center")
    with slider_at:
        alpha = controls.alpha()
    with switch_at:
        per_positive = controls.switch("per_positive")
    paper = cached.bound_curve(text, config.sampling, None)
    noisy = cached.bound_curve(text, config.sampling, config.noise_exponent)
    points = list(starmap(AlphaPoint, zip(cached.SLIDER_ALPHAS, paper.bounds, noisy.bounds, strict=True)))
    at = points[cached.SLIDER_ALPHAS.index(alpha)]
    chart = bound_data(
        points,
        at,
        (paper.divergence, noisy.divergence),
        exponent=config.noise_exponent,
        per_positive=per_positive,
        subtitle=controls.summary(text),
        unit=unit,
    )
    controls.figure(chart, "bound")
    values = {
        "JSMI (paper's q)": at.paper,
        f"Bound, q = counts^{config.noise_exponent:g}": at.word2vec,
        "h(α), the ceiling": binary_entropy(alpha),
        "α·I(X;Y)": alpha * paper.divergence,
        "I(X;Y)": paper.divergence,
    }
    with st.container(horizontal=True):
        for label, value in values.items():
            st.metric(label, f"{number(to_bits(value) if unit == 'bits' else value)} {unit}", width="content")
    carriers(text, alpha, at.paper)
    controls.reproduce(*snippets.bound(text, alpha))


def carriers(text: Corpus, alpha: float, jsmi: float) -> None:
    """The pairs that carry the dependence."""
    say.header("Which pairs carry the dependence")
    if jsmi <= 0:
        say.info("Words and contexts are independent here: no pair carries anything.")
        return
    unit = state.get("unit")
    scale = to_bits(1.0) if unit == "bits" else 1.0
    found = cached.heaviest_pairs(text, shared.config().sampling, alpha)
    shares = [part / jsmi for part in found["bound"]]
    say.caption(
        f"The {len(shares)} heaviest pairs, both orders together, carry {sum(shares):.0%} of the JSMI (paper's q). "
        "A pair's part is u·KL(Bern(t)‖Bern(α)): how much its odds of being real differ from those of any pair."
    )
    columns = {
        "word": found["word"],
        "context": found["context"],
        "share of JSMI": shares,
        f"part of JSMI ({unit})": [scale * part for part in found["bound"]],
        "p(x, y)": found["p"],
        f"PMI ({unit})": [scale * value for value in found["pmi"]],
    }
    short = st.column_config.NumberColumn(format="%.3g")
    formats = dict.fromkeys(list(columns)[3:], short)
    formats["share of JSMI"] = st.column_config.ProgressColumn(format="percent", max_value=shares[0])
    alt = "The pairs that carry most of the JSMI"
    say.table(columns, column_config=formats, hide_index=True, height=320, alt=alt)


with frame.page("bound", SETTINGS):
    text = controls.text_choice()
    with st.expander("More: pairs, noise, unit"):
        controls.pair_settings()
        left, right = st.columns(2, vertical_alignment="bottom")
        with left:
            controls.real("noise_exponent")
        with right:
            controls.unit()
    frame.part(curve, text)
