"""Vectors from elsewhere → how far they come, and what keeps them from the bound."""

from __future__ import annotations

from typing import Literal

from jsmi_core.experiments import OutsideScore
from jsmi_core.figures.charts import Stair, Stairs
from jsmi_core.figures.formatting import percent, scale_of

Unit = Literal["nats", "bits"]


def vectors_data(found: OutsideScore, *, subtitle: str = "", unit: Unit = "nats") -> Stairs:
    """From 0 to the bound: what the vectors score, what other contexts would add, and what no contexts can.

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
    stairs = []
    if found.evaluation is None:
        stairs.append(Stair("held by the word vectors, D(X)", "trained", 0.0, scale * decoded))
        title = f"These word vectors hold {percent(decoded / bound)} of what there is to know"
    else:
        score = found.evaluation.score
        stairs.append(Stair("scored by words and contexts, S(m)", "trained", 0.0, scale * score))
        stairs.append(Stair("lost by their contexts, D(X) − S(m)", "rank", scale * score, scale * decoded))
        held = (
            f"These vectors hold {percent(score / bound)} of what there is to know"
            if score > 0
            else "With their own contexts these vectors do worse than knowing nothing"
        )
        title = f"{held}; with the best contexts for these words it would be {percent(decoded / bound)}"
    stairs.append(Stair("lost by the word vectors, bound − D(X)", "bound", scale * decoded, scale * bound))
    return Stairs(title, subtitle, f"{unit} per draw of W", "", "", tuple(stairs))
