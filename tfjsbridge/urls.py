"""The paths that tf.js writes as URLs: `file://export/models/circle`."""

from __future__ import annotations

from pathlib import Path
from urllib.request import url2pathname


def file_path(path_or_url: str | Path) -> Path:
    """The path of `file://...` or of a plain path.

    tf.js's Node handlers read what follows `file://` as a path, so that `file://a/b` is relative
    and `file:///a/b` absolute.

    Raises:
      ValueError: for another scheme, as http:// or indexeddb://.
    """
    text = str(path_or_url)
    scheme, separator, rest = text.partition("://")
    if not separator:
        return Path(path_or_url)
    if scheme != "file":
        raise ValueError(
            f"{text!r}: only file:// URLs and paths can be read and written here, not {scheme}://."
        )
    return Path(url2pathname(rest))
