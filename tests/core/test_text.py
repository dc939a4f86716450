"""Bytes → text: kinds, compression, encodings. The ids B02 … B13 name the rows of the robustness table."""

import bz2
import gzip
import io
import os
import tarfile
import zipfile
from collections import deque

import numpy as np
import pytest

from jsmi_core.errors import CorpusError, ParameterError
from jsmi_core.text.corpus import read_corpus
from jsmi_core.text.encodings import check_encoding
from jsmi_core.text.stream import TextStream

PLAIN = "The naïve café.\nÆsir — and Ωmega, twice.\n"


def text_of(source, encoding=None):
    return "".join(TextStream(source, encoding))


def refusal(source, encoding=None):
    with pytest.raises(CorpusError) as caught:
        text_of(source, encoding)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


def zipped(members):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def tarred(content):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo("a.txt")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


# -- kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\nendless", "PDF"),
        (zipped({"[Content_Types].xml": "x", "word/document.xml": "x"}), "a Word document"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"\xff\xd8\xff\xe0....", "JPEG"),
        (b"\x7fELF....", "program"),
        (b"{\\rtf1 hello}", "RTF"),
        (tarred(b"plain text"), "tar"),
        (b"7z\xbc\xaf\x27\x1c....", "7-zip"),
        (bytes(range(32)) * 20, "binary data"),
        (np.random.default_rng(0).bytes(5_000), "binary data"),
        ("Ω".encode() + b"\x00\x01\x02\x03", "binary data"),
    ],
)
def test_b02_binary_kinds_are_named(content, kind):
    message = refusal(content)
    assert kind in message
    assert "give plain text" in message


def test_b02_a_binary_is_refused_whatever_encoding_it_is_given():
    assert "binary data" in refusal(bytes(range(256)) * 20, "latin-1")


def test_b02_utf16_without_its_mark_is_recognised():
    assert "utf-16-le" in refusal("plain words".encode("utf-16-le"))
    assert "utf-16-be" in refusal("plain words".encode("utf-16-be"))


def test_b13_pickles_in_disguise_are_refused_by_content(tmp_path):
    import pickle

    disguised = tmp_path / "innocent.txt"
    for protocol in range(2, 6):
        disguised.write_bytes(pickle.dumps({"word": [1, 2]}, protocol=protocol))
        assert "pickle" in refusal(disguised)
    np.save(tmp_path / "array.npy", np.array([{"word": 1}], dtype=object), allow_pickle=True)
    assert "NumPy" in refusal(tmp_path / "array.npy")
    np.savez(tmp_path / "arrays.npz", a=np.zeros(3))
    assert "zip" in refusal(tmp_path / "arrays.npz")


# -- encodings --------------------------------------------------------------------------------------------------------


def test_b03_invalid_utf8_names_byte_line_and_choice():
    message = refusal(b"first line\nna\xefve")
    assert "at byte 13 (line 2, byte 0xEF)" in message
    assert "as cp1252 it reads “naïve”" in message
    assert 'encoding="cp1252"' in message
    assert text_of(b"na\xefve", "latin-1") == "naïve"


