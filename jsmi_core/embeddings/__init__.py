"""Two tables of vectors, and what can be said of them without an objective.

``embedding`` is the pair of tables, ``export`` writes them to files, ``wordmap`` finds neighbours and a flat map,
``intrinsic`` evaluates word similarity and analogies by gensim's own functions.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
