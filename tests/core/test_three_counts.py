"""Expected, drawn and simulated pair counts agree, on both real texts and on the planted one.

Three ways to one number: the exact expectation (25); what gensim drew in training, divided by its epochs; and a plain
simulation of subsampling and window draws, which knows neither. Each of about a hundred counts may differ by 4
standard errors, which chance alone would exceed in one of them for 1 text in 50; all of them at once, with what they
have to do with each other, must not be one draw in ten thousand.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats

from jsmi_core import PairSampling, SGNSConfig, expected_pairs, reference, sample_corpus, train_sgns

HEAVIEST = 40  # pairs that are looked at one by one
BANDS = 5  # of words, from frequent to rare, with equally many tokens: the other pairs are pooled by band and band
LIMIT = 4  # standard errors


class Parts:
    """Cuts a table of pairs into its heaviest cells and the bands of the rest."""

    def __init__(self, corpus, table):
        band = np.minimum(BANDS * np.cumsum(corpus.counts) // len(corpus.ids), BANDS - 1)
        self.of = (HEAVIEST + band[:, None] * BANDS + band).astype(np.uint8)
        rows, columns = table.coords
        heaviest = np.argsort(table.data)[-HEAVIEST:]
        self.of[rows[heaviest], columns[heaviest]] = np.arange(HEAVIEST)

    def sums(self, rows, columns, weights=None):
        """(HEAVIEST + BANDS²,): how many pairs of these fall into each part."""
        return np.bincount(self.of[rows, columns], weights, HEAVIEST + BANDS**2)


def simulated(corpus, keep, window, rng):
    """The (neighbour, centre) pairs of one epoch, drawn plainly: tokens first, then a window for each."""
    kept = rng.random(len(corpus.ids)) < keep[corpus.ids]
    words = corpus.ids[kept]
    sentence = np.repeat(np.arange(len(corpus.offsets) - 1), np.diff(corpus.offsets))[kept]
    reach = rng.integers(1, window + 1, len(words))
    neighbours, centres = [], []
    for distance in range(1, window + 1):
        together = sentence[distance:] == sentence[:-distance]
        left, right = words[:-distance], words[distance:]
        for centre, neighbour, covers in (
            (left, right, reach[:-distance] >= distance),
            (right, left, reach[distance:] >= distance),
        ):
            neighbours.append(neighbour[together & covers])
            centres.append(centre[together & covers])
    return np.concatenate(neighbours), np.concatenate(centres)


class Mean(NamedTuple):
    """Counts of one epoch, and of how many epochs they are the mean (infinitely many: an expectation)."""

    counts: np.ndarray
    epochs: float


@pytest.mark.parametrize(
    ("name", "epochs", "draws"),
    [("planted", 10, 120), ("lee", 20, 200), pytest.param("wikipedia", 10, 300, marks=pytest.mark.slow)],
)
def test_expected_drawn_and_simulated_counts_agree(measured, name, epochs, draws):
    corpus, sampling = sample_corpus(name), PairSampling()
    table = expected_pairs(corpus, sampling).counts.tocoo()
    parts = Parts(corpus, table)
    run = train_sgns(corpus, SGNSConfig(dimension=1, negatives=1, epochs=epochs), record_pairs=True)
    assert run.config.sampling == sampling
    recorded = run.drawn_pairs.counts.tocoo()
    keep = np.array(reference.keep_probabilities(corpus.counts.tolist(), sampling.subsample))
    rng = np.random.default_rng(0)
    each = np.array([parts.sums(*simulated(corpus, keep, sampling.window, rng)) for _ in range(draws)])
    means = {
        "expected": Mean(parts.sums(*table.coords, table.data), np.inf),
        "drawn": Mean(parts.sums(*recorded.coords, recorded.data) / epochs, epochs),
        "simulated": Mean(each.mean(axis=0), draws),
    }
    assert means["expected"].counts.sum() == pytest.approx(table.data.sum(), rel=1e-12)  # every pair is in one part
    varied = each.std(axis=0) > 0  # two words that are always kept, side by side, are one pair in every epoch
    spread, total = each.std(axis=0, ddof=1)[varied], each.sum(axis=1).std(ddof=1)
    inverse = np.linalg.inv(np.cov(each[:, varied].T))
    for (one, a), (other, b) in combinations(means.items(), 2):
        error = (1 / a.epochs + 1 / b.epochs) ** 0.5
        difference = (a.counts - b.counts)[varied]
        z = np.append(difference / spread, difference.sum() / total) / error
        np.testing.assert_allclose(a.counts[~varied], b.counts[~varied], rtol=1e-8)
        measured(f"{name}: {one} and {other} counts, worst z of {len(z)}", np.abs(z).max(), LIMIT)
        # Hotelling's T², for a covariance that is itself estimated from the simulated epochs
        squares, free = difference @ inverse @ difference / error**2, len(difference)
        assert stats.f.sf(squares * (draws - free) / (free * (draws - 1)), free, draws - free) > 1e-4
