"""What was typed → what the library takes: settings, a text, a stored result."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from typing import Any

from jsmi_core.cli.printing import (
    note,
)
from jsmi_core.errors import ParameterError
from jsmi_core.experiments import (
    Result,
)
from jsmi_core.text import Corpus, LargeCorpus, read_corpus, sample_corpus
from jsmi_core.training import SGNSConfig

# -- what the commands share ------------------------------------------------------------------------------------------


def config_of(given: argparse.Namespace, left_out: Sequence[str] = ()) -> SGNSConfig:
    """The settings that were given; the library's own defaults hold for the others."""
    names = {field.name for field in fields(SGNSConfig)}.difference(left_out)
    settings = {name: value for name, value in vars(given).items() if name in names}
    return SGNSConfig.paper(**settings) if given.paper else SGNSConfig(**settings)


def reading_settings(given: argparse.Namespace) -> dict[str, Any]:
    """How the text is to be read, as far as it was said."""
    asked = ("tokenizer", "lowercase", "min_count", "encoding")
    return {name: getattr(given, name) for name in asked if hasattr(given, name)}


def corpus_of(given: argparse.Namespace) -> Corpus:
    """Read the text that was named, and say what should be known about it."""
    settings = reading_settings(given)
    note(f"reading {given.corpus}")
    if given.corpus.startswith("sample:"):
        if "encoding" in settings:
            raise ParameterError(f"encoding = {settings['encoding']!r} is not usable with a sample: leave it out.")
        corpus = sample_corpus(given.corpus.removeprefix("sample:"), **settings)
    elif given.corpus == "-":
        corpus = read_corpus(sys.stdin.buffer.read(), name="standard input", **settings)
    else:
        corpus = read_corpus(given.corpus, **settings)
    for notice in corpus.notices:
        note(notice)
    return corpus


def described(corpus: Corpus | LargeCorpus) -> dict[str, Any]:
    """A text as JSON-able values: its name, its digest, how it was read, and what was noticed."""
    reading = asdict(corpus.reading) if corpus.reading else None
    return {"name": corpus.name, "digest": corpus.digest, "reading": reading, "notices": list(corpus.notices)}


def find(everything: Iterable[Result], start: str) -> Result:
    """The one result whose id begins so."""
    found = [run for run in everything if run.id.startswith(start)]
    if len(found) != 1:
        what = "no stored run begins" if not found else f"{len(found)} stored runs begin"
        raise ParameterError(f"ID = {start!r} is not usable: {what} so, see jsmi runs list.")
    return found[0]


def one_of_corpus_and_pairs(given: argparse.Namespace) -> bool:
    """Whether the law is a file of pairs; raises ParameterError unless there is either that or a text."""
    if (given.pairs is None) == (given.corpus is None):
        raise ParameterError("the arguments are not usable: give CORPUS, or --pairs FILE.")
    return given.pairs is not None
