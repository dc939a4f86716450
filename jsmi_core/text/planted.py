"""A text whose law is known: sentences drawn from a Markov chain whose pair distribution has low rank.

Each word x has a place in the plane (its topic, on a ring of six), a part of speech s(x) = ±1 and a weight a(x). The
joint distribution of two neighbouring words is

    p(x, y) ∝ a(x) a(y) exp(u(x)·u(y) − G² s(x) s(y)),

so that words keep to their topic and nouns alternate with the rest: "bakers knead dough". It is symmetric, hence the
joint distribution of neighbours in the stationary, reversible chain with transitions p(y | x) = p(x, y)/p(x); each
sentence starts from p(x). Counted with ``PairSampling(window=1, dynamic=False, subsample=0)``, an endless such text has
exactly the pair distribution p. The exponent is a product of three numbers for each word, and
PMI(x, y) = exponent + f(x) + f(y) is a matrix of rank at most 5: from d = 5 on the price of rank is exactly 0.

The text in sample_data/planted.txt is remade by ``python -m jsmi_core.text.planted``.
"""

from __future__ import annotations

import math
import random
import sys
from bisect import bisect
from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

SEED = 1
SENTENCES = 24_000
FEWEST_WORDS, MOST_WORDS = 4, 14

RADIUS = 2.1  # of the ring of topics: a word of the next topic is exp(R²/2), about 9 times, rarer as a neighbour
GRAMMAR = 1.5  # two words of one part of speech are exp(2G²), about 90 times, rarer as neighbours
SCATTER = 0.3  # of a word's place around the centre of its topic
CONNECTORS = ("and", "with", "near", "without", "beside", "behind", "around", "before", "after", "under")

# A ring: each topic shares a border with the one before and the one after it. Frequent words first.
TOPICS: dict[str, tuple[str, str]] = {
    "kitchen": (
        "bread soup bakers cooks dough butter spoons ovens flour sugar cheese onions plates kitchens knives pepper "
        "salt guests pans honey cream recipes bowls herbs noodles sauces cakes kettles garlic vinegar",
        "knead taste stir bake serve slice fry boil chop share mix season roast peel warm",
    ),
    "farm": (
        "farmers fields cows sheep wheat barns horses apples hens eggs milk gardens tractors hay seeds orchards fences "
        "pigs goats corn ploughs pumpkins potatoes bees shepherds meadows cherries stables harvests wool",
        "plant feed water grow pick milk harvest graze plough shear gather fence weed sow ripen",
    ),
    "forest": (
        "trees wolves birds deer bears foxes leaves owls hunters paths berries oaks squirrels mushrooms hikers pines "
        "nests rabbits moss shadows caves rangers ferns badgers roots branches tents campfires woodpeckers thickets",
        "hide climb follow chase track fall sleep howl explore rustle hunt wander shelter burrow perch",
    ),
    "sea": (
        "ships waves sailors fish islands harbours whales sails storms boats captains anchors nets shores tides gulls "
        "lighthouses divers crabs oceans dolphins coral cargo pearls decks currents beaches sharks oars pirates",
        "sail swim catch steer drift anchor cross float dive rescue row load sink splash navigate",
    ),
    "city": (
        "streets trains cars people shops offices bridges markets buses towers drivers windows tickets stations "
        "newspapers traffic museums bicycles neighbours taxis lamps parks banks workers elevators crowds mayors "
        "pavements tunnels libraries",
        "drive build visit cross park pass buy travel light repair rent paint hurry meet commute",
    ),
    "stage": (
        "songs singers actors drums stages dancers guitars concerts audiences violins theatres poets plays melodies "
        "choirs pianos costumes operas curtains trumpets painters flutes rehearsals spotlights composers ballets "
        "festivals comedians lyrics orchestras",
        "sing play dance perform applaud rehearse compose whistle strum admire tune record enchant cheer conduct",
    ),
}


