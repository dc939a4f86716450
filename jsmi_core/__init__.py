"""How much of what words know about their contexts does a word2vec embedding keep?

The argument, in the order of the packages::

    corpus = read_corpus("text.txt")                      # text → numbered words in sentences
    joint = expected_pairs(corpus, PairSampling())        # → p(x, y), the pairs that word2vec draws
    noise = unigram_noise(corpus.counts)                  # → q(y), the negatives it draws
    objective = SGNSObjective(joint, negatives=5, noise=noise)
    objective.bound                                       # → the most that any embedding can score
    run = train_sgns(corpus, SGNSConfig(dimension=100))   # → an embedding, trained by gensim
    objective.score(run.embedding)                        # → its exact score S(m), over all pairs
    objective.gap(run.embedding).total                    # → bound − score: the information it lost

With ``noise=None``, q is the context marginal and the bound is the paper's JSMI. All values are in nats per
draw of a pair; ``to_bits`` is for display. Names are imported when they are first used, so that what needs
no training loads no trainer; they are listed in __init__.pyi.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
