"""Packed texts: what people have (gzip with something behind it, a zip with one text), and what is refused."""

import bz2
import gzip
import io
import os
import zipfile
from contextlib import suppress

import pytest

from jsmi_core.errors import CorpusError
from jsmi_core.text.corpus import read_corpus
from jsmi_core.text.large import read_large_corpus
from jsmi_core.text.stream import TextStream
from jsmi_core.text.unpacking import printable

PLAIN = b"the cat sat on the mat\nthe dog lay on the log\n" * 3


def zipped(members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def encrypted(members):
    """As an archive with a password looks: bit 0 of the flags, in the entry and in the directory."""
    content = bytearray(zipped(members, zipfile.ZIP_STORED))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(signature)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(signature, place + 4)
    return bytes(content)


def refusal(content):
    with pytest.raises(CorpusError) as caught:
        "".join(TextStream(content))
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


# -- gzip and bzip2 ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
@pytest.mark.parametrize(
    "behind", [b"", b"\n", b"\r\n", b"\0" * 100, b"\0" * 200_000, b"\0" * 511 + b"\n", b"garbage" * 50]
)
def test_what_stands_behind_a_packed_text_is_passed_over(pack, behind):
    stream = TextStream(pack(PLAIN) + behind)
    assert "".join(stream).encode() == PLAIN
    garbage = len(behind.strip(b"\0"))
    assert bool(stream.notices) == (pack is gzip.compress and garbage > 0)
    if stream.notices:
        assert stream.notices == [f"bytes behind the end of the packed text, passed over: {garbage:,}"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_packed_parts_one_after_another_are_one_text(pack):
    parts = [os.urandom(70_000).hex().encode(), b"", PLAIN]
    packed = b"".join(map(pack, parts))
    assert "".join(TextStream(packed)).encode() == b"".join(parts)
    assert "damaged" in refusal(packed[:-5])


def test_zeros_between_parts_are_passed_over():
    assert "".join(TextStream(gzip.compress(PLAIN) + b"\0" * 1024 + gzip.compress(PLAIN))).encode() == 2 * PLAIN


def test_a_wrong_checksum_is_damage():
    packed = bytearray(gzip.compress(PLAIN))
    packed[-6] ^= 1
    assert "damaged" in refusal(packed)


@pytest.mark.parametrize("pack", [gzip.compress, lambda content: zipped({"a.txt": content})])
def test_a_very_regular_text_is_no_bomb(pack):
    content = b"the cat sat on the mat\n" * 900_000  # 20 MB, which grow a thousand times
    assert sum(map(len, TextStream(pack(content)))) == len(content)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lambda content: zipped({"a.txt": content})])
def test_bombs_are_refused_by_their_size(pack, monkeypatch):
    monkeypatch.setattr("jsmi_core.text.stream.EXPANDED_BYTES", 1 << 20)
    assert "grows more than 200 times when unpacked, to more than 1 MiB" in refusal(pack(b"a " * (1 << 20)))


# -- zip --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_with_one_text_is_that_text(method, tmp_path):
    file = tmp_path / "novel.zip"
    file.write_bytes(zipped({"folder/": b"", "folder/novel.txt": PLAIN}, method))
    corpus = read_corpus(file, min_count=1)
    assert corpus.digest == read_corpus(PLAIN, min_count=1).digest == read_large_corpus(file, min_count=1).digest
    assert (corpus.name, corpus.notices) == ("novel.zip", ())


def test_what_systems_put_beside_it_is_passed_over():
    junk = {
        "__MACOSX/._novel.txt": b"\0\5\x16\7",
        ".DS_Store": b"\0\0\0\1Bud1",
        "a/Thumbs.db": b"x",
        "._novel.txt": b"x",
    }
    assert "".join(TextStream(zipped({**junk, "novel.txt": PLAIN}))).encode() == PLAIN


def test_the_one_text_among_pictures_is_read_and_named():
    stream = TextStream(zipped({"cover.jpg": b"\xff\xd8\xff\xe0" + bytes(99), "novel.txt": PLAIN, "empty": b""}))
    assert "".join(stream).encode() == PLAIN
    assert stream.notices == ["of the archive's 3 files the one text was read, 'novel.txt'"]


