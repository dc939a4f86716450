"""What is remembered is remembered under the right name: equal texts share an answer, others never get it."""

from collections.abc import Iterator

import numpy as np
import pytest
import streamlit as st

from jsmi_app import cached
from jsmi_app.cached import keys
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell, RankCell, RankConfig
from jsmi_core.pairs.sampling import PairSampling
from jsmi_core.text.corpus import Corpus
from jsmi_core.text.samples import sample_corpus
from jsmi_core.training.config import SGNSConfig

LARGE = 600_000  # numbers: of so many Streamlit would look at a sample only


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    yield
    st.cache_resource.clear()
    st.cache_data.clear()


def text_of(tokens: np.ndarray) -> Corpus:
    """A text of three words in sentences of 10,000."""
    counts = np.bincount(tokens, minlength=3)
    return Corpus(("a", "b", "c"), counts, tokens.astype(np.int32), np.arange(0, LARGE + 1, 10_000))


def test_large_texts_that_differ_in_one_word_have_their_own_answers() -> None:
    tokens = np.sort(np.arange(LARGE) % 3)
    one = text_of(tokens)
    for place in (1, LARGE // 2, LARGE - 2):
        changed = tokens.copy()
        changed[place] = (changed[place] + 1) % 3
        other = text_of(changed)
        sampling = PairSampling(window=1, subsample=0.0)
        assert cached.kept(one, 0.0).tolist() == one.counts.tolist()
        assert cached.kept(other, 0.0).tolist() == other.counts.tolist() != one.counts.tolist()
        joints = [cached.joint(text, sampling) for text in (one, other)]
        assert joints[0].p.toarray().tolist() != joints[1].p.toarray().tolist()


def test_equal_texts_share_an_answer_and_other_settings_do_not() -> None:
    one, same = (text_of(np.arange(LARGE) % 3) for _ in range(2))
    assert cached.joint(one, PairSampling(window=1)) is cached.joint(same, PairSampling(window=1))
    assert cached.joint(one, PairSampling(window=1)) is not cached.joint(one, PairSampling(window=2))


def test_results_of_either_kind_are_known_by_their_ids() -> None:
    calls = []

    @keys.data(show_spinner=False)
    def asked(run: object) -> int:
        calls.append(run)
        return len(calls)

    text = sample_corpus("planted", min_count=100)
    config = SGNSConfig(dimension=1, epochs=1)
    runs = [
        run_cell(cell, text) for cell in (Cell(text.digest, config), RankCell(text.digest, RankConfig.under(config)))
    ]
    assert [asked(run) for run in (*runs, *runs)] == [1, 2, 1, 2]


def test_an_array_is_refused_as_a_key() -> None:
    @keys.data(show_spinner=False)
    def total(values: np.ndarray) -> float:
        return float(values.sum())

    with pytest.raises(Exception, match="an array is no key"):
        total(np.ones(3))