@pytest.mark.parametrize("before", [5, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_b03_the_offset_is_right_across_pieces(before):
    content = b"a" * (before - 1) + b"\n" + b"\xe2\x82 rest"  # the first two bytes of a letter of three
    assert f"at byte {before:,} (line 2," in refusal(content)


def test_b03_a_letter_cut_at_the_end_is_an_error():
    assert "at byte 3 " in refusal(b"abc\xe2\x82")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_b04_a_byte_order_mark_is_obeyed(encoding):
    stream = TextStream(PLAIN.encode(encoding))
    assert "".join(stream) == PLAIN
    assert stream.encoding == encoding


def test_b04_big_endian_mark():
    assert text_of(b"\xfe\xff" + PLAIN.encode("utf-16-be")) == PLAIN


@pytest.mark.parametrize(
    "encoding", ["no-such", "hex", "zlib", "rot13", "idna", "unicode_escape", "utf-7", "", "utf-8\0", 8]
)
def test_unknown_encodings_are_refused(encoding):
    with pytest.raises(ParameterError, match=r"^encoding = "):
        TextStream(b"text", encoding)


def test_known_encodings_pass():
    for encoding in ("utf-8", "latin-1", "utf-16", "cp1252", "shift_jis", "koi8-r"):
        assert check_encoding(encoding) == encoding


# -- compression ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_packed_text_is_unpacked(pack, tmp_path):
    file = tmp_path / "text.anything"
    file.write_bytes(pack(PLAIN.encode("utf-16")))
    stream = TextStream(file)
    assert "".join(stream) == PLAIN
    assert stream.bytes_read == len(PLAIN.encode("utf-16"))


@pytest.mark.parametrize("letter", [b"a", b" ", b"\n"])
@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_b10_bombs_are_refused_early(pack, letter, monkeypatch):
    monkeypatch.setattr("jsmi_core.text.stream.EXPANDED_BYTES", 16 << 20)
    stream = TextStream(pack(letter * (24 << 20)))
    with pytest.raises(CorpusError, match="as no real text does: unpack it yourself"):
        deque(stream, maxlen=0)
    assert stream.bytes_read <= 16 << 20


def test_b10_repetitive_but_honest_text_passes():
    content = b"".join(b"line %d of a table\n" % (number % 1000) for number in range(500_000))
    assert len(text_of(gzip.compress(content))) == len(content)


def test_b10_the_size_of_any_text_is_bounded(monkeypatch):
    monkeypatch.setattr("jsmi_core.text.stream.MAXIMUM_BYTES", 1_000)
    assert "more than 1,000 bytes" in refusal(b"word " * 300)


@pytest.mark.parametrize("inner", [gzip.compress, bz2.compress, lambda content: zipped({"a": content}), tarred])
@pytest.mark.parametrize("outer", [gzip.compress, bz2.compress])
def test_b10_nested_archives_are_refused(outer, inner):
    assert "archive" in refusal(outer(inner(PLAIN.encode())))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_damaged_archives_are_refused(pack):
    packed = pack(np.random.default_rng(0).integers(97, 122, 100_000).astype(np.uint8).tobytes())
    assert "damaged" in refusal(packed[: len(packed) // 2])
    flipped = bytearray(packed)
    flipped[len(packed) // 2] ^= 0xFF
    assert "damaged" in refusal(flipped)


# -- sources ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_b12_only_regular_files_are_read(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    assert "not a regular file" in refusal(tmp_path / "fifo")
    assert "not a regular file" in refusal("/dev/zero")
    assert "folder" in refusal(tmp_path)
    assert "the file 'missing.txt' does not exist" in refusal(tmp_path / "missing.txt")
    assert "does not exist" in refusal("nul\0byte")
    assert len(refusal("x" * 10_000)) < 300


def test_other_types_are_refused():
    assert "bytes" in refusal(["a", "list"])


def test_the_file_is_closed_when_it_is_refused(tmp_path):
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.7")
    refusal(file)  # an open file would warn here, and warnings are errors


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_b04_a_named_encoding_without_the_byte_order_that_it_needs(encoding):
    content = "which byte comes first?".encode(f"{encoding}-le")
    told = rf'does not decode as {encoding} \(it does not start .*\): save it as UTF-8 or .* encoding="{encoding}-le"'
    with pytest.raises(CorpusError, match=told):
        read_corpus(content, encoding=encoding)
    with pytest.raises(CorpusError, match=r"does not decode as UTF_.* name the order of its bytes"):
        read_corpus(content, encoding=encoding.upper().replace("-", "_"))


@pytest.mark.skipif(os.name == "nt", reason="on Windows an owner may read every file")
def test_b12_a_file_that_may_not_be_read(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("some words")
    file.chmod(0)
    user = os.geteuid()
    try:
        if user == 0:  # root may read everything: be nobody for a moment
            os.seteuid(65534)
        with pytest.raises(CorpusError, match=r"'text.txt' may not be read: give the path of a text file"):
            read_corpus(file)
    finally:
        os.seteuid(user)
