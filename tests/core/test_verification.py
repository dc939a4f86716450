"""A store is checked file by file, and a result is computed again: what is damaged or absent is told."""

from pathlib import Path

import pytest

from jsmi_core import Cell, Corpus, SGNSConfig, Store, run_cell
from jsmi_core.errors import StoreError
from jsmi_core.store.verification import Verified, recompute, verify

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 10)


def test_damaged_texts_and_results_are_counted_apart_from_sound_ones(tmp_path: Path) -> None:
    with Store(tmp_path) as store:
        result = run_cell(Cell(CORPUS.digest, SGNSConfig(dimension=2, epochs=1, subsample=0)), CORPUS)
        store.save(result)
        store.save_corpus(CORPUS)
        assert verify(store) == Verified(1, 1, ())
        for file in (*(tmp_path / "arrays").iterdir(), *(tmp_path / "corpora").iterdir()):
            file.write_bytes(file.read_bytes()[:-1])
        found = verify(store)
        assert (found.results, found.corpora) == (0, 0)
        run, text = found.damaged
        assert result.id in run
        assert f"the kept corpus {CORPUS.digest[:12]} was damaged and is set aside" in text
        assert verify(store) == Verified(0, 0, ())  # they are out of the way
        with pytest.raises(StoreError, match=rf"no sound result {result.id} is in .*: see jsmi runs list"):
            recompute(store, result.id)
