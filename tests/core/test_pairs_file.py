"""Tables of pairs as people have them, and training on a law without a text."""

from __future__ import annotations

import gzip
import io
import pickle
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
import scipy

from jsmi_core import (
    Embedding,
    JointDistribution,
    SGNSConfig,
    SGNSObjective,
    best_rank_embedding,
    read_pairs,
    reference,
    sample_corpus,
    train_on_pairs,
)
from jsmi_core.errors import Cancelled, DistributionError, ParameterError
from jsmi_core.text.samples import sample_data_directory
from jsmi_core.training import kernels, on_pairs

LINES = [("ann", "emma", 2), ("bo", "emma", 1), ("bo", "ulysses", 4), ("ann", "emma", 1)]
TABLE = [[1, 4], [3, 0]]  # bo before ann, emma before ulysses: by their sums


def csv(separator: str = ",", heading: bool = True, end: str = "\n") -> bytes:
    lines = [("reader", "book", "times")] * heading + LINES
    return end.join([separator.join(map(str, line)) for line in lines] + [""]).encode()


def parquet(*columns: list[object]) -> bytes:
    file = io.BytesIO()
    names = ["reader", "book", "times"][: len(columns)]
    pyarrow.parquet.write_table(pyarrow.table(dict(zip(names, columns, strict=True))), file)
    return file.getvalue()


def sparse(matrix: object, *, market: bool = False) -> bytes:
    file = io.BytesIO()
    if market:
        scipy.io.mmwrite(file, matrix)
    else:
        scipy.sparse.save_npz(file, matrix)
    return file.getvalue()


LISTS = {
    "CSV": csv(),
    "no heading": csv(heading=False),
    "TSV": csv("\t"),
    "semicolons": csv(";"),
    "Windows": csv(end="\r\n"),
    "a byte order mark": b"\xef\xbb\xbf" + csv(),
    "quoted": csv().replace(b"emma", b'"emma"'),
    "gzip": gzip.compress(csv()),
    "Parquet": parquet(*([line[i] for line in LINES] for i in range(3))),
    "no counts": b"ann\temma\nann\temma\nann\temma\nbo\temma\n" + b"bo\tulysses\n" * 4,
    "Parquet without counts": parquet(["ann"] * 3 + ["bo"] * 5, ["emma"] * 4 + ["ulysses"] * 4),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(LISTS[name])
    joint = read_pairs(tmp_path / "file")
    assert joint.vocabulary == ("bo", "ann")
    assert joint.context_vocabulary is not None
    table = joint.counts.toarray()[:, [joint.context_vocabulary.index(name) for name in ("emma", "ulysses")]]
    assert table.tolist() == TABLE


MATRIX = np.array([[0, 2, 1], [3, 0, 0]])


@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.csc_array, scipy.sparse.coo_array])
def test_matrices(kind: type, tmp_path: Path) -> None:
    for market in (True, False):
        (tmp_path / "file").write_bytes(sparse(kind(MATRIX), market=market))
        joint = read_pairs(tmp_path / "file")
        assert joint.counts.toarray().tolist() == MATRIX.tolist()
        assert joint.vocabulary == (("1", "2") if market else ("0", "1"))
        assert joint.context_vocabulary is not None
        assert len(joint.context_vocabulary) == 3


def wrong_indices() -> bytes:
    table = scipy.sparse.csr_array(MATRIX.astype(float))
    file = io.BytesIO()
    np.savez(
        file, indices=np.array([7, 2, 0]), indptr=table.indptr, format=np.array(b"csr"), shape=(2, 3), data=table.data
    )
    return file.getvalue()


