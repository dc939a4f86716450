"""What is computed for a text, once and for all: specs → results.

``specs`` are cells and grids, ``run`` computes one, ``scoring`` knows under which laws, ``records`` is what comes out,
``cost`` what it will take. On results: ``split`` the gap into its prices, ``checkpoints`` and ``comparison`` set them
side by side, ``statements`` counts what a figure claims, ``departures`` walks from the paper's law to gensim's.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
