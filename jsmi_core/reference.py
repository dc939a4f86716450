"""The definitions of the paper as plain Python, to be read from top to bottom.

Source: Melamud & Goldberger, "Information-Theory Interpretation of the Skip-Gram Negative-Sampling
Objective Function", ACL 2017 (P17-2026). Numbers in brackets are the paper's equations. What is ours and
not the paper's stands under "Beyond the paper".

Tables are lists of rows: ``joint[x][y]`` is p(x, y), ``noise[y]`` is q(y), ``scores[x][y]`` is m(x, y).
All values are in nats. Every sum is ``math.fsum``, every loop is written out; nothing here is fast.
Imports the standard library only; no production module imports this one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, product
from math import exp, fsum, log, log1p
from struct import pack, unpack

Table = Sequence[Sequence[float]]
Vector = Sequence[float]

# --- 1. Distributions ------------------------------------------------------------------------------------


def joint_distribution(counts: Table) -> list[list[float]]:
    """p(x, y): the pair counts divided by their sum."""
    total = fsum(n for row in counts for n in row)
    return [[n / total for n in row] for row in counts]


def word_marginal(joint: Table) -> list[float]:
    """p(x) = Σ_y p(x, y)."""
    return [fsum(row) for row in joint]


def context_marginal(joint: Table) -> list[float]:
    """p(y) = Σ_x p(x, y), the paper's choice of the noise q(y)."""
    return [fsum(row[y] for row in joint) for y in range(len(joint[0]))]


def unigram_noise(counts: Vector, exponent: float) -> list[float]:
    """q(y) ∝ counts(y)^exponent, word2vec's noise distribution."""
    powers = [n**exponent if n > 0 else 0.0 for n in counts]
    total = fsum(powers)
    return [power / total for power in powers]


def negative_pairs(joint: Table, noise: Vector) -> list[list[float]]:
    """r(x, y) = p(x) q(y), the distribution of the negative pairs."""
    return [[px * qy for qy in noise] for px in word_marginal(joint)]


# --- 2. Information --------------------------------------------------------------------------------------


def binary_entropy(alpha: float) -> float:
    """h(α) = −α log α − (1−α) log(1−α)."""
    return -fsum(a * log(a) for a in (alpha, 1 - alpha) if a > 0)


def kl_divergence(p: Table, r: Table) -> float:
    """KL(p‖r) = Σ p log(p/r); a cell with p = 0 adds nothing."""
    return fsum(
        a * log(a / b) for p_row, r_row in zip(p, r, strict=True) for a, b in zip(p_row, r_row, strict=True) if a > 0
    )


def mixture(p: Table, r: Table, alpha: float) -> list[list[float]]:
    """u = α p + (1−α) r."""
    return [
        [alpha * a + (1 - alpha) * b for a, b in zip(p_row, r_row, strict=True)]
        for p_row, r_row in zip(p, r, strict=True)
    ]


def js_divergence(p: Table, r: Table, alpha: float) -> float:
    """JS_α(p, r) = α KL(p‖u) + (1−α) KL(r‖u). (1)"""
    u = mixture(p, r, alpha)
    return alpha * kl_divergence(p, u) + (1 - alpha) * kl_divergence(r, u)


def mutual_information(joint: Table) -> float:
    """I(X;Y) = KL(p(x, y)‖p(x) p(y))."""
    return kl_divergence(joint, negative_pairs(joint, context_marginal(joint)))


def jsmi(joint: Table, noise: Vector, alpha: float) -> float:
    """JSMI_α(X, Y) = JS_α(p(x, y), p(x) q(y)). (2)"""
    return js_divergence(joint, negative_pairs(joint, noise), alpha)


def jsmi_as_information(joint: Table, noise: Vector, alpha: float) -> float:
    """JSMI_α = I(W;Z) = h(α) − H(Z|W): what the pair W tells about its class Z. (3), (4)"""
    u = mixture(joint, negative_pairs(joint, noise), alpha)
    t = posterior(joint, noise, alpha)
    uncertainty = fsum(
        mass * binary_entropy(belief)
        for u_row, t_row in zip(u, t, strict=True)
        for mass, belief in zip(u_row, t_row, strict=True)
    )
    return binary_entropy(alpha) - uncertainty


