"""Small mistakes of the kind that people make: a sign, a swapped marginal, a float32 accumulator, a window off by one.

Each has its place: a function, by its dotted path, and an expression or statement in it, by its syntax tree. Line
breaks, comments and what stands around it do not matter. tests/mutants.py makes them, one at a time.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Mutant:
    """One mistake: in this function (or constant) this code becomes that one, which these tests should notice first."""

    breaks: str
    place: str
    old: str
    new: str
    tests: str

    @property
    def file(self) -> str:
        """The module of the place, from the root: the longest part of its path that is a file."""
        names = self.place.split(".")
        files = ("/".join(names[:size]) + ".py" for size in range(len(names), 0, -1))
        return next(file for file in files if (ROOT / file).exists())

    def sites(self, source: str) -> list[ast.expr | ast.stmt]:
        """Where the code to be changed stands in its function: once, or the mutant has lost its place."""
        inside: ast.AST = ast.parse(source)
        for name in self.place.split(".")[self.file.count("/") + 1 :]:
            inside = next((node for node in ast.iter_child_nodes(inside) if name in _names(node)), ast.Module([], []))
        return [node for node in ast.walk(inside) if ast.dump(node) == ast.dump(_code(self.old))]

    def applied(self, source: str) -> str:
        """The source with the mistake in it."""
        (site,) = self.sites(source)
        lines = source.encode().splitlines(keepends=True)
        start = sum(map(len, lines[: site.lineno - 1])) + site.col_offset
        stop = sum(map(len, lines[: site.end_lineno - 1])) + site.end_col_offset
        new = f"({self.new})" if isinstance(site, ast.expr) else self.new
        return (source.encode()[:start] + new.encode() + source.encode()[stop:]).decode()


def _names(node: ast.AST) -> set[str]:
    """What a definition or an assignment names."""
    targets = [target.id for target in getattr(node, "targets", ()) if isinstance(target, ast.Name)]
    return {*targets, getattr(node, "name", "")}


def _code(text: str) -> ast.expr | ast.stmt:
    """An expression, or else a statement."""
    (code,) = ast.parse(text).body
    return code.value if isinstance(code, ast.Expr) else code


MUTANTS = [
    Mutant(
        "log σ(m) with the wrong sign of its tail",
        "jsmi_core.information.kernels.log_sigmoid",
        "min(score, 0.0) - math.log1p(math.exp(-abs(score)))",
        "min(score, 0.0) + math.log1p(math.exp(-abs(score)))",
        tests="kernels",
    ),
    Mutant(
        "α and 1−α swapped in the score",
        "jsmi_core.objective.kernels.score_cells",
        "alpha * positive[i] * towards + (1.0 - alpha) * negative[i] * away",
        "(1.0 - alpha) * positive[i] * towards + alpha * negative[i] * away",
        tests="kernels",
    ),
    Mutant(
        "p/r − 1 by plain subtraction",
        "jsmi_core.information.kernels.excess_ratios",
        "((counts[i] - expected) - rest) / expected",
        "counts[i] / expected - 1.0",
        tests="kernels",
    ),
    Mutant(
        "the second float of q dropped",
        "jsmi_core.information.kernels.excess_ratios",
        "word_counts[i] * noise_rest[columns[i]]",
        "0.0",
        tests="kernels",
    ),
    Mutant(
        "the smallest part of an exact product dropped",
        "jsmi_core.information.kernels.two_product",
        "a_low * b_low",
        "0.0",
        tests="kernels",
    ),
    Mutant(
        "noise of the seen contexts in place of the unseen ones",
        "jsmi_core.information.kernels.uncovered_mass",
        "max((whole - part) + (whole_rest - part_rest), 0.0)",
        "part + part_rest",
        tests="kernels",
    ),
    Mutant(
        "the last column of a tile overlooked",
        "jsmi_core.objective.kernels.take_support",
        "columns[i] < last_column",
        "columns[i] < last_column - 1",
        tests="kernels",
    ),
    Mutant(
        "pairs of the support scored as unseen ones too",
        "jsmi_core.objective.kernels.take_support",
        "-np.inf",
        "tile[row, columns[i] - first_column]",
        tests="kernels",
    ),
    Mutant(
        "a pair that is nearly certain keeps the sign of its score",
        "jsmi_core.information.kernels.bernoulli_loss",
        "(rest, t, -score, -error)",
        "(rest, t, score, -error)",
        tests="kernels",
    ),
    Mutant(
        "the series of exp(x) − 1 − x cut short",
        "jsmi_core.information.kernels.expm1_excess",
        "range(3, 18)",
        "range(3, 9)",
        tests="kernels",
    ),
    Mutant(
        "the gradient of S leads away from positive pairs",
        "jsmi_core.objective.kernels.support_gradient",
        "r * towards - p * away",
        "r * towards + p * away",
        tests="kernels",
    ),
    Mutant(
        "a word is no neighbour of itself",
        "jsmi_core.pairs.kernels.reach_from",
        "y >= word",
        "y > word",
        tests="cooccurrence",
    ),
    Mutant(
        "kept and removed tokens swapped between two positions",
        "jsmi_core.pairs.kernels.reach_from",
        "chances[t] * (1.0 - kept) + chances[t - 1] * kept",
        "chances[t] * kept + chances[t - 1] * (1.0 - kept)",
        tests="cooccurrence",
    ),
    Mutant(
        "windows reach over the end of a sentence",
        "jsmi_core.pairs.kernels.expected_rows",
        "offsets[sentence[position] + 1]",
        "len(ids)",
        tests="cooccurrence",
    ),
    Mutant(
        "the noise is the marginal of the words",
        "jsmi_core.information.contrast.Contrast.of",
        "q = joint.context_marginal",
        "q = np.resize(joint.word_marginal, joint.shape[1])",
        tests="precision",
    ),
    Mutant(
        "the bound forgets the pairs that never occur",
        "jsmi_core.information.contrast.Contrast._unmixed_bound",
        "-(1 - alpha) * math.log1p(-alpha) * self.uncovered",
        "0.0",
        tests="precision",
    ),
    Mutant(
        "pairs that are never negatives enter with the wrong sign",
        "jsmi_core.information.contrast.Contrast._unmixed_bound",
        "alpha * math.log(alpha) * certain",
        "-alpha * math.log(alpha) * certain",
        tests="precision",
    ),
    Mutant(
        "terms of the series near independence dropped",
        "jsmi_core.information.contrast.SERIES_TERMS",
        "16",
        "8",
        tests="precision",
    ),
    Mutant(
        "what rounding 1 + αδ leaves over is thrown away",
        "jsmi_core.information.kernels.log1p_of_many",
        "x if exponent == 0 else left - 1.0",
        "left - 1.0",
        tests="precision",
    ),
    Mutant(
        "mutual information forgets the pairs that never occur",
        "jsmi_core.information.contrast.Contrast.divergence",
        "self.uncovered",
        "0.0",
        tests="precision",
    ),
    Mutant(
        "the skipped targets stay among the negatives",
        "jsmi_core.information.contrast.Contrast._negative_word_counts",
        "counts - self.joint.counts.data",
        "counts",
        tests="precision",
    ),
    Mutant(
        "log k for −log k",
        "jsmi_core.objective.sgns.SGNSObjective._weigh",
        "-math.log(self.negatives)",
        "math.log(self.negatives)",
        tests="objective",
    ),
    Mutant(
        "the score looks at positive pairs only",
        "jsmi_core.objective.sgns.SGNSObjective._score",
        "(1 - self.alpha) * self.joint.word_marginal * scores.row_softplus",
        "0.0 * scores.row_softplus",
        tests="objective",
    ),
    Mutant(
        "the gap as bound − score",
        "jsmi_core.objective.sgns.SGNSObjective._gap",
        "math.fsum(by_word)",
        "self.bound - self._score(scores)",
        tests="objective",
    ),
    Mutant(
        "losses of contexts weighted with the paper's q whatever q is",
        "jsmi_core.objective.sgns.SGNSObjective._gap",
        "contrast.noise",
        "self.joint.context_marginal",
        tests="objective",
    ),
    Mutant(
        "a float32 accumulator",
        "jsmi_core.objective.blocks._Stripes.stripe",
        "np.zeros(len(rows))",
        "np.zeros(len(rows), np.float32)",
        tests="objective",
    ),
    Mutant(
        "float32 products for small tables too",
        "jsmi_core.objective.blocks._product_type",
        'precision == "auto" and narrow and large',
        'precision == "auto" and narrow',
        tests="objective",
    ),
    Mutant(
        "p and q swapped in the sums over columns",
        "jsmi_core.objective.blocks._Stripes.stripe",
        "weights @ scores",
        "np.resize(noise, len(weights)) @ scores",
        tests="objective",
    ),
    Mutant(
        "window weights off by one",
        "jsmi_core.pairs.sampling.PairSampling.weights",
        "(self.window - distance + 1) / self.window",
        "(self.window - distance + 1) / (self.window + 1)",
        tests="cooccurrence",
    ),
    Mutant(
        "subsampling off by one draw in 2³²",
        "jsmi_core.pairs.cooccurrence.keep_probabilities",
        "np.floor(share * (2**32 - 1)) + 1",
        "np.floor(share * (2**32 - 1))",
        tests="cooccurrence",
    ),
    Mutant(
        "the upper triangle of the pairs only",
        "jsmi_core.pairs.cooccurrence._mirrored",
        "scipy.sparse.triu(upper, 1)",
        "scipy.sparse.triu(upper)",
        tests="cooccurrence",
    ),
    Mutant(
        "the exponent of the noise ignored",
        "jsmi_core.information.distribution.unigram_noise",
        "np.power(array, exponent, out=powers, where=array > 0)",
        "np.power(array, 0.75, out=powers, where=array > 0)",
        tests="distribution",
    ),
    Mutant(
        "input and output vectors swapped",
        "jsmi_core.training.trainer._embedding",
        "Embedding(model.wv.vectors[rows], model.syn1neg[rows], corpus.vocabulary)",
        "Embedding(model.syn1neg[rows], model.wv.vectors[rows], corpus.vocabulary)",
        tests="training",
    ),
    Mutant(
        "vectors of equally frequent words mixed up",
        "jsmi_core.training.trainer._embedding",
        "_rows(model, corpus)",
        "np.arange(len(corpus.vocabulary))",
        tests="training",
    ),
    Mutant(
        "sums that begin anew in each chunk of a large text",
        "jsmi_core.pairs.kernels.continued_rows",
        "values[i]",
        "1e-300",
        tests="large",
    ),
    Mutant(
        "row sums of a large table from its upper half alone",
        "jsmi_core.pairs.kernels.add_margins",
        "sums[y] += values[i]",
        "sums[y] += 0.0",
        tests="large",
    ),
    Mutant(
        "the gradient of S in the contexts downhill",
        "jsmi_core.objective.gradient.value_and_gradient",
        "by_context * scale",
        "-by_context * scale",
        tests="gradient",
    ),
    Mutant(
        "second derivatives without the slope that both factors share",
        "jsmi_core.lowrank.damped_newton.negative_hessian",
        'np.einsum("xy,ij->xiyj", slopes, np.eye(d))',
        "0.0",
        tests="newton",
    ),
]
