"""One p, one q, one α: the score S(m) of equation (8), its bound, and their difference, the gap of (10).

``sgns`` is the objective; it knows no trainer and no solver. ``blocks`` visits all V × W pairs a block at a time,
``gradient`` does so with the gradient in both factors, ``dense`` holds a small table whole, ``sampling`` draws pairs.
``evaluation`` is what an objective says of an embedding, ``loss`` sorts one gap by word, context, frequency and pair.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
