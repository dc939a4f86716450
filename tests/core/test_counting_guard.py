"""B20: what counting would take is told before it begins, with a choice that fits."""

import re

import pytest

from jsmi_core import PairSampling, sample_corpus
from jsmi_core.errors import ParameterError
from jsmi_core.experiments import cost, pairs_of
from jsmi_core.experiments.cost import check_counting, estimated_counting_bytes

WIDE = PairSampling(window=300, subsample=0.0)


def test_what_would_not_fit_is_refused_with_a_window_that_does(monkeypatch: pytest.MonkeyPatch) -> None:
    text = sample_corpus("lee", min_count=1)
    monkeypatch.setattr(cost, "physical_memory", lambda: 4 * 5e8)
    with pytest.raises(ParameterError, match="a window of 300 may need") as refused:
        pairs_of(text, WIDE)
    found = re.search(r"a window up to (\d+)", str(refused.value))
    assert found
    fits = int(found[1])
    check_counting(text, PairSampling(window=fits, subsample=0.0))
    with pytest.raises(ParameterError):
        check_counting(text, PairSampling(window=fits + 1, subsample=0.0))
    monkeypatch.setattr(cost, "physical_memory", lambda: 1e6)
    with pytest.raises(ParameterError, match="choose a larger min_count or a shorter text"):
        check_counting(text, WIDE)


def test_the_samples_fit_a_small_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cost, "physical_memory", lambda: 4e9)
    for name in ("lee", "planted", "wikipedia"):
        check_counting(sample_corpus(name), PairSampling())


def test_what_fills_the_table_is_held_by_the_table() -> None:
    text = sample_corpus("planted")
    assert estimated_counting_bytes(text, PairSampling(window=100)) == 1e8 + 24 * 278**2
