"""The best embedding of rank d: what the dimension costs, and what the training costs. (Beyond the paper.)

``search`` chooses among ``starts`` and certifies. ``quasi_newton`` and ``damped_newton`` are functions of an objective:
they climb it from one start, in a ``metric`` of both factors, by the rules and to the certificate of ``ascent``.
``progress`` is what a search reports on its way; ``landmarks`` scores what needs no search, Levy & Goldberg's
decomposition among it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
