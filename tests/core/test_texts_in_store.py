"""Two texts may have the same words in the same places: what else is known of them belongs to each alone."""

from __future__ import annotations

from pathlib import Path

from jsmi_core import Cell, JobQueue, SGNSConfig, Store, read_corpus
from jsmi_core.experiments import Result

FIRST = b"alpha beta alpha beta\nalpha beta gamma delta epsilon zeta"
SECOND = b"alpha beta alpha beta\nalpha beta"


def test_texts_with_the_same_kept_words_keep_their_own_facts(tmp_path: Path) -> None:
    first = read_corpus(FIRST, min_count=3, name="mine.txt")
    second = read_corpus(SECOND, min_count=1, name="yours.txt")
    assert first.digest == second.digest
    with Store(tmp_path) as store:
        keys = [store.save_text(text) for text in (first, second)]
        for key, text in zip(keys, (first, second), strict=True):
            found = store.text(key)
            assert (found.name, found.reading, found.notices) == (text.name, text.reading, text.notices)
            assert found.digest == text.digest
        assert len(set(keys)) == 2
        assert store.corpora() == (first.digest,)


def test_what_is_kept_under_a_digest_alone_names_nobodys_file(tmp_path: Path) -> None:
    text = read_corpus(FIRST, min_count=3, name="mine.txt")
    with Store(tmp_path) as store:
        store.save_text(text)
        for found in (
            store.corpus(text.digest),
            store.text(text.digest),
            store.text(f"{text.digest}.0123456789abcdef"),
        ):
            assert (found.name, found.reading, found.notices) == (f"corpus {text.digest[:6]}", None, ())
        assert b"mine.txt" not in (tmp_path / "corpora" / f"{text.digest}.npz").read_bytes()


def test_changed_facts_are_not_believed(tmp_path: Path) -> None:
    text = read_corpus(FIRST, min_count=3, name="mine.txt")
    with Store(tmp_path) as store:
        key = store.save_text(text)
        file = tmp_path / "corpora" / f"{key}.json"
        file.write_bytes(file.read_bytes().replace(b"mine", b"yours"))
        assert store.text(key).name == f"corpus {text.digest[:6]}"


def test_a_job_of_the_queue_bears_the_name_that_was_given(tmp_path: Path) -> None:
    texts = [read_corpus(FIRST, min_count=3, name="mine.txt"), read_corpus(SECOND, min_count=1, name="yours.txt")]
    with Store(tmp_path) as store, JobQueue(store, workers=1) as jobs:
        for seed, text in enumerate(texts):
            cell = Cell(text.digest, SGNSConfig(dimension=2, epochs=1, subsample=0, seed=seed))
            job = jobs.submit(cell, text)
            while (found := jobs.result(job, Result)) is None:
                assert jobs.status(job).state in ("queued", "running", "done")  # it may end between the two questions
            assert found.manifest.corpus_name == text.name
