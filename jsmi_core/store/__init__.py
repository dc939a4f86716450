"""Results on disk that survive kills, full disks and flipped bits.

``store`` over the SQLite of ``database``; ``leases`` says who is at work on what; ``bundle`` carries results between
stores in one checked file; ``verification`` asks whether they still are what was computed.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
