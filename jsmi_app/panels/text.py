"""Bringing a text: upload or paste it, have it read, keep it under its digest; looking words up in it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from jsmi_app import cached, controls, keeper, owner, say, shared, state
from jsmi_app.markdown import words
from jsmi_core.errors import CorpusError, ParameterError
from jsmi_core.text import ENCODINGS, READING, SAMPLES, Corpus, EncodingError, Guess, read_corpus, typed_word

AUTOMATIC = "automatic"
CASES = {"tokenizer's own": None, "lowercase": True, "as it is": False}
MOST_PASTED = 1_000_000  # characters
_UNDECIDED, _DECIDED = "_encoding_undecided", "_encoding_decided"


class Undecided(NamedTuple):
    """A file whose encoding a person must choose: which upload it is, how it is to be read, what it may be."""

    file: str
    settings: dict[str, Any]
    message: str
    guesses: tuple[Guess, ...]


def bring() -> None:
    """The form that takes a text of the user's own."""
    with st.expander("Use your own text", icon=":material/upload_file:"):
        with st.form("bring", border=False):
            file = st.file_uploader(
                "Plain text, also packed with gzip, bzip2 or zip, up to 200 MB",
                help="One sentence per line, or running text. It is read on this machine and kept under its digest.",
            )
            pasted = st.text_area("… or paste it", max_chars=MOST_PASTED, height=120, key="pasted")
            settings = _settings()
            asked = st.form_submit_button("Read the text", type="primary", key="read-text")
        undecided: Undecided | None = st.session_state.get(_UNDECIDED)
        decided = st.session_state.pop(_DECIDED, None)
        if asked or undecided is None or file is None or undecided.file != file.file_id:
            st.session_state.pop(_UNDECIDED, None)
            undecided = None
        if undecided is not None and decided is not None:
            del st.session_state[_UNDECIDED]
            _read(file, "", {**undecided.settings, "encoding": decided})
        elif asked:
            _read(file, pasted, settings)
        if _UNDECIDED in st.session_state:
            _choose_encoding(st.session_state[_UNDECIDED])


def _settings() -> dict[str, Any]:
    """How the text is to be read."""
    columns = st.columns(4, vertical_alignment="bottom")
    tokenizer = columns[0].selectbox(
        READING["tokenizer"].label, READING["tokenizer"].choices, help=READING["tokenizer"].help_text
    )
    case = columns[1].selectbox(READING["lowercase"].label, tuple(CASES), help=READING["lowercase"].help_text)
    encoding = columns[2].selectbox(
        READING["encoding"].label,
        (AUTOMATIC, *ENCODINGS),
        format_func=lambda name: f"{name}: {ENCODINGS[name]}" if name in ENCODINGS else name,
        help=READING["encoding"].help_text,
    )
    facts = READING["min_count"]
    rare = columns[3].number_input(facts.label, 1, shared.MOST_MIN_COUNT, facts.default, help=facts.help_text)
    return {
        "tokenizer": tokenizer,
        "lowercase": CASES[case],
        "min_count": int(rare),
        "encoding": None if encoding == AUTOMATIC else encoding,
    }


def _read(file: Any, pasted: str, settings: dict[str, Any]) -> None:
    """Read the file, or what was pasted, and choose it; where its encoding is in doubt, ask."""
    if file is not None and pasted.strip():
        raise CorpusError(f"two texts were given, the file {file.name!r} and what was pasted: take one of them away.")
    source = file.getvalue() if file is not None else pasted.encode()
    if file is None:
        settings = {**settings, "encoding": "utf-8"}
    try:
        with st.spinner("Reading the text …"):
            text = read_corpus(source, name=file.name if file is not None else "pasted text", **settings)
    except EncodingError as error:
        if file is None or not error.guesses:
            raise
        st.session_state[_UNDECIDED] = Undecided(file.file_id, settings, str(error), error.guesses)
        return
    _choose(cached.shelf().save_text(text))


def _choose_encoding(undecided: Undecided) -> None:
    """Show what each likely encoding makes of the text, for a person to choose."""
    say.warning(undecided.message.partition(";")[0] + ". Which of these reads rightly?")
    for guess, column in zip(undecided.guesses, st.columns(len(undecided.guesses)), strict=True):
        with column:
            st.button(
                words(f"Read it as {guess.encoding}"),
                key=f"encoding-{guess.encoding}",
                help=ENCODINGS.get(guess.encoding),
                on_click=st.session_state.__setitem__,
                args=(_DECIDED, guess.encoding),
            )
            st.code("\n".join(guess.lines), language=None, wrap_lines=True)
    say.caption("If none does, choose another encoding above, or save the text as UTF-8.")


def _choose(key: str) -> None:
    """Look at a text that was brought, by the key of its words and of how it was read."""
    keeper.keep(key)
    state.put("corpus", key)


def keeping() -> None:
    """On what terms a text that was brought is kept: shared with the room or not, and the way to be rid of it."""
    key, shelf = state.get("corpus"), cached.shelf()
    if key in SAMPLES or not shelf.owns_text(key):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if owner.shared():
            shared_now = key in shelf.shared()
            label = "Share it with nobody any more" if shared_now else "Share this text with the room"
            help_text = "Everyone on this server can then choose it; the same button takes it back."
            if st.button(label, key="share", help=help_text):
                shelf.share(key, not shared_now)
                st.rerun()
        if st.button(
            "Delete this text", key="delete-text", help="With the runs of it that are yours. It cannot be undone."
        ):
            shelf.delete_text(key)
            keeper.drop(key)
            state.put_and_rerun(corpus=state.setting("corpus").default)


def min_count(text: Corpus) -> Corpus:
    """Set min_count of a sample; a text that was brought has the one it was read with."""
    if state.get("corpus") in SAMPLES:
        controls.whole("min_count")
        return controls.current_text()
    used = text.reading.min_count if text.reading else 1
    st.number_input("min_count", value=used, disabled=True, help="Read the text again to change it.")
    return text


def asked_for(text: Corpus, typed: str) -> int | None:
    """The place in the vocabulary of the word that was typed, read as the text was; says why where there is none."""
    try:
        return typed_word(text, typed)
    except ParameterError as error:
        say.info(str(error))
        return None


class Concordance(NamedTuple):
    """How often a word occurs, and some of the places: (before, word, after)."""

    occurrences: int
    rows: list[tuple[str, str, str]]


def concordance(text: Corpus, index: int, most: int = 20, reach: int = 12) -> Concordance:
    """Places of a word of the vocabulary, evenly spread over the text."""
    word = text.vocabulary[index]
    places = np.flatnonzero(text.ids == index)
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