# --- 3. The posterior and the score ----------------------------------------------------------------------


def log_sigmoid(score: float) -> float:
    """log σ(m) = min(m, 0) − log1p(exp(−|m|))."""
    return min(score, 0.0) - log1p(exp(-abs(score)))


def posterior(joint: Table, noise: Vector, alpha: float) -> list[list[float]]:
    """t(x, y) = P(Z = 1 | x, y) = α p / u. (5)"""
    r = negative_pairs(joint, noise)
    u = mixture(joint, r, alpha)
    return [
        [alpha * p / mass if mass > 0 else alpha for p, mass in zip(p_row, u_row, strict=True)]
        for p_row, u_row in zip(joint, u, strict=True)
    ]


def best_scores(joint: Table, noise: Vector, alpha: float) -> list[list[float]]:
    """m*(x, y) = log p/r + log α/(1−α), whose sigmoid is the posterior; −∞ where p = 0. (6)

    For q(y) = p(y) and α = 1/(k+1) this is PMI(x, y) − log k.
    """
    shift = log(alpha / (1 - alpha))
    r = negative_pairs(joint, noise)
    return [
        [log(a / b) + shift if a > 0 else float("-inf") for a, b in zip(p_row, r_row, strict=True)]
        for p_row, r_row in zip(joint, r, strict=True)
    ]


def sgns_score(joint: Table, noise: Vector, scores: Table, alpha: float) -> float:
    """S(m) = h(α) + α Σ p log σ(m) + (1−α) Σ r log σ(−m), over all pairs. (8)"""
    r = negative_pairs(joint, noise)
    positive = fsum(
        p * log_sigmoid(m)
        for p_row, m_row in zip(joint, scores, strict=True)
        for p, m in zip(p_row, m_row, strict=True)
        if p > 0
    )
    negative = fsum(
        n * log_sigmoid(-m)
        for r_row, m_row in zip(r, scores, strict=True)
        for n, m in zip(r_row, m_row, strict=True)
        if n > 0
    )
    return fsum([binary_entropy(alpha), alpha * positive, (1 - alpha) * negative])


def jsmi_from_scores(joint: Table, noise: Vector, alpha: float) -> float:
    """JSMI_α = S(m*), the score of the best matrix: Theorem 1. (7)"""
    return sgns_score(joint, noise, best_scores(joint, noise, alpha), alpha)


def sampled_score(
    positives: Sequence[tuple[int, int]], negatives: Sequence[Sequence[int]], scores: Table
) -> tuple[float, float]:
    """Ŝ = h(α) + α/N Σ_i [log σ(m(x_i, y_i)) + Σ_j log σ(−m(x_i, y_ij))], and its standard error. (9)

    ``negatives[i]`` are the k contexts drawn from q for the i-th positive pair; α = 1/(k+1).
    """
    alpha = 1 / (len(negatives[0]) + 1)
    terms = [
        log_sigmoid(scores[x][y]) + fsum(log_sigmoid(-scores[x][noise]) for noise in drawn)
        for (x, y), drawn in zip(positives, negatives, strict=True)
    ]
    mean = fsum(terms) / len(terms)
    variance = fsum((term - mean) ** 2 for term in terms) / max(len(terms) - 1, 1)
    return binary_entropy(alpha) + alpha * mean, alpha * (variance / len(terms)) ** 0.5


# --- 4. The gap ------------------------------------------------------------------------------------------


def bernoulli_kl(t: float, score: float) -> float:
    """KL(Bern(t)‖Bern(σ(m)))."""
    divergence = 0.0
    if t > 0:
        divergence += t * (log(t) - log_sigmoid(score))
    if t < 1:
        divergence += (1 - t) * (log1p(-t) - log_sigmoid(-score))
    return divergence


def gap_cells(joint: Table, noise: Vector, scores: Table, alpha: float) -> list[list[float]]:
    """u · KL(Bern(t)‖Bern(σ(m))) for each pair: where the information was lost. (10)"""
    u = mixture(joint, negative_pairs(joint, noise), alpha)
    t = posterior(joint, noise, alpha)
    return [
        [mass * bernoulli_kl(belief, m) for mass, belief, m in zip(u_row, t_row, m_row, strict=True)]
        for u_row, t_row, m_row in zip(u, t, scores, strict=True)
    ]


