"""What is remembered within a budget: oldest out first, arrays counted once, computed once, no failure kept."""

from __future__ import annotations

import threading
from functools import cached_property

import numpy as np
import pytest

from jsmi_core.errors import ParameterError
from jsmi_core.experiments.scoring import contrast_of, objectives_of, pairs_of
from jsmi_core.pairs.sampling import PairSampling
from jsmi_core.runtime import memory
from jsmi_core.runtime.memory import MEBIBYTE, Memory, bytes_of
from jsmi_core.text.corpus import Corpus
from jsmi_core.training.config import SGNSConfig

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 5)


def test_what_was_asked_for_longest_ago_goes_first() -> None:
    kept = Memory(limit=lambda: 2_000)
    for key in "abac":
        kept.get(key, lambda: np.zeros(100))
    assert [key in kept for key in "abc"] == [True, False, True]
    assert kept.held == 1_600


def test_the_latest_stays_however_large_it_is() -> None:
    kept = Memory(limit=lambda: 100)
    kept.get("small", lambda: np.zeros(1))
    assert kept.get("large", lambda: np.zeros(1_000)).size == 1_000
    assert ("small" in kept, "large" in kept) == (False, True)


def test_what_values_compute_later_is_weighed_at_the_next_question() -> None:
    class Growing:
        @cached_property
        def squares(self) -> np.ndarray:
            return np.arange(100.0) ** 2

    kept = Memory(limit=lambda: 1_000)
    first = kept.get("first", Growing)
    kept.get("second", Growing)
    _ = first.squares, kept.get("second", Growing).squares
    assert kept.held == 1_600
    kept.get("second", Growing)
    assert ("first" in kept, kept.held) == (False, 800)


def test_shared_arrays_count_once_and_views_count_what_they_look_into() -> None:
    array = np.zeros(100)
    assert bytes_of([{"a": array}, (array[:3], [array.reshape(10, 10)]), "text", [1.0] * 50]) == 800
    pairs = pairs_of(CORPUS, PairSampling())
    assert bytes_of([pairs, pairs]) == bytes_of([pairs]) >= pairs.counts.data.nbytes + pairs.counts.indices.nbytes


def test_many_threads_compute_once_and_get_the_same() -> None:
    kept, made, start = Memory(limit=lambda: MEBIBYTE), [], threading.Barrier(8)
    found = []

    def make() -> np.ndarray:
        made.append(threading.get_ident())
        return np.zeros(10)

    def ask() -> None:
        start.wait()
        found.append(kept.get("key", make))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert all(value is found[0] for value in found)


def test_a_value_may_ask_for_others_and_a_failure_leaves_nothing() -> None:
    kept = Memory(limit=lambda: MEBIBYTE)
    assert kept.get("outer", lambda: kept.get("inner", lambda: 1) + 1) == 2

    def fail() -> int:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        kept.get("key", fail)
    assert "key" not in kept
    assert kept.get("key", lambda: 3) == 3


@pytest.mark.parametrize("value", ["0", "-1", "lots", "1.5", "²"])
def test_a_budget_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("JSMI_MEMORY", value)
    with pytest.raises(ParameterError, match=r"JSMI_MEMORY = .* is not usable: give a whole number from 1 to"):
        memory.budget()


def test_the_environment_sets_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JSMI_MEMORY", "50")
    assert memory.budget() == 50 * MEBIBYTE
    monkeypatch.delenv("JSMI_MEMORY")
    assert memory.budget() == 600 * MEBIBYTE


def test_laws_of_every_k_share_their_contrasts() -> None:
    few, many = (objectives_of(CORPUS, SGNSConfig(negatives=k)) for k in (1, 10))
    assert few["word2vec"].contrast is many["word2vec"].contrast is contrast_of(CORPUS, PairSampling(), 0.75)
    assert few["paper"].contrast is contrast_of(CORPUS, PairSampling())
    assert few["paper"].joint is pairs_of(CORPUS, PairSampling())
    assert few["paper"].noise is None
    assert few["word2vec"].noise is not None


def test_what_was_forgotten_comes_out_the_same_again() -> None:
    before = objectives_of(CORPUS, SGNSConfig())["word2vec"]
    bound, law = before.bound, before.law
    memory.shared.clear()
    after = objectives_of(CORPUS, SGNSConfig())["word2vec"]
    assert after is not before
    assert (after.bound, after.law) == (bound, law)
