"""The code behind the numbers of the page Two variables, as Python and as a shell command."""

from __future__ import annotations

from jsmi_app.prose.snippets import Snippets
from jsmi_core.distribution import FloatArray
from jsmi_core.objective import SGNSObjective
from jsmi_core.tables import write_table


def posterior(objective: SGNSObjective) -> Snippets:
    """The bound of a table, and the posterior of its cells."""
    return _with(objective, "jsmi_core.matrices", "cells", "print(cells(objective).posterior)")


def capacity(objective: SGNSObjective) -> Snippets:
    """The bound of a table, and the highest one of all α."""
    return _with(objective, "jsmi_core", "capacity", "print(capacity(joint))")


def losses(objective: SGNSObjective, scores: FloatArray) -> Snippets:
    """The bound of a table, and what a score matrix loses of it."""
    code = f"scores = {_written(scores)}\nprint(matrix_cells(objective, scores))"
    return _with(objective, "jsmi_core.matrices", "matrix_cells", code)


def ranks(objective: SGNSObjective, dimensions: tuple[int, ...], max_passes: int) -> Snippets:
    """The bound of a table, and the best score of each rank."""
    code = f"print([best.score for best in best_ranks(objective, {dimensions}, {max_passes})])"
    python, shell = _with(objective, "jsmi_core.matrices", "best_ranks", code)
    return python, f"{shell} --dimensions {','.join(map(str, dimensions))}"


def _with(objective: SGNSObjective, home: str, name: str, code: str) -> Snippets:
    cells, alpha = objective.joint.p.toarray(), objective.alpha
    python = f"""from math import inf

from jsmi_core import JointDistribution, SGNSObjective, mutual_information
from {home} import {name}

joint = JointDistribution.from_counts({_written(cells)})
objective = SGNSObjective(joint, alpha={alpha!r})
print(mutual_information(joint), objective.bound, objective.class_entropy)
{code}"""
    if "-inf" not in code:
        python = python.removeprefix("from math import inf\n\n")
    return python, f"jsmi table {write_table(cells)} --alpha {alpha!r}"


def _written(values: FloatArray) -> str:
    rows = (f"    {[float(f'{value:.12g}') for value in row]}" for row in values.tolist())
    return "[\n" + ",\n".join(rows) + ",\n]"
