"""`tf.util.fetch`: a file from a URL, with the answer in the browser's terms.

Follows tfjs-core/src/platforms/platform_node.ts and the browser's `fetch` and `Response`.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any


class Response:
    """The answer to a request: its status, headers, and content."""

    __slots__ = ("_content", "headers", "status", "statusText", "url")

    def __init__(self, url: str, status: int, statusText: str, headers: Any, content: bytes):
        #: Where the content came from, after redirections.
        self.url = url
        #: The HTTP status: 200, 404, ...
        self.status = status
        #: What the server says of the status: "OK", "Not Found", ...
        self.statusText = statusText
        #: The headers, by name; upper and lower case are the same.
        self.headers = headers
        self._content = content

    @property
    def ok(self) -> bool:
        """Whether the status is 200 to 299."""
        return 200 <= self.status < 300

    def arrayBuffer(self) -> bytes:
        """The content as bytes."""
        return self._content

    def text(self) -> str:
        """The content as a text in UTF-8."""
        return self._content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The content read as JSON."""
        return json.loads(self._content)

    def __repr__(self) -> str:
        return f"<Response {self.status} {self.statusText} {self.url}>"


def fetch(path: str, requestInits: Mapping[str, Any] | None = None) -> Response:
    """Request a URL.

    Args:
      path: an http:// or https:// URL.
      requestInits: `method`, `headers` and `body` of the request; the browser's other options have
        no meaning here and are left out.

    Returns:
      The Response; a status like 404 is no error, but has `ok` false.

    Raises:
      ConnectionError: if there is no answer.
      ValueError: if `path` is no URL of http.
    """
    if not str(path).startswith(("http://", "https://")):
        raise ValueError(
            f"tf.util.fetch: only http:// and https:// URLs can be requested, not {path!r}; read "
            "a file with Python's open()."
        )
    options = dict(requestInits or {})
    body = options.get("body")
    request = urllib.request.Request(
        str(path),
        data=body.encode() if isinstance(body, str) else body,
        headers=dict(options.get("headers") or {}),
        method=str(options.get("method", "GET")).upper(),
    )
    try:
        answer = urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:  # a status of 400 and above is an answer too
        answer = error
    except OSError as error:
        raise ConnectionError(f"request to {path} failed, reason: {error}") from None
    with answer:
        return Response(
            answer.geturl(), answer.status, answer.reason, answer.headers, answer.read()
        )
