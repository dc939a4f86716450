"""Every statement of the paper, and the facts beside them, checked on a table, a text or a trained model.

This is the witness, and with its parts (``proof_…``, ``proofs_…``) the only production code that runs reference.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from jsmi_core.proofs.beyond import BEYOND
from jsmi_core.proofs.case import Case
from jsmi_core.proofs.check import Card, Proof, check
from jsmi_core.proofs.section2 import DEPENDENCE
from jsmi_core.proofs.section3 import SCORE

CARDS: tuple[Card, ...] = (*DEPENDENCE, *SCORE, *BEYOND)
"""In the order of the paper, then beyond it."""

PATIENCE = 2.0
"""Seconds that a plain loop over a whole text may take unasked."""


class Verdict(NamedTuple):
    """How many statements hold, of how many, and the largest relative difference between the two ways."""

    holding: int
    of: int
    worst: float


def prove(case: Case, *, patience: float = PATIENCE) -> tuple[Proof, ...]:
    """Check every card on one case.

    Parameters
    ----------
    case : Case
        From :func:`case_of_table`, :func:`case_of_text` or :func:`case_of_model`.
    patience : float
        The most seconds that a plain loop over the whole text or model may be expected to take.

    Returns
    -------
    tuple of Proof, in the order of ``CARDS``

    Examples
    --------
    >>> from jsmi_core.proofs import case_of_table
    >>> verdict(prove(case_of_table([[2, 1], [1, 4]])))[:2]
    (24, 24)
    """
    return tuple(check(card, case, patience=patience) for card in CARDS)


def verdict(proofs: Sequence[Proof]) -> Verdict:
    """All proofs in one line.

    Examples
    --------
    >>> verdict([])
    Verdict(holding=0, of=0, worst=0.0)
    """
    return Verdict(
        sum(proof.holds for proof in proofs), len(proofs), max((proof.worst for proof in proofs), default=0.0)
    )
