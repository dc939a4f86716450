"""Remake planted_pairs.csv: readers and books, a law without a text whose best score is known at every rank from 5 on.

Each reader and each book has a place in three dimensions (what one likes, what it is about) and a weight; how often
a reader takes a book is weight · weight · exp(place · place). So log p/r is a product of three numbers, plus a term of
the reader and one of the book: a matrix of rank 5 at most, and from d = 5 on the price of rank is 0. The counts are
expected ones.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

READERS, BOOKS, RANK, TOTAL, SEED = 60, 40, 3, 100_000, 1
FILE = Path(__file__).with_name("planted_pairs.csv")


def table() -> np.ndarray:
    """(60, 40) float64: expected counts."""
    rng = np.random.default_rng(SEED)
    readers, books = rng.normal(size=(READERS, RANK)), 0.6 * rng.normal(size=(BOOKS, RANK))
    weights = np.outer(rng.dirichlet(np.full(READERS, 3.0)), rng.dirichlet(np.full(BOOKS, 3.0)))
    counts = weights * np.exp(readers @ books.T)
    return TOTAL * counts / counts.sum()


def main() -> None:
    """Write the file."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("reader", "book", "times"))
        for (reader, book), count in np.ndenumerate(table()):
            writer.writerow((f"reader {reader + 1}", f"book {book + 1}", f"{count:.9g}"))


if __name__ == "__main__":
    main()