def gap(joint: Table, noise: Vector, scores: Table, alpha: float) -> float:
    """JSMI_α − S(m) = KL(p(Z|W)‖p_m(Z|W)), Theorem 2. (10)"""
    return fsum(cell for row in gap_cells(joint, noise, scores, alpha) for cell in row)


# --- Beyond the paper: the derivatives of the score -------------------------------------------------------


def score_derivatives(p: Table, r: Table, scores: Table, alpha: float) -> tuple[list[list[float]], list[list[float]]]:
    """∂S/∂m = α p σ(−m) − (1−α) r σ(m) and −∂²S/∂m² = u σ(m) σ(−m) with u = α p + (1−α) r, pair by pair. (29)"""
    slopes, curvatures = [], []
    for p_row, r_row, m_row in zip(p, r, scores, strict=True):
        cells = [(a, b, exp(log_sigmoid(m)), exp(log_sigmoid(-m))) for a, b, m in zip(p_row, r_row, m_row, strict=True)]
        slopes.append([alpha * a * away - (1 - alpha) * b * towards for a, b, towards, away in cells])
        curvatures.append([(alpha * a + (1 - alpha) * b) * towards * away for a, b, towards, away in cells])
    return slopes, curvatures


def score_gradient(
    p: Table, r: Table, words: Table, contexts: Table, alpha: float
) -> tuple[list[list[float]], list[list[float]]]:
    """∂S/∂words(x) = Σ_y ∂S/∂m · y and ∂S/∂contexts(y) = Σ_x ∂S/∂m · x, at m(x, y) = x · y. (29)"""
    scores = [[fsum(a * b for a, b in zip(x, y, strict=True)) for y in contexts] for x in words]
    slopes, _ = score_derivatives(p, r, scores, alpha)
    by_words = [
        [fsum(s * y[i] for s, y in zip(row, contexts, strict=True)) for i in range(len(contexts[0]))] for row in slopes
    ]
    columns = zip(*slopes, strict=True)
    by_contexts = [
        [fsum(s * x[i] for s, x in zip(column, words, strict=True)) for i in range(len(words[0]))] for column in columns
    ]
    return by_words, by_contexts


# --- Beyond the paper: what else is so of the bound ------------------------------------------------------


def total_difference(p: Table, r: Table) -> float:
    """Σ |p − r|: 0 for equal distributions only, and 2 at most."""
    return fsum(abs(a - b) for p_row, r_row in zip(p, r, strict=True) for a, b in zip(p_row, r_row, strict=True))


def chi_squared(p: Table, r: Table) -> float:
    """χ²(p‖r) = Σ (p − r)²/r; no cell may have p > 0 beside r = 0."""
    return fsum(
        (a - b) ** 2 / b for p_row, r_row in zip(p, r, strict=True) for a, b in zip(p_row, r_row, strict=True) if b > 0
    )


def capacity(joint: Table, noise: Vector) -> float:
    """max over α of JSMI_α, by thirds: it is concave, so the third beside the lower of two points may go."""
    low, high = 0.0, 1.0
    while high - low > 1e-7:  # the top is flat: there JSMI is off by the square of this
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if jsmi(joint, noise, left) < jsmi(joint, noise, right):
            low = left
        else:
            high = right
    return jsmi(joint, noise, (low + high) / 2)


def merged_words(joint: Table, first: int, second: int) -> list[list[float]]:
    """p(x, y) after two words were taken for one."""
    both = [a + b for a, b in zip(joint[first], joint[second], strict=True)]
    return [both, *(list(row) for x, row in enumerate(joint) if x not in (first, second))]


def unnormalised_score(counts: Table, noise: Vector, scores: Table, negatives: int) -> float:
    """ℓ(m) = Σ n(x, y) log σ(m) + k Σ n(x) q(y) log σ(−m): SGNS as it is usually written, N (k+1) (S − h(α))."""
    positive = fsum(
        n * log_sigmoid(m)
        for n_row, m_row in zip(counts, scores, strict=True)
        for n, m in zip(n_row, m_row, strict=True)
    )
    negative = fsum(
        fsum(n_row) * q * log_sigmoid(-m)
        for n_row, m_row in zip(counts, scores, strict=True)
        for q, m in zip(noise, m_row, strict=True)
    )
    return positive + negatives * negative


