"""What the commands of the shell print: results to standard output, progress and notes to standard error."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from jsmi_core.embeddings import Usefulness
from jsmi_core.experiments import LAWS, CellResult, Comparison, EpochScore, RankConfig, RankResult, Result, Split
from jsmi_core.lowrank import Baseline
from jsmi_core.runtime.wording import counted
from jsmi_core.store import Store
from jsmi_core.training import SGNSConfig

UNIT = "nats per draw of W"


def print_json(record: object) -> None:
    """One JSON document; where the output's encoding has not every letter, with JSON's own escapes."""
    whole = codecs.lookup(sys.stdout.encoding or "utf-8").name.startswith("utf")
    print(json.dumps(record, indent=1, ensure_ascii=not whole))


def note(text: str) -> None:
    """Say a sentence on standard error."""
    print(f"jsmi: {text}", file=sys.stderr, flush=True)


def say_notices(store: Store) -> None:
    """Say what the store found when it was opened."""
    for notice in store.notices:
        note(notice)


class ProgressLine:
    """One line of progress that rewrites itself, where standard error is a terminal; elsewhere nothing."""

    def __init__(self) -> None:
        self._alive = sys.stderr.isatty()

    def show(self, text: str) -> None:
        """Put this text in the place of the last one."""
        if self._alive:
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)

    def share(self, share: float) -> None:
        """Show the share of the work that is done."""
        self.show(f"{share:.0%}")

    def clear(self) -> None:
        """Leave an empty line to whatever is printed next."""
        self.show("")


def duration(seconds: float) -> str:
    """A time in whole seconds, minutes, or hours and minutes."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"


def settings_in_words(config: SGNSConfig | RankConfig) -> str:
    """What tells a cell of a grid from the others."""
    if isinstance(config, RankConfig):
        return f"best of rank d = {config.dimension}, k = {config.negatives}"
    return f"d = {config.dimension}, {counted(config.epochs, 'epoch')}, k = {config.negatives}, seed {config.seed}"


# -- one result -------------------------------------------------------------------------------------------------------


def print_epochs(history: Iterable[EpochScore], as_progress: bool = False) -> None:
    """One line for each epoch; where JSON is the result, they are progress."""
    to = sys.stderr if as_progress else sys.stdout
    for score in history:
        if score.epoch == 0:
            print(f"{'epoch':>6} {'S(m)':>10} {'bound':>10} {'gap':>10} {'seconds':>8}", file=to)
        ceiling = score.score + score.gap
        print(
            f"{score.epoch:>6} {score.score:>z10.6f} {ceiling:>z10.6f} {score.gap:>z10.6f} {score.seconds:>8.1f}",
            file=to,
        )
        to.flush()


def print_laws(result: Result) -> None:
    """The final score under each law; a law is its p and its q, and a bound stands only beside its own score."""
    own = "the search's" if isinstance(result, RankResult) else "its training's"
    print(f"p = {result.laws[0].p}; {UNIT}")
    for law in result.laws:
        below = "; below 0: worse than knowing only the class ratio" if law.score < 0 else ""
        whose = {"word2vec": own, "paper": "the paper's", "drawn": "the paper's footnote 2, p the pairs drawn"}[law.law]
        print(f"q = {law.q} ({whose}): S = {law.score:z.6f} of {law.bound:z.6f}, gap {law.gap:z.6f}{below}")
    print(f"run {result.id}")


def print_search(result: RankResult, best_known: float | None = None) -> None:
    """What a search found, what it says of the rank, and how sure one may be."""
    dimension, own = result.cell.config.dimension, result.own
    print_laws(result)
    price = Split.of(own, own.score).price_of_rank
    print(f"best score of rank {dimension}: S*_{dimension} ≥ {own.score:z.6f}, price of rank at most {price:z.6f} nats")
    if best_known is not None and best_known > own.score:
        at_most = Split.of(own, best_known).price_of_rank
        print(
            f"a stored run of no higher rank scores {best_known:z.6f}: the price of rank is at most {at_most:z.6f} nats"
        )
    for sentence in result.certificate.in_words(result.cell.config.tolerance):
        print(f"  {sentence}")


def print_split(split: Split) -> None:
    """The gap of a training as its two prices."""
    gap = split.price_of_rank + split.price_of_training
    print(
        f"gap {gap:z.6f} = price of rank, at most {split.price_of_rank:z.6f},"
        f" + price of training, at least {split.price_of_training:z.6f}"
    )


def print_run(run: Result) -> None:
    """All about a stored run."""
    manifest = run.manifest
    print(f"{manifest.corpus_name}: {manifest.tokens:,} tokens, {manifest.vocabulary_size:,} words")
    print(", ".join(f"{name} {value}" for name, value in asdict(run.cell.config).items()))
    if isinstance(run, RankResult):
        print_search(run)
    if isinstance(run, CellResult):
        print_epochs(run.history)
        print_laws(run)
    versions = ", ".join(f"{package} {number}" for package, number in manifest.versions.items())
    print(f"{manifest.date}, {manifest.seconds:.1f} s, {versions}")


def print_baselines(found: Sequence[Baseline], result: RankResult) -> None:
    """Scores of other matrices under the same law, best first."""
    own = result.own
    lines = [(baseline.score, baseline.name, baseline.rank) for baseline in found]
    lines += [(own.bound, "bound", None), (own.score, "best embedding found", result.cell.config.dimension)]
    print(f"{'matrix':<32} {'rank':>6} {'S':>10} {'gap':>10}   under q = {own.q}")
    for score, name, rank in sorted(lines, reverse=True, key=lambda line: line[0]):
        print(f"{name:<32} {'any' if rank is None else rank:>6} {score:>z10.6f} {own.bound - score:>z10.6f}")


