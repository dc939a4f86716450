"""`jsmi`: the same numbers as the library and the app, from the shell.

``entry`` turns what was typed (``arguments``) into an exit code; a command is the file of its name; they share
``inputs`` (typed words → settings and a text), ``finds`` (a result, kept before it is shown), ``printing`` and
``output`` (a way out that fails stops no work).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
