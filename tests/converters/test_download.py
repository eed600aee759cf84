"""A model of a URL is downloaded and loaded; what a server sends instead of one is refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.converters import download, load_keras_model, save_keras_model
from tfjsbridge.errors import ModelFileError
from tfjsbridge.runtime import keras

#: What a server does with a request: its answer's body, status and headers.
Answer = Callable[[], tuple[bytes, int, dict[str, str]]]


class Server:
    """A web server in this process.

    Attributes:
      url: of its root, without a slash at the end.
      answers: by path and query; anything else is not found.
      asked: the paths and queries that were asked for.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                missing: Answer = lambda: (b"", 404, {})  # noqa: E731
                body, status, headers = server.answers.get(self.path, missing)()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # Of a client that does not read to the end.
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def body(self, path: str, body: bytes, status: int = 200, **headers: str) -> None:
        self.answers[path] = lambda: (body, status, headers)

    def redirect(self, path: str, location: str) -> None:
        self.body(path, b"", 302, Location=location)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    server = Server()
    thread = threading.Thread(target=server.http.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.http.shutdown()
    server.http.server_close()
    thread.join()


@pytest.fixture
def exported(tmp_path: Path) -> tuple[Any, dict[str, Any], bytes]:
    """A model, its model.json and its only shard."""
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(3, name="d")])
    path = save_keras_model(model, tmp_path)
    description = json.loads(path.read_text())
    (name,) = description["weightsManifest"][0]["paths"]
    return model, description, (tmp_path / name).read_bytes()


@pytest.fixture
def served(server: Server, exported: tuple[Any, dict[str, Any], bytes]) -> Server:
    """A server with the model in a folder; `serve` puts another model.json there."""
    _, description, shard = exported
    server.body("/web/secret/x.bin", bytes(60))
    server.body("/x.bin", bytes(60))
    server.body("/web/m/x.bin", shard)
    serve(server, description, ["x.bin"])
    return server


def serve(server: Server, description: dict[str, Any], paths: list[Any]) -> None:
    description = json.loads(json.dumps(description))
    description["weightsManifest"][0]["paths"] = paths
    server.body("/web/m/model.json", json.dumps(description).encode())


def load(server: Server) -> Any:
    return load_keras_model(f"{server.url}/web/m/model.json")


def test_a_model_is_loaded(served: Server, exported: Any) -> None:
    loaded = load(served)
    for got, expected in zip(loaded.get_weights(), exported[0].get_weights(), strict=True):
        np.testing.assert_array_equal(got, expected)


def test_a_model_is_loaded_by_the_mirror(served: Server, exported: Any) -> None:
    loaded = tf.loadLayersModel(f"{served.url}/web/m/model.json")
    np.testing.assert_array_equal(loaded.getWeights()[0].arraySync(), exported[0].get_weights()[0])


def test_several_shards_in_a_folder_and_with_a_query(served: Server, exported: Any) -> None:
    model, description, shard = exported
    names = ["./a b.bin", "sub/b#1?.bin", "c%20d.bin"]
    served.body("/web/m/./a%20b.bin?key=1/2", shard[:7])
    served.body("/web/m/sub/b%231%3F.bin?key=1/2", shard[7:50])
    served.body("/web/m/c%20d.bin?key=1/2", shard[50:])
    serve(served, description, names)
    served.answers["/web/m/model.json?key=1/2"] = served.answers["/web/m/model.json"]
    loaded = load_keras_model(f"{served.url}/web/m/model.json?key=1/2#top")
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])


def test_redirects_to_http(served: Server, exported: Any) -> None:
    served.redirect("/web/m/y.bin", "/elsewhere.bin")
    served.body("/elsewhere.bin", exported[2])
    serve(served, exported[1], ["y.bin"])
    served.redirect("/moved/model.json", f"{served.url}/web/m/model.json")
    # The weights are looked for beside the URL that was asked for, as tf.js does.
    served.answers["/moved/y.bin"] = served.answers["/web/m/y.bin"]
    assert load_keras_model(f"{served.url}/moved/model.json").count_params() == 15
    assert "/elsewhere.bin" in served.asked


@pytest.mark.parametrize("scheme", ["file", "ftp", "data", "gopher"])
@pytest.mark.parametrize("what", ["model.json", "x.bin"])
def test_redirects_to_other_schemes_are_refused(
    what: str, scheme: str, served: Server, tmp_path: Path
) -> None:
    url = {"file": (tmp_path / "model.json").as_uri(), "data": "data:text/plain,{}"}
    served.redirect(f"/web/m/{what}", url.get(scheme, f"{scheme}://127.0.0.1:9/model.json"))
    expected = f"{scheme}.* only http:// and https://|status 302, .*{scheme}.* is not allowed"
    with pytest.raises(ModelFileError, match=expected):
        load(served)


