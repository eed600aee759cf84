"""Models of a web server: tf.io.http, and http(s) URLs.

Follows tfjs-core/src/io/http.ts. Only http and https are followed, also where a server sends us
on, and no more bytes are read than the model.json says that its weights take.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tfjsbridge.converters.download import downloaded
from tfjsbridge.io.artifacts import (
    ModelArtifacts,
    buffers_of,
    check_topology,
    getModelArtifactsInfoForJSON,
    model_json,
)
from tfjsbridge.io.fetching import Fetching
from tfjsbridge.io.folder import Check, read_artifacts
from tfjsbridge.io.handlers import registerLoadRouter, registerSaveRouter
from tfjsbridge.promises import resolved
from tfjsbridge.responses import fetch


class HTTPRequest:
    """A handler that loads from a server, and saves by a POST request."""

    def __init__(
        self, path: str | Sequence[str] | None, loadOptions: Mapping[str, Any] | None = None
    ):
        self.options = Fetching(loadOptions)
        if not path:
            raise ValueError("URL path for http must not be null, undefined or empty.")
        several = not isinstance(path, str)
        if several and len(path) != 2:
            raise ValueError(
                f"URL paths for http must have a length of 2, (actual length is {len(path)})."
            )
        #: The URL; with that of the weights, a list of both.
        self.path = list(path) if several else path

    def save(self, modelArtifacts: ModelArtifacts) -> dict[str, Any]:
        """Send model.json and model.weights.bin to the server, as a form does.

        Returns:
          `modelArtifactsInfo`, and the server's answer in the list `responses`.

        Raises:
          ConnectionError: if no answer comes, or one of another status than 200 to 299.
        """
        check_topology(
            modelArtifacts,
            "BrowserHTTPRequest.save() does not support saving model topology in binary formats "
            "yet.",
        )
        if not isinstance(self.path, str):
            raise ValueError("A model is saved to one URL, not to several.")
        specs = modelArtifacts.get("weightSpecs")
        manifest = [{"paths": ["./model.weights.bin"], "weights": specs}]
        text = json.dumps(model_json(modelArtifacts, manifest)).encode()
        parts = [("model.json", "application/json", text)]
        if modelArtifacts.get("weightData") is not None:
            data = b"".join(buffers_of(modelArtifacts["weightData"]))
            parts.append(("model.weights.bin", "application/octet-stream", data))
        kind, body = _form(parts)
        own = self.options.init
        headers = {**(own.get("headers") or {}), "Content-Type": kind}
        init = {"method": "POST", **own, "headers": headers, "body": body}
        response = resolved((self.options.fetch_function or fetch)(self.path, init))
        if not response.ok:
            status = getattr(response, "status", getattr(response, "status_code", None))
            raise ConnectionError(
                f"BrowserHTTPRequest.save() failed due to HTTP response status {status}."
            )
        info = getModelArtifactsInfoForJSON(modelArtifacts)
        return {"modelArtifactsInfo": info, "responses": [response]}

    def load(self) -> ModelArtifacts:
        """The artifacts at the URL.

        Raises:
          ModelFileError: where a file cannot be downloaded, is damaged, or of another size.
        """
        with self.folder() as path:
            return read_artifacts(path)

    @contextlib.contextmanager
    def folder(self, check: Check = lambda description: None) -> Iterator[Path]:
        """The model.json in a temporary folder, with its weight files beside it."""
        options = self.options
        url, beside = (self.path, None) if isinstance(self.path, str) else self.path
        locate = functools.partial(options.weight_url, beside or url)
        with downloaded(
            url,
            check,
            weight_url=locate if beside or options.moves_weights else None,
            chunks=functools.partial(options.chunks, local=False),
            progress=options.progress,
        ) as path:
            yield path


def http(
    path: str | Sequence[str] | None, loadOptions: Mapping[str, Any] | None = None
) -> HTTPRequest:
    """A handler that loads a model from a server, or sends it there.

    Args:
      path: the URL of a model.json; or a list of it and of another URL, beside which the weights
        are. To save, the URL that takes a POST request.
      loadOptions: a dict of LoadOptions: `requestInit` with `headers` and `method`, `onProgress`,
        `fetchFunc`, `weightPathPrefix`, `weightUrlConverter`, `streamWeights`.

    Raises:
      ValueError: for no URL, more than two, or a `requestInit` with a body.
      TypeError: for an option that there is not, or a `fetchFunc` that is no function.
    """
    return HTTPRequest(path, loadOptions)


def browserHTTPRequest(
    path: str | Sequence[str] | None, loadOptions: Mapping[str, Any] | None = None
) -> HTTPRequest:
    """An older name of `http`."""
    return http(path, loadOptions)


def isHTTPScheme(url: str) -> bool:
    """Whether a URL begins with http:// or https://."""
    return re.match(r"https?://", url) is not None


def _http_router(url: Any, loadOptions: Mapping[str, Any] | None = None) -> HTTPRequest | None:
    urls = [url] if isinstance(url, str) else url
    if not isinstance(urls, (list, tuple)) or not urls:
        return None
    return http(url, loadOptions) if all(map(isHTTPScheme, urls)) else None


def _form(parts: Sequence[tuple[str, str, bytes]]) -> tuple[str, bytes]:
    """The type and the bytes of a form of files (multipart/form-data)."""
    boundary = f"tfjsbridge-{secrets.token_hex(16)}"
    body = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}"\r\n'
        f"Content-Type: {kind}\r\n\r\n".encode()
        + content
        + b"\r\n"
        for name, kind, content in parts
    )
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


registerLoadRouter(_http_router)
registerSaveRouter(_http_router)
