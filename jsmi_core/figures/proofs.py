"""The figures of a few cards: what a proof computed, arranged to be drawn. All values are nats per draw of W."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jsmi_core.figures.charts import Chart, Line
from jsmi_core.figures.formatting import number
from jsmi_core.proofs import ALPHAS, SHRINKING, STEPS, Proof, Values

SCORE = "score S (nats per draw of W)"


def proof_data(proof: Proof, subtitle: str = "", *, trained: bool = False) -> Chart | None:
    """The figure of a card, or None if it has none.

    Parameters
    ----------
    proof : Proof
    subtitle : str
        The subtitle: what the numbers are of.
    trained : bool
        Whether m is of a trained model, or else the best of its rank: each has its colour.

    Returns
    -------
    Chart or None

    Examples
    --------
    >>> from jsmi_core.proofs import case_of_table, prove
    >>> proofs = prove(case_of_table([[2, 1], [1, 4]]))
    >>> [proof.card.key for proof in proofs if proof_data(proof)]
    ['theorem-1', 'sampled', 'per-positive', 'capacity']
    """
    arrange = _FIGURES.get(proof.card.key)
    if arrange is None or proof.failure:
        return None
    return arrange(proof.values, subtitle, "trained" if trained else "rank")


def _level(label: str, role: str, value: float, ends: tuple[float, float], **style: Any) -> Line:
    return Line(label, role, ends, (value, value), **style)


def _along(values: Values, subtitle: str, role: str) -> Chart:
    shares = tuple(100 * step for step in STEPS)
    scores = tuple(float(score) for score in values["S from m* to m"])
    top = _level(f"{number(values['JSMI'])}: JSMI", "bound", values["JSMI"], (shares[0], shares[-1]), place="above")
    return Chart(
        "No step away from PMI − log k scores more",
        subtitle,
        "% of the way from the best matrix (0 %) to m (100 %)",
        SCORE,
        (top, Line("S", role, shares, scores)),
    )


def _samples(values: Values, subtitle: str, role: str) -> Chart:
    sizes = tuple(float(size) for size in values["sizes"])
    estimates = tuple(estimate for estimate, _ in values["drawn"])
    reach = tuple(2 * error for _, error in values["drawn"])
    sampled = Line(
        "sampled",
        "data",
        sizes,
        estimates,
        tuple(estimate - error for estimate, error in zip(estimates, reach, strict=True)),
        tuple(estimate + error for estimate, error in zip(estimates, reach, strict=True)),
    )
    exact = _level("exact", role, values["S(m)"], (sizes[0], sizes[-1]))
    first, last = (f"±{number(error)}" for error in (reach[0], reach[-1]))
    return Chart(
        f"{sizes[0]:,.0f} drawn pairs tell the score to {first} nats, {sizes[-1]:,.0f} to {last}",
        f"{subtitle} · band: 2 standard errors",
        "positive pairs drawn",
        SCORE,
        (exact, sampled),
        log_x=True,
    )


def _per_positive(values: Values, subtitle: str, role: str) -> Chart:
    shares = tuple(float(share) for share in reversed(values["JSMI_α/α for α = 0.5 … 0.001"]))
    limit = values["I(X;Y)"]
    return Chart(
        "For each real pair, JSMI rises towards the mutual information as α falls",
        subtitle,
        "α, the share of positive pairs",
        "JSMI / α (nats per positive pair)",
        (
            _level(f"{number(limit)}: I(X;Y)", "muted", limit, (SHRINKING[-1], SHRINKING[0]), place="above end"),
            Line("JSMI / α", "bound", SHRINKING[::-1], shares),
        ),
        log_x=True,
    )


def _curve(values: Values, subtitle: str, role: str) -> Chart:
    bounds = tuple(float(bound) for bound in values["JSMI_α for α = 0.05 … 0.95"])
    top = values["capacity"]
    return Chart(
        "One hump: JSMI is concave in α, and its top is the capacity",
        subtitle,
        "α, the share of positive pairs",
        "JSMI (nats per draw of W)",
        (
            _level(f"{number(top)}: capacity", "muted", top, (ALPHAS[0], ALPHAS[-1]), place="above", dash="dot"),
            Line("JSMI", "bound", ALPHAS, bounds),
        ),
    )


_FIGURES: dict[str, Callable[[Values, str, str], Chart]] = {
    "theorem-1": _along,
    "sampled": _samples,
    "per-positive": _per_positive,
    "capacity": _curve,
}
