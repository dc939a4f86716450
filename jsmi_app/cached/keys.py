"""What the computations are remembered under: digests of texts, ids of results, frozen settings; never an array.

Streamlit hashes only a sample of an array of 500,000 numbers or more, so that two large ones can pass for equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any, NoReturn

import numpy as np
import streamlit as st

from jsmi_core.experiments import CellResult, RankResult, Result
from jsmi_core.text import Corpus


def _refuse(array: object) -> NoReturn:
    raise TypeError("an array is no key: pass the text, the result or the settings that it follows from.")


def identity(run: Result) -> tuple[object, ...]:
    """A result's id with its numbers: an imported result gives way to a computed one of the same id."""
    return run.id, run.manifest.date, run.manifest.seconds, run.laws


KEYS: Mapping[str | type, Callable[[Any], Any]] = {
    Corpus: attrgetter("digest"),
    CellResult: identity,
    RankResult: identity,
    np.ndarray: _refuse,
}

data = partial(st.cache_data, hash_funcs=dict(KEYS))
"""Remembers plain values; every visitor gets a copy."""
resource = partial(st.cache_resource, hash_funcs=dict(KEYS))
"""Remembers what is large or alive; it is shared, so nobody may change it."""
