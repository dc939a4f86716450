"""Bytes → text → words → a numbered corpus.

``stream`` recognises and decodes bytes, ``tokens`` has the one rule for words and sentences, ``corpus`` numbers them,
most frequent first. ``large`` does the same on disk, with the nameless files of ``scratch``. ``samples`` brings the
texts that need no file; ``planted`` generates one whose law is known.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
