"""Vectors from elsewhere → how far they come, and what keeps them from the bound."""

from __future__ import annotations

from typing import Literal

from jsmi_core.experiments import OutsideScore
from jsmi_core.figures.charts import Stair, Stairs
from jsmi_core.figures.formatting import percent, scale_of

Unit = Literal["nats", "bits"]


def vectors_data(found: OutsideScore, *, subtitle: str = "", unit: Unit = "nats") -> Stairs:
    """From 0 to the bound: what the vectors score, what other contexts would add, and what no contexts can.

    The steps end at S(m), where there are contexts, at D(X) and at the bound.

    Parameters
    ----------
    found : OutsideScore with ``decoded``

    Returns
    -------
    Stairs, in that unit
    """
    assert found.decoded is not None, "computed with decode=True"
    scale, bound = scale_of(unit), found.objective.bound
    decoded = found.decoded.score
    known = f"of what there is to know of {found.coverage.words:,} words"
    stairs = []
    if found.evaluation is None:
        stairs.append(Stair("held, D(X)", "trained", 0.0, scale * decoded))
        title = f"These word vectors hold {percent(decoded / bound)} {known}"
    else:
        score = found.evaluation.score
        stairs.append(Stair("scored, S(m)", "trained", 0.0, scale * score))
        stairs.append(Stair("lost by contexts", "rank", scale * score, scale * decoded))
        held = (
            f"These vectors hold {percent(score / bound)} {known}"
            if score > 0
            else "With their own contexts these vectors do worse than knowing nothing"
        )
        title = f"{held}; with the best contexts for these words it would be {percent(decoded / bound)}"
    stairs.append(Stair("lost by words", "bound", scale * decoded, scale * bound))
    return Stairs(title, subtitle, f"{unit} per draw of W", "", "", tuple(stairs))
