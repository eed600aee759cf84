"""Serve the gallery, the page that shows the exported models: python -m models.gallery.

The page in export/ is static: any web server can host that folder once this has copied
TensorFlow.js into export/vendor and written what there is to show. The server here is for this
machine alone.
"""

from __future__ import annotations

import argparse
import errno
import functools
import http.server
import json
import os
import re
import shutil
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from models.catalogue import SCRIPTS, script
from models.exported import write_index
from tfjsbridge.verify import NodeNotFound, NpmInstallFailed
from tfjsbridge.verify.npm import tfjs_packages

EXPORT = Path(__file__).parent.parent / "export"
HOST = "127.0.0.1"
PORT = 8000
#: How many ports after PORT are tried when others hold it.
TRIES = 20

#: Models whose names do not begin with their script's.
MODELS = {"perceptron_gates": ["xor"]}

#: What the page takes of the npm packages. The es2017 builds: the others call Function(text), which
#: the policy of the page forbids.
VENDOR = (
    "tfjs/dist/tf.es2017.min.js",
    "tfjs-backend-webgpu/dist/tf-backend-webgpu.es2017.min.js",
    "tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js",
    "tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm",
    "tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm",
    "tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm",
)


def copy_tfjs(export: Path = EXPORT) -> None:
    """Copy TensorFlow.js into vendor/, so that the page needs no network.

    Raises:
      tf.verify.NodeNotFound, tf.verify.NpmInstallFailed: if the packages cannot be installed.
    """
    packages = tfjs_packages() / "node_modules" / "@tensorflow"
    vendor = export / "vendor"
    vendor.mkdir(parents=True, exist_ok=True)
    for name in VENDOR:
        source, target = packages / name, vendor / Path(name).name
        if source.suffix == ".js":
            # The source maps stay behind, so a browser's tools are not to ask for them.
            code = source.read_text("utf-8")
            target.write_text(re.sub(r"\n//# sourceMappingURL=.*", "", code), encoding="utf-8")
        else:
            shutil.copyfile(source, target)


def write_indexes(export: Path = EXPORT, scripts: Sequence[str] = SCRIPTS) -> None:
    """Write models/index.json, and pictures/index.json: each script's words, the models
    that it alone knows of, and whether its page and its PNG are there."""
    models, pictures = export / "models", export / "pictures"
    for folder in (models, pictures):
        folder.mkdir(parents=True, exist_ok=True)
    write_index(models)
    rows = []
    for name in scripts:
        module = script(name)
        rows.append(
            {
                "name": name,
                "title": module.TITLE.to_dict(),
                "idea": module.IDEA.to_dict(),
                "models": MODELS.get(name, []),
                "page": (pictures / f"{name}.html").is_file(),
                "picture": (pictures / f"{name}.png").is_file(),
            }
        )
    made = pictures / "index.new"
    made.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    made.replace(pictures / "index.json")


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of a folder, quietly, never from a cache that is older than they are."""

    protocol_version = "HTTP/1.1"
    # Not every system's table has these right, and modules and WebAssembly insist on them.
    extensions_map = {  # noqa: RUF012 (as the base class has it)
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".json": "application/json",
        ".wasm": "application/wasm",
        ".svg": "image/svg+xml",
    }

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Server(http.server.ThreadingHTTPServer):
    """A server whose port nobody else can take, and that says nothing of broken connections."""

    daemon_threads = True
    # On Windows the option would let two servers share a port.
    allow_reuse_address = os.name != "nt"

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def server(export: Path = EXPORT, port: int | None = None) -> Server:
    """A server of the page on this machine; `serve_forever` runs it.

    Args:
      export: the folder to serve.
      port: the port; 0 for any; None for PORT or one of the next ones, whichever is free.

    Raises:
      OSError: if the port is taken, or all of them are.
    """
    handler = functools.partial(Handler, directory=os.fspath(export))
    ports = [port] if port is not None else list(range(PORT, PORT + TRIES))
    for candidate in ports:
        try:
            return Server((HOST, candidate), handler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            reason = error
    which = f"Port {ports[0]} is" if len(ports) == 1 else f"Ports {ports[0]} to {ports[-1]} are"
    why = os.strerror(reason.errno or 0)
    raise OSError(reason.errno, f"{which} not free ({why}): name another, --port N, or 0 for any")


def main(export: Path = EXPORT) -> None:
    """Copy, write, serve until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m models.gallery", description=__doc__)
    parser.add_argument(
        "--port", type=int, help=f"default: {PORT}, or the next that is free; 0 for any"
    )
    parser.add_argument("--no-serve", action="store_true", help="only write the files")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    options = parser.parse_args()
    if options.port is not None and not 0 <= options.port <= 65535:
        parser.error(f"--port must be from 0 to 65535; got {options.port}")
    try:
        copy_tfjs(export)
    except (NodeNotFound, NpmInstallFailed) as error:
        sys.exit(str(error))
    write_indexes(export)
    if options.no_serve:
        print(f"Any web server can serve {export}")
        return
    try:
        serving = server(export, options.port)
    except OSError as error:
        sys.exit(error.strerror)
    address = f"http://{HOST}:{serving.server_port}/"
    print(f"The gallery is at {address} (Ctrl-C stops it)", flush=True)
    if options.open:
        webbrowser.open(address)
    with serving:
        serving.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print()
