"""Remakes figure1.json, the results behind the Start page: `make samples`.

The grids are run by `jsmi sweep` itself, so an interrupted run goes on where it was, and the commands stand in the
file's manifest.
"""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from jsmi_core.cli import main

SWEEPS = (
    "sweep sample:wikipedia --dimensions 2,5,10,20,50,100 --epochs 1,5,20,50 --negatives 5 --best-rank --json",
    "sweep sample:wikipedia --dimensions 10,100 --epochs 20 --negatives 1,2,5,10,20 --json",
)
DRAWN = "sweep sample:wikipedia --dimensions 2,10,50 --epochs 1,5,20 --drawn-pairs --json"


def sweep(command: str) -> dict[str, Any]:
    """What `jsmi sweep … --json` prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        code = main(command.split())
    if code:
        raise SystemExit(code)
    found: dict[str, Any] = json.loads(printed.getvalue())
    return found


def remake(target: Path) -> None:
    """Run the grids and write all their results, each once, under the manifest of the first.

    Those by the pairs that were drawn stand apart: their trainings are among the others.
    """
    found = [sweep(command) for command in SWEEPS]
    commands = "\n".join(f"jsmi {command}" for command in (*SWEEPS, DRAWN))
    together = {"manifest": found[0]["manifest"] | {"command": commands}}
    for kind in ("results", "best_rank"):
        together[kind] = [*{result["id"]: result for each in found for result in each.get(kind, [])}.values()]
    together["drawn"] = sweep(DRAWN)["results"]
    target.write_text(json.dumps(together) + "\n", encoding="utf-8")


if __name__ == "__main__":
    remake(Path(__file__).with_name("figure1.json"))
