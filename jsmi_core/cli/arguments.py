"""What the shell may say to `jsmi`: every command, its options and its help.

Values are not checked here: they go, as typed, into the same parameter objects that every other door uses, so that a
wrong one gets the same sentence.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from jsmi_core import checks
from jsmi_core.experiments import AXES, RankConfig
from jsmi_core.parameters import Fact, fact_of, facts_of
from jsmi_core.text import READING
from jsmi_core.training import SGNSConfig

_ABOUT = """\
How much of what words know about their contexts does a word2vec embedding keep?

  jsmi bound  TEXT   the most that any embedding can score on a text
  jsmi train  TEXT   train one, and watch its exact score climb towards that bound
  jsmi rank   TEXT   the best that any embedding of d dimensions can score, as far as a search can tell
  jsmi sweep  TEXT   train a whole grid: the gap against dimension, epochs and negatives
  jsmi score  TEXT VECTORS   what vectors from elsewhere hold of it
  jsmi app           the same in a browser

TEXT is a file (plain text, one sentence per line, or that packed with gzip, bzip2 or zip), or one of
sample:wikipedia, sample:lee and sample:planted, which need no file. Scores are in nats per draw of a pair.
"""

_EXITS = """\
Results go to standard output, progress and notes to standard error. Exit codes: 0 done, 2 a parameter is not usable,
3 a text or table is not, 4 a file cannot be read or written, 5 a training failed, 130 stopped.
"""

_HELP: dict[str, tuple[str, str]] = {
    "app": (
        "open the app in a browser",
        "Starts the app on this machine and opens it in a browser. Ctrl-C ends it.\n\n"
        "It listens on this machine only, and everything that is stored is open to whoever uses it. With\n"
        "--host 0.0.0.0 it is shared: everyone on the network may use it, each browser reaches only the texts and\n"
        "runs that it brought or that are shared on purpose, turns go round, and the teacher's key is printed.\n"
        "Behind a proxy on this machine give --shared.",
    ),
    "bound": (
        "the most that any embedding can score on a text",
        "Counts the word pairs that word2vec would draw from the text (in exact expectation), and computes the\n"
        "bound that no embedding of any dimension can pass: JSMI, for the paper's noise q(y) = p(y), and the bound\n"
        "for word2vec's own noise, counts to the power 0.75. Beside them: the mutual information I(X;Y) of the\n"
        "pairs, and h(alpha), which no bound can pass, for alpha = 1/(negatives + 1).\n\n"
        "  jsmi bound sample:wikipedia --negatives 5\n"
        "  jsmi bound novel.txt --window 2 --alpha 0.1 --json\n"
        "  jsmi bound news-2010.txt.gz news-2011.txt.gz --memory 4GB\n"
        "  jsmi bound --pairs loans.csv",
    ),
    "train": (
        "train one embedding and score it exactly after every epoch",
        "Trains skip-gram with negative sampling by gensim. After every epoch it computes S, the exact objective\n"
        "over all pairs of words, and the gap to the bound: the information that the embedding does not have (yet).\n"
        "S = 0 is what a model scores that knows nothing but the class ratio. The result is kept in the store; the\n"
        "same training is not run twice. With --best-rank it also searches for the best embedding of this dimension,\n"
        "from the training among other starts, and splits the gap into price of rank and price of training.\n\n"
        "  jsmi train sample:lee --dimension 50 --epochs 20 --best-rank\n"
        "  jsmi train novel.txt.gz --negatives 10 --out vectors.npz",
    ),
    "rank": (
        "the best embedding of rank d: what the dimension costs, whatever the training",
        "Searches for the embedding of d dimensions with the highest exact score S, on all pairs of words and without\n"
        "any training. What it finds is a lower bound on the best score S*_d, so that the gap splits in two:\n"
        "bound - S*_d, the price of rank (at most what is shown), and S*_d - S(m), the price of training (at least).\n"
        "Beside it stands how sure one may be. The result is kept in the store; see also jsmi sweep --best-rank.\n\n"
        "  jsmi rank sample:lee --dimension 50 --negatives 5\n"
        "  jsmi rank novel.txt --dimension 20 --baselines --json\n"
        "  jsmi rank --pairs loans.csv --dimension 5",
    ),
    "sweep": (
        "train a grid of embeddings: score and gap against dimension, epochs and negatives",
        "Trains every combination of the listed values, in low-priority processes, and prints the exact score, the\n"
        "bound and the gap of each. What is stored already is not computed again: a stopped sweep goes on when the\n"
        "same command is given again. Trainings are scored after every tenth epoch and the last (along one run after\n"
        "each). With --best-rank it also searches for the best embedding of each dimension, and splits every gap into\n"
        "the price of rank and the price of training.\n"
        "The paper's Figure 1, on the Penn Treebank as Mikolov prepared it:\n\n"
        "  jsmi sweep ptb.train.txt --tokenizer whitespace --min-count 5 \\\n"
        "       --dimensions 10,50,100,200 --epochs 1,5,20 --negatives 5 --json > figure1.json",
    ),
    "runs": (
        "look at stored results, compare, check, export and import them",
        "Trainings and searches stay in the store. An ID may be cut to its first digits.\n\n"
        "  jsmi runs list\n"
        "  jsmi runs compare 3f2a 91bc\n"
        "  jsmi runs export --out figure1.zip --with-corpus    then, elsewhere: jsmi runs import figure1.zip",
    ),
    "loss": (
        "where a stored model lost its information: by word, by context, by pair",
        "The gap of a stored training or search is a sum over all pairs of words. This sorts it: pairs that occur and\n"
        "pairs that never do, bands of frequency, the words and pairs that lost most. All of it adds up to the gap.\n\n"
        "  jsmi loss sample:lee 3f2a\n"
        "  jsmi loss sample:lee 3f2a --word war --top 50 --json",
    ),
    "table": (
        "information and bound of a small table of two variables",
        "What x tells about y in a joint table of 2 x 2 to 8 x 8 cells, given as any weights: the mutual information,\n"
        "JSMI (the bound of every score matrix, for the paper's noise p(y)), the capacity of the channel from class\n"
        "to pair, the posterior of each cell, and the best score of low ranks.\n\n"
        "  jsmi table 40-10_10-40 --negatives 5\n"
        "  jsmi table 3-1-1_1-3-1_1-1-3 --dimensions 1,2,3 --json",
    ),
    "score": (
        "what vectors from elsewhere hold: a file of word2vec, GloVe, fastText, or your own",
        "Scores vectors that were trained anywhere on a text, or on a table of pairs. With context vectors (in\n"
        "--contexts, or an .npz that has both) it prints the exact score S, the gap to the bound and the words\n"
        "that lost most. Of word vectors alone it computes D(X), the information decodable from them: the score\n"
        "with the best contexts that there are for these vectors and a constant, whichever program made them.\n"
        "Words that only one side has are left out of both, and how much is left is shown.\n\n"
        "  jsmi score sample:wikipedia glove.6B.100d.txt\n"
        "  jsmi score novel.txt words.bin --contexts contexts.bin --negatives 5\n"
        "  jsmi score items.npz --pairs loans.csv --json",
    ),
    "usefulness": (
        "word similarity and analogies of stored results, beside their gap",
        "Puts the word vectors of every stored result of a text to gensim's own tests: Spearman's correlation with\n"
        "people's ratings (WordSim-353, SimLex-999) and the share of analogies solved. Items with a word the text\n"
        "does not have are left out; small texts cover few. ± is the standard error that so many items leave.\n\n"
        "  jsmi usefulness sample:wikipedia\n"
        "  jsmi usefulness novel.txt --test simlex999 --balanced --json",
    ),
    "prove": (
        "check every statement of the paper on a text, a table or a stored training",
        "Computes equations (1) to (10), both theorems and the facts beside them in two ways that share nothing but\n"
        "the table they start from: by this program, and by plain loops over the definitions. Of a text, the most\n"
        "frequent words make the table, all others merged into one; JSMI is also computed on the whole text if plain\n"
        "loops take less than two seconds. Exit code 1 if a statement does not hold.\n\n"
        "  jsmi prove sample:lee --words 60\n"
        "  jsmi prove table:40-10_10-40 --negatives 1 --json",
    ),
    "export": (
        "write the vectors of a stored training to a file",
        "Writes the vectors of a stored training (see jsmi runs list; the first digits of its id are enough).\n\n"
        "  name.npz          NumPy arrays: words (V, d), contexts (V, d), vocabulary (V,)\n"
        "  name.txt, .vec    word2vec's text format: word vectors only, as gensim and others read it",
    ),
}

_SIZE = ("dimension", "epochs", "seed")
_LAW = ("noise", "noise_exponent")
_RATES = ("learning_rate", "minimum_learning_rate")
_LAWS = {
    "--windows": ("N,N,…", "largest distances of a pair, instead of --window"),
    "--noises": ("G,G,…", "where negatives come from: counts to these powers, or pairs, instead of --noise"),
}


def shell_parser() -> argparse.ArgumentParser:
    """The parser of all that stands behind `jsmi`."""
    whole = _Parser(
        prog="jsmi", description=_ABOUT, epilog=_EXITS, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    whole.add_argument("--version", action="version", version=f"jsmi {_version()}")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")

    app = _command(commands, "app")
    app.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    app.add_argument("--port", type=checks.number, help="(default 8501, or the next free one)")
    app.add_argument("--shared", action="store_true", help="others use it too, whatever it listens on")
    app.add_argument("--teacher-key", metavar="KEY", help="of a shared server (default: one is made up and printed)")
    app.add_argument("--no-browser", action="store_true", help="do not open a browser")
    _add_store(app)

    bound = _command(commands, "bound")
    _add_corpus(bound)
    _add_pairs(bound)
    bound.add_argument("more", nargs="*", metavar="FILE", help="more text files, read as if they were one text")
    _add_sampling(bound)
    ratio = bound.add_mutually_exclusive_group()
    _add_settings(ratio, "negatives")
    ratio.add_argument("--alpha", type=checks.number, metavar="A", help="any class ratio between 0 and 1, instead of K")
    _add_settings(bound, "noise_exponent")
    _add_paper(bound)
    bound.add_argument(
        "--memory",
        metavar="SIZE",
        help="count on disk, with at most this much memory beside the program and the vocabulary: 500MB, say (done by "
        "itself for several files, or one of 250 MB and more, with 2GB)",
    )
    _add_scheduler(bound, "have the pairs counted by the workers of this dask scheduler")
    _add_json(bound)

    train = _command(commands, "train")
    _add_corpus(train)
    _add_settings(train, *_SIZE, "negatives")
    _add_sampling(train)
    _add_settings(train, *_LAW, *_RATES)
    _add_paper(train)
    _add_settings(train, "workers")
    train.add_argument(
        "--best-rank", action="store_true", help="search for the best embedding of this dimension too (jsmi rank)"
    )
    train.add_argument("--out", metavar="FILE", help="write the vectors there too: .npz, .txt or .vec (jsmi export)")
    _add_store(train)
    _add_json(train)

    rank = _command(commands, "rank")
    _add_corpus(rank)
    _add_pairs(rank)
    _add_settings(rank, "dimension", "negatives")
    _add_sampling(rank)
    _add_settings(rank, *_LAW, "tolerance", of=RankConfig)
    _add_paper(rank)
    rank.add_argument(
        "--baselines", action="store_true", help="score other matrices too: PMI, two decompositions, constants"
    )
    _add_store(rank)
    _add_json(rank)

    sweep = _command(commands, "sweep")
    _add_corpus(sweep)
    for axis, setting in AXES.items():
        if axis != "windows":
            fact = fact_of(SGNSConfig, setting)
            _add(sweep, {f"--{axis}": (f"{fact.metavar},{fact.metavar},…", fact.shell_text)}, checks.numbers)
    sweep.add_argument(
        "--epochs-along-run",
        action="store_true",
        help="take the numbers of epochs as points along one training of the most of them, instead of trainings of "
        "their own, each with its own fall of the learning rate",
    )
    _add(sweep, _LAWS, checks.numbers)
    _add_sampling(sweep)
    _add_settings(sweep, *_LAW, *_RATES)
    _add_paper(sweep)
    sweep.add_argument(
        "--best-rank", action="store_true", help="search for the best embedding of each dimension too (jsmi rank)"
    )
    sweep.add_argument(
        "--drawn-pairs",
        action="store_true",
        help="score each training by the pairs that it drew too, as the paper's footnote 2 has it: a bound of its own, "
        "the exact score, and the sampled one (9) with its error",
    )
    sweep.add_argument(
        "--workers", type=checks.number, metavar="N", help="trainings at a time (default: one less than the processors)"
    )
    _add_scheduler(sweep, "run on the workers of this dask scheduler instead")
    _add_store(sweep)
    _add_json(sweep)

    _add_runs(_command(commands, "runs"))

    loss = _command(commands, "loss")
    _add_corpus(loss)
    loss.add_argument("id", metavar="ID", help="of a stored run of this text; its first digits are enough")
    loss.add_argument("--side", default="word", metavar="SIDE", help="word: input vectors (default); context: output")
    loss.add_argument("--law", default="word2vec", metavar="LAW", help="word2vec: its own noise (default); paper: p(y)")
    loss.add_argument("--word", metavar="WORD", help="the worst pairs of one word, and its neighbours")
    loss.add_argument("--top", type=checks.number, default=20, metavar="N", help="words and pairs to list (default 20)")
    _add_store(loss)
    _add_json(loss)

    score = _command(commands, "score")
    score.add_argument("corpus", metavar="TEXT", help="a text file or a sample; left out with --pairs")
    score.add_argument("vectors", metavar="VECTORS", help="word2vec text or binary, GloVe, .vec or .npz")
    _add_pairs(score)
    score.add_argument("--contexts", metavar="FILE", help="the context vectors, with their words")
    score.add_argument("--decode", action="store_true", help="compute D(X) where there are context vectors too")
    _add(score, {"--words": ("N", "measure on so many of the most frequent words only (default: all in common)")})
    score.add_argument("--top", type=checks.number, default=20, metavar="N", help="words to list (default 20)")
    _add_settings(score, "negatives")
    _add_sampling(score)
    _add_settings(score, *_LAW)
    _add_paper(score)
    _add_facts(score.add_argument_group("how the text is read"), READING)
    _add_json(score)

    useful = _command(commands, "usefulness")
    _add_corpus(useful)
    useful.add_argument("--test", metavar="NAME", help="wordsim353, simlex999 or analogies only (default: all)")
    useful.add_argument(
        "--balanced", action="store_true", help="vectors that the scores alone determine: U√Σ of x·y = UΣV'"
    )
    useful.add_argument("--bundled", action="store_true", help="the models that ship with the program too")
    _add_store(useful)
    _add_json(useful)

    prove = _command(commands, "prove")
    _add_corpus(prove)
    _add(prove, {"--words": ("N", "words that keep their own row in the table (default 40)")})
    _add_settings(prove, "negatives")
    prove.add_argument("--run", metavar="ID", help="take the vectors of this stored training of the text for m")
    prove.add_argument("--whole", action="store_true", help="on the whole text too, however long plain loops take")
    _add_sampling(prove)
    _add_paper(prove)
    _add_store(prove)
    _add_json(prove)

    table = _command(commands, "table")
    table.add_argument("table", metavar="TABLE", help="weights, 2 x 2 to 8 x 8: cells joined by -, rows by _")
    ratio = table.add_mutually_exclusive_group()
    _add_settings(ratio, "negatives")
    ratio.add_argument("--alpha", type=checks.number, metavar="A", help="any class ratio between 0 and 1, instead of K")
    _add(table, {"--dimensions": ("D,D,…", "search for the best score of these ranks too")}, checks.numbers)
    _add_json(table)

    export = _command(commands, "export")
    export.add_argument("id", metavar="ID")
    export.add_argument("--out", metavar="FILE", required=True, help="name.npz, name.txt or name.vec")
    _add_store(export)
    return whole


_ACTIONS = {
    "list": "one line for each result",
    "show": "all about results: settings, scores under each law, versions",
    "compare": "results side by side; scores of different laws are not subtracted",
    "delete": "remove results",
    "export": "write results (all of them, unless some are named) into one file: JSON and NumPy arrays with checksums",
    "import": "take in files that export wrote; what is stored already stays as it is",
    "verify": "check every stored file against its checksum",
}


def _add_runs(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for action, text in _ACTIONS.items():
        one = actions.add_parser(action, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if action in ("show", "compare", "delete"):
            one.add_argument("ids", nargs="+", metavar="ID", help="its first digits are enough")
        elif action == "export":
            one.add_argument("ids", nargs="*", metavar="ID", help="(default: all)")
            one.add_argument("--out", required=True, metavar="FILE", help="name.zip")
            one.add_argument("--with-corpus", action="store_true", help="the texts too, to compute the results again")
        elif action == "import":
            one.add_argument("files", nargs="+", metavar="FILE")
        elif action == "verify":
            one.add_argument("--recompute", metavar="ID", help="compute this result again too, and compare the numbers")
        _add_store(one)
        if action in ("list", "show", "compare", "verify"):
            _add_json(one)


class _Parser(argparse.ArgumentParser):
    """Takes ``--word=--`` for what it says; argparse itself drops the two dashes, and gives an empty list."""

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        if action.option_strings and arg_strings == ["--"]:
            return self._get_value(action, "--")  # type: ignore[attr-defined]
        return super()._get_values(action, arg_strings)  # type: ignore[misc]


def _command(commands: Any, name: str) -> argparse.ArgumentParser:
    short, long = _HELP[name]
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=short, description=long, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    return parser


def _add(parser: Any, options: dict[str, tuple[str, str]], parse: Any = None) -> None:
    """Add options that are left out of the result unless given, so that the library's own defaults hold."""
    for option, (metavar, text) in options.items():
        parser.add_argument(option, type=parse or checks.number, metavar=metavar, help=text, default=argparse.SUPPRESS)


