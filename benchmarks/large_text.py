"""`python -m benchmarks.large_text [TOKENS] [MEMORY]`: a text that need not fit in memory, from file to bound.

By default 100 million generated tokens and 2 GB. Words are drawn independently of each other by Zipf's law over
50,000: more different pairs than any real text of this length has. One thread, low priority. The floor is the same
arithmetic on the first tokens of the same text, all in memory: no chunks, no ranges, no disk, the rows thrown away.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np

from jsmi_core import PairSampling, read_corpus, unigram_noise
from jsmi_core.pairs.cooccurrence import _Counter, _shares
from jsmi_core.pairs.large import count_large_corpus
from jsmi_core.text.large import read_large_corpus

WORDS, SENTENCE, PIECE = 50_000, 25, 1_000_000
FLOOR_TOKENS = 2_000_000


def write_text(path: Path, tokens: int, seed: int = 1) -> None:
    """Draw the tokens of a Zipfian text and write them, 25 to a line."""
    rng = np.random.default_rng(seed)
    words = np.array([f"w{number:x}" for number in rng.permutation(WORDS)], dtype=object)
    chances = np.cumsum(1 / np.arange(1, WORDS + 1))
    with path.open("w") as file:
        for start in range(0, tokens, PIECE):
            drawn = words[np.searchsorted(chances, rng.random(min(PIECE, tokens - start)) * chances[-1])]
            lines = (" ".join(drawn[at : at + SENTENCE]) for at in range(0, len(drawn), SENTENCE))
            file.writelines(f"{line}\n" for line in lines)


def peak_bytes() -> int:
    """The most memory that this process ever held, its pages of files included (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


class MemoryWatch:
    """Seconds on the clock and on the processor since it was made; they differ where others want the processor too."""

    def __init__(self) -> None:
        self.clock, self.processor = time.perf_counter(), time.process_time()

    def row(self, name: str, tokens: int, value: str) -> float:
        """Print one line of the report; return the tokens per second of the processor."""
        clock, processor = time.perf_counter() - self.clock, time.process_time() - self.processor
        speed = f"{tokens / processor / 1e6:.3f} M tokens/s"
        peak = f"peak {peak_bytes() / 1e6:>7,.0f} MB"
        print(f"{name:<26} {clock:>7.1f} s, processor {processor:>7.1f} s {speed:>18}  {peak}  {value}", flush=True)
        return tokens / processor


def large(path: Path, memory: int, folder: str) -> float:
    """Read, count and bound the text on disk; return tokens counted per second."""
    warm = read_large_corpus(b"to be or not to be", min_count=1)
    count_large_corpus(warm).ceilings(1 / 6, None)  # compiles
    watch = MemoryWatch()
    corpus = read_large_corpus(path, tokenizer="whitespace", folder=folder)
    disk = corpus.ids.nbytes + corpus.offsets.nbytes
    watch.row("read", corpus.tokens, f"{corpus!r}, {disk / 1e9:.2f} GB on disk")
    print(f"bound on the memory from here on: {peak_bytes() / 1e6:,.0f} + {memory / 1e6:,.0f} MB", flush=True)
    watch = MemoryWatch()
    pairs = count_large_corpus(corpus, PairSampling(), memory=memory)
    disk += pairs.columns.nbytes + pairs.values.nbytes
    value = f"{pairs.pairs:,} pairs, N = {pairs.total:,.0f}, {disk / 1e9:.2f} GB on disk"
    speed = watch.row("expected pairs", corpus.tokens, value)
    watch = MemoryWatch()
    paper, word2vec = pairs.ceilings(1 / 6, None, unigram_noise(corpus.counts))
    value = f"JSMI {paper.bound:.9f}, word2vec's bound {word2vec.bound:.9f}, I {paper.divergence:.6f} nats"
    watch.row("both bounds", corpus.tokens, value)
    return speed


def floor(path: Path) -> float:
    """Count the first tokens of the text in memory and throw the rows away; return tokens per second."""
    with path.open("rb") as file:
        corpus = read_corpus(b"".join(islice(file, FLOOR_TOKENS // SENTENCE)), tokenizer="whitespace")
    counter = _Counter(corpus, PairSampling())
    ranges = list(_shares(corpus.counts))
    counter(ranges[-1])  # compiles
    watch = MemoryWatch()
    pairs = sum(len(counter(words)[1]) for words in ranges)
    return watch.row("floor: the same in memory", len(corpus.ids), f"{pairs:,} pairs of {len(corpus.ids):,} tokens")


def main(tokens: int = 100_000_000, memory: int = 2_000_000_000) -> None:
    """Generate, count, and compare with the floor."""
    os.environ["JSMI_THREADS"] = "1"
    os.nice(19)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "zipf.txt"
        began = time.perf_counter()
        write_text(path, tokens)
        print(f"generated {path.stat().st_size / 1e6:,.0f} MB in {time.perf_counter() - began:.0f} s", flush=True)
        ours = large(path, memory, folder)
        print(f"ratio to the floor: {floor(path) / ours:.2f}×")


if __name__ == "__main__":
    main(*(int(float(argument)) for argument in sys.argv[1:]))
