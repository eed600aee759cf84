"""Where the texts of tf.data come from: files, bytes, URLs; and their lines."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import tfjsbridge as tf
from tests.data.parity import in_tfjs
from tfjsbridge.verify import NodeSession

TEXT = "größe,名前\r\n1,日本 😀\n\n2,x\r\nno end"
CSV = "a,b\n1,x\n2,y\n"
ROWS = [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]


def lines(source: tf.data.FileDataSource | tf.data.URLDataSource) -> list[str]:
    return tf.data.TextLineDataset(source).toArray()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_lines_are_those_of_tfjs(node: NodeSession, size: int, tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT.encode())
    body = """
        const source = new data.FileDataSource('file://' + args.path, {chunkSize: args.size});
        return await new data.TextLineDataset(source).toArray();
    """
    # tf.js in Node cuts letters at the borders of chunks no more than here.
    theirs = in_tfjs(node, body, path=str(path), size=size)
    options = {"chunkSize": size}
    assert lines(tf.data.FileDataSource(path, options)) == theirs
    assert lines(tf.data.FileDataSource(f"file://{path}", options)) == theirs
    assert lines(tf.data.FileDataSource(TEXT.encode(), options)) == theirs
    assert lines(tf.data.URLDataSource(str(path), options)) == theirs


@pytest.mark.parametrize("text", ["", "\n", "\n\n", "a", "a\n", "\ra\r\r\n"], ids=repr)
def test_ends_of_lines_are_those_of_tfjs(node: NodeSession, text: str) -> None:
    body = """
        const source = new data.FileDataSource(new TextEncoder().encode(args.text));
        return await new data.TextLineDataset(source).toArray();
    """
    assert lines(tf.data.FileDataSource(text.encode())) == in_tfjs(node, body, text=text)


def test_chunks_and_offset(node: NodeSession) -> None:
    body = """
        const source = new data.FileDataSource(
            new TextEncoder().encode('abcdefg'), {chunkSize: 3, offset: 2});
        const chunks = await (await source.iterator()).toArray();
        return chunks.map(chunk => new TextDecoder().decode(chunk));
    """
    source = tf.data.FileDataSource(b"abcdefg", {"chunkSize": 3, "offset": 2})
    assert [chunk.decode() for chunk in source.iterator()] == in_tfjs(node, body)


def test_what_is_compressed_is_decompressed(tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    path.write_bytes(gzip.compress(CSV.encode()))
    assert tf.data.csv(path).toArray() == ROWS
    two = gzip.compress(CSV.encode()[:7]) + gzip.compress(CSV.encode()[7:])
    for size in (1, 5, 1000):
        source = tf.data.FileDataSource(two, {"chunkSize": size})
        assert tf.data.CSVDataset(source).toArray() == ROWS
    cut = tf.data.FileDataSource(gzip.compress(CSV.encode())[:-9])
    with pytest.raises(EOFError, match="compressed file ends too early"):
        tf.data.CSVDataset(cut).toArray()
    damaged = tf.data.FileDataSource(gzip.compress(CSV.encode())[:10] + b"nonsense")
    with pytest.raises(OSError, match="The compressed file is damaged"):
        tf.data.CSVDataset(damaged).toArray()


def test_a_small_file_that_becomes_large_takes_no_memory() -> None:
    source = tf.data.FileDataSource(gzip.compress(b"1\n" * 50_000_000, 1))
    assert max(len(chunk) for chunk in source.iterator()) <= 1024 * 1024


def test_what_is_no_utf8_is_replaced() -> None:
    assert lines(tf.data.FileDataSource(b"a\xffb\n\xc3")) == ["a�b", "�"]


def test_wrong_sources() -> None:
    with pytest.raises(TypeError, match="FileDataSource: expected a path or bytes, got int"):
        tf.data.FileDataSource(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="URLDataSource: expected a URL or a path, got int"):
        tf.data.URLDataSource(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"unknown option 'size'\. Options: chunkSize, offset"):
        tf.data.FileDataSource(b"", {"size": 3})
    with pytest.raises(FileNotFoundError):
        lines(tf.data.FileDataSource("missing.txt"))
    for url in ("ftp://example.org/a.csv", "data://x", "http:///x"):
        with pytest.raises(OSError, match="only http:// and https:// URLs can be downloaded"):
            tf.data.csv(url).toArray()


# URLs


class Handler(BaseHTTPRequestHandler):
    """Answers /data.csv, /data.csv.gz, /cut, /away and /file; everything else is missing."""

    requests = 0

    def do_GET(self) -> None:
        type(self).requests += 1
        content = CSV.encode()
        if self.path.startswith("/away") or self.path == "/file":
            self.send_response(302)
            goal = "file:///etc/passwd" if self.path == "/file" else "/data.csv"
            self.send_header("Location", goal)
            self.end_headers()
            return
        if self.path.endswith(".gz"):
            content = gzip.compress(content)
        elif not self.path.startswith(("/data.csv", "/cut")):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(content) + 5 * (self.path == "/cut")))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}"
        httpd.shutdown()
        thread.join()


def test_a_url_is_read(server: str) -> None:
    for name in ("data.csv", "data.csv?x=1&y=ä", "data.csv.gz", "away"):
        dataset = tf.data.csv(f"{server}/{name}")
        assert dataset.columnNames() == ["a", "b"]
        assert dataset.toArray() == ROWS


def test_chunks_of_a_url(server: str) -> None:
    source = tf.data.URLDataSource(f"{server}/data.csv", {"chunkSize": 5, "offset": 4})
    assert list(source.iterator()) == [b"1,x\n2", b",y\n"]
    past = tf.data.URLDataSource(f"{server}/data.csv", {"chunkSize": 5, "offset": 400})
    assert list(past.iterator()) == []


def test_a_url_is_requested_when_it_is_needed(server: str) -> None:
    Handler.requests = 0
    dataset = tf.data.csv(f"{server}/data.csv", hasHeader=False, columnNames=["a", "b"])
    assert Handler.requests == 0
    dataset.toArray()
    assert Handler.requests == 1


def test_a_url_that_gives_nothing(server: str) -> None:
    with pytest.raises(OSError, match=r"/none\.csv cannot be downloaded: HTTP status 404"):
        tf.data.csv(f"{server}/none.csv").toArray()
    with pytest.raises(OSError, match=r"to url 'file:///etc/passwd' is not allowed"):
        tf.data.csv(f"{server}/file").toArray()
    with pytest.raises(OSError, match=r"/cut: the download broke off, 5 bytes are missing"):
        tf.data.csv(f"{server}/cut").toArray()
    with pytest.raises(OSError, match="cannot be downloaded"):
        tf.data.csv("http://127.0.0.1:1/x.csv").toArray()
