"""What is no prose says so before it is counted, wherever in the text it begins; prose does not."""

import base64
import json
import random

import pytest

from jsmi_core.text.corpus import Corpus, read_corpus
from jsmi_core.text.large import read_large_corpus
from jsmi_core.text.prose import SAMPLE, unspaced
from jsmi_core.text.samples import SAMPLES, sample_corpus

STORY = "the old man and his dog walked slowly along the river until they came to a small house where nobody lived"
WORDS = STORY.split(" ")
CHOICE = random.Random(0)


def words(number):
    return " ".join(CHOICE.choice(WORDS) for _ in range(number))


def lines(number, made):
    return "".join(made(place) + "\n" for place in range(number))


PROSE = lines(
    60, lambda place: f"{words(9).capitalize()}, {words(6)}; and “{words(4)}” — {words(5)} (in {1900 + place})."
)
PLAY = lines(40, lambda place: f"ROMEO: {words(8)}!\nJULIET: {words(5)}?")
LETTERS = lines(30, lambda place: f"Dear Sir,\n{words(30)}.\nYours, A. B. & Co., 12/3/1901, £3 10s 6d (paid)")

NOT_PROSE = {
    "HTML or XML": lines(20, lambda place: f"<p class='x'>{words(9)} <b>{words(1)}</b></p>"),
    "HTML or XML ": "<?xml version='1.0'?><doc>" + lines(9, lambda place: f"<w id='{place}'>{words(2)}</w>") + "</doc>",
    "HTML": lines(20, lambda place: f"{words(9)}&nbsp;{words(2)} &amp; {words(4)}&#8217;s &eacute;t&eacute;"),
    "JSON": lines(20, lambda place: json.dumps({"id": place, "text": words(9), "author": words(2)})),
    "a table with columns parted by commas": lines(30, lambda place: f'{place},"{words(4)}, {words(2)}",0.5'),
    "a table with columns parted by tabs": lines(30, lambda place: f"{words(1)}\tNN\t{words(1)}"),
    "a table with columns parted by semicolons": lines(30, lambda place: f"{words(1)};{words(2)};{words(3)}"),
    "LaTeX": "\\documentclass{article}\\begin{document}"
    + lines(20, lambda place: f"\\section{{{words(2)}}} {words(12)} \\cite{{knuth{place}}} \\emph{{{words(2)}}}"),
    "program source": lines(12, lambda place: f"def f{place}(dog):\n    for x in dog:\n        x()\n    return dog\n"),
    "program source ": lines(12, lambda place: f"int f{place}(int dog) {{\n  if (dog > 0)\n    return dog;\n}}"),
    "subtitles": lines(20, lambda place: f"{place}\n00:00:{place:02},000 --> 00:00:{place + 1:02},500\n{words(8)}\n"),
    "subtitles ": "WEBVTT\n\n" + lines(20, lambda place: f"00:{place:02}.000 --> 00:{place:02}.900\n{words(8)}\n"),
    "RTF": "\ufeff \n{\\rtf1\\ansi " + lines(30, lambda place: f"\\pard\\f0\\fs24 {words(8)}\\par"),
    "base64 or other encoded data": lines(9, lambda _: base64.b64encode(CHOICE.randbytes(57)).decode()),
    "a log": lines(20, lambda place: f"2024-03-0{place % 9 + 1} 10:0{place % 10}:00,123 INFO server: {words(5)}"),
    "a log ": lines(20, lambda place: f"Mar  {place % 9 + 1} 10:00:0{place % 10} host sshd[{place}]: {words(5)}"),
    "a log  ": lines(20, lambda place: f'10.0.0.{place} - - [10/Oct/2000:13:55:36 -0700] "GET /{words(1)}" 200'),
    "a Markdown table": lines(20, lambda place: f"| {words(2)} | {words(3)} | {place} |"),
    "wiki or Markdown markup": lines(20, lambda place: f"[[{words(2)}|{words(1)}]] {words(9)} {{{{cite {words(1)}}}}}"),
    "wiki or Markdown markup ": lines(20, lambda place: f"{words(9)} [{words(2)}](https://x.org/{place}) {words(1)}"),
    "quoted-printable mail": lines(20, lambda place: f"{words(9)} caf=C3=A9 =\n{words(3)}"),
    "text that was once decoded wrongly": PROSE.replace("—", "é").encode().decode("cp1252", "replace"),
    "pieces of words": lines(20, lambda place: f"{words(3)} wal@@ ked slow@@ ly {words(2)}"),
    "pieces of words ": lines(20, lambda place: " ".join("▁" + word for word in words(9).split())),
    "a text with words broken at the ends of lines": lines(40, lambda place: f"{words(6)} to-\nmorrow {words(5)}"),
    "mostly numbers": lines(30, lambda place: " ".join([words(1), *(f"{CHOICE.gauss(0, 1):.6f}" for _ in range(9))])),
    "code or markup": "function a(){var b=[];return b||(c=>c[0])};" * 30,
}  # fmt: skip


