"""Vectors: what is taken, what is refused, and that nobody can change them afterwards."""

import numpy as np
import pytest

from jsmi_core import Embedding
from jsmi_core.errors import EmbeddingError


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_vectors_keep_their_type(dtype):
    embedding = Embedding(np.ones((3, 2), dtype), np.ones((4, 2), dtype), ("a", "b", "c"))
    assert embedding.words.dtype == embedding.contexts.dtype == dtype
    assert embedding.dimension == 2
    assert embedding.vocabulary == ("a", "b", "c")


@pytest.mark.parametrize("table", [[[1, 2], [3, 4]], np.array([[1, 2], [3, 4]]), np.float16([[1, 2], [3, 4]])])
def test_other_numbers_become_float64(table):
    embedding = Embedding(table, table)
    assert embedding.words.dtype == np.float64
    assert embedding.words.tolist() == [[1, 2], [3, 4]]


def test_rows_are_contiguous_and_read_only():
    table = np.asfortranarray(np.arange(6.0).reshape(3, 2))
    embedding = Embedding(table, np.ones((4, 2)))
    assert embedding.words.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        embedding.words[0, 0] = 5
    with pytest.raises(AttributeError):
        embedding.words = table
    table[0, 0] = 1  # the caller's own array stays writable


@pytest.mark.parametrize("side", ["words", "contexts"])
@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ([[1.0, np.nan], [0, 0]], "row 0 holds NaN or infinity"),
        ([[1.0, 1.0], [0, np.inf]], "row 1 holds NaN or infinity"),
        ([[1.0, 1.0], [-np.inf, np.nan]], "row 1 holds NaN or infinity"),
        ([[1.0, 2.0], [3.0]], "is not a table of numbers"),
        ([["a", "b"]], "is not a table of numbers"),
        ([[{}, 1]], "is not a table of numbers"),
        ([1.0, 2.0], r"has shape \(2,\)"),
        (np.ones((2, 2, 2)), r"has shape \(2, 2, 2\)"),
        (np.ones((0, 2)), r"has shape \(0, 2\)"),
        (np.ones((2, 0)), r"has shape \(2, 0\)"),
        (3.0, r"has shape \(\)"),
    ],
)
def test_what_is_refused(side, bad, told):
    good = np.ones((2, 2))
    arguments = {"words": good, "contexts": good, side: bad}
    with pytest.raises(EmbeddingError, match=f"{side} .*{told}" if "has" not in told else f"{side} {told}") as caught:
        Embedding(**arguments)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 3


def test_dimensions_must_agree():
    with pytest.raises(EmbeddingError, match="word vectors have 2 numbers but context vectors 3"):
        Embedding(np.ones((2, 2)), np.ones((2, 3)))


def test_vocabulary_must_fit():
    with pytest.raises(EmbeddingError, match="names 1 words but there are 2 word vectors"):
        Embedding(np.ones((2, 2)), np.ones((2, 2)), ("a",))


def test_constant():
    embedding = Embedding.constant(-1.5, words=3, contexts=2)
    assert embedding.dimension == 1
    assert (embedding.words @ embedding.contexts.T).tolist() == [[-1.5, -1.5]] * 3
