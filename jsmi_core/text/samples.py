"""Texts to start with: two real ones that ship inside gensim, and one of our own with a known law.

Third-party texts are read where gensim installed them, never copied into this project. What takes long, turning wiki
markup into text, is done once and kept in the user's cache folder (the environment's ``JSMI_CACHE`` overrides it),
under a name that depends on the source's content and on the parser.
"""

from __future__ import annotations

import bz2
import hashlib
import importlib.metadata
import importlib.util
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from jsmi_core.errors import CorpusError, ParameterError
from jsmi_core.runtime.files import write_whole
from jsmi_core.text.corpus import Corpus, read_corpus
from jsmi_core.text.reading import READING

_PARSER = 1  # raise it when _wiki_text would give another text for the same dump
_FEWEST_WORDS = 50  # of an article; shorter ones are redirects and stubs, as in gensim's own WikiCorpus


@dataclass(frozen=True)
class Sample:
    """A text that is always at hand: what it is, how large, and under which licence."""

    name: str
    title: str
    description: str
    licence: str
    tokenizer: str


SAMPLES: Mapping[str, Sample] = MappingProxyType(
    {
        sample.name: sample
        for sample in (
            Sample(
                "wikipedia",
                "Wikipedia, 106 articles",
                "The articles of an English Wikipedia dump that gensim ships for its own tests: about half a million "
                "words, 9,500 different ones that occur 5 times or more.",
                "CC BY-SA, the authors of Wikipedia",
                "unicode",
            ),
            Sample(
                "lee",
                "Lee, 300 news stories",
                "Short Australian news stories of 2001 that gensim ships: about 50,000 words, 1,800 different ones "
                "that occur 5 times or more.",
                "Lee, Pincombe & Welsh (2005), as distributed with gensim",
                "unicode",
            ),
            Sample(
                "planted",
                "Planted, a text with a known law",
                "Our own text, drawn from a Markov chain over 278 words whose pair law is known exactly and has low "
                "rank: from 5 dimensions on an embedding can reach the bound.",
                "MIT, this project",
                "whitespace",
            ),
        )
    }
)

_GENSIM_FILES = {
    "wikipedia": "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2",
    "lee": "lee_background.cor",
}


def sample_corpus(
    name: str,
    *,
    min_count: int = READING["min_count"].default,
    tokenizer: str | None = None,
    lowercase: bool | None = None,
) -> Corpus:
    """Read one of the texts in ``SAMPLES``.

    Parameters
    ----------
    name : "wikipedia", "lee" or "planted"
        The first reading of "wikipedia" takes a few seconds.
    min_count, tokenizer, lowercase
        As for ``read_corpus``; the default tokenizer is the sample's own.

    Returns
    -------
    Corpus

    Raises
    ------
    ParameterError
        If there is no sample of that name.
    CorpusError
        If the installed gensim does not bring the file.

    Examples
    --------
    >>> len(sample_corpus("planted").vocabulary)
    278
    """
    if name not in SAMPLES:
        raise ParameterError(f"sample = {name!r} is not usable: give one of {', '.join(SAMPLES)}.")
    source = sample_data_directory() / "planted.txt" if name == "planted" else gensim_file(_GENSIM_FILES[name])
    return read_corpus(
        _cached_wiki_text(source) if name == "wikipedia" else source,
        tokenizer=tokenizer or SAMPLES[name].tokenizer,
        lowercase=lowercase,
        min_count=min_count,
        name=f"sample:{name}",
    )


def sample_data_directory() -> Path:
    """The folder of this project's own data: in an installed wheel inside the package, in a checkout beside it."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "sample_data"
    return installed if installed.is_dir() else package.parent / "sample_data"


def gensim_file(name: str) -> Path:
    """A file among gensim's own test data. Raises CorpusError where the installed gensim does not bring it.

    Where ``gensim.test.utils.datapath`` would look, found without the second that importing gensim takes.
    """
    found = importlib.util.find_spec("gensim")
    path = Path(found.origin or "").parent / "test" / "test_data" / name if found else None
    if path is None or not path.is_file():
        raise CorpusError(
            f"this needs the file {name!r} that gensim 4.4 brings and the installed gensim does not: "
            "install gensim 4.4, or give a text of your own."
        )
    return path


def _cached_wiki_text(dump: Path) -> bytes:
    """The text of the dump, parsed once for each content and parser; without a usable cache it is parsed every time."""
    packed = dump.read_bytes()
    parser = f"{_PARSER}-{importlib.metadata.version('gensim')}"
    key = hashlib.sha256(packed).hexdigest()[:16]
    kept = _cache_directory() / f"wikipedia-{key}-{parser}.txt"
    with suppress(OSError):
        text = kept.read_bytes()
        checksum, _, body = text.partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() == checksum:
            return body
    body = _wiki_text(dump).encode()
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_whole(kept, hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    return body


def _wiki_text(dump: Path) -> str:
    """The articles of a MediaWiki dump as plain text, one paragraph per line, parsed in this process."""
    from gensim.corpora import wikicorpus

    with bz2.open(dump, "rb") as file:
        pages = (wikicorpus.filter_wiki(text) for _, text, _ in wikicorpus.extract_pages(file, ("0",)))
        return "\n".join(page for page in pages if len(page.split()) >= _FEWEST_WORDS)


def _cache_directory() -> Path:
    import platformdirs

    return Path(os.environ.get("JSMI_CACHE") or platformdirs.user_cache_dir("jsmi-explorer", appauthor=False))