def notices(text, **settings):
    corpus = read_corpus(text.encode(), min_count=1, **settings)
    assert read_large_corpus(text.encode(), min_count=1, **settings).notices == corpus.notices
    return corpus.notices


@pytest.mark.parametrize("kind", NOT_PROSE)
@pytest.mark.parametrize("tokenizer", ["unicode", "whitespace"])
def test_what_is_no_prose_is_named_with_what_to_do(kind, tokenizer):
    told = [notice for notice in notices(NOT_PROSE[kind], tokenizer=tokenizer) if "looks like" in notice]
    assert any(notice.startswith(f"the text looks like {kind.strip()} (") for notice in told), told
    assert all(": " in notice and not notice.endswith(".") for notice in told)


@pytest.mark.parametrize("kind", ["HTML or XML", "JSON", "LaTeX", "a log"])
def test_it_is_told_wherever_in_the_text_it_begins(kind):
    prose = PROSE * ((1 << 20) // len(PROSE))
    assert any(kind in notice for notice in notices(prose + NOT_PROSE[kind] * 300))


@pytest.mark.parametrize(
    "text", [PROSE, PLAY, LETTERS, PROSE.lower(), PROSE.upper(), "a < b and b > c, R&D; 3 * 4 = 12"]
)
def test_prose_is_not_mistaken(text):
    assert notices(text) == ()


def test_the_samples_are_prose():
    for name in SAMPLES:
        assert sample_corpus(name).notices == ()


def test_unk_is_seen_wherever_it_begins():
    late = "a word " * 160_000 + "<unk> here"
    assert [n for n in notices(late) if "<unk>" in n] == [
        'the text holds <unk>, so it seems tokenised already: tokenizer="whitespace" keeps it as it is'
    ]
    assert notices(late, tokenizer="whitespace")[0].startswith("sentences of")
    assert not any("HTML" in notice for notice in notices("<s> <unk> and <pad> </s>\n" * 99))


@pytest.mark.parametrize(
    "line", ["我们在这里学习信息论和词向量的关系", "ภาษาไทยไม่มีช่องว่างระหว่างคำ", "今日は天気がいいから散歩しましょう"]
)
def test_unspaced_scripts_are_seen_wherever_they_begin(line):
    late = "a few words of another kind\n" * 45_000 + (line + "\n") * 9_000
    assert any("no spaces between words" in notice for notice in notices(late))
    assert not any("no spaces" in notice for notice in notices("a few words of another kind\n" * 100 + line))


def test_segmented_text_is_not_mistaken():
    assert unspaced([("我们", 9), ("在", 5), ("这里", 3), ("学习", 2), ("信息论", 1)]) is None
    assert unspaced([]) is None
    assert Corpus.from_sentences([["我们在这里学习信息论"]]).notices == ()  # whoever gives words has segmented them


def test_looking_costs_little():
    """A bounded sample of each stretch is looked at, however long the text is."""
    from jsmi_core.text.prose import Impression

    impression = Impression(True)
    for _ in range(5):
        impression.look("<p>" * (1 << 20))
    assert 0 < impression.looked_at <= 5 * SAMPLE
