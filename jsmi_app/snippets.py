"""The code behind a page's numbers, as Python and as a shell command; both give the same values as the page."""

from __future__ import annotations

from dataclasses import fields
from shlex import quote
from typing import Any

from jsmi_app import shared, state
from jsmi_core.experiments import CHECKPOINTS, LAWS, Grid, LawName, Result
from jsmi_core.information import FloatArray
from jsmi_core.objective import SGNSObjective
from jsmi_core.tables import write_table
from jsmi_core.text import SAMPLES, Corpus
from jsmi_core.training import SGNSConfig

Snippets = tuple[str, str]


def corpus(text: Corpus) -> Snippets:
    """Reading the text and counting its pairs."""
    config = shared.config()
    python = f"""{_read(text)}
joint = expected_pairs(corpus, {_call("PairSampling", _changed(config.sampling))})
print(len(corpus.vocabulary), len(corpus.ids), joint.pairs, joint.total)"""
    return _with_imports(python), _shell("bound", text, _pair_options(config))


def bound(text: Corpus, alpha: float) -> Snippets:
    """The bound at one α, for both noises."""
    config = shared.config()
    python = f"""{_read(text)}
joint = expected_pairs(corpus, {_call("PairSampling", _changed(config.sampling))})
noise = unigram_noise(corpus.counts, exponent={config.noise_exponent})
print(jsmi(joint, {alpha!r}), jsmi(joint, {alpha!r}, noise), mutual_information(joint))"""
    return _with_imports(python), _shell("bound", text, {"alpha": alpha, **_pair_options(config)})


def train(text: Corpus, config: SGNSConfig, *, best_rank: bool = False) -> Snippets:
    """One training with its bound, score and gap, and the best embedding of its dimension if that was searched."""
    python = f"""{_read(text)}
config = {_call("SGNSConfig", _changed(config))}
joint = expected_pairs(corpus, config.sampling)
objective = SGNSObjective(joint, config.negatives, training_noise(corpus, config, joint))
run = train_sgns(corpus, config)
print(objective.bound, objective.score(run.embedding), objective.gap(run.embedding).total)"""
    if best_rank:
        python += """
best = best_rank_embedding(objective, config.dimension, [run.embedding])
print(objective.bound - best.score, best.score - objective.score(run.embedding))"""
    return _with_imports(python), _shell("train", text, _changed(config)) + (" --best-rank" if best_rank else "")


def sweep(text: Corpus, grid: Grid, *, best_rank: bool) -> Snippets:
    """A grid of trainings."""
    along = grid.epochs_as == CHECKPOINTS
    axes = {name: getattr(grid, name) for name in ("dimensions", "epochs", "negatives", "seeds")}
    base = {n: v for n, v in _changed(grid.base).items() if n not in ("dimension", "epochs", "negatives", "seed")}
    named = {**axes, "base": _Code(_call("SGNSConfig", base))} | ({"epochs_as": grid.epochs_as} if along else {})
    loop = """for cell in grid.cells(corpus.digest):
    print(cell.config, run_cell(cell, corpus).laws)"""
    if along:
        loop = """runs = [run_cell(cell, corpus) for cell in grid.cells(corpus.digest)]
for point in points_of(runs, grid):
    print(point.cell.config, point.laws)"""
    if best_rank:
        loop += """
for cell in grid.rank_cells(corpus.digest):
    print(cell.config, run_cell(cell, corpus).laws)"""
    lists = {name: ",".join(map(str, values)) for name, values in axes.items()}
    flags = (" --epochs-along-run" if along else "") + (" --best-rank" if best_rank else "")
    python = f"{_read(text)}\ngrid = {_call('Grid', named)}\n{loop}"
    return _with_imports(python), _shell("sweep", text, {**lists, **base}) + flags


