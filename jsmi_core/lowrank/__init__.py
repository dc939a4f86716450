"""The best embedding of rank d: what the dimension costs, and what the training costs. (Beyond the paper.)

``search`` starts and certifies; ``lbfgs`` and ``newton`` climb; ``gradient`` passes over all pairs; ``progress`` is
what a search reports on its way; ``landmarks`` scores what needs no search, Levy & Goldberg's decomposition among it.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
