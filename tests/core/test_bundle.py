"""A bundle carries results between stores unchanged, and nothing else: no other file, no other numbers, no bomb."""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jsmi_core.errors import StoreError
from jsmi_core.experiments.comparison import same_numbers
from jsmi_core.experiments.records import CellResult, Result
from jsmi_core.experiments.run import run_cell
from jsmi_core.experiments.specs import Cell, RankCell, RankConfig
from jsmi_core.store.bundle import Imported, _check_sound, export_bundle, import_bundle
from jsmi_core.store.store import Store
from jsmi_core.text.corpus import Corpus
from jsmi_core.text.digest import content_digest, packed_words
from jsmi_core.training.config import SGNSConfig

CORPUS = Corpus.from_sentences([["to", "be", "or", "not", "to", "be"]] * 10, name="Hamlet")
CONFIG = SGNSConfig(dimension=2, epochs=2, subsample=0)
TRAINING = run_cell(Cell(CORPUS.digest, CONFIG), CORPUS)
SEARCH = run_cell(RankCell(CORPUS.digest, RankConfig.under(CONFIG)), CORPUS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a training, a search and their corpus."""
    with Store(tmp_path / "from") as opened:
        opened.save(TRAINING)
        opened.save(SEARCH)
        opened.save_corpus(CORPUS)
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "to") as opened:
        yield opened


@pytest.fixture
def bundle(store: Store) -> bytes:
    file = io.BytesIO()
    export_bundle(store, file, with_corpora=True)
    return file.getvalue()


def changed(bundle: bytes, change: Callable[[dict[str, bytes], dict[str, Any]], None], **settings: Any) -> bytes:
    """The bundle after a change of its entries and its list."""
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    listed = json.loads(entries["bundle.json"])
    change(entries, listed)
    if "bundle.json" in entries:
        entries["bundle.json"] = json.dumps(listed).encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **settings) as archive:
        for name, payload in entries.items():
            archive.writestr(name, payload)
    return file.getvalue()


def put(entries: dict[str, bytes], entry: dict[str, Any], payload: bytes) -> None:
    """Replace an entry and make its checksum fit, as somebody would who means it."""
    entries[entry["file"]] = payload
    entry["sha256"] = hashlib.sha256(payload).hexdigest()


def put_result(entries: dict[str, bytes], entry: dict[str, Any], result: Result) -> None:
    put(entries, entry, result.to_bytes())
    entry["record"] = result.to_dict()


# --- what goes in comes out -----------------------------------------------------------------------------------------


def test_results_and_corpora_arrive_unchanged(bundle: bytes, empty: Store) -> None:
    done = import_bundle(empty, bundle)
    assert done == Imported((TRAINING.id, SEARCH.id), (), (CORPUS.digest,), ())
    for sent in (TRAINING, SEARCH):
        arrived = empty.get(sent.id, Result)
        assert arrived.to_dict() == sent.to_dict()
        assert same_numbers(arrived, sent)
    assert empty.corpus(CORPUS.digest).digest == CORPUS.digest
    assert empty.corpus(CORPUS.digest).vocabulary == CORPUS.vocabulary


def test_importing_twice_changes_nothing(bundle: bytes, empty: Store) -> None:
    import_bundle(empty, bundle)
    files = {file: file.stat().st_mtime_ns for file in (empty.path / "arrays").iterdir()}
    assert import_bundle(empty, bundle) == Imported((), (TRAINING.id, SEARCH.id), (), ())
    assert {file: file.stat().st_mtime_ns for file in (empty.path / "arrays").iterdir()} == files


def test_chosen_results_without_their_text(store: Store, empty: Store, tmp_path: Path) -> None:
    done = export_bundle(store, tmp_path / "one.zip", [SEARCH.id])
    assert (done.results, done.corpora) == ((SEARCH.id,), ())
    assert import_bundle(empty, tmp_path / "one.zip").added == (SEARCH.id,)
    assert not empty.has_corpus(CORPUS.digest)


def test_the_list_is_json_and_the_rest_is_numpy(bundle: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        listed = json.loads(archive.read("bundle.json"))
        assert [entry["record"]["laws"] for entry in listed["results"]] == [
            TRAINING.to_dict()["laws"],
            SEARCH.to_dict()["laws"],
        ]
        for name in set(archive.namelist()) - {"bundle.json"}:
            with np.load(io.BytesIO(archive.read(name)), allow_pickle=False) as arrays:
                assert all(arrays[part].dtype.kind in "fiu" for part in arrays.files)


def test_a_run_of_other_numbers_stays_as_it_is(bundle: bytes, empty: Store) -> None:
    own = TRAINING.laws[0]
    other = replace(TRAINING, laws=(replace(own, score=own.score - 1e-3), TRAINING.laws[1]))
    empty.save(other)
    done = import_bundle(empty, bundle)
    assert done.added == (SEARCH.id,)
    assert len(done.refused) == 1
    assert f"the run {TRAINING.id} was left out because the store has other numbers under that id" in done.refused[0]
    assert empty.get(TRAINING.id).laws == other.laws


def test_the_same_run_computed_at_another_time_is_known(bundle: bytes, empty: Store) -> None:
    slower = replace(TRAINING, manifest=replace(TRAINING.manifest, seconds=99.0, date="2001-01-01T00:00:00+00:00"))
    empty.save(slower)
    assert import_bundle(empty, bundle).known == (TRAINING.id,)
    assert empty.get(TRAINING.id).manifest.seconds == 99.0


def test_what_is_not_there_cannot_be_exported(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no sound result abc is in"):
        export_bundle(store, tmp_path / "b.zip", ["abc"])
    (store.path / "corpora" / f"{CORPUS.digest}.npz").unlink()
    with pytest.raises(StoreError, match="read the text again"):
        export_bundle(store, tmp_path / "b.zip", with_corpora=True)
    with pytest.raises(StoreError, match="cannot be written"):
        export_bundle(store, tmp_path / "missing" / "b.zip")
    assert not list(tmp_path.glob("*.zip"))
    assert not list(tmp_path.glob("*.tmp"))


# --- bad entries are named, good ones kept --------------------------------------------------------------------------


def wrong_bytes(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    name = listed["results"][0]["file"]
    entries[name] = entries[name][:-9] + b"x" + entries[name][-8:]


def missing(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    del entries[listed["results"][0]["file"]]


def upwards(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    entry = listed["results"][0]
    entries["../../evil.npz"] = entries.pop(entry["file"])
    entry["file"] = "../../evil.npz"


def another_id(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    listed["results"][0]["id"] = "f" * 20


def another_record(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    listed["results"][0]["record"]["laws"][0]["score"] += 0.25


def no_array_file(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    put(entries, listed["results"][0], b"PK\x03\x04 no archive at all")


def compressed_arrays(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    file = io.BytesIO()
    np.savez_compressed(file, words=np.zeros((1_000_000, 100)))  # 800 MB in 0.8
    put(entries, listed["results"][0], file.getvalue())


def lying_header(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"shape": (10**9, 10**6), "fortran_order": False, "descr": "<f8"})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("words.npy", header.getvalue())
    put(entries, listed["results"][0], file.getvalue())


def pickled(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    file = io.BytesIO()
    np.savez(file, words=np.array([{"planted": 1}], dtype=object))
    put(entries, listed["results"][0], file.getvalue())


def other_sizes(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    manifest = replace(TRAINING.manifest, vocabulary_size=3)
    put_result(entries, listed["results"][0], replace(TRAINING, manifest=manifest))


def impossible_gap(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    own = replace(TRAINING.laws[0], score=TRAINING.laws[0].bound + 1, gap=-1.0)
    put_result(entries, listed["results"][0], replace(TRAINING, laws=(own, TRAINING.laws[1])))


def not_a_number(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    own = replace(TRAINING.laws[0], mutual_information=math.nan)
    put_result(entries, listed["results"][0], replace(TRAINING, laws=(own, TRAINING.laws[1])))


def words_for_numbers(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    manifest = replace(TRAINING.manifest, seconds="<script>")
    put_result(entries, listed["results"][0], replace(TRAINING, manifest=manifest))


def half_a_name(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    manifest = replace(TRAINING.manifest, corpus_name="half\ud83d")
    put_result(entries, listed["results"][0], replace(TRAINING, manifest=manifest))


def shortened_history(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    put_result(entries, listed["results"][0], replace(TRAINING, history=TRAINING.history[:1]))


def one_law(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    put_result(entries, listed["results"][0], replace(TRAINING, laws=TRAINING.laws[:1]))


def undrawn_pairs(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    drawn = replace(TRAINING.own, law="drawn")
    put_result(entries, listed["results"][0], replace(TRAINING, laws=(*TRAINING.laws, drawn)))


def uneven_gap(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
    put_result(entries, listed["results"][0], replace(TRAINING, gap_by_word=TRAINING.gap_by_word * 2))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (wrong_bytes, "Bad CRC-32|checksum does not fit"),
        (missing, "no item named"),
        (upwards, "'../../evil.npz' is not the name of an entry"),
        (another_id, "not the result that the bundle's list says"),
        (another_record, "not the result that the bundle's list says"),
        (no_array_file, "not a result"),
        (compressed_arrays, "it is compressed"),
        (lying_header, "'words.npy' is not as long as it says"),
        (pickled, "it holds objects"),
        (other_sizes, "shapes that its record says"),
        (impossible_gap, "score, gap and bound do not fit"),
        (not_a_number, "mutual_information is not of type float"),
        (words_for_numbers, "seconds is not of type float"),
        (half_a_name, "corpus_name is not of type str"),
        (shortened_history, "does not tell of every epoch"),
        (one_law, "its laws are others"),
        (undrawn_pairs, "its laws are others"),
        (uneven_gap, "does not add up to its gap"),
    ],
)
def test_a_bad_result_is_named_and_the_others_arrive(
    bundle: bytes, empty: Store, tmp_path: Path, change: Callable[..., None], reason: str
) -> None:
    before = set(tmp_path.rglob("*evil*"))
    done = import_bundle(empty, changed(bundle, change))
    assert (done.added, done.corpora) == ((SEARCH.id,), (CORPUS.digest,))
    assert len(done.refused) == 1
    assert re.search(reason, done.refused[0])
    assert done.refused[0].endswith(".")
    assert empty.get(SEARCH.id, Result) is not None
    assert not empty.has(TRAINING.id)
    assert set(tmp_path.rglob("*evil*")) == before


def test_a_bad_corpus_is_named_and_the_results_arrive(bundle: bytes, empty: Store) -> None:
    def another_text(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
        put(entries, listed["corpora"][0], Corpus.from_sentences([["a", "b"]]).to_bytes())

    done = import_bundle(empty, changed(bundle, another_text))
    assert (len(done.added), done.corpora) == (2, ())
    assert done.refused == (
        f"the corpus {CORPUS.digest[:12]} was left out because it is not the corpus that its name says.",
    )


@pytest.mark.parametrize(
    ("change", "arrives"),
    [
        ({}, True),
        ({"notices": ["half\ud83d"]}, False),
        ({"reading": {"tokenizer": "words"}}, False),
        ({"name": "half\ud83d"}, True),  # a name is made printable
        ({"words": ("aa", "aa")}, False),
    ],
)
def test_a_corpus_that_no_reading_gives_is_left_out(
    bundle: bytes, empty: Store, change: dict[str, Any], arrives: bool
) -> None:
    base = Corpus.from_sentences([["aa", "bb", "aa"]])
    words = change.get("words", base.vocabulary)
    digest = content_digest(words, *((len(part), [part]) for part in (base.ids, base.offsets)))

    def tampered(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
        with np.load(io.BytesIO(base.to_bytes())) as arrays:
            parts = dict(arrays)
        record = json.loads(parts["record"].tobytes()) | {"digest": digest} | change
        letters, lengths = packed_words(words)
        packed = np.frombuffer(json.dumps(record).encode(), np.uint8)
        np.savez(file := io.BytesIO(), **{**parts, "record": packed, "letters": letters, "lengths": lengths})
        listed["corpora"][0]["digest"] = digest
        put(entries, listed["corpora"][0], file.getvalue())

    done = import_bundle(empty, changed(bundle, tampered))
    assert (len(done.added), done.corpora) == (2, (digest,) if arrives else ())
    assert len(done.refused) == (not arrives)
    if arrives:
        empty.corpus(digest).name.encode()


def test_an_entry_that_the_list_does_not_name_is_named(bundle: bytes, empty: Store) -> None:
    done = import_bundle(empty, changed(bundle, lambda entries, _: entries.update({"/etc/planted": b"x"})))
    assert len(done.added) == 2
    assert done.refused == ("the entry '/etc/planted' was left out because the bundle's list does not name it.",)


# --- what is no bundle at all ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda entries, listed: entries.pop("bundle.json"),
        lambda entries, listed: listed.pop("results"),
        lambda entries, listed: listed.update(format="zip"),
        lambda entries, listed: listed.update(schema="1"),
        lambda entries, listed: listed["results"].append([]),
        lambda entries, listed: listed["results"][0].update(file=7),
    ],
)
def test_a_damaged_list_is_refused(bundle: bytes, empty: Store, change: Callable[..., None]) -> None:
    with pytest.raises(StoreError, match="this is not a bundle of results"):
        import_bundle(empty, changed(bundle, change))


@pytest.mark.parametrize("number", ["schema", "law"])
def test_another_version_is_refused_in_one_sentence(bundle: bytes, empty: Store, number: str) -> None:
    newer = changed(bundle, lambda entries, listed: listed.update({number: listed[number] + 1}))
    with pytest.raises(StoreError, match="this bundle is of another version"):
        import_bundle(empty, newer)


def test_a_bomb_is_refused_before_it_grows(bundle: bytes, empty: Store) -> None:
    def bomb(entries: dict[str, bytes], listed: dict[str, Any]) -> None:
        entries["results/" + "0" * 20 + ".npz"] = bytes(50_000_000)

    packed = changed(bundle, bomb, compression=zipfile.ZIP_DEFLATED)
    assert len(packed) < 200_000
    with pytest.raises(StoreError, match="it is compressed"):
        import_bundle(empty, packed)


def test_entries_larger_than_the_file_are_refused(bundle: bytes, empty: Store) -> None:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        info = archive.getinfo("bundle.json")
        size = info.file_size.to_bytes(4, "little")
    directory = bundle.rindex(b"PK\x01\x02")
    claimed = bundle[:directory] + bundle[directory:].replace(size, (10**9).to_bytes(4, "little"))
    with pytest.raises(StoreError, match="larger than the whole"):
        import_bundle(empty, claimed)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_entries_of_one_name_are_refused(bundle: bytes, empty: Store) -> None:
    file = io.BytesIO(bundle)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("bundle.json", b"{}")
    with pytest.raises(StoreError, match="two of its entries have one name"):
        import_bundle(empty, file.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"\x80\x04\x95pickle."])
def test_other_files_are_refused(empty: Store, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(StoreError, match="this is not a bundle of results"):
        import_bundle(empty, content)
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(StoreError, match="this is not a bundle of results"):
        import_bundle(empty, tmp_path / "file")


def test_a_missing_file_is_told(empty: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        import_bundle(empty, tmp_path / "nothing.zip")


def test_flipped_bits_never_arrive(bundle: bytes, tmp_path: Path) -> None:
    """Whatever bit of the bundle flips: what is imported is what was exported."""
    rng = np.random.default_rng(1)
    for number, place in enumerate(rng.integers(0, len(bundle), 60)):
        flipped = bytearray(bundle)
        flipped[place] ^= 1 << rng.integers(0, 8)
        with Store(tmp_path / str(number)) as store:
            try:
                done = import_bundle(store, bytes(flipped))
            except StoreError:
                continue
            for cell_id in done.added:
                sent: Result = TRAINING if cell_id == TRAINING.id else SEARCH
                assert same_numbers(store.get(cell_id, Result), sent)


def test_same_numbers_sees_every_array() -> None:
    assert same_numbers(TRAINING, CellResult.from_bytes(TRAINING.to_bytes()))
    assert not same_numbers(TRAINING, SEARCH)
    assert not same_numbers(TRAINING, replace(TRAINING, embedding=None))
    assert not same_numbers(TRAINING, replace(TRAINING, gap_by_word=np.nextafter(TRAINING.gap_by_word, 1)))


@pytest.mark.parametrize(
    ("unsound", "reason"),
    [
        (replace(TRAINING, manifest=replace(TRAINING.manifest, versions={"numpy": 2})), "its versions are no words"),
        (replace(TRAINING, laws=TRAINING.laws[::-1]), "its laws are others"),
    ],
)
def test_records_that_no_computation_of_ours_gives_are_refused(unsound: CellResult, reason: str) -> None:
    _check_sound(TRAINING)
    with pytest.raises(ValueError, match=reason):
        _check_sound(unsound)
