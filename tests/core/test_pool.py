"""Work spread over an executor: what tasks share is sent once; the numbers are those of one process, bit for bit."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from jsmi_core.errors import ParameterError
from jsmi_core.pairs.cooccurrence import PairSampling, expected_pairs
from jsmi_core.runtime.pool import Pool
from jsmi_core.runtime.threads import one_thread, thread_count
from jsmi_core.text.corpus import Corpus


def text(seed: int, size: int) -> Corpus:
    rng = np.random.default_rng(seed)
    return Corpus.from_sentences(
        [[f"w{i}" for i in rng.zipf(1.2, rng.integers(1, 40)) % size] for _ in range(20 * size)], name="random"
    )


CORPUS = text(1, 1_200)
SAMPLING = PairSampling(window=4, subsample=1e-3)


@pytest.fixture(scope="module", params=["threads", "processes"])
def pool(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    if request.param == "threads":
        with ThreadPoolExecutor(3) as executor:
            yield Pool(executor, slots=3)
    else:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
            yield Pool(executor, tmp_path_factory.mktemp("shared"))


def test_pairs_counted_elsewhere_are_the_same_to_the_last_bit(pool: Pool) -> None:
    here, there = expected_pairs(CORPUS, SAMPLING), expected_pairs(CORPUS, SAMPLING, pool=pool)
    assert len(CORPUS.vocabulary) > 1_000
    for part in ("data", "indices", "indptr"):
        assert getattr(here.counts, part).tobytes() == getattr(there.counts, part).tobytes()


class Spy(Executor):
    """Runs a task at once and remembers what it was handed."""

    def __init__(self) -> None:
        self.handed: list[object] = []

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]
        self.handed.append(args[3])
        future: Future[object] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
        return future


def first_word(corpus: Corpus, place: int) -> str:
    return corpus.vocabulary[place]


def test_a_corpus_is_left_in_the_folder_once_under_its_digest(tmp_path: Path) -> None:
    spy = Spy()
    corpus = text(3, 50)
    assert list(Pool(spy, tmp_path).map(first_word, corpus, [0, 1])) == list(corpus.vocabulary[:2])
    assert spy.handed == [str(tmp_path / f"{corpus.digest}.npz")] * 2
    (tmp_path / f"{corpus.digest}.npz").unlink()  # the worker has it in memory
    assert Pool(spy, tmp_path).submit(first_word, corpus, 0).result() == corpus.vocabulary[0]


def test_the_store_of_corpora_is_such_a_folder(tmp_path: Path) -> None:
    from jsmi_core.store.store import Store

    corpus = text(4, 50)
    with Store(tmp_path) as store:
        store.save_corpus(corpus)
        spy = Spy()
        Pool(spy, tmp_path / "corpora").submit(first_word, corpus, 0).result()
        assert spy.handed == [str(store.path / "corpora" / f"{corpus.digest}.npz")]


def test_a_worker_remembers_a_few_shared_things_only() -> None:
    from jsmi_core.runtime import pool

    for seed in range(10, 16):
        Pool(Spy()).submit(first_word, text(seed, 20), 0).result()
    assert len(pool._kept) == pool._MOST_KEPT


def refuse(corpus: Corpus, piece: int) -> int:
    if piece == 1:
        raise ParameterError("this piece is refused: choose another.")
    return piece


def test_an_error_in_a_task_is_raised_here(pool: Pool) -> None:
    found = pool.map(refuse, text(5, 20), [0, 1, 2])
    assert next(found) == 0
    with pytest.raises(ParameterError, match="this piece is refused"):
        next(found)


def threads_in_task(corpus: Corpus) -> tuple[int, set[int]]:
    return thread_count(), {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_a_task_has_one_thread(pool: Pool) -> None:
    here = os.environ.get("JSMI_THREADS")
    assert pool.submit(threads_in_task, text(6, 20)).result() == (1, {1})
    assert os.environ.get("JSMI_THREADS") == here


def test_blas_stays_at_one_thread_until_the_last_has_left() -> None:
    def blas() -> set[int]:
        return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}

    before = blas()
    entered, leave = threading.Event(), threading.Event()

    def other() -> None:
        with one_thread():
            entered.set()
            leave.wait(30)

    beside = threading.Thread(target=other)
    beside.start()
    entered.wait(30)
    with one_thread():
        assert thread_count() == 1
    assert blas() == {1}, "the other is still at work"
    leave.set()
    beside.join()
    assert blas() == before
