from .cooccurrence import expected_pairs as expected_pairs, keep_probabilities as keep_probabilities
from .large import (
    MEMORY as MEMORY,
    Ceiling as Ceiling,
    LargePairs as LargePairs,
    count_large_corpus as count_large_corpus,
)
from .reading import read_pairs as read_pairs
from .sampling import PairSampling as PairSampling
