"""The options of loading that say where files are, and how they are fetched.

Follows tfjs-core/src/io/{http,weights_loader}.ts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tfjsbridge.converters.download import check_name, is_url, url_chunks
from tfjsbridge.errors import ModelFileError, did_you_mean
from tfjsbridge.io.artifacts import LoadOptions
from tfjsbridge.promises import resolved

_CHUNK = 1 << 20


class Fetching:
    """Fetches the files of a model as LoadOptions say.

    Raises:
      TypeError: for an option that there is not, or that is no function where it must be one.
      ValueError: for a request that has a body.
    """

    def __init__(self, options: Mapping[str, Any] | None):
        known = LoadOptions.__annotations__
        for name in options or {}:
            if name not in known:
                raise TypeError(
                    f"unknown option {name!r}{did_you_mean(name, known)}. "
                    f"Options: {', '.join(known)}."
                )
        given = {name: value for name, value in (options or {}).items() if value is not None}
        for name in ("fetchFunc", "onProgress", "weightUrlConverter"):
            if name in given and not callable(given[name]):
                like = " that matches the signature of `fetch`" if name == "fetchFunc" else ""
                raise TypeError(f"Must pass a function{like} as {name}, got {given[name]!r}.")
        self.init: dict[str, Any] = dict(given.get("requestInit", {}))
        if self.init.get("body") is not None:
            raise ValueError("requestInit is expected to have no pre-existing body, but has one.")
        self.fetch_function = given.get("fetchFunc")
        self.prefix: str | None = given.get("weightPathPrefix")
        self.converter = given.get("weightUrlConverter")
        self.on_progress = given.get("onProgress")
        self.streams = bool(given.get("streamWeights"))

    @property
    def moves_weights(self) -> bool:
        """Whether the weight files are elsewhere than beside the model.json."""
        return bool(self.prefix or self.converter)

    def weight_url(self, model_url: str, name: str) -> str:
        """The URL or path of a weight file.

        Raises:
          ModelFileError: for a name that leads out of the folder.
        """
        check_name(model_url, name)
        if self.converter is not None:
            return str(resolved(self.converter(name)))
        path, mark, query = model_url.partition("?") if is_url(model_url) else (model_url, "", "")
        prefix = self.prefix or f"{path.rpartition('/')[0]}/"
        return f"{prefix}{quote(name, safe='/%') if is_url(prefix) else name}{mark}{query}"

    def chunks(self, url: str, limit: int, local: bool = True) -> Iterator[bytes]:
        """What is at a URL or path, piece by piece.

        Args:
          url: the URL or path.
          limit: how many bytes may come.
          local: whether it may be a path: what a server sends reads no files of this machine.

        Raises:
          ModelFileError: if it cannot be read, or is longer than so many bytes.
        """
        if self.fetch_function is not None:
            yield from _checked(url, limit, _content(url, self._answer(url)))
        elif is_url(url) or not local:
            headers = {str(k): str(v) for k, v in dict(self.init.get("headers") or {}).items()}
            method = self.init.get("method")
            yield from url_chunks(url, limit, headers, method and str(method).upper())
        else:
            yield from _checked(url, limit, _file_chunks(url))

    def progress(self, step: int, steps: int) -> None:
        """Tell `onProgress` of a step of (step, steps), two for each weight file."""
        if self.on_progress is None:
            return
        # tf.js: a stream tells of its begin and of each file; else the first half of the progress
        # are the answers, the second half are the contents.
        if not self.streams:
            self.on_progress(step / steps)
            return
        if step == 1:
            self.on_progress(0.0)
        if step % 2 == 0:
            self.on_progress(step / steps)

    def finish(self) -> None:
        """Tell `onProgress` that all is there, where nothing was fetched."""
        if self.on_progress is not None:
            self.on_progress(1.0)

    def _answer(self, url: str) -> Any:
        assert self.fetch_function is not None
        return resolved(self.fetch_function(url, self.init, {"isBinary": True}))


def _file_chunks(path: str) -> Iterator[bytes]:
    try:
        with Path(path).open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise ModelFileError(f"{path} cannot be read: {error.strerror or error}.") from error


def _content(url: str, answer: Any) -> Iterator[bytes]:
    """The content of an answer: bytes, or a response of tf.util.fetch, requests, httpx, urllib."""
    status = getattr(answer, "status", getattr(answer, "status_code", None))
    good = getattr(answer, "ok", None)
    if good is False or (good is None and isinstance(status, int) and not 200 <= status < 300):
        raise ModelFileError(
            f"Request to {url} failed with status code {status}. Please verify this URL points to "
            "the model JSON of the model to load."
        )
    for name in ("arrayBuffer", "content", "read"):
        found = getattr(answer, name, None)
        if found is not None:
            answer = resolved(found() if callable(found) else found)
            break
    try:
        yield bytes(memoryview(answer))
    except TypeError:
        raise TypeError(
            "fetchFunc must give bytes or a response with arrayBuffer(), content or read(); it "
            f"gave {type(answer).__name__} for {url}."
        ) from None


def _checked(url: str, limit: int, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same pieces, if they are not more than so many bytes."""
    left = limit
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise ModelFileError(
                f"{url} is longer than the {limit} bytes that it may have; it is not read on."
            )
        yield chunk