def loss(text: Corpus, run: Result, law: LawName) -> Snippets:
    """The gap of a stored model, by pairs that occur and never occur, by word and by band of frequency."""
    python = f"""{_read(text)}
with Store(bundled=True) as store:
    loss = loss_of(store.get({run.id!r}, Result), corpus, {law!r})
print(loss.total, loss.by_word.seen.sum(), loss.by_word.unseen.sum(), *loss.causes)
print([(corpus.vocabulary[band.first], band.loss) for band in loss.bands()])"""
    shell = f"{_shell('loss', text, {})} {run.id}" + (f" --law {law}" if law != LAWS[0] else "")
    return f"from jsmi_core.experiments import Result\n{_with_imports(python)}", shell


def drawn_pairs(text: Corpus, grid: Grid) -> Snippets:
    """The paper's figure by its footnote 2: each model beside the bound of the very pairs that it was trained on."""
    config = grid.base
    base = {name: value for name, value in _changed(config).items() if name not in ("dimension", "epochs")}
    given = _call("SGNSConfig", {"dimension": _Code("dimension"), "epochs": _Code("epochs"), **base})
    axes = {name: ",".join(map(str, getattr(grid, name))) for name in ("dimensions", "epochs")}
    python = f"""{_read(text)}
print("dimension epochs bound exact sampled error")
for dimension in {grid.dimensions!r}:
    for epochs in {grid.epochs!r}:
        run = train_sgns(corpus, {given}, record_pairs=True)
        # p: the pairs that this run drew; q: the p(y) of their contexts
        objective = SGNSObjective(run.drawn_pairs, {config.negatives})
        exact = objective.score(run.embedding)
        # (9) from 100,000 of these pairs, each with k contexts from p(y), and its standard error
        sampled, error = objective.sampled_score(run.embedding)
        print(dimension, epochs, objective.bound, exact, sampled, error)"""
    return _with_imports(python), _shell("sweep", text, {**axes, **base}) + " --drawn-pairs"


def deviations(text: Corpus, config: SGNSConfig, negatives: tuple[int, ...]) -> Snippets:
    """Levy & Goldberg's table, and the trainings for its last row."""
    python = f"""{_read(text)}
joint = expected_pairs(corpus, {_call("PairSampling", _changed(config.sampling))})
for negatives in {negatives!r}:
    print(negatives, deviations(joint, {config.dimension}, negatives))"""
    options = {name: value for name, value in _changed(config).items() if name not in ("dimension", "epochs")}
    axes = {"dimensions": config.dimension, "epochs": config.epochs, "negatives": ",".join(map(str, negatives))}
    shell = _shell("sweep", text, {**axes, **options})
    return f"from jsmi_core.lowrank import deviations\n{_with_imports(python)}", shell


def departures(text: Corpus, config: SGNSConfig) -> Snippets:
    """The bounds from the paper's law to gensim's, and which of them is valid for a run."""
    python = f"""from jsmi_core.experiments import valid_bounds, walk

{_read(text)}
config = {_call("SGNSConfig", _changed(config))}
for step in walk(corpus, config):
    print(step.name, step.bound)
run = train_sgns(corpus, config)
for law in valid_bounds(corpus, config, run.embedding):
    print(law.valid, law.p, law.q, law.bound, law.score, law.gap)"""
    options = {"negatives": config.negatives, **_pair_options(config)}
    return _with_imports(python), _shell("bound", text, options)


def film(cells: str, config: tuple[int, int, int, float, int]) -> str:
    """A training on a small table in slow motion: negatives, dimension, updates, rate, seed."""
    negatives, dimension, updates, rate, seed = config
    return f"""from jsmi_core import JointDistribution, SGNSObjective
from jsmi_core.tables import film, read_table

objective = SGNSObjective(JointDistribution.from_counts(read_table({cells!r})), {negatives})
learned = film(objective, {dimension}, {updates}, rate={rate!r}, seed={seed})
print(objective.bound, learned.scores[-1], learned.gaps[-1])
one = learned.update(1)
print(one.word, one.pulls, one.gain)"""


_PROVE = """proofs = prove({case})
print(verdict(proofs))
print([proof.card.name for proof in proofs if not proof.holds])"""


