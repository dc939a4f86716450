"""Joint tables small enough to write down: 2 × 2 to 8 × 8.

``joint`` makes and reads them, ``scores`` lays out everything the theory says of them, cell by cell.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
