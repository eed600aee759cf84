"""Models from the web: a model.json and its weight files, downloaded before they are read.

Only http and https, also where a server sends us on, and never more than what the model.json says
that its weights take. What was downloaded is checked like any other model.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import itertools
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib import request
from urllib.error import HTTPError
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from tfjsbridge.converters.files import (
    MAX_JSON_BYTES,
    MODEL_JSON,
    manifest_of,
    read_json,
    weight_bytes,
)
from tfjsbridge.errors import ModelFileError
from tfjsbridge.version import __version__

#: How many seconds a server may be silent.
TIMEOUT = 30.0
_SCHEMES = ("http", "https")
_CHUNK = 1 << 20
#: What may stand in a URL as it is, "%" among it.
_SAFE = "%/:=&?~#+!$,;'@()*[]"

#: Gives what is at a URL piece by piece, and raises ModelFileError beyond so many bytes.
Chunks = Callable[[str, int], Iterator[bytes]]


def is_url(path: object) -> bool:
    """Whether this is a URL and no path of a file."""
    return isinstance(path, str) and "://" in path


@contextlib.contextmanager
def downloaded(
    url: str,
    check: Callable[[dict[str, Any]], object] = lambda description: None,
    *,
    weight_url: Callable[[str], str] | None = None,
    chunks: Chunks | None = None,
    progress: Callable[[int, int], object] = lambda step, steps: None,
) -> Iterator[Path]:
    """The model.json of a URL in a temporary folder, with its weight files beside it.

    Args:
      url: of a model.json; its weight files are looked for in the same folder, as tf.js does.
      check: is called with the model.json's contents before the weights are downloaded.
      weight_url: the URL of a weight file by its name in the model.json, if it is elsewhere.
      chunks: what reads URLs, in place of http and https.
      progress: is called as (step, steps), twice for each weight file: when its first bytes have
        come and when all have.

    Raises:
      ModelFileError: where the URL or a file cannot be read; it names the URL. Those that are
        raised inside of the context name it too, in the place of the temporary file.
    """
    read = chunks or url_chunks
    locate = weight_url or functools.partial(_beside, url)
    with tempfile.TemporaryDirectory(prefix="tfjsbridge-") as folder:
        path = Path(folder) / MODEL_JSON
        try:
            path.write_bytes(b"".join(read(url, MAX_JSON_BYTES)))
            description = read_json(path)
            check(description)
            _download_weights(url, description, path, locate, read, progress)
            yield path
        except ModelFileError as error:
            raise ModelFileError(str(error).replace(str(path), url)) from error.__cause__


def _download_weights(
    url: str,
    description: dict[str, Any],
    path: Path,
    locate: Callable[[str], str],
    read: Chunks,
    progress: Callable[[int, int], object],
) -> None:
    """Download all shards, under names of our own, which the model.json gets instead of theirs."""
    groups = manifest_of(description, path)
    sources = [[locate(name) for name in group["paths"]] for group in groups]
    sizes = [sum(weight_bytes(entry, path) for entry in group["weights"]) for group in groups]
    free = shutil.disk_usage(path.parent).free
    if sum(sizes) > free:
        raise ModelFileError(
            f"{url}: its weights take {sum(sizes)} bytes, but only {free} are free in "
            f"{str(path.parent.parent)!r}."
        )
    steps = itertools.count(1)
    count = 2 * sum(map(len, sources))

    def step() -> None:
        progress(next(steps), count)

    for number, (group, urls, size) in enumerate(zip(groups, sources, sizes, strict=True)):
        shard = path.parent / f"{number}.bin"
        _download(urls, size, shard, read, step)
        group["paths"] = [shard.name]
    path.write_text(json.dumps(description))


def _download(
    urls: list[str], size: int, file: Path, read: Chunks, step: Callable[[], object]
) -> None:
    """Several shards one after the other into a file, which then has this size."""
    found = 0
    with file.open("wb") as target:
        for url in urls:
            chunks = read(url, size - found)
            first = next(chunks, b"")
            step()
            for chunk in itertools.chain([first], chunks):
                found += len(chunk)
                target.write(chunk)
            step()
    if found < size:
        raise ModelFileError(
            f"{', '.join(urls)}: the weights need {size} bytes, but {found} came (probably "
            "truncated)."
        )


def open_url(url: str, headers: Mapping[str, str] | None = None, method: str | None = None) -> Any:
    """The answer of a server, open to be read piece by piece: an `http.client.HTTPResponse`.

    Args:
      url: the URL.
      headers: of the request; a server that we are sent on to does not get them.
      method: GET without it.

    Raises:
      ModelFileError: if it is no http or https URL, or nothing comes.
    """
    _check_scheme(url)
    with _errors_of(url):
        return _OPENER.open(
            request.Request(
                quote(url, safe=_SAFE),
                headers={"User-Agent": f"tfjsbridge/{__version__}", **(headers or {})},
                method=method,
            ),
            timeout=TIMEOUT,
        )


def url_chunks(
    url: str, limit: int, headers: Mapping[str, str] | None = None, method: str | None = None
) -> Iterator[bytes]:
    """What a URL gives, piece by piece.

    Args:
      url: the URL.
      limit: how many bytes may come.
      headers: as of `open_url`.
      method: as of `open_url`.

    Raises:
      ModelFileError: if nothing comes, or more than so many bytes.
    """
    left = limit
    with open_url(url, headers, method) as response:
        while True:
            with _errors_of(url):
                # One byte more than there may be, to see whether there is one.
                chunk = response.read(min(_CHUNK, left + 1))
            if not chunk:
                return
            if len(chunk) > left:
                raise ModelFileError(
                    f"{url} is longer than the {limit} bytes that it may have; it is not read on."
                )
            left -= len(chunk)
            yield chunk


@contextlib.contextmanager
def _errors_of(url: str) -> Iterator[None]:
    """One kind of error for all that can go wrong on the way, with the URL and the status."""
    try:
        yield
    except ModelFileError:
        raise
    except HTTPError as error:
        error.close()
        raise ModelFileError(
            f"{url} cannot be downloaded: HTTP status {error.code}, {_line(error.reason)}."
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ModelFileError(
            f"{url} cannot be downloaded: {_line(reason)} ({type(error).__name__})."
        ) from error


def _line(reason: object) -> str:
    """What was said as one line; urllib says of a refused redirect on several."""
    return " ".join(str(reason).split())


def check_name(url: str, name: str) -> None:
    """Refuse the name of a weight file that leads out of the folder it is looked for in.

    Raises:
      ModelFileError: for such a name.
    """
    plain = unquote(name)
    if (
        plain.startswith("/")
        or ".." in plain.split("/")
        or any(letter in plain for letter in "\\:\0")
        or not plain.strip("./")
    ):
        raise ModelFileError(
            f"{url}: the weight file {name!r} is outside of the model's folder; it is not read."
        )


def _beside(url: str, name: str) -> str:
    """The URL of a weight file, inside of the folder that the model.json is in.

    Raises:
      ModelFileError: for a name that leads elsewhere.
    """
    check_name(url, name)
    parts = urlsplit(url)
    folder = parts.path.rpartition("/")[0]
    # tf.js: what follows a "?" is asked of the weight files too.
    return urlunsplit(
        (parts.scheme, parts.netloc, f"{folder}/{quote(name, safe='/%')}", parts.query, "")
    )


def _check_scheme(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in _SCHEMES and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise ModelFileError(f"{url!r:.200}: only http:// and https:// URLs can be downloaded.")


class _Redirects(request.HTTPRedirectHandler):
    """Goes where the server sends us, if that is http or https again."""

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> request.Request | None:
        try:
            _check_scheme(newurl)
        except ModelFileError:
            fp.close()
            raise
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        if following is not None and _server(newurl) != _server(req.full_url):
            # Whose credentials these may be, another server need not know.
            own = following.headers.get("User-agent", "")
            following.headers = {"User-agent": own}
        return following


def _server(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _opener() -> request.OpenerDirector:
    """Opens http and https and nothing else: urllib's own also opens files, ftp and data."""
    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
        request.UnknownHandler(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


_OPENER = _opener()