def jsmi_of_pairs(pairs: Iterable[tuple[int, int, float]], alpha: float) -> float:
    """JSMI_α of a whole text: loops over the pairs (x, y, n) that occur, all others in one term.

    Where p = 0 a cell is (1−α) r log r/u = −(1−α) r log(1−α), so the sum of r over these cells is all it takes.
    """
    counts = list(pairs)
    total = fsum(n for _, _, n in counts)
    of_word: dict[int, float] = {}
    of_context: dict[int, float] = {}
    for x, y, n in counts:
        of_word[x] = of_word.get(x, 0.0) + n
        of_context[y] = of_context.get(y, 0.0) + n
    cells, covered = [], []
    for x, y, n in counts:
        p, r = n / total, of_word[x] / total * (of_context[y] / total)
        u = alpha * p + (1 - alpha) * r
        cells.append(alpha * p * log(p / u) + (1 - alpha) * r * log(r / u))
        covered.append(r)
    return fsum(cells) - (1 - alpha) * log1p(-alpha) * (1 - fsum(covered))


# --- Beyond the paper: negatives that are thrown away, and scores out of reach ---------------------------


def used_negative_pairs(joint: Table, noise: Vector) -> list[list[float]]:
    """r(x, y) = q(y) (p(x) − p(x, y)): gensim throws away a negative that equals the positive's own target."""
    return [
        [q * (px - p) for p, q in zip(row, noise, strict=True)]
        for px, row in zip(word_marginal(joint), joint, strict=True)
    ]


def bound_of(p: Table, r: Table, alpha: float) -> float:
    """Σ u · KL(Bern(t)‖Bern(α)): the bound for any positives p and negatives r, whatever r sums to."""
    return loss_of(p, r, [[log(alpha / (1 - alpha))] * len(row) for row in p], alpha)


def loss_of(p: Table, r: Table, scores: Table, alpha: float) -> float:
    """Σ u · KL(Bern(t)‖Bern(σ(m))): what a score matrix loses against the posterior t = α p / u."""
    cells = []
    for p_row, u_row, m_row in zip(p, mixture(p, r, alpha), scores, strict=True):
        for positive, mass, m in zip(p_row, u_row, m_row, strict=True):
            if mass > 0:
                cells.append(mass * bernoulli_kl(alpha * positive / mass, m))
    return fsum(cells)


def reachable_bound(p: Table, r: Table, alpha: float, reach: float = 6.0) -> float:
    """S(clip(m*, −6, 6)): gensim leaves a pair with |m| ≥ 6 alone, so better scores than these are out of reach."""
    shift = log(alpha / (1 - alpha))
    clipped = [
        [
            reach if b == 0 < a else -reach if a == 0 else min(max(log(a / b) + shift, -reach), reach)
            for a, b in zip(p_row, r_row, strict=True)
        ]
        for p_row, r_row in zip(p, r, strict=True)
    ]
    return bound_of(p, r, alpha) - loss_of(p, r, clipped, alpha)


# --- Beyond the paper: the pairs that word2vec draws from a text -----------------------------------------


def keep_probabilities(counts: Sequence[int], subsample: float) -> list[float]:
    """The probability that subsampling keeps a token of each word, as gensim draws it.

    A token survives a 32-bit draw with probability (sample_int + 1)/2³², where
    sample_int = ⌊(√(n/T) + 1) T/n · (2³² − 1)⌋ (at most 2³² − 1) for a threshold of T = t · Σ n tokens.
    """
    if subsample == 0:
        return [1.0] * len(counts)
    threshold = subsample * sum(counts)
    shares = [min(1.0, ((n / threshold) ** 0.5 + 1) * (threshold / n)) for n in counts]
    return [(int(share * (2**32 - 1)) + 1) / 2**32 for share in shares]


def window_weights(window: int, dynamic: bool) -> list[float]:
    """c(δ) for δ = 1 … window: the probability that the window drawn by a centre word covers distance δ."""
    return [(window - distance + 1) / window if dynamic else 1.0 for distance in range(1, window + 1)]


