"""What only a page in a browser has: files that somebody chose, downloads, its storages.

Follows tfjs-core/src/io/{browser_files,local_storage,indexed_db}.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfjsbridge.io.handlers import registerLoadRouter, registerSaveRouter

_STORAGES = {"localstorage://": "a local storage", "indexeddb://": "an IndexedDB"}


def browserFiles(files: Sequence[Any]) -> Any:
    """A model of files that somebody chose in a page.

    Raises:
      NotImplementedError: always, saying what to do here.
    """
    raise NotImplementedError(
        "tf.io.browserFiles loads files that somebody chose in a page in a browser. Here, load the "
        "folder that they are in: tf.loadLayersModel('file://folder')."
    )


def browserDownloads(fileNamePrefix: str = "model") -> Any:
    """A model as files that a page has the browser download.

    Raises:
      NotImplementedError: always, saying what to do here.
    """
    raise NotImplementedError(
        "tf.io.browserDownloads has a browser download files. Here, save them into a folder: "
        "model.save('file://folder')."
    )


def _refuse(url: Any, loadOptions: Mapping[str, Any] | None = None) -> None:
    for scheme, storage in _STORAGES.items():
        if isinstance(url, str) and url.startswith(scheme):
            name = url.removeprefix(scheme)
            raise ValueError(
                f"Cannot find any handlers for URL '{url}': only a page in a browser has "
                f"{storage}. Use a folder, 'file://{name}', or the memory of this program, "
                f"'memory://{name}'."
            )


registerLoadRouter(_refuse)
registerSaveRouter(_refuse)
