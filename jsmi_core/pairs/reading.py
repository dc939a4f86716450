"""A file of pairs → their distribution: any two variables, no text ("any joint distribution", Section 3)."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import math
import os
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from jsmi_core.errors import DistributionError
from jsmi_core.information import JointDistribution
from jsmi_core.runtime.npz import UNREADABLE, check_npz

_SPARSE = tuple(
    f"{name}.npy" for name in ("indices", "indptr", "data", "row", "col", "offsets", "format", "shape", "_is_array")
)
_SHOWN = 80
_LONGEST = 1 << 24  # bytes of a row
_PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")


def read_pairs(path: str | os.PathLike[str]) -> JointDistribution:
    r"""Read a table of pairs: users and items, documents and words, the two ends of edges.

    What it is, is told from its bytes:

    * CSV or TSV, also packed with gzip: a row for each pair, x, y and perhaps a count (1 if left out); pairs that come
      again are added. Between the fields stand tabs, semicolons or commas. A first row whose count is no number is a
      heading.
    * MatrixMarket, and an .npz of scipy.sparse: rows are x, columns y.
    * Parquet: the first two columns are x and y, the third, if there is one, the count.

    Parameters
    ----------
    path : path

    Returns
    -------
    JointDistribution, V × W
        With ``vocabulary`` and ``context_vocabulary``: the names of a list, most frequent first; of a matrix the
        numbers of its rows and columns, as its format counts them (from 1 in MatrixMarket, from 0 in .npz).

    Raises
    ------
    DistributionError
        Names the row and what is wrong with it: a field is missing, or a count is no finite number of 0 or more; or
        says why the file is no table.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "loans.csv"
    >>> _ = path.write_text("reader,book,times\nann,emma,2\nbo,emma,1\nbo,ulysses,1\n")
    >>> joint = read_pairs(path)
    >>> joint.vocabulary, joint.context_vocabulary, joint.counts.toarray().tolist()
    (('ann', 'bo'), ('emma', 'ulysses'), [[2.0, 0.0], [1.0, 1.0]])
    """
    name = repr(os.path.basename(os.fspath(path))[-_SHOWN:])
    try:
        with open(path, "rb") as file:
            start = file.read(16)
            file.seek(0)
            return _read(file, start)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise DistributionError(f"{name} is packed, and damaged or cut: fetch it again.") from None
    except OSError as error:
        raise DistributionError(f"{name} cannot be read ({error.strerror}): name a file of pairs.") from None
    except DistributionError as error:
        raise DistributionError(f"{name}: {error}") from None


def _read(file: Any, start: bytes) -> JointDistribution:
    if start.startswith(_PICKLES):
        raise DistributionError("it is a pickle, which can run programs: give the pairs as CSV, MatrixMarket or .npz.")
    if start.startswith(b"PK\x03\x04"):
        return _npz(file.read())
    if start.startswith(b"PAR1"):
        return _parquet(file)
    if start.startswith(b"%%MatrixMarket"):
        return _market(file)
    if start.startswith(b"\x1f\x8b"):
        with gzip.open(file) as unpacked:
            return _list(unpacked)
    return _list(file)


# -- lists of pairs ---------------------------------------------------------------------------------------------------


class _Names(dict[str, int]):
    """Numbers names as they come."""

    def __missing__(self, name: str) -> int:
        self[name] = len(self)
        return self[name]


def _list(file: Any) -> JointDistribution:
    lines = codecs.iterdecode(iter(partial(file.readline, _LONGEST), b""), "utf-8-sig")
    words, contexts = _Names(), _Names()
    rows, columns, counts = [], [], []
    try:
        for x, y, count in _fields(lines):
            rows.append(words[x])
            columns.append(contexts[y])
            counts.append(count)
    except UnicodeDecodeError:
        raise DistributionError(f"row {len(rows) + 1:,} or one after it is not UTF-8: convert the file.") from None
    except csv.Error as error:
        raise DistributionError(f"row {len(rows) + 1:,} or one after it is no row of fields ({error}).") from None
    if not rows:
        raise DistributionError("it holds no pair: give a row for each pair, x, y and perhaps a count.")
    return _named(np.array(rows), np.array(columns), np.array(counts, np.float64), list(words), list(contexts))


def _fields(lines: Iterator[str]) -> Iterator[tuple[str, str, float]]:
    """x, y and the count of each row."""
    first = next(lines, "")
    mark = next((mark for mark in "\t;," if mark in first), ",")
    width = 0
    for row, fields in enumerate(csv.reader(chain([first], lines), delimiter=mark), 1):
        if not fields:
            continue
        if not width:
            width = len(fields)
            if width not in (2, 3):
                raise DistributionError(
                    f"row {row} has {width} fields: give x, y and perhaps a count, between tabs, semicolons or commas."
                )
            if width == 3 and _number(fields[2]) is None:
                continue  # a heading
        if len(fields) != width:
            raise DistributionError(f"row {row:,} has {len(fields)} fields where the first has {width}: mend that row.")
        count = 1.0 if width == 2 else _number(fields[2])
        if count is None or not (math.isfinite(count) and count >= 0):
            raise DistributionError(
                f"row {row:,} ({fields[0][:_SHOWN]!r}, {fields[1][:_SHOWN]!r}) has the count {fields[2][:_SHOWN]!r}: "
                "give a finite number of 0 or more."
            )
        yield fields[0], fields[1], count


def _number(text: str) -> float | None:
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        return None


def _named(rows: Any, columns: Any, counts: Any, words: list[str], contexts: list[str]) -> JointDistribution:
    """The distribution of a list, rows and columns in the order of their sums."""
    placed, orders = [], []
    for places, names in ((rows, words), (columns, contexts)):
        order = np.argsort(-np.bincount(places, counts, len(names)), kind="stable")
        rank = np.empty(len(names), np.int64)
        rank[order] = np.arange(len(names))
        placed.append(rank[places])
        orders.append(tuple(names[i] for i in order))
    table = scipy.sparse.coo_array((counts, tuple(placed)), (len(words), len(contexts)))
    return _joint(table, *orders)


def _joint(table: Any, words: tuple[str, ...], contexts: tuple[str, ...]) -> JointDistribution:
    joint = JointDistribution.from_counts(table, "pairs of a file")
    return JointDistribution(joint.counts, joint.source, words, contexts)


def _parquet(file: Any) -> JointDistribution:
    try:
        import pyarrow.parquet
    except ImportError:
        raise DistributionError("it is Parquet, which needs pyarrow: pip install pyarrow, or give CSV.") from None
    try:
        table = pyarrow.parquet.read_table(file)
    except (pyarrow.ArrowException, OSError):
        raise DistributionError("it is no whole Parquet file: write it again.") from None
    if table.num_columns < 2:
        raise DistributionError("it has fewer than two columns: give x, y and perhaps a count.")
    try:
        return _of_columns(table)
    except (pyarrow.ArrowException, UnicodeDecodeError):
        raise DistributionError("it has names that are not UTF-8: convert it.") from None


def _of_columns(table: Any) -> JointDistribution:
    """The distribution of the first two or three columns of an Arrow table."""
    names: list[list[str]] = []
    places: list[Any] = []
    for column in table.columns[:2]:
        coded = column.combine_chunks().dictionary_encode()
        if coded.null_count:
            row = int(np.flatnonzero(coded.is_null().to_numpy(zero_copy_only=False))[0]) + 1
            raise DistributionError(f"row {row:,} has no name in one of the first two columns: mend that row.")
        names.append([str(value) for value in coded.dictionary.to_pylist()])
        places.append(coded.indices.to_numpy())
    counts = np.ones(len(table)) if table.num_columns == 2 else _counts(table.column(2))
    if not len(counts):
        raise DistributionError("it holds no pair: give a row for each pair.")
    return _named(places[0], places[1], counts, names[0], names[1])


def _counts(column: Any) -> npt.NDArray[np.float64]:
    try:
        counts = column.to_numpy().astype(np.float64)
    except (TypeError, ValueError):
        raise DistributionError("its third column is no count: give numbers there.") from None
    bad = np.flatnonzero(~(np.isfinite(counts) & (counts >= 0)))
    if bad.size:
        raise DistributionError(
            f"row {bad[0] + 1:,} has the count {counts[bad[0]]:g}: give a finite number of 0 or more."
        )
    return counts


# -- matrices ---------------------------------------------------------------------------------------------------------


def _market(file: Any) -> JointDistribution:
    try:
        table = scipy.io.mmread(file, spmatrix=False)
    except (*UNREADABLE,) as error:
        said = str(error).splitlines()[0][:_SHOWN] if str(error) else type(error).__name__
        raise DistributionError(f"it is no whole MatrixMarket file ({said}): write it again.") from None
    return _of_matrix(table, 1)


def _npz(payload: bytes) -> JointDistribution:
    try:
        check_npz(payload, packed=_SPARSE)
        table = scipy.sparse.load_npz(io.BytesIO(payload))
        if hasattr(table, "check_format"):
            table.check_format(full_check=True)
    except UNREADABLE:
        raise DistributionError(
            "it is no .npz of scipy.sparse.save_npz, or not a whole one: write it again with that."
        ) from None
    return _of_matrix(table, 0)


def _of_matrix(table: Any, first: int) -> JointDistribution:
    if np.iscomplexobj(table if isinstance(table, np.ndarray) else table.data):
        raise DistributionError("its numbers are complex: give finite counts of 0 or more.")
    rows, columns = (tuple(map(str, range(first, first + size))) for size in table.shape)
    return _joint(table, rows, columns)
