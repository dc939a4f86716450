"""Texts in other encodings: refused with the byte, the likeliest encodings and what each makes of the place."""

import pickle

import numpy as np
import pytest
from hypothesis import given, strategies as st

from jsmi_core.errors import CorpusError
from jsmi_core.text.corpus import read_corpus
from jsmi_core.text.encodings import ENCODINGS, LIKELIEST, SAMPLE, EncodingError, check_encoding, guesses
from jsmi_core.text.stream import TextStream

# The first article of the Universal Declaration of Human Rights.
ARTICLE = {
    "ru": "Все люди рождаются свободными и равными в своём достоинстве и правах.\n",
    "uk": "Всі люди народжуються вільними і рівними у своїй гідності та правах.\n",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.\n",
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا\n",
    "he": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון.\n",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ\n",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。\n",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。\n",
    "tw": "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。\n",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다.\n",
    "en": "I don’t know — he said “hello” to the owner, and it’s naïve of me to think that we won’t go.\n",
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison.\n",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren, im Geist der Brüderlichkeit.\n",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni.\n",
    "cs": "Všichni lidé se rodí svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem.\n",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve "
    "birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler.\n",
}


def refusal(content, encoding=None):
    with pytest.raises(EncodingError) as caught:
        "".join(TextStream(content, encoding))
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *(("ru", name) for name in ("cp1251", "koi8_r", "cp866", "iso8859_5", "utf-16-le", "utf-16-be", "utf-32-le")),
        *(("uk", name) for name in ("cp1251", "utf-16-le")),
        *(("el", name) for name in ("cp1253", "iso8859_7")),
        *(("ar", name) for name in ("cp1256", "utf-16-be")),
        *(("he", name) for name in ("cp1255", "utf-16-le")),
        ("th", "cp874"),
        *(("ja", name) for name in ("cp932", "shift_jis", "euc_jp", "iso2022_jp", "utf-16-le")),
        *(("zh", name) for name in ("gb18030", "gb2312", "utf-16-le", "utf-16-be")),
        *(("tw", name) for name in ("big5", "utf-16-le")),
        *(("ko", name) for name in ("cp949", "euc_kr", "utf-16-le")),
        *(("en", name) for name in ("cp1252", "mac_roman", "utf-16-le", "utf-16-be", "utf-32-be")),
        *(("fr", name) for name in ("cp1252", "latin-1", "mac_roman")),
        *(("de", name) for name in ("cp1252", "latin-1", "cp850", "cp437")),
        *(("pl", name) for name in ("cp1250", "iso8859_2")),
        *(("cs", name) for name in ("cp1250", "iso8859_2")),
        ("tr", "cp1254"),
    ],
)
@pytest.mark.parametrize("times", [1, 200])
def test_one_of_the_likeliest_encodings_reads_rightly(language, encoding, times):
    text = ARTICLE[language] * times
    found = refusal(text.encode(encoding)).guesses
    assert 1 <= len(found) <= LIKELIEST
    right = [guess for guess in found if "".join(TextStream(text.encode(encoding), guess.encoding)) == text]
    assert right, [guess.encoding for guess in found]
    assert right[0].lines[0] == text.splitlines()[0][:200]
    assert right[0].place.strip() in text


@pytest.mark.parametrize(
    ("content", "place", "reading"),
    [
        (b"don\x92t", 3, "as cp1252 it reads “don’t”"),
        (b"first line\nna\xefve", 13, "as cp1252 it reads “naïve”"),
        ("я не знаю".encode("cp1251"), 0, "as cp1251 it reads “я не знаю”"),
        (b"a word " * 200_000 + b"caf\xe9", 1_400_003, "as cp1252 it reads “d a word café”"),
    ],
)
def test_the_message_says_where_and_what_each_encoding_makes_of_it(content, place, reading):
    message = str(refusal(content))
    assert f"at byte {place:,} (line {content[:place].count(10) + 1}, byte 0x{content[place]:02X})" in message
    assert reading in message
    assert 'name its encoding, for example encoding="' in message
    assert "latin-1" not in message  # which makes a control character of an apostrophe


def test_utf16_without_its_mark_is_refused_and_named():
    for order in ("utf-16-le", "utf-16-be"):
        for language in ("en", "ru", "zh"):
            assert f"seems to be {order} without a byte-order mark" in str(refusal(ARTICLE[language].encode(order)))


def test_a_named_encoding_that_does_not_fit_is_refused_too():
    assert "as cp1251 it reads “Все люди рожд”" in str(refusal(ARTICLE["ru"].encode("cp1251"), "ascii"))
    assert "at byte 1 " in str(refusal(b"a\xff", "ascii"))


@given(st.binary(max_size=300), st.integers(0, 300))
def test_guessing_never_fails(content, place):
    for guess in guesses(content, min(place, max(len(content) - 1, 0))):
        assert check_encoding(guess.encoding)
        assert len(guess.lines) <= 3


def test_guesses_look_at_a_few_thousand_bytes():
    middle = 40 * SAMPLE
    content = b"plain words\n" * (80 * SAMPLE // 12)
    content = content[:middle] + "слово за словом\n".encode("cp1251") + content[middle:]
    found = guesses(content, content.index("слово".encode("cp1251")))
    assert found[0].encoding == "cp1251"
    assert sum(len(line) for line in found[0].lines) <= 600


def test_noise_has_no_encoding():
    with pytest.raises(CorpusError, match="binary data"):
        read_corpus(np.random.default_rng(1).bytes(20_000))


def test_every_encoding_to_choose_is_one():
    for name, meaning in ENCODINGS.items():
        assert check_encoding(name) == name
        assert meaning


def test_the_guesses_survive_a_process():
    error = refusal(b"don\x92t")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.guesses) == (str(error), error.guesses)
