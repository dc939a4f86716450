"""What `jsmi table` does: the information in a small joint table that is written on the command line."""

from __future__ import annotations

import argparse

from jsmi_core.cli.printing import UNIT, print_json
from jsmi_core.information import JointDistribution, capacity, to_bits
from jsmi_core.objective import SGNSObjective
from jsmi_core.tables import best_ranks, cells, read_table


def table(given: argparse.Namespace) -> int:
    """Information, bound and capacity of a table, its posteriors, and the best score of each rank asked for."""
    joint = JointDistribution.from_counts(read_table(given.table))
    negatives = getattr(given, "negatives", None)
    objective = SGNSObjective(joint, negatives, alpha=given.alpha)
    most_at, most = capacity(joint)
    dimensions = getattr(given, "dimensions", ())
    found = best_ranks(objective, dimensions, max_passes=2_000)
    scores = [max(best.score, 0.0) for best in found]  # rank 1 holds −log k, which scores 0
    posterior = cells(objective).posterior.tolist()
    values = {
        "mutual_information": objective.contrast.divergence,
        "jsmi": objective.bound,
        "class_entropy": objective.class_entropy,
        "capacity": most,
    }
    if given.json:
        ranks = [{"dimension": d, "score": score} for d, score in zip(dimensions, scores, strict=True)]
        print_json(
            {"alpha": objective.alpha, "unit": UNIT, **values, "capacity_alpha": most_at, "posterior": posterior,
             "best_rank": ranks}
        )  # fmt: skip
        return 0
    names = (
        "I(X;Y), mutual information",
        f"JSMI, the bound at α = {objective.alpha:.4g}",
        "h(α), ceiling of every bound",
        f"capacity, the highest JSMI, at α = {most_at:.4g}",
    )
    lines = [*zip(names, values.values(), strict=True)]
    lines += [(f"S*_{d}, best score found of rank {d}", score) for d, score in zip(dimensions, scores, strict=True)]
    for name, value in lines:
        print(f"  {name:<45} {value:z.6f} nats  {to_bits(value):z.6f} bits")
    print("  P(real given x, y), a row for each x:")
    for row in posterior:
        print("    " + "  ".join(f"{share:.4f}" for share in row))
    return 0
