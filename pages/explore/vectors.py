"""Your own vectors: what a file of word vectors holds of the pairs of a text."""

import hashlib
from typing import NamedTuple

import streamlit as st

from jsmi_app import cached, controls, frame, prose, say, shared, snippets, state
from jsmi_app.setting import along
from jsmi_core.embeddings import Vectors, read_vectors
from jsmi_core.errors import EmbeddingError
from jsmi_core.experiments import OutsideScore, score_vectors
from jsmi_core.figures import percent, vectors_data
from jsmi_core.lowrank import sppmi_svd
from jsmi_core.text import Corpus
from jsmi_core.training import SGNSConfig

SIZES = (100, 200, 500, 1_000, 2_000)
EXAMPLE = 50  # dimensions
WORST = 20
SETTINGS = {
    "measured": along(
        SIZES, 200, "Words", "So many of the most frequent words of the text are measured.", "{:,}".format
    )
}
_BROUGHT, _FOUND = "_vectors", "_vectors_found"


class Brought(NamedTuple):
    """A file of vectors, for this browser tab: its name, what tells it from others, and what it holds."""

    name: str
    digest: str
    words: Vectors
    contexts: Vectors | None


def bring() -> None:
    """The form that takes a file of vectors, and perhaps one of contexts."""
    with st.expander("Use a file of your own", icon=":material/upload_file:"), st.form("vectors", border=False):
        words = st.file_uploader(
            "Word vectors: word2vec text or binary, GloVe, fastText .vec, .npz; also packed with gzip"
        )
        contexts = st.file_uploader("Their context vectors, if there are any (an .npz may hold both)")
        if not st.form_submit_button("Measure them", type="primary"):
            return
        if words is None:
            raise EmbeddingError("no file of word vectors was given: choose one first.")
        files = [words] if contexts is None else [words, contexts]
        with st.spinner("Reading the vectors …"):
            read = [read_vectors(file.getvalue(), file.name) for file in files]
        digest = hashlib.sha256(b"".join(hashlib.sha256(file.getvalue()).digest() for file in files)).hexdigest()
        st.session_state[_BROUGHT] = Brought(words.name, digest, read[0], read[1] if len(read) > 1 else None)


def measured(text: Corpus, config: SGNSConfig, brought: Brought | None) -> OutsideScore:
    """The vectors on the most frequent words of the text; remembered for this tab, as the vectors are."""
    most = state.get("measured")
    key = (text.digest, config.law, most, brought and brought.digest)
    if st.session_state.get(_FOUND, (None,))[0] != key:
        joint = cached.joint(text, config.sampling)
        with st.spinner("Looking for the best contexts …"):
            if brought is None:
                embedding = sppmi_svd(joint, min(EXAMPLE, len(text.vocabulary) - 1), config.negatives)
                vectors, contexts = Vectors(embedding.words, text.vocabulary), None
            else:
                vectors, contexts = brought.words, brought.contexts
            found = score_vectors(text, vectors, contexts, config, most=most, joint=joint, decode=True)
        st.session_state[_FOUND] = (key, found)
    return st.session_state[_FOUND][1]


def page(words: prose.Prose, text: Corpus, config: SGNSConfig) -> None:
    """The figure, what it was found on, and the words that lost most."""
    brought: Brought | None = st.session_state.get(_BROUGHT)
    found = measured(text, config, brought)
    if brought is None:
        say.markdown(words.part("example", dimension=EXAMPLE))
    else:
        contexts = ", and contexts" if found.embedding is not None else ", without contexts"
        size = f"{len(brought.words):,}"
        dimension = f"{brought.words.dimension:,}"
        say.markdown(words.part("brought", file=brought.name, words=size, dimension=dimension, contexts=contexts))
    made = f"{text.name} · {found.coverage.words:,} words · k = {config.negatives} · q = {config.noise_name}"
    controls.figure(vectors_data(found, subtitle=made, unit=state.get("unit")), "vectors")
    coverage = found.coverage
    shares = {"tokens": percent(coverage.tokens), "pairs": percent(coverage.pairs)}
    say.markdown(words.part("coverage", words=f"{coverage.words:,}", **shares))
    assert found.decoded is not None
    say.markdown(words.part("reading", shortfall=f"{found.decoded.shortfall:.1e}"))
    loss_by_word(found)


def loss_by_word(found: OutsideScore) -> None:
    """What each word lost even with the best contexts, or with the vectors' own."""
    decoded = found.decoded
    assert decoded is not None
    best = found.objective.gap(decoded.embedding).by_word
    own = None if found.evaluation is None else found.evaluation.gap.by_word
    order = (-(best if own is None else own)).argsort(kind="stable")[:WORST]
    table = {"word": [found.vocabulary[i] for i in order]}
    if own is not None:
        table["lost (nats)"] = own[order]
    table["lost with the best contexts (nats)"] = best[order]
    formats = {name: st.column_config.NumberColumn(format="%.6f") for name in table if name != "word"}
    say.table(table, hide_index=True, column_config=formats, height=280, alt="The words of which most was lost")


with frame.page("vectors", SETTINGS) as words:
    text_at, negatives_at, size_at = st.columns([2, 1, 2], vertical_alignment="bottom")
    with text_at:
        text = controls.text_choice()
    with negatives_at:
        controls.whole("negatives")
    with size_at:
        controls.slider("measured")
    with st.expander("More: pairs and unit"):
        controls.pair_settings()
        controls.unit()
    config = shared.config()
    with controls.one_sentence():
        bring()
    page(words, text, config)
    controls.reproduce(*snippets.vectors(text, config, state.get("measured")))
