"""Every statement of the paper, computed in two independent ways and set side by side.

``case`` is what it is checked on (a table, a text, a model), ``check`` compares; the cards of the paper's Sections 2
and 3 and of what lies ``beyond`` them stand in files of these names; ``proving`` runs them.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
