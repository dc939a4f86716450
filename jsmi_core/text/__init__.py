"""Bytes → text → words → a numbered corpus.

``stream`` recognises (``kinds``), unpacks (``unpacking``), decodes bytes (``encodings``). ``tokens`` has the one rule
for words and sentences (``words``: where words end and how each is spelled; ``prose``: what looks like none).
``corpus`` numbers words, most frequent first (``digest``). ``large`` does the same on disk, with the nameless files of
``scratch``. ``typed`` reads what a person types as the text was read. ``samples`` brings the texts that need no file;
``planted`` generates one whose law is known.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