def expected_pair_counts(
    sentences: Sequence[Sequence[int]], keep: Vector, window: int, dynamic: bool
) -> list[list[float]]:
    """E[number of pairs (x, y)] over subsampling and window draws.

    For positions i < j with t kept tokens strictly between them, t is Poisson-binomial in their keep
    probabilities: E = keep_i keep_j Σ_{t < window} P(t) c(t+1), counted in both orders.
    """
    weights = window_weights(window, dynamic)
    counts = [[0.0] * len(keep) for _ in keep]
    for sentence in sentences:
        for i, x in enumerate(sentence):
            between = [1.0]  # P(t kept tokens strictly between i and j)
            for y in sentence[i + 1 :]:
                covered = fsum(chance * weight for chance, weight in zip(between, weights, strict=False))
                counts[x][y] += keep[x] * keep[y] * covered
                counts[y][x] += keep[x] * keep[y] * covered
                stay = [chance * (1 - keep[y]) for chance in between] + [0.0]
                move = [0.0] + [chance * keep[y] for chance in between]
                between = [a + b for a, b in zip(stay, move, strict=True)]
    return counts


def enumerated_pair_counts(
    sentences: Sequence[Sequence[int]], keep: Vector, window: int, dynamic: bool
) -> list[list[float]]:
    """The same expectation by brute force: every subset of kept tokens, every window, one by one."""
    counts = [[0.0] * len(keep) for _ in keep]
    windows = range(1, window + 1) if dynamic else [window]
    for sentence in sentences:
        for kept in product((False, True), repeat=len(sentence)):
            chance = 1.0
            for word, stays in zip(sentence, kept, strict=True):
                chance *= keep[word] if stays else 1 - keep[word]
            text = [word for word, stays in zip(sentence, kept, strict=True) if stays]
            for centre, y in enumerate(text):
                for reach in windows:
                    near = range(max(0, centre - reach), min(len(text), centre + reach + 1))
                    for neighbour in near:
                        if neighbour != centre:
                            counts[text[neighbour]][y] += chance / len(windows)
    return counts


def drawn_pairs(
    sentence: Sequence[int], keep: Vector, window: int, dynamic: bool, uniform: Callable[[], float]
) -> list[tuple[int, int]]:
    """One draw of word2vec's (neighbour, centre) pairs from a sentence; ``uniform()`` is a draw from [0, 1)."""
    text = [word for word in sentence if uniform() < keep[word]]
    pairs = []
    for centre, y in enumerate(text):
        reach = 1 + int(uniform() * window) if dynamic else window
        for neighbour in range(max(0, centre - reach), min(len(text), centre + reach + 1)):
            if neighbour != centre:
                pairs.append((text[neighbour], y))
    return pairs


# --- Beyond the paper: one job of gensim's trainer, draw by draw ------------------------------------------
#
# A job is up to 10,000 tokens of whole sentences. Its chance comes from one number, ``state``, that starts a
# generator, and from one number for each token it keeps, ``reductions``, that cut the windows. Words are
# numbered in gensim's own order here.


def next_state(state: int) -> int:
    """The 48-bit generator of a job; each of its numbers is read as ``state >> 16``, a draw from 0 … 2³² − 1."""
    return (state * 25214903917 + 11) % 2**48


def subsampled_job(sentences: Sequence[Sequence[int]], keep: Vector | None, state: int) -> tuple[list[list[int]], int]:
    """The tokens that a job keeps, sentence by sentence, and the state after; it is full at 10,000 tokens.

    Without subsampling (keep = None) nothing is drawn.
    """
    texts: list[list[int]] = []
    room = 10_000
    for sentence in sentences:
        text: list[int] = []
        for word in sentence:
            if len(text) == room:
                break
            if keep is not None:
                draw, state = state >> 16, next_state(state)
                if draw >= keep[word] * 2**32:
                    continue
            text.append(word)
        texts.append(text)
        room -= len(text)
    return texts, state


def window_pairs(texts: Sequence[Sequence[int]], reductions: Sequence[int], window: int) -> list[tuple[int, int]]:
    """The (neighbour, centre) pairs of a job in the order of its training; a centre's reach is window − reduction."""
    pairs = []
    reduction = iter(reductions)
    for text in texts:
        for centre, y in enumerate(text):
            reach = window - next(reduction)
            for neighbour in range(max(0, centre - reach), min(len(text), centre + reach + 1)):
                if neighbour != centre:
                    pairs.append((text[neighbour], y))
    return pairs