def _add_settings(parser: Any, *names: str, of: type = SGNSConfig) -> None:
    """Options for settings of a training, or of a search."""
    facts = facts_of(of)
    _add_facts(parser, {name: facts[name] for name in names})


def _add_facts(parser: Any, facts: Mapping[str, Fact]) -> None:
    """Options made of the facts of parameters: ``--name VALUE``, or ``--name`` and ``--no-name`` of a switch."""
    for name, fact in facts.items():
        option = f"--{name.replace('_', '-')}"
        if fact.metavar is None:
            switch = argparse.BooleanOptionalAction
            parser.add_argument(option, action=switch, default=argparse.SUPPRESS, help=fact.shell_text)
        else:
            _add(parser, {option: (fact.metavar, fact.shell_text)})


def _add_corpus(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "corpus",
        metavar="CORPUS",
        help="a text file, - for standard input, or sample:wikipedia, sample:lee, sample:planted",
    )
    group = parser.add_argument_group("how the text is read")
    _add_facts(group, READING)


class _Instead(argparse.Action):
    """Given, it stands for a positional: none is asked for any more.

    An optional positional would be taken as left out as soon as an option stands before it.
    """

    def __call__(self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, *_: Any) -> None:
        setattr(namespace, self.dest, values)
        for positional in parser._get_positional_actions():
            positional.required = False


def _add_pairs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pairs",
        action=_Instead,
        metavar="FILE",
        help="take the law from a table of pairs instead of a text: CSV or TSV (x, y and perhaps a count), "
        "MatrixMarket, .npz of scipy.sparse, Parquet",
    )


def _add_sampling(parser: argparse.ArgumentParser) -> None:
    _add_settings(parser, "window", "subsample", "dynamic")


def _add_paper(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--paper",
        action="store_true",
        help="the paper's setting instead of word2vec's: --no-dynamic --subsample 0 --noise pairs",
    )


def _add_scheduler(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("--scheduler", metavar="tcp://HOST:PORT", help=f"{what} (pip install 'jsmi-explorer[cluster]')")


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")


def _add_store(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--store", metavar="FOLDER", help="where results are kept (default: $JSMI_STORE, else your "
                                                          "data folder)")  # fmt: skip


def _version() -> str:
    try:
        return version("jsmi-explorer")
    except PackageNotFoundError:
        return "(not installed)"
