"""Where texts come from: files, URLs and bytes, read in chunks, and their lines.

Follows tfjs-data/src/sources/*.ts and datasets/text_line_dataset.ts. What is compressed with gzip
is told by its first bytes and decompressed on the way.
"""

from __future__ import annotations

import codecs
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from tfjsbridge.converters.download import is_url, open_url
from tfjsbridge.data.dataset import Dataset
from tfjsbridge.data.iterators import LazyIterator, lazy
from tfjsbridge.errors import ModelFileError
from tfjsbridge.urls import file_path

_CHUNK_SIZE = 1024 * 1024
_GZIP = b"\x1f\x8b"


class DataSource(Protocol):
    """What gives the bytes of a text, chunk by chunk."""

    def iterator(self) -> Iterator[bytes]: ...


class FileDataSource:
    """The bytes of a file, or bytes in memory, in chunks."""

    def __init__(
        self, input: str | Path | bytes | bytearray, options: Mapping[str, int] | None = None
    ):
        """Of a file, as `file://path` or a path, or of bytes.

        Args:
          input: the file or the bytes.
          options: `chunkSize`, how many bytes a chunk has (1048576), and `offset`, how many bytes
            of the beginning are left out (0).

        Raises:
          TypeError: for anything else.
        """
        if not isinstance(input, (str, Path, bytes, bytearray)):
            raise TypeError(
                f"FileDataSource: expected a path or bytes, got {type(input).__name__}."
            )
        self.input = input
        self._size, self._offset = _sizes(options)

    def iterator(self) -> LazyIterator:
        """The chunks.

        Raises:
          FileNotFoundError: where there is no such file.
        """
        if isinstance(self.input, (bytes, bytearray)):
            stream: Any = io.BytesIO(self.input)
        else:
            stream = file_path(self.input).open("rb")
        stream.seek(self._offset)
        return lazy(_decompressed(_chunks(stream, self._size)))


class URLDataSource:
    """The bytes that an http(s) URL gives, in chunks; each iterator downloads them anew."""

    def __init__(self, url: str | Path, fileOptions: Mapping[str, int] | None = None):
        """Of a URL, or of a file, as `file://path` or a path; `fileOptions` as `FileDataSource`."""
        if not isinstance(url, (str, Path)):
            raise TypeError(f"URLDataSource: expected a URL or a path, got {type(url).__name__}.")
        self.url = url
        self._options = fileOptions
        self._size, self._offset = _sizes(fileOptions)

    def iterator(self) -> LazyIterator:
        """The chunks.

        Raises:
          FileNotFoundError: where there is no such file.
          OSError: where the URL gives nothing, with its status.
        """
        if not is_url(self.url) or str(self.url).startswith("file://"):
            return FileDataSource(self.url, self._options).iterator()
        try:
            stream = open_url(str(self.url))
        except ModelFileError as error:  # there is no model here
            raise OSError(str(error)) from error.__cause__
        return lazy(_decompressed(_downloaded(stream, str(self.url), self._size, self._offset)))


class TextLineDataset(Dataset):
    """The lines of a text, without their ends."""

    def __init__(self, input: DataSource):
        """Of a `FileDataSource`, a `URLDataSource`, or what else has `iterator()`."""
        self.input = input

    def iterator(self) -> LazyIterator:
        return lazy(_lines(self.input.iterator()))


def _sizes(options: Mapping[str, int] | None) -> tuple[int, int]:
    given = dict(options or {})
    size = given.pop("chunkSize", None) or _CHUNK_SIZE
    offset = given.pop("offset", None) or 0
    if given:
        raise TypeError(f"unknown option {next(iter(given))!r}. Options: chunkSize, offset.")
    return size, offset


def _chunks(stream: Any, size: int) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(size):
            yield chunk


def _downloaded(stream: Any, url: str, size: int, offset: int) -> Iterator[bytes]:
    with stream:
        while offset > 0 and (skipped := stream.read(min(offset, size))):
            offset -= len(skipped)
        yield from _chunks(stream, size)
        # A connection that breaks off looks like the end.
        if getattr(stream, "length", None):
            raise OSError(f"{url}: the download broke off, {stream.length} bytes are missing.")


def _decompressed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    first = next(chunks, b"")
    if len(first) == 1:  # too little to tell
        first += next(chunks, b"")
    if not first.startswith(_GZIP):
        if first:
            yield first
        yield from chunks
        return
    inflate = zlib.decompressobj(31)
    for chunk in _with(first, chunks):
        while chunk:
            # No more at once than a chunk that is compressed well may come to.
            try:
                text = inflate.decompress(chunk, _CHUNK_SIZE)
            except zlib.error as error:
                raise OSError(f"The compressed file is damaged: {error}") from error
            if text:
                yield text
            chunk = inflate.unconsumed_tail
            if inflate.eof and inflate.unused_data:  # files that were put together
                chunk, inflate = inflate.unused_data, zlib.decompressobj(31)
    if not inflate.eof:
        raise EOFError("The compressed file ends too early.")


def _with(first: bytes, chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    # As in a browser a byte order mark is left out, and what is no UTF-8 is U+FFFD.
    decoder = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
    rest = ""
    for chunk in chunks:
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        for line in lines:
            yield line.removesuffix("\r")
    rest += decoder.decode(b"", final=True)
    if rest:
        yield rest.removesuffix("\r")
