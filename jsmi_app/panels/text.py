"""Bringing a text: upload or paste it, have it read, keep it under its digest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from jsmi_app import cached, controls, state
from jsmi_core.text import SAMPLES, Corpus, read_corpus

ENCODINGS = ("automatic", "utf-8", "latin-1", "cp1252", "utf-16", "gb18030", "shift_jis", "koi8-r")
MOST_PASTED = 1_000_000  # characters


def bring() -> None:
    """The form that takes a text of the user's own."""
    with st.expander("Use your own text", icon=":material/upload_file:"), st.form("bring", border=False):
        file = st.file_uploader(
            "Plain text, also packed with gzip or bzip2, up to 200 MB",
            help="One sentence per line, or running text. It is read on this machine and kept under its digest.",
        )
        pasted = st.text_area("… or paste it", max_chars=MOST_PASTED, height=120)
        columns = st.columns(4, vertical_alignment="bottom")
        tokenizer = columns[0].selectbox(
            "Tokenizer",
            ("unicode", "whitespace"),
            help="unicode finds the words of running text; whitespace takes tokens as they stand (Penn Treebank).",
        )
        case = columns[1].selectbox(
            "Case", ("tokenizer's own", "lowercase", "as it is"), help="unicode lowercases, whitespace does not."
        )
        encoding = columns[2].selectbox(
            "Encoding", ENCODINGS, help="automatic: the byte-order mark's, else UTF-8; bytes are never skipped."
        )
        rare = columns[3].number_input("min_count", 1, 1000, 5, help=controls.HELP["min_count"])
        if st.form_submit_button("Read the text", type="primary"):
            source = file.getvalue() if file is not None else pasted.encode()
            with st.spinner("Reading the text …"):
                text = read_corpus(
                    source,
                    tokenizer=tokenizer,
                    lowercase={"lowercase": True, "as it is": False}.get(case),
                    min_count=int(rare),
                    encoding=None if encoding == "automatic" else encoding,
                    name=file.name if file is not None else "pasted text",
                )
            _choose(cached.store().save_text(text))


def _choose(key: str) -> None:
    """Look at a text that was brought, by the key of its words and of how it was read."""
    brought = st.session_state.setdefault("_brought", [])
    if key not in brought:
        brought.append(key)
    state.put("corpus", key)


def min_count(text: Corpus) -> Corpus:
    """Set min_count of a sample; a text that was brought has the one it was read with."""
    if state.get("corpus") in SAMPLES:
        controls.whole("min_count", 1, 1000)
        return controls.current_text()
    used = text.reading.min_count if text.reading else 1
    st.number_input("min_count", value=used, disabled=True, help="Read the text again to change it.")
    return text


class Concordance(NamedTuple):
    """How often a word occurs, and some of the places: (before, word, after)."""

    occurrences: int
    rows: list[tuple[str, str, str]]


def concordance(text: Corpus, word: str, most: int = 20, reach: int = 12) -> Concordance | None:
    """Places of a word, evenly spread over the text; None if it is not in the vocabulary."""
    if word not in text.vocabulary:
        return None
    places = np.flatnonzero(text.ids == text.vocabulary.index(word))
    chosen = places[np.linspace(0, len(places) - 1, min(most, len(places))).astype(int)]
    rows = []
    for place in chosen.tolist():
        sentence = np.searchsorted(text.offsets, place, side="right")
        first, last = int(text.offsets[sentence - 1]), int(text.offsets[sentence])
        before = text.ids[max(first, place - reach) : place]
        after = text.ids[place + 1 : min(last, place + 1 + reach)]
        rows.append((_words(text, before), word, _words(text, after)))
    return Concordance(len(places), rows)


def _words(text: Corpus, ids: npt.NDArray[np.int32]) -> str:
    return " ".join(text.vocabulary[i] for i in ids.tolist())
