"""The real tfjs-vis, from npm: its functions in Node, and the whole of it in Chromium."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tfjsbridge.verify import NodeSession, NpmInstallFailed
from tfjsbridge.verify.npm import node_executable, npm_command, tfjs_packages

VERSION = "1.5.1"
#: Of the archive, as npm says it.
SHA512 = "oNithKiR7VZaE+xUvz6Leww4TYEPhKi8j5xnEYvT3j7brK2Njdvril7UgFtZ8EYZBdeX6XNim5Eu3/23gTQ1dA=="

#: `load("util/math.js")` gives what a module of tfjs-vis's dist folder exports. What needs a web
#: page has a stand-in, which puts what is drawn into `drawn`.
_LOAD = """
const loaded = {};
const drawn = [];
const button = {addEventListener: () => {}};
const standIns = {
  '@tensorflow/tfjs-core': tf,
  'vega-embed': {__esModule: true, default: async (_, spec) => (drawn.push(spec), {view: {}})},
  './render_utils': {getDrawArea: area => area, nextFrame: async () => {}},
  '../util/dom': {getDefaultWidth: () => 500, getDefaultHeight: () => 200,
                  subSurface: () => ({querySelector: () => button})},
  '../render/table': {table: (_, data) => { drawn.push(data); }},
  '../render/histogram': {histogram: () => {}},
};
standIns['../render/render_utils'] = standIns['./render_utils'];
const load = module => {
  if (!(module in loaded)) {
    loaded[module] = {};
    new Function('exports', 'require', args.texts[module])(loaded[module], require);
  }
  return loaded[module];
};
const require = name => name in standIns ? standIns[name] :
    load(name.replace('../', '').replace('./', 'util/') + '.js');
"""


def package() -> Path:
    """The folder of the npm package, in the cache beside tf.js's; it appears whole or not at all.

    Raises:
      NodeNotFound: there is no npm.
      NpmInstallFailed: npm failed, for instance without network.
    """
    folder = tfjs_packages().parent / f"tfjs-vis-{VERSION}"
    if folder.is_dir():
        return folder
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=folder.parent) as temporary:
        path = os.pathsep.join([str(node_executable().parent), os.environ.get("PATH", "")])
        done = subprocess.run(
            [*npm_command(), "pack", f"@tensorflow/tfjs-vis@{VERSION}", "--prefer-offline"],
            cwd=temporary,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise NpmInstallFailed(f"npm pack: {done.stderr[-2000:]}")
        [archive] = Path(temporary).glob("*.tgz")
        packed = archive.read_bytes()
        checksum = base64.b64encode(hashlib.sha512(packed).digest()).decode()
        assert checksum == SHA512, f"npm gave another archive: sha512-{checksum}"
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            tar.extractall(temporary, filter="data")
        Path(temporary, "package").rename(folder)
    return folder


class TfjsVis:
    """tfjs-vis's modules, run in Node."""

    def __init__(self, node: NodeSession, folder: Path) -> None:
        self._node = node
        dist = folder / "dist"
        self._texts = {
            str(path.relative_to(dist).as_posix()): path.read_text("utf-8")
            for path in dist.rglob("*.js")
            if path.parent.name in ("util", "render", "show") and "_test" not in path.name
        }

    def evaluate(self, body: str, **arguments: Any) -> Any:
        """What the body of a JavaScript function returns.

        Args:
          body: may use `load`, `drawn`, `tf` and `args`.
          arguments: JSON values; an array becomes a tf.Tensor.
        """
        return self._node.evaluate(_LOAD + body, texts=self._texts, **arguments)

    def call(self, module: str, function: str, *arguments: Any) -> Any:
        """What a function of a module gives. An argument that is None is undefined."""
        return self.evaluate(
            f"return await load({module!r}).{function}(...{_LIST})", **_named(arguments)
        )

    def draw(self, module: str, function: str, *arguments: Any) -> list[Any]:
        """What a function of a module draws: specifications of vega, and tables' data."""
        return self.evaluate(
            f"await load({module!r}).{function}(...{_LIST}); return JSON.parse("
            "JSON.stringify(drawn))",
            **_named(arguments),
        )


_LIST = "args.names.map(name => args[name] === null ? undefined : args[name])"


def _named(arguments: tuple[Any, ...]) -> dict[str, Any]:
    named = {f"argument{number}": value for number, value in enumerate(arguments)}
    return {"names": list(named), **named}


def page_of(folder: Path) -> str:
    """A page with tf.js and tfjs-vis in it."""
    tf = tfjs_packages() / "node_modules/@tensorflow/tfjs/dist/tf.min.js"
    texts = [path.read_text("utf-8") for path in (tf, folder / "dist/tfjs-vis.umd.min.js")]
    scripts = "".join(f"<script>{_inside(text)}</script>" for text in texts)
    return f'<!doctype html><meta charset="utf-8"><body>{scripts}</body>'


def _inside(code: str) -> str:
    """JavaScript that may stand in a page."""
    return code.replace("</script", r"<\/script")