@pytest.mark.parametrize("url", ["file:///model.json", "ftp://h/model.json", "http://", "://x",
                                 "http://[/model.json", "http:///model.json"])  # fmt: skip
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ModelFileError, match="only http:// and https:// URLs"):
        load_keras_model(url)


def test_a_redirect_in_circles(served: Server) -> None:
    served.redirect("/web/m/model.json", "/web/m/model.json")
    with pytest.raises(ModelFileError, match=r"m/model.json cannot .* status 302, .*infinite loop"):
        load(served)


@pytest.mark.parametrize(
    "name",
    ["../secret/x.bin", "/x.bin", "//127.0.0.1/x.bin", "http://127.0.0.1/x.bin", "a/../../x.bin",
     "%2e%2e/secret/x.bin", "..%2fsecret/x.bin", "..\\secret\\x.bin", "file:/x.bin", "", ".", "..",
     "a\0b"],
)  # fmt: skip
def test_weight_files_elsewhere_are_refused(name: str, served: Server, exported: Any) -> None:
    serve(served, exported[1], [name])
    with pytest.raises(ModelFileError, match=r"m/model.json: .* is outside of the model's folder"):
        load(served)
    assert served.asked == ["/web/m/model.json"]


@pytest.mark.parametrize("status", [404, 403, 500])
def test_the_status_is_said(status: int, served: Server) -> None:
    served.body("/web/m/x.bin", b"no", status)
    with pytest.raises(ModelFileError, match=f"{served.url}/web/m/x.bin .* HTTP status {status}, "):
        load(served)
    served.body("/web/m/model.json", b"no", status)
    with pytest.raises(ModelFileError, match=f"m/model.json cannot .* HTTP status {status}, "):
        load(served)


def test_no_server(served: Server) -> None:
    served.redirect("/web/m/x.bin", "http://127.0.0.1:1/x.bin")
    with pytest.raises(ModelFileError, match=r"m/x.bin cannot be downloaded: .*refused"):
        load(served)


def test_a_silent_server(served: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    served.answers["/web/m/x.bin"] = lambda: (bytes(done.wait(20)), 200, {})
    monkeypatch.setattr(download, "TIMEOUT", 0.2)
    try:
        with pytest.raises(ModelFileError, match=r"m/x.bin cannot be downloaded: .*timed out"):
            load(served)
    finally:
        done.set()


def test_too_long_and_truncated_shards(served: Server, exported: Any) -> None:
    shard = exported[2]
    served.body("/web/m/x.bin", shard + b"1")
    with pytest.raises(ModelFileError, match=r"m/x.bin is longer than the 60 bytes"):
        load(served)
    served.body("/web/m/x.bin", shard[:-1])
    with pytest.raises(ModelFileError, match=r"m/x.bin: .* need 60 bytes, but 59 came .*truncated"):
        load(served)
    served.body("/web/m/x.bin", shard[:-1], **{"Content-Length": "60"})
    with pytest.raises(ModelFileError, match=r"m/x.bin"):
        load(served)


def test_a_model_json_without_end(served: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MAX_JSON_BYTES", 1000)
    served.body("/web/m/model.json", b" " * 2000)
    with pytest.raises(ModelFileError, match=r"m/model.json is longer than the 1000 bytes"):
        load(served)


def test_more_than_the_disk_takes(served: Server, exported: Any) -> None:
    exported[1]["weightsManifest"][0]["weights"][0]["shape"] = [10**18]
    serve(served, exported[1], ["x.bin"])
    with pytest.raises(ModelFileError, match=r"take 40+12 bytes, but only .* are free"):
        load(served)
    assert served.asked == ["/web/m/model.json"]


def test_what_cannot_be_loaded_is_refused_before_its_weights_come(
    served: Server, exported: Any
) -> None:
    served.body("/web/m/model.json", b"<html>")
    with pytest.raises(ModelFileError, match=rf"^{served.url}/web/m/model.json is no JSON file"):
        load(served)
    serve(served, {**exported[1], "format": "graph-model"}, ["x.bin"])
    with pytest.raises(ModelFileError, match=rf"^{served.url}/web/m/model.json is a graph-model"):
        load(served)
    layers = exported[1]["modelTopology"]["model_config"]["config"]["layers"]
    layers[-1]["class_name"] = "Lambda"
    serve(served, exported[1], ["x.bin"])
    with pytest.raises(ModelFileError, match=rf"^{served.url}/web/m/model.json .* Lambda layer"):
        load(served)
    assert set(served.asked) == {"/web/m/model.json"}


def test_errors_of_loading_name_the_url(served: Server, exported: Any) -> None:
    exported[1]["weightsManifest"][0]["weights"][0]["name"] = "e/kernel"
    serve(served, exported[1], ["x.bin"])
    with pytest.raises(
        ModelFileError, match=rf"^{served.url}/web/m/model.json .* d/kernel is miss"
    ):
        load(served)