def test_wide_text_in_a_zip():
    assert "".join(TextStream(zipped({"a.txt": "naïve".encode("utf-16"), "b.png": b"\x89PNG\r\n"}))) == "naïve"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped({"a.txt": PLAIN, "b.txt": PLAIN}), "a zip archive with 2 texts ('a.txt', 'b.txt'): unpack it"),
        (
            zipped({f"{n}.txt": PLAIN for n in range(9)}),
            "9 texts ('0.txt', '1.txt', '2.txt', '3.txt', '4.txt' and 4 more)",
        ),
        (zipped({"a.png": b"\x89PNG\r\n", "b.pdf": b"%PDF-1.7"}), "2 files and no text ('a.png', 'b.pdf')"),
        (zipped({}), "an empty zip archive"),
        (zipped({"folder/": b"", ".DS_Store": b"x"}), "an empty zip archive"),
        (zipped({"inner.zip": zipped({"a.txt": PLAIN})}), "an archive inside a zip archive"),
        (zipped({"inner.txt.gz": gzip.compress(PLAIN)}), "an archive inside a zip archive"),
        (gzip.compress(zipped({"a.txt": PLAIN})), "an archive inside a gzip archive"),
        (zipped({"a.pdf": b"%PDF-1.7"}), "a PDF document"),
        (encrypted({"a.txt": PLAIN}), "with a password"),
        (encrypted({"a.txt": PLAIN, "b.txt": PLAIN}), "2 texts"),
        (zipped({"[Content_Types].xml": "x", "xl/workbook.xml": "x"}), "an Excel table"),
        (zipped({"mimetype": "x", "META-INF/container.xml": "x"}), "an EPUB book"),
        (zipped({"words.npy": "x", "contexts.npy": "x"}), "a file of NumPy arrays (a zip archive)"),
        (zipped({"bundle.json": "{}"}), "a bundle of results, which `jsmi runs import` takes"),
        (zipped({"a.txt": PLAIN})[:-30], "a damaged zip archive"),
        (b"PK\x03\x04" + bytes(100), "a damaged zip archive"),
    ],
)
def test_other_zips_are_refused_in_a_sentence(content, said):
    assert said in refusal(content)


def test_a_zip_packed_in_a_way_that_nobody_here_unpacks():
    content = bytearray(zipped({"a.txt": PLAIN}))
    for signature, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        content[content.find(signature) + method] = 97
    assert "packed in an unusual way" in refusal(bytes(content))


def test_flipped_bits_in_a_zip_are_one_sentence_or_harmless():
    whole = zipped({"a.txt": PLAIN * 50, "b.png": b"\x89PNG\r\n"})
    for place in range(0, len(whole), 3):
        flipped = bytearray(whole)
        flipped[place] ^= 0x21
        with suppress(CorpusError):
            assert "".join(TextStream(flipped)).encode() == PLAIN * 50


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain name.txt", "plain name.txt"),
        ("naïve 日本.txt", "naïve 日本.txt"),
        ("caf\udce9.txt", "caf\\xe9.txt"),
        ("half\ud83d.txt", "half\\ud83d.txt"),
        ("two\nlines\x1b[31m.txt", "two\\nlines\\x1b[31m.txt"),
        ("a\u202etxt.exe", "a\\u202etxt.exe"),
    ],
)
def test_names_are_made_printable(name, shown):
    assert printable(name) == shown
    shown.encode()


def test_a_file_name_that_is_no_utf8_goes_everywhere(tmp_path):
    name = os.fsdecode(b"caf\xe9.txt")
    file = tmp_path / name
    file.write_bytes(PLAIN)
    for corpus in (read_corpus(file, min_count=1), read_large_corpus(file, min_count=1)):
        assert corpus.name == "caf\\xe9.txt"
    with pytest.raises(CorpusError, match=r"'gone.{2,3}xe9.txt' does not exist") as caught:
        read_corpus(tmp_path / os.fsdecode(b"gone\xe9.txt"))
    str(caught.value).encode()
