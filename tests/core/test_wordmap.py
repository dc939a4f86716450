"""Neighbours and maps of vectors."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from jsmi_core.embeddings import wordmap
from jsmi_core.embeddings.wordmap import neighbours, pca_map, umap_map
from jsmi_core.errors import ParameterError

RNG = np.random.default_rng(4)
VECTORS = RNG.normal(size=(30, 6)).astype(np.float32)


def test_neighbours_are_those_of_the_largest_cosine():
    found = neighbours(VECTORS, 7, most=5)
    plain = {
        i: float(VECTORS[i] @ VECTORS[7] / np.linalg.norm(VECTORS[i]) / np.linalg.norm(VECTORS[7]))
        for i in range(30)
        if i != 7
    }
    assert [near.place for near in found] == sorted(plain, key=lambda i: -plain[i])[:5]
    assert [near.cosine for near in found] == pytest.approx(sorted(plain.values(), reverse=True)[:5], rel=1e-5)


def test_the_length_of_a_vector_does_not_matter():
    stretched = VECTORS * RNG.uniform(0.1, 10, (30, 1)).astype(np.float32)
    first, second = neighbours(VECTORS, 3, 29), neighbours(stretched, 3, 29)
    assert [near.place for near in first] == [near.place for near in second]
    assert pca_map(stretched).places == pytest.approx(pca_map(VECTORS).places, abs=1e-5)


def test_a_vector_of_length_0_is_near_nothing():
    flat = VECTORS.copy()
    flat[2] = 0
    assert {near.cosine for near in neighbours(flat, 2)} == {0.0}


def test_an_unknown_word_is_refused():
    with pytest.raises(ParameterError, match="index"):
        neighbours(VECTORS, 30)


def test_the_map_keeps_the_variance_it_says():
    found = pca_map(VECTORS)
    units = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    centred = units - units.mean(axis=0)
    variances = np.linalg.eigvalsh(centred.T @ centred)
    assert found.kept == pytest.approx(variances[-2:].sum() / variances.sum(), rel=1e-5)
    assert found.places.var(axis=0) * 30 == pytest.approx(variances[:-3:-1], rel=1e-5)
    assert (found.places[np.abs(found.places).argmax(axis=0), [0, 1]] > 0).all()


@pytest.mark.parametrize("vectors", [np.ones((3, 2)), np.zeros((1, 1)), np.array([[1.0], [2.0]])])
def test_a_map_of_almost_nothing_is_a_map(vectors):
    found = pca_map(vectors)
    assert found.places.shape == (len(vectors), 2)
    assert found.kept == 1.0


def test_without_umap_one_is_told_how_to_get_it(monkeypatch):
    monkeypatch.setattr(wordmap, "has_umap", lambda: False)
    with pytest.raises(ParameterError, match=r"pip install 'jsmi-explorer\[umap\]'"):
        umap_map(VECTORS)


@pytest.mark.filterwarnings("ignore::ImportWarning")  # it misses TensorFlow, which we do not use
@pytest.mark.skipif(not wordmap.has_umap(), reason="the extra umap is not installed")
def test_umap_gives_the_same_map_for_the_same_seed():
    first = umap_map(VECTORS)
    assert first.places.shape == (30, 2)
    assert first.kept is None
    assert umap_map(VECTORS).places.tolist() == first.places.tolist()
    with pytest.raises(ParameterError, match="at least 4"):
        umap_map(VECTORS[:3])


class SomeUMAP:
    """In the place of umap-learn, which takes minutes to install: keeps two coordinates, and what it was asked for."""

    def __init__(self, **asked):
        self.asked = asked

    def fit_transform(self, vectors):
        assert self.asked == {
            "n_neighbors": len(vectors) - 1,
            "metric": "cosine",
            "init": "random",
            "random_state": 7,
            "n_jobs": 1,
        }
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1)
        return vectors[:, :2].astype(np.float32)


def test_what_umap_is_asked_for(monkeypatch):
    monkeypatch.setattr(wordmap, "has_umap", lambda: True)
    monkeypatch.setitem(sys.modules, "umap", SimpleNamespace(UMAP=SomeUMAP))
    few = VECTORS[:5]
    found = umap_map(few, seed=7)
    np.testing.assert_allclose(found.places, (few / np.linalg.norm(few, axis=1, keepdims=True))[:, :2], rtol=1e-6)
    assert found.places.dtype == np.float64
    with pytest.raises(ParameterError, match="UMAP needs at least 4 words but got 3: choose more, or PCA"):
        umap_map(VECTORS[:3])
