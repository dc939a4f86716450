"""Corpus → embedding: skip-gram with negative sampling as gensim really trains it.

``config`` has every setting, ``trainer`` is the only file that imports gensim's trainer, ``replay`` finds out which
pairs one run drew, from the run's own random draws.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
