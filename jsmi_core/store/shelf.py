"""What one person may reach of a store that many use: their own, what ships with the program, and what is shared.

A text opens for whoever brought it, and for everyone once it is shared. A result is listed for whoever asked for it. To
name a cell in full is to ask for it: who has the text may have the answer without its being computed again, unless
somebody else imported it, for then nobody has checked that it is true.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from jsmi_core.errors import StoreError
from jsmi_core.experiments import Result, Spec, ids_of
from jsmi_core.store.bundle import Imported, import_bundle
from jsmi_core.store.people import EVERYONE
from jsmi_core.store.store import Store
from jsmi_core.text import Corpus

_R = TypeVar("_R", bound=Result)


class Shelf:
    """A store as one person sees it.

    Parameters
    ----------
    store : Store
    owner : str, optional
        A secret that only this person's programs know. Without one it is the whole store: a machine of one's own.

    Examples
    --------
    >>> import tempfile
    >>> from jsmi_core import Corpus
    >>> text = Corpus.from_sentences([["to", "be"]])
    >>> with tempfile.TemporaryDirectory() as folder, Store(folder) as store:
    ...     mine, yours = Shelf(store, "one secret"), Shelf(store, "another")
    ...     key = mine.save_text(text)
    ...     before = yours.reaches_text(key)
    ...     mine.share(key)
    ...     before, yours.reaches_text(key)
    (False, True)
    """

    def __init__(self, store: Store, owner: str | None = None) -> None:
        self._store = store
        self._owner = owner

    @property
    def path(self) -> Path:
        """The folder of the store."""
        return self._store.path

    # -- results ---------------------------------------------------------------------------------------------------

    def results(self, corpus_digest: str | None = None, *, kind: type[_R]) -> tuple[_R, ...]:
        """One's own results (of one corpus), and those of the program, without their arrays, oldest first."""
        found = self._store.results(corpus_digest, kind=kind)
        if self._owner is None:
            return found
        own = self._store.people.items(self._owner)
        return tuple(run for run in found if run.id in own or run.id in self._store.bundled)

    def own(self, kind: type[_R]) -> tuple[_R, ...]:
        """The same without those of the program."""
        return tuple(run for run in self.results(kind=kind) if run.id not in self._store.bundled)

    def answers(self, cells: Sequence[Spec]) -> list[Result]:
        """Those of these cells that have an answer, without their arrays, in the order of the cells."""
        withheld = self._withheld()
        found = {
            run.id: run
            for digest in dict.fromkeys(cell.corpus for cell in cells)
            for run in self._store.results(digest, kind=Result)
            if run.id not in withheld
        }
        return [result for cell in cells if (result := cell.answer(found)) is not None]

    def get(self, cell: str | Spec, kind: type[_R]) -> _R | None:
        """The result that answers a cell, or one's own of an id, with its arrays; None if there is none."""
        if isinstance(cell, str) and not self._lists(cell):
            return None
        withheld = self._withheld()
        found = (self._store.get(result_id, kind) for result_id in ids_of(cell) if result_id not in withheld)
        return next((result for result in found if result is not None), None)

    def has(self, result_id: str) -> bool:
        """Whether a result of that id is among one's own or the program's, with its arrays."""
        return self._lists(result_id) and self._store.has(result_id)

    def withholds(self, cell: str | Spec) -> bool:
        """Whether the answer to a cell that is stored is one that somebody else imported."""
        return bool(self._withheld().intersection(ids_of(cell)))

    def imported(self) -> frozenset[str]:
        """The ids of results that were imported, and not computed here since."""
        return self._store.people.imported()

    def ask(self, cells: Iterable[Spec]) -> None:
        """From now on the answers to these cells are one's own; so is the text, which one has. Raises StoreError."""
        if self._owner is not None:
            wanted = [item for cell in cells for item in (*ids_of(cell), cell.corpus)]
            self._store.people.own(self._owner, *dict.fromkeys(wanted))

    def delete(self, run: Result) -> None:
        """Give a result up; it is deleted unless somebody else wants it too. Raises StoreError."""
        self._store.people.disown(self._owner, run.id)
        if not self._store.people.wanted(run.id):
            self._store.delete(run.id)

    def take_in(self, bundle: bytes) -> Imported:
        """Import a bundle: what it brought is one's own. Raises StoreError; see :func:`import_bundle`."""
        taken = import_bundle(self._store, bundle)
        if self._owner is not None:
            unchecked = self._store.people.imported().intersection((*taken.added, *taken.known))
            self._store.people.mark_imported(self._owner, unchecked)
            self._store.people.own(self._owner, *taken.added, *taken.known, *taken.corpora, *taken.known_corpora)
        return taken

    def _lists(self, result_id: str) -> bool:
        everything = self._owner is None or result_id in self._store.bundled
        return everything or self._store.people.has(str(self._owner), result_id)

    def _withheld(self) -> frozenset[str]:
        return frozenset() if self._owner is None else self._store.people.imported_by_others(self._owner)

    # -- texts -----------------------------------------------------------------------------------------------------

    def save_text(self, corpus: Corpus) -> str:
        """Keep a text as one's own; see :meth:`Store.save_text`."""
        self.keep_words(corpus)
        key = self._store.save_text(corpus)
        if self._owner is not None:
            self._store.people.own(self._owner, key)
        return key

    def keep_words(self, corpus: Corpus) -> None:
        """Keep the words of a text that one has at hand, so that :meth:`corpus` has them. Raises StoreError."""
        self._store.save_corpus(corpus)
        if self._owner is not None:
            self._store.people.own(self._owner, corpus.digest)

    def text(self, key: str) -> Corpus:
        """One's own text of that key, or one that is shared; without its name where only its words are one's own.

        Raises
        ------
        StoreError
            If there is none.
        """
        return self._store.text(self.opened(key))

    def opened(self, key: str) -> str:
        """The key, or its digest where only the words are one's own. Raises StoreError where neither may be opened."""
        digest = key.partition(".")[0]
        opened = next(filter(self.reaches_text, (key, digest)), None)
        if opened is None:
            raise StoreError(
                f"no text {digest[:12]} that is yours or shared is kept here: bring its file on the page Corpus, or ask"
                " whoever brought it to share it."
            )
        return opened

    def corpus(self, digest: str) -> Corpus:
        """The corpus of that digest, if one has it. Raises StoreError."""
        return self._store.corpus(self.opened(digest))

    def reaches_text(self, key: str) -> bool:
        """Whether the text of that key, or digest, is one's own or shared."""
        people = self._store.people
        if self._owner is None:
            return self._store.has_corpus(key.partition(".")[0])
        return people.has(self._owner, key) or people.has(EVERYONE, key)

    def shared(self) -> tuple[str, ...]:
        """The keys of all texts that are shared."""
        return tuple(sorted(item for item in self._store.people.items(EVERYONE) if "." in item))

    def owns_text(self, key: str) -> bool:
        """Whether one has brought it oneself."""
        return self._owner is None or self._store.people.has(self._owner, key)

    def share(self, key: str, shared: bool = True) -> None:
        """Open one's own text to everyone, or close it again. Raises StoreError."""
        if not self.owns_text(key):
            raise StoreError("only who brought a text can share it.")
        (self._store.people.own if shared else self._store.people.disown)(EVERYONE, key, key.partition(".")[0])

    def delete_text(self, key: str) -> None:
        """Give a text up, with one's results of it; files that nobody else wants are deleted. Raises StoreError."""
        people, digest = self._store.people, key.partition(".")[0]
        if not self.owns_text(key):
            raise StoreError("only who brought a text can delete it.")
        for run in self.results(digest, kind=Result):
            if run.id not in self._store.bundled:
                self.delete(run)
        for owner in (EVERYONE, self._owner):
            people.disown(owner, key, digest)
        self._store.delete_text(key, words_too=not people.wanted(digest))