@cache
def planted_words() -> tuple[str, ...]:
    """All words, in the order of the rows and columns of :func:`planted_law`.

    A word that is listed twice (*milk* is a noun and a verb, cars and ships both *cross*) stands once.
    """
    listed = [word for nouns, verbs in TOPICS.values() for word in (*nouns.split(), *verbs.split())]
    return tuple(dict.fromkeys([*listed, *CONNECTORS]))


def planted_vectors(seed: int = SEED) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The law's coordinates: (V, 3) float64 places (u₁, u₂, G·s), and (V,) float64 logarithms of the weights a.

    The third coordinate counts negatively in the exponent. Only ``random.Random.random`` is used, whose numbers are
    the same in every version of Python.
    """
    uniform = random.Random(seed).random
    places: dict[str, tuple[tuple[float, float, float], float]] = {}

    def place(word: str, centre: tuple[float, float], sign: int, weight: float) -> None:
        jitter = [SCATTER * (uniform() + uniform() + uniform() - 1.5) for _ in range(2)]
        places.setdefault(word, ((centre[0] + jitter[0], centre[1] + jitter[1], sign * GRAMMAR), weight))

    for number, (nouns, verbs) in enumerate(TOPICS.values()):
        angle = 2 * math.pi * number / len(TOPICS)
        centre = (RADIUS * math.cos(angle), RADIUS * math.sin(angle))
        for words, sign in ((nouns.split(), 1), (verbs.split(), -1)):
            for rank, word in enumerate(words, start=1):
                place(word, centre, sign, -0.7 * math.log(rank))
    for rank, word in enumerate(CONNECTORS, start=1):
        # A connector stands in the middle of the ring, where it is near to no topic; its weight makes up for that.
        place(word, (0.0, 0.0), -1, 0.65 * RADIUS**2 - 0.7 * math.log(rank))
    ordered = [places[word] for word in planted_words()]
    return np.array([vector for vector, _ in ordered]), np.array([weight for _, weight in ordered])


def planted_law(seed: int = SEED) -> npt.NDArray[np.float64]:
    """The exact joint distribution p(x, y) of neighbouring words: (V, V) float64, symmetric, sums to 1.

    Examples
    --------
    >>> law = planted_law()
    >>> law.shape == (len(planted_words()),) * 2, bool((law == law.T).all())
    (True, True)
    """
    vectors, weights = planted_vectors(seed)
    exponent = vectors[:, :2] @ vectors[:, :2].T - np.outer(vectors[:, 2], vectors[:, 2])
    joint = np.exp(exponent + weights[:, None] + weights[None, :])
    joint = (joint + joint.T) / 2  # a matrix product need not be symmetric to the last bit
    return np.asarray(joint / joint.sum())


def planted_sentences(seed: int = SEED) -> Iterator[list[str]]:
    """Yield sentences without end; the same seed gives the same ones.

    The length is uniform on 4 … 14 words and independent of the words, so it leaves their law as it is.
    """
    law = planted_law(seed)
    words = planted_words()
    start = np.cumsum(law.sum(axis=1)).tolist()
    rows = np.cumsum(law / law.sum(axis=1, keepdims=True), axis=1).tolist()
    uniform = random.Random(seed + 1).random

    def draw(cumulative: list[float]) -> int:
        return min(bisect(cumulative, uniform()), len(words) - 1)  # the last sum may fall short of 1 by a rounding

    while True:
        length = FEWEST_WORDS + int(uniform() * (MOST_WORDS - FEWEST_WORDS + 1))
        word = draw(start)
        sentence = [words[word]]
        for _ in range(length - 1):
            word = draw(rows[word])
            sentence.append(words[word])
        yield sentence


def planted_text(sentences: int = SENTENCES, seed: int = SEED) -> str:
    """The text: one sentence per line."""
    drawn = planted_sentences(seed)
    return "".join(" ".join(next(drawn)) + "\n" for _ in range(sentences))


if __name__ == "__main__":
    sys.stdout.write(planted_text())
