"""Numbers → figures, in two steps: small frozen tuples, and their drawing.

``charts`` and ``fields`` are what a figure is made of, ``formatting`` how numbers and words are written in one;
``ladder``, ``prices``, ``measure`` and the files named like pages fill them; ``drawing`` and its two helpers turn them
into plotly's figures. Works in a notebook, without the app.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
