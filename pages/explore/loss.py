"""Loss: the words, contexts and pairs that one model's gap comes from."""

import numpy as np
import streamlit as st

from jsmi_app import cached, controls, frame, say, snippets, state
from jsmi_app.panels import loss as losses, text as texts
from jsmi_app.prose import Prose
from jsmi_app.setting import number as a_number, one_of, words as any_words
from jsmi_core.embeddings import has_umap, neighbours
from jsmi_core.experiments import LawScores, Result
from jsmi_core.figures import (
    add_up,
    bands_data,
    heat_data,
    lost_of_bound,
    map_data,
    number,
    percent,
    scores_data,
    word_data,
)
from jsmi_core.information import FloatArray
from jsmi_core.objective import Loss
from jsmi_core.text import Corpus, typed_words

VIEWS = {"words": "Words", "scores": "Scores", "word": "One word", "map": "Map", "heat": "Table"}
MOST_ROWS = 200
ON_THE_MAP = 1_000
MOST_CELLS = 25  # words of a heat map that can still be read
METHODS = {"pca": "PCA", "umap": "UMAP"}
WEIGHT_NAMES = {"loss": "loss", "pairs": "pairs of the text"}
SETTINGS = {
    "view": one_of(VIEWS, "Look at", "How the gap is sorted."),
    "word": any_words("Word", "Empty: the word that lost most."),
    "weight": one_of(WEIGHT_NAMES, "Coloured by", "What the colour of a cell counts."),
    "mapping": one_of(METHODS, "Map by", "How the vectors are laid flat."),
    "words": any_words("Words", "With spaces or commas between them; empty: those of the pairs that lost most."),
    "top": a_number(
        int, 16, 2, MOST_CELLS, "How many words", "How many words are shown where none are named; from 2 to 25."
    ),
}


def by_frequency(text: Corpus, loss: Loss, subtitle: str, words: Prose) -> None:
    """Bars by frequency, and the worst words."""
    name = losses.side("Sorted by")
    side, scale = loss.side(name), losses.scaled()
    clicked = controls.figure(
        bands_data(loss.bands(name), text.vocabulary, side=name, subtitle=subtitle), "loss-bands", clickable=True
    )
    if clicked:
        losses.look_at(clicked[0])
    seen, unseen, total = add_up([scale * side.seen.sum(), scale * side.unseen.sum()])
    *_, again = add_up((scale * side.loss).tolist())
    values = {"seen": seen, "unseen": unseen, "total": total, "again": again, "sides": f"{name}s"}
    say.markdown(words.part("words", words=f"{len(side.loss):,}", unit=state.get("unit"), **values))
    worst = np.argsort(-side.loss, kind="stable")[:MOST_ROWS]
    names = [text.vocabulary[i] for i in worst]
    unit = state.get("unit")
    rows = {
        name: names,
        "tokens": text.counts[worst],
        f"loss ({unit})": scale * side.loss[worst],
        "share of the gap": side.loss[worst] / (loss.total or 1.0),
        f"lost for each draw ({unit})": scale * per_draw(loss, name)[worst],
        "share of its information lost": side.loss[worst] / np.maximum(side.information[worst], 1e-300),
    }
    say.subheader(f"The {len(worst)} {name}s that lost most")
    losses.table(rows, names, "worst-words", f"The {name}s with the largest part of the gap")


def per_draw(loss: Loss, name: str) -> FloatArray:
    """What a draw of each word, or context, loses on average; nats."""
    side = loss.side(name)
    return np.divide(side.loss, side.weight, out=np.zeros_like(side.loss), where=side.weight > 0)


def by_score(text: Corpus, loss: Loss, subtitle: str, pmi: str, words: Prose) -> None:
    """All pairs over PMI and m, and the worst of them."""
    weight = controls.choice("weight")
    with st.spinner("Looking at all pairs …"):
        density, causes = loss.density, loss.causes
    data = scores_data(density, causes, loss.objective.log_odds, weight=weight, pmi=pmi, subtitle=subtitle)
    controls.figure(data, "loss-scores")
    low, high, unseen, total = add_up([losses.scaled() * part for part in causes])
    say.markdown(words.part("scores", low=low, high=high, unseen=unseen, total=total, unit=state.get("unit")))
    pairs = loss.worst_pairs(MOST_ROWS)
    first = [text.vocabulary[i] for i in pairs.rows]
    rows = {"word": first, "context": [text.vocabulary[i] for i in pairs.columns]}
    say.subheader(f"The {len(first)} pairs that lost most")
    losses.table(
        rows | losses.pair_columns(pairs, loss.total, "the gap", pmi), first, "worst-pairs", "The pairs that lost most"
    )


def one_word(text: Corpus, loss: Loss, subtitle: str, pmi: str, words: Prose) -> None:
    """The worst pairs of a word, its neighbours, its sentences."""
    side_at, word_at = st.columns(2, vertical_alignment="bottom")
    with side_at:
        name = losses.side("Seen as")
    side = loss.side(name)
    with word_at:
        typed = controls.typed("word", 200)
    index = texts.asked_for(text, typed) if typed.strip() else int(np.argmax(side.loss))
    if index is None:
        return
    word = text.vocabulary[index]
    pairs = loss.pairs_of(name, index)
    own, scale = float(side.loss[index]), losses.scaled()
    key = f"loss-word-{index}"  # of this word only: what was clicked for another one must not lead on from here
    clicked = controls.figure(
        word_data(pairs, own, word, text.vocabulary, side=name, subtitle=subtitle), key, clickable=True
    )
    if clicked:
        losses.look_at(clicked[0])
    others = "contexts" if name == "word" else "words"
    values = {"pairs": f"{len(side.loss):,}", "others": others, "most": len(pairs.loss)}
    share = percent(float(pairs.loss.sum()) / own) if own > 0 else "0 %"
    say.markdown(words.part("word", sum=f"{scale * own:.6f}", share=share, unit=state.get("unit"), **values))
    partners = [text.vocabulary[i] for i in (pairs.columns if name == "word" else pairs.rows)]
    rows = {others[:-1]: partners} | losses.pair_columns(pairs, own, "the word's loss", pmi)
    losses.table(rows, partners, f"word-pairs-{index}", "The worst pairs of the word")
    near(text, loss, index)
    in_text(text, index)


