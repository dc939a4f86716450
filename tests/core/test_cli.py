"""The shell: same numbers and same sentences as the library, exit codes, nothing left running."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import fields, replace

import numpy as np
import psutil
import pytest

from jsmi_core import SGNSObjective, checks, expected_pairs, mutual_information, sample_corpus, unigram_noise
from jsmi_core.cli import arguments as shell, entry as cli
from jsmi_core.errors import JSMIError, ParameterError
from jsmi_core.experiments.records import CellResult, RankResult
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Grid, RankCell, RankConfig
from jsmi_core.pairs.sampling import PairSampling
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import read_corpus
from jsmi_core.training.config import SGNSConfig

PLAIN = ["--window", "2", "--subsample", "0"]


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    folder = tmp_path / "store"
    monkeypatch.setenv("JSMI_STORE", str(folder))
    return folder


@pytest.fixture
def text(tmp_path):
    file = tmp_path / "text.txt"
    lines = ["the cat sat on the mat", "the dog sat on the log", "a cat and a dog", "the mat and the log"]
    file.write_text("\n".join(lines * 30), encoding="utf-8")
    return str(file)


@pytest.fixture
def jsmi(capsys):
    def run(*arguments):
        code = cli.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def process(*arguments, **settings):
    command = [sys.executable, "-W", "error", "-m", "jsmi_core.cli", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings)


# -- bound ------------------------------------------------------------------------------------------------------------


def test_bound_gives_the_numbers_of_the_library(jsmi):
    code, out, _ = jsmi("bound", "sample:planted", "--negatives", 5, "--json")
    told = json.loads(out)
    corpus = sample_corpus("planted")
    joint = expected_pairs(corpus)
    paper = SGNSObjective(joint, 5)
    assert code == 0
    assert told["jsmi"] == paper.bound
    assert told["word2vec_bound"] == SGNSObjective(joint, 5, unigram_noise(corpus.counts)).bound
    assert told["mutual_information"] == mutual_information(joint)
    assert told["class_entropy"] == paper.class_entropy
    assert (told["vocabulary_size"], told["tokens"], told["pairs"]) == (278, len(corpus.ids), joint.pairs)
    assert told["corpus"]["digest"] == corpus.digest
    assert (told["negatives"], told["alpha"]) == (5, 1 / 6)
    assert set(told["seconds"]) == {"read", "count", "bound"}


def test_bound_passes_every_setting_on(jsmi, text):
    settings = ["--tokenizer", "whitespace", "--min-count", 1, "--window", 3, "--no-dynamic", "--subsample", "0.01"]
    _, out, _ = jsmi("bound", text, *settings, "--alpha", "0.3", "--noise-exponent", "1", "--json")
    told = json.loads(out)
    corpus = read_corpus(text, tokenizer="whitespace", min_count=1)
    joint = expected_pairs(corpus, PairSampling(3, False, 0.01))
    assert told["jsmi"] == SGNSObjective(joint, alpha=0.3).bound
    assert told["word2vec_bound"] == SGNSObjective(joint, alpha=0.3, noise=unigram_noise(corpus.counts, 1)).bound
    assert told["negatives"] is None


def test_bound_prints_nats_and_bits_and_notes_apart(jsmi, text):
    code, out, err = jsmi("bound", text, *PLAIN)
    assert code == 0
    assert re.search(r"JSMI.* 0\.\d{6} nats  0\.\d{6} bits", out)
    assert "reading" in err
    assert "reading" not in out


def test_bound_of_one_word_is_zero_b11(jsmi, tmp_path):
    file = tmp_path / "one.txt"
    file.write_text("word " * 20)
    _, out, _ = jsmi("bound", file, "--json")
    assert json.loads(out)["jsmi"] == 0


# -- train ------------------------------------------------------------------------------------------------------------


def test_train_shows_the_climb_and_stores_it(jsmi, text, store):
    code, out, _ = jsmi("train", text, *PLAIN, "--dimension", 4, "--epochs", 3)
    assert code == 0
    rows = [list(map(float, line.split())) for line in out.splitlines()[1:5]]
    assert [row[0] for row in rows] == [0, 1, 2, 3]
    assert all(score <= bound for _, score, bound, _, _ in rows)
    assert all(bound - score == pytest.approx(gap, abs=2e-6) for _, score, bound, gap, _ in rows)
    with Store(store) as opened:
        (result,) = opened.results()
    assert result.id in out
    assert result.cell.config == SGNSConfig(dimension=4, epochs=3, window=2, subsample=0)


def test_train_json_and_vectors(jsmi, text, tmp_path):
    arguments = ["train", text, *PLAIN, "--dimension", 4, "--epochs", 1, "--json"]
    code, out, err = jsmi(*arguments, "--out", tmp_path / "v.npz")
    first = json.loads(out)
    assert code == 0
    assert "epoch" in err
    with np.load(tmp_path / "v.npz", allow_pickle=False) as vectors:
        assert vectors["words"].shape == vectors["contexts"].shape == (9, 4)
        assert vectors["vocabulary"][0] == "the"
        words = vectors["words"]
    code, out, err = jsmi(*arguments, "--out", tmp_path / "v.txt")
    assert "trained before" in err
    assert json.loads(out) == first
    lines = (tmp_path / "v.txt").read_text("utf-8").splitlines()
    assert lines[0] == "9 4"
    assert [line.split()[0] for line in lines[1:]] == list(read_corpus(text).vocabulary)
    np.testing.assert_array_equal(np.array([line.split()[1:] for line in lines[1:]], np.float32), words)


def test_text_vectors_are_read_by_gensim(jsmi, text, tmp_path):
    from gensim.models import KeyedVectors

    jsmi("train", text, *PLAIN, "--dimension", 3, "--epochs", 1, "--out", tmp_path / "v.vec")
    assert KeyedVectors.load_word2vec_format(str(tmp_path / "v.vec"))["cat"].shape == (3,)


def test_train_splits_the_gap_from_the_training_on(jsmi, text):
    arguments = ["train", text, *PLAIN, "--dimension", 2, "--epochs", 2, "--best-rank"]
    code, out, _ = jsmi(*arguments, "--json")
    record = json.loads(out)
    split = record["split"]
    assert code == 0
    assert record["best_rank"]["cell"]["start"] == record["cell"]["config"]
    assert min(split["price_of_rank"], split["price_of_training"]) >= 0
    assert split["price_of_rank"] + split["price_of_training"] == pytest.approx(record["laws"][0]["gap"], rel=1e-9)
    code, out, err = jsmi(*arguments)
    assert "searched before" in err
    assert f"+ price of training, at least {split['price_of_training']:.6f}" in out


def test_a_wrong_out_is_told_before_the_training(jsmi, text, tmp_path, store):
    for out in ("v.bin", tmp_path / "nowhere" / "v.npz"):
        code, _, err = jsmi("train", text, "--out", out)
        assert code == 2
        assert err.startswith("jsmi: out = ")
    assert not store.exists()


def test_paper_setting(jsmi, text):
    _, out, _ = jsmi("train", text, "--paper", "--dimension", 2, "--epochs", 1, "--json")
    assert CellResult.from_dict(json.loads(out)).cell.config == SGNSConfig.paper(dimension=2, epochs=1)


# -- sweep, runs, export ----------------------------------------------------------------------------------------------


def test_sweep_trains_the_grid_once(jsmi, text, tmp_path, store):
    arguments = ["sweep", text, *PLAIN, "--dimensions", "2,4", "--epochs", "1, 2", "--negatives", "3", "--json"]
    code, out, err = jsmi(*arguments)
    first = json.loads(out)
    assert code == 0
    assert "4 trainings, 0 of them stored" in err
    corpus = read_corpus(text)
    grid = Grid((2, 4), (1, 2), (3,), base=SGNSConfig(window=2, subsample=0))
    results = [CellResult.from_dict(record) for record in first["results"]]
    assert [run.cell for run in results] == list(grid.cells(corpus.digest))
    assert all(law.score <= law.bound for run in results for law in run.laws)
    manifest = first["manifest"]
    assert manifest["corpus"]["digest"] == corpus.digest
    axes = {"dimensions": [2, 4], "epochs": [1, 2], "negatives": [3], "noises": [0.75], "windows": [2], "seeds": [1]}
    assert manifest["grid"] == {**axes, "epochs_as": "runs"}
    again = manifest["command"].split()[1:]
    code, out, err = jsmi(*again)
    assert "4 of them stored already" in err
    assert json.loads(out)["results"] == first["results"]
    assert json.loads(out)["manifest"]["command"] == manifest["command"]

    code, out, _ = jsmi(*arguments[:-1])
    assert code == 0
    assert [line.split()[2:6] for line in out.splitlines()[2:]] == [[d, e, "3", "1"] for d, e in _shapes(results)]

    code, out, _ = jsmi("runs", "list")
    assert len(out.splitlines()) == 2 + 4
    code, out, _ = jsmi("runs", "list", "--json")
    assert {run["id"] for run in json.loads(out)["results"]} == {run.id for run in results}
    code, out, _ = jsmi("runs", "show", results[0].id[:10])
    assert code == 0
    assert results[0].id in out
    assert "text.txt" in out
    code, _, _ = jsmi("export", results[0].id[:10], "--out", tmp_path / "v.npz")
    assert code == 0
    assert (tmp_path / "v.npz").is_file()
    code, _, _ = jsmi("runs", "delete", results[0].id, results[1].id)
    assert code == 0
    with Store(store) as opened:
        assert {run.id for run in opened.results()} == {run.id for run in results[2:]}


def test_sweep_splits_the_gaps_once_the_ranks_are_searched(jsmi, text):
    arguments = ["sweep", text, *PLAIN, "--dimensions", "2,3", "--epochs", "1,2", "--negatives", "3"]
    code, out, err = jsmi(*arguments, "--best-rank", "--json")
    told = json.loads(out)
    assert code == 0
    assert "4 trainings and 2 searches, 0 of them stored" in err
    assert "done: best of rank d = 3, k = 3" in err
    for run in told["results"]:
        split, own = run["split"], run["laws"][0]
        assert split["price_of_rank"] >= 0
        assert split["price_of_training"] > 0
        assert split["price_of_rank"] + split["price_of_training"] == pytest.approx(own["gap"], abs=1e-9)
    searches = [RankResult.from_dict(record) for record in told["best_rank"]]
    assert [run.cell.config.dimension for run in searches] == [2, 3]
    assert "--best-rank" in told["manifest"]["command"]

    code, out, err = jsmi(*arguments)  # what was searched before is shown without asking again
    assert code == 0
    assert "4 trainings, 4 of them stored" in err
    lines = [line.split() for line in out.splitlines()]
    assert lines[1][-4:] == ["rank", "≤", "train", "≥"]
    assert lines[2][-2:] == [
        f"{told['results'][0]['split'][price]:.5f}" for price in ("price_of_rank", "price_of_training")
    ]
    assert [line[2:4] for line in lines[-2:]] == [["2", "3"], ["3", "3"]]
    listed = jsmi("runs", "list")[1].splitlines()[-2:]
    assert {line.split()[0] for line in listed} == {run.id[:8] for run in searches}


def test_rank_gives_the_numbers_of_the_library_and_how_sure_they_are(jsmi, text, tmp_path):
    arguments = ["rank", text, *PLAIN, "--dimension", 2, "--negatives", 3]
    code, out, err = jsmi(*arguments, "--baselines", "--json")
    told = json.loads(out)
    assert code == 0
    assert "this takes about" in err
    config = RankConfig(dimension=2, negatives=3, window=2, subsample=0)
    expected = run_cell(RankCell(read_corpus(text).digest, config), read_corpus(text))
    assert told["id"] == expected.id
    assert told["laws"][0]["score"] == pytest.approx(expected.laws[0].score, rel=1e-9)
    assert told["split"]["best_known"] == told["laws"][0]["score"]
    assert told["certificate"]["converged"]
    assert [line["name"] for line in told["baselines"]][-1] == "zero matrix"

    code, out, err = jsmi(*arguments, "--baselines")
    assert "searched before" in err
    assert f"S*_2 ≥ {expected.laws[0].score:.6f}, price of rank at most" in out
    assert "lower bound" in out
    scores = [float(line.split()[-2]) for line in out.splitlines()[-7:]]
    assert scores == sorted(scores, reverse=True)

    code, out, _ = jsmi("runs", "show", expected.id[:9])
    assert "Converged after" in out
    assert jsmi("export", expected.id[:9], "--out", tmp_path / "v.npz")[0] == 0
    assert jsmi("runs", "delete", expected.id)[0] == 0
    assert jsmi("runs", "show", expected.id)[0] == 2


def test_sweep_reads_epochs_along_one_run(jsmi, text):
    arguments = ["sweep", text, *PLAIN, "--dimensions", 2, "--epochs", "1,3", "--epochs-along-run", "--best-rank"]
    code, out, err = jsmi(*arguments, "--json")
    told = json.loads(out)
    assert code == 0
    assert "1 trainings and 1 searches" in err
    (run,) = told["results"]
    assert told["manifest"]["grid"]["epochs_as"] == "checkpoints"
    assert "--epochs-along-run" in told["manifest"]["command"]
    assert run["cell"]["config"]["epochs"] == 3
    first, last = told["points"]
    assert (first["id"], last["id"]) == (f"{run['id']}@1", f"{run['id']}@3")
    assert [law["law"] for law in first["laws"]] == ["word2vec"]
    assert first["laws"][0]["score"] == run["history"][1]["score"] == first["split"]["score"]
    assert last["laws"] == run["laws"]
    lines = [line.split() for line in jsmi(*arguments)[1].splitlines()[2:4]]
    assert [line[3] for line in lines] == ["1", "3"]
    assert lines[0][9:12] == ["–", "–", "–"]
    assert lines[0][6] == f"{run['history'][1]['score']:.5f}"


def test_sweep_over_noises_and_windows_splits_each_law_by_itself(jsmi, text):
    arguments = ["--dimensions", 2, "--epochs", 1, "--noises", "0.75,pairs", "--windows", "1,2", "--best-rank"]
    code, out, err = jsmi("sweep", text, "--subsample", 0, *arguments, "--json")
    told = json.loads(out)
    assert code == 0
    assert "4 trainings and 4 searches" in err
    laws = {(run["cell"]["config"]["window"], run["laws"][0]["q"]) for run in told["results"]}
    assert laws == {(w, q) for w in (1, 2) for q in ("counts^0.75", "context marginal")}
    assert all(run["split"]["bound"] == run["laws"][0]["bound"] for run in told["results"])


@pytest.fixture
def ids(jsmi, text):
    """The ids of two trainings of one law, and of one with other negatives."""
    told = [json.loads(jsmi("sweep", text, *PLAIN, "--dimensions", "2,3", "--epochs", 1, "--negatives", k, "--json")[1])
            for k in (3, 2)]  # fmt: skip
    first, second = (run["id"] for run in told[0]["results"])
    return first, second, told[1]["results"][0]["id"]


def test_runs_compare_shows_what_differs_and_subtracts_within_one_law(jsmi, store, ids):
    first, second, other = ids
    code, out, err = jsmi("runs", "compare", first[:9], second[:9], other[:9], "--json")
    told = json.loads(out)
    assert code == 0
    with Store(store) as opened:
        scores = [opened.get(run).own.score for run in ids]
    assert told["settings"] == {"dimension": [2, 3, 2], "negatives": [3, 3, 2]}
    assert told["differences"]["word2vec"] == [0.0, scores[1] - scores[0], None]
    code, out, err = jsmi("runs", "compare", first, other)
    assert "their α differs: run both with one text" in err
    rows = {line[:22].strip(): line[22:].split() for line in out.splitlines()}
    assert (rows["negatives"], rows["S − S of first"]) == (["3", "2"], ["+0.000000", "–"])
    assert jsmi("runs", "compare", first)[0] == 2


def test_runs_travel_in_a_bundle_and_are_verified(jsmi, ids, store, tmp_path):
    file, elsewhere = tmp_path / "runs.zip", tmp_path / "elsewhere"
    assert jsmi("runs", "export", ids[0][:9], ids[1], "--with-corpus", "--out", file)[::2] == (
        0,
        f"jsmi: 2 results and 1 corpora written to {file}\n",
    )
    for told in ("2 results added, 0 known already, 1 corpora", "0 results added, 2 known already, 0 corpora"):
        code, _, err = jsmi("runs", "import", file, "--store", elsewhere)
        assert (code, told in err) == (0, True)
    assert jsmi("runs", "verify", "--store", elsewhere)[1] == "2 results and 1 corpora fit their checksums\n"
    code, out, _ = jsmi("runs", "verify", "--recompute", ids[0][:9], "--store", elsewhere, "--json")
    assert code == 0
    assert json.loads(out)["recomputed"]["same"]
    assert json.loads(out)["recomputed"]["differences"] == {"word2vec": 0.0, "paper": 0.0}

    (damaged,) = (elsewhere / "arrays").glob(f"{ids[0]}*")
    damaged.write_bytes(damaged.read_bytes()[:-1])
    code, out, err = jsmi("runs", "verify", "--store", elsewhere, "--json")
    assert (code, json.loads(out)["results"], len(json.loads(out)["damaged"])) == (4, 1, 1)
    assert "jsmi: 1 files were damaged; the first: the stored run" in err


def test_runs_import_names_what_it_leaves_out(jsmi, ids, store, tmp_path):
    file = tmp_path / "runs.zip"
    jsmi("runs", "export", "--out", file)
    with Store(store) as opened:
        sent = opened.get(ids[0])
        opened.delete(sent.id)
        own = replace(sent.laws[0], score=sent.laws[0].score - 1)
        opened.save(replace(sent, laws=(own, sent.laws[1])))
    code, _, err = jsmi("runs", "import", file)
    assert code == 4
    assert "0 results added, 3 known already" in err
    assert f"jsmi: 1 entries were left out; the first: the run {ids[0]} was left out because the store has other" in err


def test_runs_verify_tells_when_a_result_comes_out_differently(jsmi, ids, store):
    with Store(store) as opened:
        sent = opened.get(ids[0])
        opened.delete(sent.id)
        manifest = replace(sent.manifest, versions={**sent.manifest.versions, "numpy": "1.0"})
        own = replace(sent.laws[0], score=sent.laws[0].score - 1)
        opened.save(replace(sent, laws=(own, sent.laws[1]), manifest=manifest))
    code, out, err = jsmi("runs", "verify", "--recompute", ids[0])
    assert code == 5
    assert "computed again +1.0e+00 nats" in out
    assert f"run {ids[0]} came out with other numbers than the stored ones: it was numpy 1.0 then" in err


def test_rank_says_when_a_stored_run_is_better(jsmi, text, store):
    arguments = ["rank", text, *PLAIN, "--dimension", 3]
    jsmi(*arguments)
    with Store(store) as opened:
        (listed,) = opened.results(kind=RankResult)
        found = opened.get(listed.id, RankResult)
        better = replace(found.laws[0], score=found.laws[0].score + 1e-4)
        smaller = replace(found.cell, config=replace(found.cell.config, dimension=2))
        opened.save(replace(found, cell=smaller, laws=(better, found.laws[1])))
    assert f"a stored run of no higher rank scores {better.score:.6f}" in jsmi(*arguments)[1]


@pytest.mark.parametrize(
    ("option", "typed", "field"), [("--tolerance", "0", {"tolerance": 0}), ("--dimension", "x", {"dimension": "x"})]
)
def test_b16_search_parameters_get_the_librarys_sentence(jsmi, text, option, typed, field):
    with pytest.raises(ParameterError) as caught:
        RankConfig(**field)
    assert jsmi("rank", text, option, typed) == (2, "", f"jsmi: {caught.value}\n")


def _shapes(results):
    return [(str(run.cell.config.dimension), str(run.cell.config.epochs)) for run in results]


def test_unknown_and_ambiguous_ids(jsmi):
    assert jsmi("runs", "show", "abc")[::2] == (
        2,
        "jsmi: ID = 'abc' is not usable: no stored run begins so, see jsmi runs list.\n",
    )
    assert jsmi("export", "abc", "--out", "v.npz")[0] == 2
    for wrong in (["runs"], ["runs", "show"], ["runs", "list", "abc"], ["runs", "export"]):
        with pytest.raises(SystemExit) as refused:
            jsmi(*wrong)
        assert refused.value.code == 2


# -- what is wrong, in the library's own words ------------------------------------------------------------------------

WRONG = [
    ("--dimension", "0", {"dimension": 0}),
    ("--dimension", "2.5", {"dimension": 2.5}),
    ("--dimension", "many", {"dimension": "many"}),
    ("--negatives", "-1", {"negatives": -1}),
    ("--epochs", "1e3", {"epochs": 1000.0}),
    ("--window", "0", {"window": 0}),
    ("--workers", "0", {"workers": 0}),
    ("--subsample", "nan", {"subsample": float("nan")}),
    ("--subsample", "1", {"subsample": 1}),
    ("--learning-rate", "inf", {"learning_rate": float("inf")}),
    ("--noise-exponent", "-11", {"noise_exponent": -11}),
    ("--noise", "loud", {"noise": "loud"}),
    ("--seed", "-1", {"seed": -1}),
]


@pytest.mark.parametrize(("option", "typed", "field"), WRONG)
def test_b16_training_parameters_get_the_librarys_sentence(jsmi, text, option, typed, field):
    with pytest.raises(ParameterError) as caught:
        SGNSConfig(**field)
    assert jsmi("train", text, f"{option}={typed}") == (2, "", f"jsmi: {caught.value}\n")


@pytest.mark.parametrize(
    ("option", "typed", "field"),
    [
        ("--min-count", "0", {"min_count": 0}),
        ("--tokenizer", "x", {"tokenizer": "x"}),
        ("--encoding", "x", {"encoding": "x"}),
    ],
)
def test_b16_text_parameters_get_the_librarys_sentence(jsmi, text, option, typed, field):
    with pytest.raises(ParameterError) as caught:
        read_corpus(text, **field)
    code, out, err = jsmi("bound", text, option, typed)
    assert (code, out, err.splitlines()[-1]) == (2, "", f"jsmi: {caught.value}")


@pytest.mark.parametrize("typed", ["0", "1", "nan", "half"])
def test_b16_alpha(jsmi, text, typed):
    with pytest.raises(ParameterError) as caught:
        SGNSObjective(expected_pairs(read_corpus(text)), alpha=checks.number(typed))
    assert jsmi("bound", text, "--alpha", typed) == (2, "", f"jsmi: {caught.value}\n")


@pytest.mark.parametrize(("option", "typed", "field"), [("--dimensions", "10,,20", ""), ("--epochs", "1,x", "x")])
def test_b16_grids(jsmi, text, option, typed, field):
    with pytest.raises(ParameterError) as caught:
        Grid(**{option[2:]: (1, field)})
    assert jsmi("sweep", text, option, typed) == (2, "", f"jsmi: {caught.value}\n")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("b01.txt", b" ... "),
        ("b02.pdf", b"%PDF-1.7"),
        ("b03.txt", b"na\xefve"),
        ("b10.txt.gz", b"\x1f\x8b broken"),
        ("b11.txt", b"all words are rare"),
    ],
)
def test_bad_texts_get_the_librarys_sentence(jsmi, tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(JSMIError) as caught:
        read_corpus(file)
    code, out, err = jsmi("bound", file)
    assert (code, out, err.splitlines()[-1]) == (3, "", f"jsmi: {caught.value}")


def test_samples_take_no_encoding(jsmi):
    code, _, err = jsmi("bound", "sample:lee", "--encoding", "utf-8")
    assert code == 2
    assert "leave it out" in err
    assert jsmi("bound", "sample:none")[0] == 2


# -- help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", shell._HELP)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main([command, "--help"])
    assert caught.value.code == 0
    assert len(capsys.readouterr().out) > 300


def test_the_defaults_that_help_names_are_the_librarys(capsys):
    with pytest.raises(SystemExit):
        cli.main(["train", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    for field in fields(SGNSConfig):
        option = "--" + field.name.replace("_", "-")
        assert option in told
        if isinstance(field.default, (int, float)) and not isinstance(field.default, bool):
            assert re.search(rf"{option} \w [^-]*\(default {field.default:g}\)", told), option


def test_help_loads_nothing_heavy():
    script = (
        "import sys\nfrom jsmi_core import cli\n"
        "try: cli.main(['--help'])\nexcept SystemExit: pass\n"
        "heavy = {'numpy', 'gensim', 'numba', 'plotly', 'streamlit', 'scipy'} & set(sys.modules)\n"
        "sys.exit(1 if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, stdout=subprocess.DEVNULL)


# -- as a real process ------------------------------------------------------------------------------------------------


def test_bound_as_a_process(text):
    with process("bound", text, *PLAIN, "--json") as run:
        out, err = run.communicate(timeout=60)
    assert run.returncode == 0, err
    assert json.loads(out)["vocabulary_size"] == 9


def test_a_reader_that_leaves_early_is_no_error(text):
    with process("bound", text, "--json") as run:
        run.stdout.close()
        assert run.wait(60) == 0
        assert "Traceback" not in run.stderr.read()


interrupts = pytest.mark.skipif(os.name == "nt", reason="on Windows no process can press Ctrl-C for another one")


@interrupts
@pytest.mark.parametrize("stop", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_f08_training_stops_with_130(text, stop):
    with process("train", text, "--epochs", 100_000, "--dimension", 50) as run:
        while not re.match(r"\s+2 ", run.stdout.readline()):
            assert run.poll() is None
        run.send_signal(stop)
        assert run.wait(5) == 130
        assert run.stderr.read().splitlines()[-1] == "jsmi: stopped."


@interrupts
def test_f08_a_stopped_sweep_leaves_no_process_and_goes_on_later(text, store):
    arguments = ["sweep", text, *PLAIN, "--dimensions", "2,50", "--epochs", "1,100000", "--workers", 1]
    with process(*arguments, env={**os.environ, "JSMI_STORE": str(store)}) as run:
        while "1/4 done" not in run.stderr.readline():
            assert run.poll() is None
        workers = _children(run.pid)
        assert workers
        run.send_signal(signal.SIGINT)
        assert run.wait(5) == 130
        assert "the same command goes on from there" in run.stderr.read()
    assert not [pid for pid in workers if _alive(pid)]
    with Store(store) as opened:
        assert len(opened.results()) in (1, 2)


def _children(pid):
    return [child.pid for child in psutil.Process(pid).children()]


def _alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@interrupts
def test_f08_the_app_serves_and_stops(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # An empty home: the first start asks no question, of a person or of the network.
    home = {**os.environ, "HOME": str(tmp_path)}
    with process("app", "--port", port, "--no-browser", env=home, stdin=subprocess.DEVNULL) as run:
        try:
            deadline = time.monotonic() + 30
            while True:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1) as answer:
                        assert answer.read() == b"ok"
                        break
                except OSError:
                    assert run.poll() is None
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            run.send_signal(signal.SIGINT)
            assert run.wait(5) == 0
        finally:
            run.kill()


def test_b16_the_apps_port(jsmi):
    assert jsmi("app", "--port", "99999") == (
        2,
        "",
        "jsmi: port = 99999 is not usable: give a whole number from 1 to 65,535.\n",
    )
