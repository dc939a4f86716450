"""`jsmi`: the same numbers as the library and the app, from the shell.

``entry`` turns what was typed (``arguments``) into an exit code; a command is the file of its name; they share
``inputs`` and ``printing``.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