def print_comparison(found: Comparison) -> None:
    """One column for each run: the settings that differ, then what each law says."""
    rows: list[tuple[str, Sequence[object]]] = [("run", [run.id[:8] for run in found.results])]
    rows += [(name, ["–" if value is None else value for value in values]) for name, values in found.settings.items()]
    for law, differences in found.differences.items():
        scores = [run.law(law) for run in found.results]
        rows.append((f"q, {law} law", [score.q for score in scores]))
        rows += [(name, [f"{getattr(score, name):z.6f}" for score in scores]) for name in ("bound", "score", "gap")]
        rows.append(("S − S of first", ["–" if value is None else f"{value:+.6f}" for value in differences]))
    for name, values in rows:
        print(f"{name:<22}" + "".join(f" {value!s:>26}" for value in values))
    for sentence in found.notes:
        note(sentence)


# -- tables -----------------------------------------------------------------------------------------------------------


def print_trainings(results: Sequence[CellResult], splits: Mapping[str, Split]) -> None:
    """One line for each training: scored under the q that its negatives came from, and under the paper's."""
    whose, prices, names = "the paper's q", "", ""
    if splits:
        prices, names = f" {'price, first q':^17}", f" {'rank ≤':>8} {'train ≥':>8}"
    print(f"{'':>41} {'q of its training':^26} {whose:^26}{prices}".rstrip())
    print(
        f"{'run':<8} {'corpus':<16} {'d':>4} {'ep':>3} {'k':>3} {'seed':>4}"
        f" {'S(m)':>8} {'bound':>8} {'gap':>8} {'S(m)':>8} {'JSMI':>8} {'gap':>8}{names}"
    )
    for run in results:
        config = run.cell.config
        values: list[float | None] = []
        for name in LAWS:
            kept = [(law.score, law.bound, law.gap) for law in run.laws if law.law == name]
            values += kept[0] if kept else (None, None, None)
        if run.id in splits:
            values += [splits[run.id].price_of_rank, splits[run.id].price_of_training]
        print(
            f"{run.id[:8]} {run.manifest.corpus_name[:16]:<16} {config.dimension:>4} {config.epochs:>3} "
            f"{config.negatives:>3} {config.seed:>4} "
            + " ".join("       –" if value is None else f"{value:>z8.5f}" for value in values)
        )


def print_drawn(results: Sequence[CellResult]) -> None:
    """One line for each training that was scored by the pairs that it drew, with the sampled score of (9) beside."""
    print("by the pairs that each training drew (the paper's footnote 2); q is their own context marginal")
    print(
        f"{'run':<8} {'d':>4} {'ep':>3} {'k':>3} {'seed':>4} {'S(m)':>8} {'bound':>8} {'gap':>8}"
        f" {'S by (9) ± its error':>22}"
    )
    for run in results:
        config, law = run.cell.config, run.law("drawn")
        print(
            f"{run.id[:8]} {config.dimension:>4} {config.epochs:>3} {config.negatives:>3} {config.seed:>4}"
            f" {law.score:>z8.5f} {law.bound:>z8.5f} {law.gap:>z8.5f} {law.sampled:>z12.5f} ± {law.sampled_error:.5f}"
        )


def print_searches(results: Sequence[RankResult]) -> None:
    """One line for each search for the best embedding of rank d, under the q that it maximised for."""
    print("best embeddings found of rank d: lower bounds on the best score S*_d")
    print(
        f"{'run':<8} {'corpus':<16} {'d':>4} {'':>3} {'k':>3} {'':>4} {'S*_d ≥':>8} {'bound':>8} {'gap':>8}"
        f" {'passes':>6} {'converged':>9}"
    )
    for run in results:
        config, own = run.cell.config, run.own
        print(
            f"{run.id[:8]} {run.manifest.corpus_name[:16]:<16} {config.dimension:>4} {'':>3} {config.negatives:>3} "
            f"{'':>4} {own.score:>z8.5f} {own.bound:>z8.5f} {own.gap:>z8.5f} {run.certificate.passes:>6,} "
            f"{'yes' if run.certificate.converged else 'no':>9}"
        )


def print_usefulness(found: Sequence[tuple[Result, Sequence[Usefulness]]]) -> None:
    """One line for each result: its gap, and what its word vectors reach on each test, ± the standard error."""
    if not found:
        print("nothing of this text is stored: see jsmi train and jsmi sweep.")
        return
    for score in found[0][1]:
        print(f"{score.test}: {score.found:,} of {score.total:,} items have their words in the text")
    names = "".join(f" {score.test:>16}" for score in found[0][1])
    print(f"{'run':<8} {'d':>4} {'ep':>4} {'k':>3} {'seed':>4} {'gap':>8}{names}")
    for run, scores in found:
        config = run.cell.config
        length, seed = ("best", "") if isinstance(config, RankConfig) else (config.epochs, config.seed)
        values = "".join(
            f" {'–':>16}" if score.value is None else f" {score.value:>7.3f} ± {score.standard_error:<6.3f}"
            for score in scores
        )
        print(
            f"{run.id[:8]} {config.dimension:>4} {length:>4} {config.negatives:>3} {seed:>4} "
            f"{run.own.gap:>z8.5f}{values}"
        )
