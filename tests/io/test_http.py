"""Models over http: the options of loading, saving by a POST request."""

from __future__ import annotations

import contextlib
import email.parser
import email.policy
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.errors import ModelFileError
from tfjsbridge.verify import NodeSession, TfjsError


class Server:
    """Serves files, and keeps requests: (method, path, headers, body)."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self.requests: list[tuple[str, str, Any, bytes]] = []
        self.status = 200
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.requests.append((self.command, self.path, self.headers, body))
                if self.path in outer.redirects:
                    self.send_response(302)
                    self.send_header("Location", outer.redirects[self.path])
                    self.end_headers()
                    return
                there = self.command == "POST" or self.path in outer.files
                self.send_response(outer.status if there else 404)
                self.end_headers()
                self.wfile.write(outer.files.get(self.path, b""))

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"

    def put(self, folder: Path, under: str) -> None:
        for path in folder.iterdir():
            self.files[f"{under}/{path.name}"] = path.read_bytes()

    @property
    def asked(self) -> list[str]:
        return [path for _, path, _, _ in self.requests]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("no_proxy", "*")
    made = Server()
    thread = threading.Thread(target=made.http.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.http.shutdown()
    made.http.server_close()
    thread.join()


@pytest.fixture
def model(tmp_path: Path, server: Server) -> tf.Sequential:
    made = tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[1], name="q")])
    made.save(tmp_path / "m")
    server.put(tmp_path / "m", "/m")
    return made


@pytest.fixture
def shard(tmp_path: Path, model: tf.Sequential) -> str:
    [path] = (tmp_path / "m").glob("*.bin")
    return path.name


def check(loaded: tf.LayersModel, model: tf.Sequential) -> None:
    np.testing.assert_array_equal(loaded.predict([[3]]), model.predict([[3]]))


def test_options(node: NodeSession, server: Server, model: tf.Sequential, shard: str) -> None:
    """What is asked for, with which headers, and what onProgress says, in both."""
    weights = server.files[f"/m/{shard}"]
    server.files["/w/" + shard] = server.files["/w/" + shard + "?v=1"] = weights
    server.files["/m/model.json?v=1"] = server.files["/m/model.json"]
    server.files[f"/m/{shard}?v=1"] = weights
    cases: list[tuple[str, dict[str, Any]]] = [
        ("/m/model.json", {}),
        ("/m/model.json?v=1", {}),
        ("/m/model.json", {"weightPathPrefix": f"{server.url}/w/"}),
        ("/m/model.json?v=1", {"weightPathPrefix": f"{server.url}/w/"}),
        ("/m/model.json", {"requestInit": {"headers": {"X-Own": "5"}}}),
    ]
    body = """
        const shares = [];
        const onProgress = share => { shares.push(share); };
        await tf.loadLayersModel(args.url, {...args.options, onProgress});
        return shares;
    """
    for path, options in cases:
        server.requests.clear()
        theirs = node.evaluate(body, url=server.url + path, options=options)
        asked = [(where, headers.get("X-Own")) for _, where, headers, _ in server.requests]
        server.requests.clear()
        shares: list[float] = []
        loaded = tf.loadLayersModel(server.url + path, {**options, "onProgress": shares.append})
        check(loaded, model)
        assert shares == theirs
        assert [(w, headers.get("X-Own")) for _, w, headers, _ in server.requests] == asked


def test_weights_by_other_urls(server: Server, model: tf.Sequential, shard: str) -> None:
    server.files["/w/x"] = server.files.pop(f"/m/{shard}")
    names: list[str] = []

    async def convert(name: str) -> str:
        names.append(name)
        return f"{server.url}/w/x"

    url, shares = f"{server.url}/m/model.json", []
    options = {"streamWeights": True, "onProgress": shares.append}
    check(tf.loadLayersModel(url, weightUrlConverter=convert, **options), model)
    assert names == [shard]
    assert shares == [0.0, 1.0]
    server.files[f"/w/{shard}"] = server.files["/w/x"]
    check(tf.loadLayersModel(tf.io.http([url, f"{server.url}/w/any"])), model)
    assert tf.io.http(url, {"weightUrlConverter": convert}).load()["weightSpecs"]


def test_a_servers_names_read_no_files_of_this_machine(
    server: Server, model: tf.Sequential, shard: str, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path / "m")
    url = f"{server.url}/m/model.json"
    with pytest.raises(ModelFileError, match="only http:// and https:// URLs"):
        tf.loadLayersModel(url, weightUrlConverter=lambda name: name)
    text = server.files["/m/model.json"].decode()
    for name in ("../m/x", "/etc/passwd", "file:///etc/passwd"):
        server.files["/m/model.json"] = text.replace(shard, name).encode()
        with pytest.raises(ModelFileError, match="outside of the model's folder"):
            tf.loadLayersModel(url, weightUrlConverter=lambda name: f"{server.url}/w/{name}")


def test_fetch_func(server: Server, model: tf.Sequential, shard: str) -> None:
    calls: list[Any] = []

    def fetch(url: str, init: Any, options: Any) -> Any:
        calls.append((url, init, options))
        return server.files[f"/m/{url.rpartition('/')[2]}"]

    init = {"credentials": "include"}
    for url in ("https://example.invalid/m/model.json", "/some/model.json"):
        calls.clear()
        check(tf.loadLayersModel(url, fetchFunc=fetch, requestInit=init), model)
        folder = url.rpartition("/")[0]
        assert calls == [(f"{folder}/{n}", init, {"isBinary": True}) for n in ("model.json", shard)]

    class Response:
        def __init__(self, content: bytes, status_code: int = 200):
            self.content, self.status_code = content, status_code

    url = "http://example.invalid/model.json"
    check(tf.loadLayersModel(url, fetchFunc=lambda *a: Response(fetch(*a))), model)
    real = f"{server.url}/m/model.json"
    check(tf.loadLayersModel(real, fetchFunc=lambda u, init, _: tf.util.fetch(u, init)), model)
    with pytest.raises(ModelFileError, match="json failed with status code 403"):
        tf.loadLayersModel(url, fetchFunc=lambda *a: Response(b"", 403))
    with pytest.raises(TypeError, match="must give bytes or a response"):
        tf.loadLayersModel(url, fetchFunc=lambda *a: 5.5)
    with pytest.raises(ModelFileError, match="longer than the 8 bytes"):
        tf.loadLayersModel(url, fetchFunc=lambda *a: fetch(*a) * (1 + a[0].endswith("bin")))


def test_credentials_stay_with_the_server(server: Server, model: tf.Sequential) -> None:
    other = f"http://localhost:{server.http.server_address[1]}"
    server.redirects = {"/here/model.json": "/m/model.json", "/there/model.json": f"{other}/m/x"}
    server.files["/m/x"] = b"{}"
    init = {"headers": {"Authorization": "secret", "X-Own": "5"}}
    for path, given in (("/here/model.json", "secret"), ("/there/model.json", None)):
        server.requests.clear()
        with contextlib.suppress(ModelFileError):
            tf.loadLayersModel(server.url + path, requestInit=init)
        [first, second, *_] = server.requests
        assert first[2]["Authorization"] == "secret"
        assert second[2]["Authorization"] == given
        assert second[2]["X-Own"] == (given and "5")


def test_a_graph_model(tmp_path: Path, server: Server) -> None:
    from tfjsbridge.converters.graph import save_graph_model

    network = tf.sequential(layers=[tf.layers.dense(units=2, inputShape=[3])]).keras
    save_graph_model(network, tmp_path / "g")
    server.put(tmp_path / "g", "/g")
    x = tf.tensor([[1, 2, 3]])
    expected = tf.loadGraphModel(tmp_path / "g").predict(x)
    shares: list[float] = []
    url = f"{server.url}/g/model.json"
    loaded = tf.loadGraphModel(url, {"onProgress": shares.append})
    np.testing.assert_array_equal(loaded.predict(x), expected)
    assert shares[-1] == 1
    for name in list(server.files):
        server.files[f"{name}?tfjs-format=file"] = server.files[name]
    loaded = tf.loadGraphModel(f"{server.url}/g", {"fromTFHub": True})
    np.testing.assert_array_equal(loaded.predict(x), expected)
    with pytest.raises(ModelFileError, match="is a graph-model; only layers-models"):
        tf.loadLayersModel(url)
    # Weights are not asked for then.
    assert server.asked[-1] == "/g/model.json"


def test_save(server: Server, model: tf.Sequential, tmp_path: Path) -> None:
    result = model.save(f"{server.url}/upload")
    [response] = result["responses"]
    assert response.ok
    assert result["modelArtifactsInfo"]["weightDataBytes"] == 8
    [(method, path, headers, body)] = server.requests
    assert (method, path) == ("POST", "/upload")
    head = f"Content-Type: {headers['Content-Type']}\n\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
    parts = {part.get_filename(): part.get_content() for part in message.iter_parts()}
    assert list(parts) == ["model.json", "model.weights.bin"]
    (tmp_path / "got").mkdir()
    for name, content in parts.items():
        (tmp_path / "got" / str(name)).write_bytes(content)
    check(tf.loadLayersModel(tmp_path / "got"), model)
    assert json.loads(parts["model.json"])["weightsManifest"][0]["paths"] == ["./model.weights.bin"]
    server.requests.clear()
    init = {"method": "PUT", "headers": {"X-Own": "5"}}
    handler = tf.io.http(f"{server.url}/upload", {"requestInit": init})
    with pytest.raises(ConnectionError, match="HTTP response status 501"):
        model.save(handler)
    server.status = 500
    with pytest.raises(ConnectionError, match="HTTP response status 500"):
        model.save(f"{server.url}/upload")
    given: list[Any] = []

    class Response:
        ok = True

    fetch = lambda *args: given.append(args) or Response()  # noqa: E731
    model.save(tf.io.browserHTTPRequest("https://example.invalid/x", {"fetchFunc": fetch}))
    assert given[0][0] == "https://example.invalid/x"
    assert given[0][1]["method"] == "POST"


WRONG: dict[str, list[Any]] = {
    "empty": [""],
    "null": [None],
    "three": [["a", "b", "c"]],
    "body": ["http://a", {"requestInit": {"body": "x"}}],
    "fetch": ["http://a", {"fetchFunc": 5}],
}


@pytest.mark.parametrize("case", WRONG)
def test_http_refuses(node: NodeSession, case: str) -> None:
    with pytest.raises(TfjsError) as theirs:
        node.evaluate("tf.io.http(...args.given)", given=WRONG[case])
    with pytest.raises((ValueError, TypeError)) as ours:
        tf.io.http(*WRONG[case])
    assert str(ours.value)[:40] == str(theirs.value)[:40]


def test_is_http_scheme(node: NodeSession) -> None:
    urls = ["http://a", "https://a", "HTTP://a", "ftp://a", "a/http://", "http:/a", ""]
    theirs = node.evaluate("return args.urls.map(tf.io.isHTTPScheme)", urls=urls)
    assert [tf.io.isHTTPScheme(url) for url in urls] == theirs
