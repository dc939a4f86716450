"""Distributions and what they tell: p(x, y), q(y), and every measure of the paper's Section 2, equations (1)–(7).

``distribution`` holds p and q; ``contrast`` sets p against r = p(x) q(y), cell by cell on the support and in closed
form off it; ``measures`` are functions of whole distributions: entropies, divergences, mutual information, JSMI.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