def near(text: Corpus, loss: Loss, index: int) -> None:
    """The nearest vectors of a word, among the input vectors and among the output vectors."""
    tables = {"input": loss.embedding.words, "output": loss.embedding.contexts}
    for column, (kind, vectors) in zip(st.columns(2), tables.items(), strict=True):
        with column:
            say.subheader(f"Neighbours by {kind} vectors")
            found = neighbours(vectors, index)
            names = [text.vocabulary[other.place] for other in found]
            rows = {"word": names, "cosine": [other.cosine for other in found]}
            losses.table(rows, names, f"near-{kind}-{index}", f"The words with the nearest {kind} vectors")


def in_text(text: Corpus, index: int) -> None:
    """Where the word stands."""
    found, word = texts.concordance(text, index), text.vocabulary[index]
    say.subheader(f"“{word}” in the text, {len(found.rows)} of {found.occurrences:,} places")
    say.table(
        [dict(zip(("before", "word", "after"), row, strict=True)) for row in found.rows],
        column_config={"before": st.column_config.TextColumn(alignment="right")},
        hide_index=True,
    )


def on_a_map(text: Corpus, loss: Loss, run: Result, subtitle: str, words: Prose) -> None:
    """The most frequent words on a plane."""
    method = controls.choice("mapping", tuple(METHODS) if has_umap() else ("pca",))
    if not has_umap():
        say.caption(words.part("umap"))
    shown = min(ON_THE_MAP, len(text.vocabulary))
    found = cached.word_map(run, shown, method)
    values = (losses.scaled() * per_draw(loss, "word")[:shown]).tolist()
    names = text.vocabulary[:shown]
    unit = state.get("unit")
    data = map_data(found, names, values, method=METHODS[method], unit=unit, subtitle=subtitle)
    clicked = controls.figure(data, "loss-map", clickable=True)
    if clicked:
        losses.look_at(clicked[0])
    say.markdown(words.part("map", words=f"{shown:,}"))


def among_words(text: Corpus, loss: Loss, pmi: str, words: Prose) -> None:
    """PMI − log k, m and loss of every pair among some words."""
    words_at, top_at = st.columns([3, 1], vertical_alignment="bottom")
    with top_at:
        top = controls.whole("top")
    with words_at:
        typed = controls.typed("words", 2000)
    asked = typed_words(text, typed)
    if asked.missing:
        say.info(words.part("missing", words=", ".join(asked.missing)))
    indices = np.array(asked.places[:MOST_CELLS] or of_the_worst_pairs(loss, top))
    chosen = [text.vocabulary[index] for index in indices.tolist()]
    pairs = loss.pairs(np.repeat(indices, len(indices)), np.tile(indices, len(indices)))
    tables = heat_data(pairs, chosen, loss.total, pmi=pmi)
    for column, data, key in zip(st.columns(3), tables, ("best", "model", "loss"), strict=True):
        with column:
            controls.figure(data, f"heat-{key}")
    say.markdown(words.part("heat"))


def of_the_worst_pairs(loss: Loss, most: int) -> list[int]:
    """The places in the vocabulary of the words of the pairs that lost most, each once."""
    with st.spinner("Looking at all pairs …"):
        pairs = loss.worst_pairs(MOST_ROWS)
    both = np.column_stack([pairs.rows, pairs.columns]).ravel().tolist()
    return list(dict.fromkeys(both))[:most]


def summary(scores: LawScores) -> None:
    """The gap that everything below adds up to."""
    scale, unit = losses.scaled(), state.get("unit")
    with st.container(horizontal=True):
        for label, value in {"Bound": scores.bound, "Score S": scores.score, "Gap": scores.gap}.items():
            st.metric(label, f"{number(scale * value)} {unit}", width="content")
        share = lost_of_bound(scores.gap, scores.bound)
        st.metric("Lost, of all there is to know", share, width="content")


with frame.page("loss", losses.SETTINGS, SETTINGS) as words:
    text_at, run_at = st.columns([2, 3], vertical_alignment="bottom")
    with text_at:
        text = controls.text_choice()
    with run_at:
        run = losses.choose(text)
    if run is None:
        say.markdown(words.part("none"))
        losses.offer(text)
    else:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            view = controls.choice("view")
            law = controls.law()
            controls.unit()
        scores = run.law(law)
        loss = cached.loss(text, run, law)
        summary(scores)
        subtitle = f"{text.name} · {losses.name_of(run)} · q = {scores.q}"
        pmi = "PMI" if scores.q == "context marginal" else "log p/r"
        if view == "words":
            by_frequency(text, loss, subtitle, words)
        elif view == "scores":
            by_score(text, loss, subtitle, pmi, words)
        elif view == "word":
            one_word(text, loss, subtitle, pmi, words)
        elif view == "map":
            on_a_map(text, loss, run, subtitle, words)
        else:
            among_words(text, loss, pmi, words)
        controls.reproduce(*snippets.loss(text, run, law))
