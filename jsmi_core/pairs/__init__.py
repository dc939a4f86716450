"""Corpus → p(x, y): the exact expectation of the pairs that word2vec draws from a text.

``cooccurrence`` counts in memory, ``large`` on disk and to the same bits.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