def proofs_of_table(cells: str, negatives: int) -> Snippets:
    """Every statement, both ways, on a small table."""
    case = f"case_of_table(read_table({cells!r}), {negatives})"
    python = "from jsmi_core.proofs import case_of_table, prove, verdict\nfrom jsmi_core.tables import read_table\n\n"
    return python + _PROVE.format(case=case), f"jsmi prove table:{cells} --negatives {negatives}"


def proofs_of_text(text: Corpus, words: int, negatives: int) -> Snippets:
    """Every statement, both ways, on the most frequent words of a text."""
    config = shared.config()
    case = _PROVE.format(case=f"case_of_text(joint, corpus.vocabulary, {words}, {negatives})")
    python = f"""from jsmi_core.proofs import case_of_text, prove, verdict

{_read(text)}
joint = expected_pairs(corpus, {_call("PairSampling", _changed(config.sampling))})
{case}"""
    options = {"words": words, "negatives": negatives, **_pair_options(config)}
    return _with_imports(python), _shell("prove", text, options)


def proofs_of_model(text: Corpus, words: int, run: Result) -> Snippets:
    """Every statement, both ways, on the vectors of a stored model."""
    case = _PROVE.format(case=f"case_of_model(joint, run.embedding, {words}, {run.cell.config.negatives})")
    python = f"""from jsmi_core.proofs import case_of_model, prove, verdict
from jsmi_core.experiments import Result

{_read(text)}
joint = expected_pairs(corpus, {_call("PairSampling", _changed(run.cell.config.sampling))})
with Store(bundled=True) as store:
    run = store.get({run.id!r}, Result)
{case}"""
    return _with_imports(python), _shell("prove", text, {"words": words, "run": run.id})


def usefulness(text: Corpus) -> Snippets:
    """Word similarity and analogies of what is stored of a text."""
    python = f"""from jsmi_core.experiments import Result
from jsmi_core.embeddings import usefulness

{_read(text)}
with Store(bundled=True) as store:
    for run in store.results(corpus.digest, kind=Result):
        print(run.id, run.own.gap, usefulness(store.get(run.id, Result).embedding))"""
    return _with_imports(python), _shell("usefulness", text, {"bundled": True})


def vectors(text: Corpus, config: SGNSConfig, most: int) -> Snippets:
    """Vectors of a file, scored on the most frequent words of a text."""
    names = ("negatives", "window", "dynamic", "subsample", "noise", "noise_exponent")
    law = {name: value for name, value in _changed(config).items() if name in names}
    python = f"""{_read(text)}
config = {_call("SGNSConfig", law)}
found = score_vectors(corpus, read_vectors("vectors.txt"), config=config, most={most}, decode=True)
print(found.coverage, found.objective.bound, found.evaluation and found.evaluation.score, found.decoded.score)"""
    return _with_imports(python), _shell("score", text, {**law, "words": most}) + " vectors.txt --decode"


def comparison(ids: list[str]) -> Snippets:
    """Stored runs side by side."""
    python = f"""from jsmi_core import Store
from jsmi_core.experiments import compare
from jsmi_core.experiments import Result

with Store(bundled=True) as store:
    print(compare(store.get(name, Result) for name in {ids!r}))"""
    return python, f"jsmi runs compare {' '.join(name[:8] for name in ids)}"


class _Code(str):
    def __repr__(self) -> str:
        return str(self)


def _call(name: str, arguments: dict[str, Any]) -> str:
    return f"{name}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"


def _changed(record: Any) -> dict[str, Any]:
    """The fields that are not at their defaults."""
    return {f.name: getattr(record, f.name) for f in fields(record) if getattr(record, f.name) != f.default}


def _pair_options(config: SGNSConfig) -> dict[str, Any]:
    names = ("window", "dynamic", "subsample", "noise_exponent")
    return {name: value for name, value in _changed(config).items() if name in names}


