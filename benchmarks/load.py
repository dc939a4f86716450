"""`make load`: a class on one server. Latencies of forty sessions beside a training, and the memory of every page.

Each session is a visitor over the real websocket protocol: it opens pages in turn and enters a value into one of their
widgets, with the pause that a person makes. A latency is from a request until the server has sent all of the answer.
All of them are kept, in build/load.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil

from tests.served import running_app
from tests.wire import Visitor, connected

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "load.json"
PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*/*.py"))
MEBIBYTE = 1 << 20
TEXTS = ("wikipedia", "lee", "planted")
MEASURED = ("", "bound", "variables", "gap", "corpus")
"""The pages whose answers are timed: each is opened, and its unit changed and changed back."""


class Answer(NamedTuple):
    """One request, and how long the server took."""

    page: str
    what: str
    seconds: float
    errors: int


async def one_session(address: str, rounds: int, seed: int) -> list[Answer]:
    """A visitor who goes through the pages, so many times, in an order of their own."""
    dice, answers = random.Random(seed), []
    await asyncio.sleep(dice.uniform(0, 5))
    async with connected(address) as visitor:
        for _ in range(rounds):
            for page in dice.sample(MEASURED, len(MEASURED)):
                run = await visitor.open(page)
                answers.append(Answer(page or "start", "open", run.seconds, len(run.exceptions)))
                for unit in ("bits", "nats"):
                    await asyncio.sleep(dice.uniform(4, 12))
                    with_unit = page in ("", "bound", "variables")  # the others show none before something is trained
                    run = await (visitor.change("setting-unit", [unit]) if with_unit else visitor.rerun())
                    answers.append(Answer(page or "start", "change", run.seconds, len(run.exceptions)))
    return answers


async def training(visitor: Visitor) -> None:
    """One training under way meanwhile."""
    await visitor.open("train", corpus="wikipedia", dimension="50", epochs="50", seed="11")
    await visitor.change("train")


async def a_class(address: str, sessions: int, rounds: int) -> list[Answer]:
    """All sessions at once, on a server that has shown every page before, as it has after a minute."""
    async with connected(address) as visitor:
        for page in MEASURED:
            await visitor.open(page)
        await training(visitor)
        found = await asyncio.gather(*(one_session(address, rounds, seed) for seed in range(sessions)))
    return [answer for answers in found for answer in answers]


async def every_page(address: str, process: psutil.Process) -> list[tuple[str, float]]:
    """The server's memory after each page, one text after another, in MiB."""
    seen = []
    async with connected(address) as visitor:
        for text in TEXTS:
            for page in PAGES:
                await visitor.open("" if page == "start" else page, corpus=text)
                seen.append((f"{text}: {page}", process.memory_info().rss / MEBIBYTE))
    return seen


def server_of(address: str) -> psutil.Process:
    """The process that listens at an address."""
    port = int(address.rsplit(":", 1)[1])
    for process in psutil.Process().children(recursive=True):
        if any(at.laddr and at.laddr.port == port and at.status == "LISTEN" for at in process.net_connections()):
            return process
    raise LookupError(f"nothing listens at {address}")


def table(answers: list[Answer]) -> None:
    """Percentiles by page, in milliseconds."""
    print(f"{'page':<12} {'what':<8} {'requests':>8} {'p50':>7} {'p95':>7} {'p99':>7} {'errors':>7}   milliseconds")
    groups = sorted({(answer.page, answer.what) for answer in answers})
    for page, what in [*groups, ("all", "open"), ("all", "change")]:
        chosen = [a for a in answers if a.what == what and page in (a.page, "all")]
        cuts = statistics.quantiles([1e3 * a.seconds for a in chosen], n=100)
        errors = sum(a.errors for a in chosen)
        print(f"{page:<12} {what:<8} {len(chosen):>8} {cuts[49]:>7.0f} {cuts[94]:>7.0f} {cuts[98]:>7.0f} {errors:>7}")


def main() -> None:
    """Measure, print, and keep what was measured."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=2, help="how often each of them goes through the pages")
    given = parser.parse_args()
    kept: dict[str, object] = {"date": time.strftime("%Y-%m-%d"), "processors": psutil.cpu_count()}
    with tempfile.TemporaryDirectory() as home, running_app(Path(home)) as address:
        seen = asyncio.run(every_page(address, server_of(address)))
        for name, memory in seen:
            print(f"{name:<28} {memory:>7.0f} MiB")
        kept["memory"] = seen
    with tempfile.TemporaryDirectory() as home, running_app(Path(home)) as address:
        answers = asyncio.run(a_class(address, given.sessions, given.rounds))
        table(answers)
        kept["answers"] = [answer._asdict() for answer in answers]
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(kept), encoding="utf-8")
    print(f"all of it is in {KEPT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