def noise_table(noise: Vector) -> list[int]:
    """Cumulative noise, rounded to whole numbers of 2³¹ − 1: a draw means the first word whose entry reaches it."""
    sums = list(accumulate(noise))
    return [round(part / sums[-1] * (2**31 - 1)) for part in sums]


def single(number: float) -> float:
    """The number rounded to float32."""
    rounded: float = unpack("f", pack("f", number))[0]
    return rounded


def single_product(one: Sequence[float], other: Sequence[float]) -> float:
    """The dot product in float32: BLAS's sdot, but for the order of its roundings."""
    return single(fsum(a * b for a, b in zip(one, other, strict=True)))


def single_sum(one: Sequence[float], factor: float, other: Sequence[float]) -> list[float]:
    """one + factor · other in float32: BLAS's saxpy, but for a rounding of the product that some processors save."""
    return [single(a + factor * b) for a, b in zip(one, other, strict=True)]


def sigmoid_table() -> list[float]:
    """gensim's σ: 1,000 values from σ(−6) to σ(5.988), made in float32."""
    powers = [single(exp((single(i / 1000) * 2 - 1) * 6)) for i in range(1000)]
    return [single(power / (power + 1)) for power in powers]


def train_job(
    words: list[list[float]],
    contexts: list[list[float]],
    pairs: Sequence[tuple[int, int]],
    negatives: int,
    table: Sequence[int],
    learning_rate: float,
    state: int,
) -> tuple[int, int]:
    """Train the vectors in place on the pairs of a job: (negatives skipped, products out of reach).

    For each pair, its centre with label 1, then k drawn negatives with label 0: a negative that is the centre is
    skipped, and so is a product with |m| ≥ 6. The step is (label − σ(m)) · learning rate, where σ(m) is read at
    ⌊83 (m + 6)⌋ of 1,000 entries that span 12, a bit too early: gensim's σ(0) is 0.494. The neighbour's vector moves
    last, by the sum of its steps.
    """
    sigmoid = sigmoid_table()
    rate = single(learning_rate)
    skipped = unreached = 0
    for x, y in pairs:
        steps = [0.0] * len(words[x])
        for label in [1] + [0] * negatives:
            target = y
            if label == 0:
                target = bisect_left(table, (state >> 16) % table[-1])
                state = next_state(state)
                if target == y:
                    skipped += 1
                    continue
            m = single_product(words[x], contexts[target])
            if abs(m) >= 6:
                unreached += 1
                continue
            g = single(single(label - sigmoid[int((m + 6) * 83)]) * rate)
            steps = single_sum(steps, g, contexts[target])
            contexts[target] = single_sum(contexts[target], g, words[x])
        words[x] = single_sum(words[x], 1.0, steps)
    return skipped, unreached


def sgns_updates(
    words: list[list[float]],
    contexts: list[list[float]],
    positives: Sequence[tuple[int, int]],
    negatives: Sequence[Sequence[int]],
    rates: Sequence[float],
    reach: float = 6.0,
) -> None:
    """word2vec's update in place for each pair drawn from p and its negatives drawn from q, as they come.

    As in :func:`train_job`, with σ itself in the place of its table, floats of their own length, and no negative thrown
    away: (label − σ(m)) · rate along the other vector, none where |m| ≥ ``reach``; the word's vector moves last.
    """
    for (x, y), noise, rate in zip(positives, negatives, rates, strict=True):
        steps = [0.0] * len(words[x])
        for target, label in [(y, 1.0), *((z, 0.0) for z in noise)]:
            m = sum(a * b for a, b in zip(words[x], contexts[target], strict=True))
            if abs(m) >= reach:
                continue
            g = (label - exp(log_sigmoid(m))) * rate
            steps = [step + g * c for step, c in zip(steps, contexts[target], strict=True)]
            contexts[target] = [c + g * w for c, w in zip(contexts[target], words[x], strict=True)]
        words[x] = [w + step for w, step in zip(words[x], steps, strict=True)]