def _reading(text: Corpus) -> dict[str, Any]:
    """How the text was read, where it was not read as by default."""
    if state.get("corpus") in SAMPLES:
        return {} if state.get("min_count") == 5 else {"min_count": state.get("min_count")}
    if text.reading is None:
        return {}
    used = {name: getattr(text.reading, name) for name in ("tokenizer", "lowercase", "min_count", "encoding")}
    usual = {
        "tokenizer": "unicode",
        "lowercase": text.reading.tokenizer == "unicode",
        "min_count": 5,
        "encoding": "utf-8",
    }
    return {name: value for name, value in used.items() if value != usual[name]}


def _read(text: Corpus) -> str:
    sample = state.get("corpus") in SAMPLES
    source = repr(state.get("corpus") if sample else text.name)
    options = "".join(f", {name}={value!r}" for name, value in _reading(text).items())
    return f"corpus = {'sample_corpus' if sample else 'read_corpus'}({source}{options})"


def _shell(command: str, text: Corpus, options: dict[str, Any]) -> str:
    sample = state.get("corpus") in SAMPLES
    words = [f"jsmi {command}", quote(f"sample:{state.get('corpus')}" if sample else text.name)]
    for name, value in {**_reading(text), **options}.items():
        option = name.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{option}" if value else f"--no-{option}")
        else:
            words.append(f"--{option} {quote(str(value))}")
    return " ".join(words)


_NAMES = (
    *(
        "Grid",
        "PairSampling",
        "SGNSConfig",
        "SGNSObjective",
        "Store",
        "read_vectors",
        "best_rank_embedding",
        "expected_pairs",
        "jsmi",
    ),
    *(
        "loss_of",
        "score_vectors",
        "mutual_information",
        "points_of",
        "read_corpus",
        "run_cell",
        "sample_corpus",
        "train_sgns",
        "training_noise",
    ),
    *("unigram_noise",),
)


def _with_imports(python: str) -> str:
    used = [name for name in _NAMES if f"{name}(" in python]
    return f"from jsmi_core import {', '.join(used)}\n\n{python}"


# -- small tables ------------------------------------------------------------------------------------------------------


def posterior(objective: SGNSObjective) -> Snippets:
    """The bound of a table, and the posterior of its cells."""
    return _table(objective, "jsmi_core.tables", "cells", "print(cells(objective).posterior)")


def capacity(objective: SGNSObjective) -> Snippets:
    """The bound of a table, and the highest one of all α."""
    return _table(objective, "jsmi_core", "capacity", "print(capacity(joint))")


def losses(objective: SGNSObjective, scores: FloatArray) -> Snippets:
    """The bound of a table, and what a score matrix loses of it."""
    code = f"scores = {_cells_written(scores)}\nprint(matrix_cells(objective, scores))"
    return _table(objective, "jsmi_core.tables", "matrix_cells", code)


def ranks(objective: SGNSObjective, dimensions: tuple[int, ...], max_passes: int) -> Snippets:
    """The bound of a table, and the best score of each rank."""
    code = f"print([best.score for best in best_ranks(objective, {dimensions}, {max_passes})])"
    python, shell = _table(objective, "jsmi_core.tables", "best_ranks", code)
    return python, f"{shell} --dimensions {','.join(map(str, dimensions))}"


def _table(objective: SGNSObjective, home: str, name: str, code: str) -> Snippets:
    cells, alpha = objective.joint.p.toarray(), objective.alpha
    python = f"""from math import inf

from jsmi_core import JointDistribution, SGNSObjective, mutual_information
from {home} import {name}

joint = JointDistribution.from_counts({_cells_written(cells)})
objective = SGNSObjective(joint, alpha={alpha!r})
print(mutual_information(joint), objective.bound, objective.class_entropy)
{code}"""
    if "-inf" not in code:
        python = python.removeprefix("from math import inf\n\n")
    return python, f"jsmi table {write_table(cells)} --alpha {alpha!r}"


def _cells_written(values: FloatArray) -> str:
    rows = (f"    {[float(f'{value:.12g}') for value in row]}" for row in values.tolist())
    return "[\n" + ",\n".join(rows) + ",\n]"
