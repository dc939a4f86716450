"""Corpus: which text, how it was read, and which pairs word2vec draws from it."""

import numpy as np
import streamlit as st

from jsmi_app import cached, controls, frame, say, shared, snippets, state
from jsmi_app.panels import text as texts
from jsmi_app.setting import one_of, words
from jsmi_core.figures import pmi_data, zipf_data
from jsmi_core.runtime.wording import counted
from jsmi_core.text import Corpus

VIEWS = {"words": "Words", "pairs": "Pairs", "context": "A word in context"}
SETTINGS = {
    "view": one_of(VIEWS, "Look at", "What of the text is shown below."),
    "word": words("Word", "Shows where this word stands in the text, as the tokenizer cut it."),
}


def reading(text: Corpus) -> None:
    """How the text was read, and what is left of it."""
    found = text.reading
    cells = [("Tokens", f"{len(text.ids):,}"), ("Words (V)", f"{len(text.vocabulary):,}")]
    cells.append(("Sentences", f"{len(text.offsets) - 1:,}"))
    if found is not None:
        cells += [("Encoding", found.encoding), ("Tokenizer", found.tokenizer)]
    with st.container(horizontal=True):
        for label, value in cells:
            st.metric(label, value, width="content")
    for said in text.notices:
        say.info(said[:1].upper() + said[1:] + ".")


def frequencies(text: Corpus) -> None:
    """Zipf's law and the vocabulary."""
    kept = cached.kept(text, state.get("subsample"))
    found = text.reading
    read = (found.words_read, found.tokens_read) if found else (len(text.vocabulary), len(text.ids))
    min_count = found.min_count if found else 1
    subtitle = controls.summary(text)
    controls.figure(zipf_data(text.counts.tolist(), kept.tolist(), read, min_count, subtitle=subtitle), "zipf")
    most = 5_000
    say.table(
        {
            "word": text.vocabulary[:most],
            "tokens": text.counts[:most],
            "share of tokens": text.counts[:most] / text.counts.sum(),
            "kept by subsampling": kept[:most] / text.counts[:most],
        },
        column_config={
            "share of tokens": st.column_config.NumberColumn(format="percent"),
            "kept by subsampling": st.column_config.NumberColumn(format="percent"),
        },
        hide_index=True,
        height=280,
        alt="The vocabulary, most frequent word first",
    )
    if len(text.vocabulary) > most:
        say.caption(f"The {most:,} most frequent of {len(text.vocabulary):,} words.")


def pairs(text: Corpus) -> None:
    """What word2vec is expected to draw from the text."""
    controls.pair_settings()
    controls.unit()
    config = shared.config()
    joint = cached.joint(text, config.sampling)
    with st.container(horizontal=True):
        st.metric("Expected pairs per epoch", f"{joint.total:,.0f}", width="content")
        st.metric("Different pairs", f"{joint.pairs:,}", width="content")
        st.metric("Share of all V² pairs", f"{joint.pairs / np.prod(joint.shape, dtype=float):.2%}", width="content")
    bins = cached.pmi(text, config.sampling)
    chart = pmi_data(bins.edges, bins.shares, config.negatives, subtitle=controls.summary(text), unit=state.get("unit"))
    controls.figure(chart, "pmi")


def in_context(text: Corpus) -> None:
    """Sentences of a word."""
    word = controls.typed("word", 200)
    index = texts.asked_for(text, word) if word.strip() else 0
    if index is None:
        return
    found, wanted = texts.concordance(text, index), text.vocabulary[index]
    say.caption(
        f"“{wanted}” occurs {counted(found.occurrences, 'time')}; here "
        f"{'is' if len(found.rows) == 1 else 'are'} {len(found.rows)} of them."
    )
    say.table(
        [dict(zip(("before", "word", "after"), row, strict=True)) for row in found.rows],
        column_config={"before": st.column_config.TextColumn(alignment="right")},
        hide_index=True,
    )


with frame.page("corpus", SETTINGS):
    texts.bring()
    text_at, count_at = st.columns([3, 1], vertical_alignment="bottom")
    with text_at:
        text = controls.text_choice()
    with count_at:
        text = texts.min_count(text)
    texts.keeping()
    reading(text)
    {"words": frequencies, "pairs": pairs, "context": in_context}[controls.choice("view")](text)
    controls.reproduce(*snippets.corpus(text))
