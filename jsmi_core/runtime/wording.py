"""Counts with their nouns, as people write them."""

from __future__ import annotations


def counted(count: float, noun: str) -> str:
    """A number of things in words.

    Examples
    --------
    >>> counted(1, "epoch"), counted(1_000, "pass"), counted(2, "time")
    ('1 epoch', '1,000 passes', '2 times')
    """
    plural = f"{noun}es" if noun.endswith("ss") else f"{noun}s"
    return f"1 {noun}" if count == 1 else f"{count:,.0f} {plural}"
