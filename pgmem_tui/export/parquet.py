"""Rows into an Apache Parquet file: COPY's CSV through a pipe to pyarrow, batch by batch.

Needs the extra `parquet`; imported only when such a file is written. Booleans, integers and floats keep
their types, everything else is text as the server writes it.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from typing import Any

from pgmem_tui.export.writer import Stopped
from pgmem_tui.postgres.copy_out import OutColumn, distinct
from pgmem_tui.postgres.errors import Refused

BLOCK = 1 << 20
"""Bytes of CSV made into one batch of rows."""
_TYPES = {16: "bool_", 20: "int64", 21: "int16", 23: "int32", 700: "float32", 701: "float64"}


def load() -> Any:
    """The library.

    Raises:
        Refused: It is not installed.
    """
    try:
        import pyarrow
        import pyarrow.csv
        import pyarrow.parquet
    except ImportError:
        raise Refused("Parquet needs pyarrow", "pip install 'pgmem-tui[parquet]'") from None
    return pyarrow


class ParquetWriter:
    """Takes CSV without a header as `Writer` does; a thread makes Parquet of it."""

    def __init__(self, descriptor: int, columns: Sequence[OutColumn], stop: threading.Event) -> None:
        """Nothing is written yet.

        Args:
            descriptor: Open for writing; stays open.
            columns: Of the rows.
            stop: Once it is set, the next write raises `Stopped`.

        Raises:
            Refused: pyarrow is missing, or there are no columns.
        """
        self._arrow = load()
        if not columns:
            raise Refused("a Parquet file needs columns, and these rows have none")
        self.nbytes = 0
        """Bytes taken."""
        self.lines = 0
        """Rows written so far."""
        self._descriptor, self._stop = descriptor, stop
        kinds = [getattr(self._arrow, _TYPES.get(column.type_oid, "string"))() for column in columns]
        names = distinct([column.name for column in columns])
        self._schema = self._arrow.schema(list(zip(names, kinds, strict=True)))
        read, write = os.pipe()
        self._pipe = os.fdopen(write, "wb", BLOCK)
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._convert, args=(read,), name="parquet", daemon=True)
        self._thread.start()

    @property
    def written(self) -> int:
        """Bytes of the file so far."""
        with contextlib.suppress(OSError):
            return os.fstat(self._descriptor).st_size
        return 0

    def __call__(self, data: bytes) -> None:
        """Take some bytes.

        Raises:
            Stopped: It was asked for.
            Refused: pyarrow cannot read a value.
            OSError: The file cannot be written.
        """
        if self._stop.is_set():
            self.end()
            raise Stopped
        self.nbytes += len(data)
        try:
            self._pipe.write(data)
        except (BrokenPipeError, ValueError):
            self.finish()

    def finish(self) -> None:
        """Wait until the file is complete.

        Raises:
            Refused: pyarrow cannot read a value.
            OSError: The file cannot be written.
        """
        self.end()
        if isinstance(self._error, OSError):
            raise self._error
        if self._error is not None:
            raise Refused(f"pyarrow: {self._error}") from None

    def end(self) -> None:
        """Take no more, and wait for the thread."""
        with contextlib.suppress(OSError, ValueError):
            self._pipe.close()
        self._thread.join()

    def _convert(self, read: int) -> None:
        """Read CSV from the pipe until its end; on a thread of its own."""
        arrow, schema = self._arrow, self._schema
        csv, parquet = arrow.csv, arrow.parquet
        convert = csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        )
        options = csv.ReadOptions(column_names=schema.names, block_size=BLOCK, use_threads=False)
        try:
            with (
                os.fdopen(read, "rb") as source,
                os.fdopen(os.dup(self._descriptor), "wb") as sink,
                parquet.ParquetWriter(sink, schema, compression="zstd") as writer,
            ):
                if not source.peek(1):
                    return
                batches = csv.open_csv(source, options, csv.ParseOptions(newlines_in_values=True), convert)
                for batch in batches:
                    writer.write_batch(batch)
                    self.lines += batch.num_rows
        except Exception as error:
            self._error = error