REFUSED = {
    "nothing": (b"", "no pair"),
    "a heading alone": (b"x,y,count\n", "no pair"),
    "one field": (b"once upon\n", "row 1 has 1 fields"),
    "four fields": (b"a,b,c,d\n", "row 1 has 4 fields"),
    "a row with less": (b"a,b,1\nc,d\n", "row 2 has 2 fields where the first has 3"),
    "no number": (b"a,b,1\nc,d,many\n", r"row 2 \('c', 'd'\) has the count 'many'"),
    "NaN": (b"a,b,1\nc,d,nan\n", "row 2"),
    "negative": (b"a,b,1\nc,d,-2\n", "row 2 .*-2"),
    "nothing but zeros": (b"a,b,0\n", "no pair at all"),
    "not UTF-8": (b"a,b,1\n\xff\xfe,c,1\n", "UTF-8"),
    "a pickle": (pickle.dumps([1]), "pickle"),
    "MatrixMarket that is cut": (sparse(scipy.sparse.coo_array(MATRIX), market=True)[:-6], "MatrixMarket"),
    "MatrixMarket of complex numbers": (sparse(scipy.sparse.coo_array(MATRIX * 1j), market=True), "complex"),
    "MatrixMarket with NaN": (sparse(scipy.sparse.coo_array(MATRIX * np.nan), market=True), "row 0"),
    "an npz that is cut": (sparse(scipy.sparse.csr_array(MATRIX))[:-40], "not a whole one"),
    "an npz of others": (sparse(scipy.sparse.csr_array(MATRIX)).replace(b"indptr", b"xndptr"), "npz"),
    "an npz with false places": (wrong_indices(), "npz"),
    "Parquet of one column": (parquet(["a"]), "two columns"),
    "Parquet that is cut": (parquet(["a"], ["b"])[:-9], "Parquet"),
    "Parquet with NaN": (parquet(["a"], ["b"], [float("nan")]), "row 1 has the count nan"),
    "Parquet with a word as count": (parquet(["a"], ["b"], ["many"]), "third column"),
    "Parquet without a name": (parquet(["a", None], ["b", "c"]), "row 2 has no name"),
    "Parquet of nothing": (parquet([], []), "no pair"),
    "gzip that is cut": (gzip.compress(csv())[:-12], "damaged or cut"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_gets_its_sentence(name: str, tmp_path: Path) -> None:
    content, sentence = REFUSED[name]
    (tmp_path / "mine").write_bytes(content)
    with pytest.raises(DistributionError, match=sentence) as refused:
        read_pairs(tmp_path / "mine")
    assert str(refused.value).startswith("'mine'")
    assert "\n" not in str(refused.value)
    with pytest.raises(DistributionError, match="cannot be read"):
        read_pairs(tmp_path / "none")


@pytest.mark.parametrize("seed", range(100))
def test_noise_never_breaks_it(seed: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(seed)
    kinds = [
        *LISTS.values(),
        sparse(scipy.sparse.csr_array(MATRIX)),
        sparse(scipy.sparse.coo_array(MATRIX), market=True),
    ]
    content = bytearray(kinds[seed % len(kinds)])
    for place in rng.integers(0, len(content), 3):
        content[place] = rng.integers(0, 256)
    (tmp_path / "file").write_bytes(bytes(content))
    try:
        joint = read_pairs(tmp_path / "file")
    except DistributionError:
        return
    assert joint.total > 0


# -- training without a text ------------------------------------------------------------------------------------------


def planted(rank: int) -> JointDistribution:
    """A law whose log p/r has a rank that is known, up to the constant of its sum."""
    rng = np.random.default_rng(3)
    words, contexts = rng.normal(size=(60, rank)), 0.6 * rng.normal(size=(40, rank))
    table = np.exp(words @ contexts.T) * rng.dirichlet(np.full(60, 3.0))[:, None] * rng.dirichlet(np.full(40, 3.0))
    return JointDistribution.from_counts(table)


def test_training_finds_a_planted_law() -> None:
    """log p/r is the planted product, less log Σ of each row and column: rank + 2 hold it wholly."""
    objective = SGNSObjective(planted(3), 5)
    best = best_rank_embedding(objective, dimension=5)
    config = SGNSConfig(dimension=5, epochs=20, noise="pairs", learning_rate=0.05)
    seen: list[float] = []
    run = train_on_pairs(planted(3), config, on_epoch=lambda epoch, embedding: seen.append(objective.score(embedding)))
    assert best.score == pytest.approx(objective.bound, rel=1e-4)
    assert objective.score(run.embedding) > 0.99 * best.score
    assert [record.epoch for record in run.history] == list(range(21))
    assert len(seen) == 21
    assert seen[-1] == objective.score(run.embedding)


def test_the_sample_has_the_rank_that_was_planted() -> None:
    joint = read_pairs(sample_data_directory() / "planted_pairs.csv")
    objective = SGNSObjective(joint, 5)
    shares = [best_rank_embedding(objective, dimension=d).score / objective.bound for d in (2, 5)]
    assert joint.shape == (60, 40)
    assert shares[0] < 0.95
    assert shares[1] == pytest.approx(1, rel=1e-4)


def test_each_update_is_the_plain_one() -> None:
    joint = JointDistribution.from_counts(np.random.default_rng(2).integers(0, 5, (6, 4)))
    config = SGNSConfig(dimension=3, epochs=2, negatives=2, learning_rate=0.5, seed=9)
    run = train_on_pairs(joint, config, 40)
    rng = np.random.default_rng(9)
    words = ((rng.random((6, 3)) - 0.5) / 3).tolist()
    contexts = np.zeros((4, 3)).tolist()
    draw = on_pairs._Draws(joint, on_pairs.pair_noise(joint, config), 2)
    for epoch in range(2):
        x, y, negatives = draw.some(40, rng)
        rates = [0.5 - (0.5 - 0.0001) * (40 * epoch + i) / 80 for i in range(40)]
        reference.sgns_updates(words, contexts, list(zip(x, y, strict=True)), negatives.tolist(), rates)
    assert np.allclose(run.embedding.words, words, rtol=1e-9)
    assert np.allclose(run.embedding.contexts, contexts, rtol=1e-9)
    assert kernels.sgns_updates is on_pairs.kernels.sgns_updates


def test_draws_follow_the_law() -> None:
    joint = JointDistribution.from_counts([[5, 0, 1], [0, 2, 0]])
    config = SGNSConfig(noise_exponent=0.5)
    draw = on_pairs._Draws(joint, on_pairs.pair_noise(joint, config), 3)
    x, y, negatives = draw.some(200_000, np.random.default_rng(1))
    seen = np.zeros((2, 3))
    np.add.at(seen, (x, y), 1)
    expected = 200_000 * joint.p.toarray()
    assert (seen[expected == 0] == 0).all()
    assert (np.abs(seen - expected) <= 5 * np.sqrt(expected)).all()
    q = np.sqrt(joint.context_counts) / np.sqrt(joint.context_counts).sum()
    assert np.allclose(np.bincount(negatives.ravel()) / 600_000, q, atol=5e-3)


def test_settings_and_an_end() -> None:
    joint = planted(2)
    small = SGNSConfig(dimension=2, epochs=1)
    one, other, third = (
        train_on_pairs(joint, c, 500).embedding for c in (small, small, SGNSConfig(dimension=2, seed=2))
    )
    assert np.array_equal(one.words, other.words)
    assert not np.array_equal(one.words, third.words)
    with pytest.raises(ParameterError, match="pairs_per_epoch"):
        train_on_pairs(joint, small, 0)
    with pytest.raises(Cancelled):
        train_on_pairs(joint, small, cancel=lambda: True)
    assert isinstance(train_on_pairs(joint, pairs_per_epoch=10).embedding, Embedding)
    assert sample_corpus("lee").vocabulary
