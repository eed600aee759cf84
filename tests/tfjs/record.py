"""Records the API of TensorFlow.js from its npm packages: python -m tests.tfjs.record

Writes tests/tfjs/api.json: every symbol that the packages' own documentation comments declare
(`@doc` in dist/**/*.d.ts), and the functions beside them that have none; their parameters with
the defaults that stand in the JavaScript sources; what of it there is at run time, asked of Node;
the methods that operations are chained with; and the examples of the comments. A new version of
TensorFlow.js is this command and a diff.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.tfjs.parameters import interfaces_in, parameters
from tests.tfjs.source_text import (
    Declaration,
    declarations,
    methods_of_tensor,
    parameters_at,
    read,
    signature_in,
    without_comments,
)
from tfjsbridge.verify.npm import node_executable, tfjs_packages, tfjs_version

FILE = Path(__file__).parent / "api.json"
PACKAGES = ("tfjs-core", "tfjs-layers", "tfjs-converter", "tfjs-data")

#: Prints what there is: functions, classes and namespaces by name, members of classes, and the
#: source of each method of tf.Tensor that takes arguments.
RUN_TIME = r"""
console.log = console.warn = () => {};
const tf = require(require('path').join(process.argv[1], 'node_modules/@tensorflow/tfjs'));
const names = [];
const visit = (object, path, depth) => {
  for (const name of Object.getOwnPropertyNames(object)) {
    const value = object[name];
    const full = `${path}.${name}`;
    if (typeof value === 'function') {
      names.push(full);
      names.push(...Object.getOwnPropertyNames(value).map(member => `${full}.${member}`));
      for (let p = value.prototype; p && p !== Object.prototype; p = Object.getPrototypeOf(p)) {
        names.push(...Object.getOwnPropertyNames(p).map(member => `${full}.${member}`));
      }
    } else if (value !== null && typeof value === 'object' && depth < 2) {
      names.push(full);
      visit(value, full, depth + 1);
    }
  }
};
visit(tf, 'tf', 0);
const prototype = tf.Tensor.prototype;
const sources = {};
for (const name of Object.getOwnPropertyNames(prototype)) {
  const value = Object.getOwnPropertyDescriptor(prototype, name).value;
  if (typeof value === 'function' && name !== 'constructor') sources[name] = String(value);
}
process.stdout.write(JSON.stringify({names, sources}));
"""


def record() -> dict[str, Any]:
    """The API."""
    packages = tfjs_packages()
    run_time = json.loads(
        subprocess.run(
            [str(node_executable()), "-e", RUN_TIME, str(packages)],
            capture_output=True,
            check=True,
            encoding="utf-8",
        ).stdout
    )
    existing = set(run_time["names"])
    folders = {
        package: packages / "node_modules" / "@tensorflow" / package / "dist"
        for package in PACKAGES
    }
    interfaces = interfaces_in(folders.values())
    symbols: dict[str, dict[str, Any]] = {}
    for package, folder in folders.items():
        for path in sorted(folder.rglob("*.d.ts")):
            if "_test." in path.name:
                continue
            code = without_comments(read(path.with_name(path.name[:-5] + ".js")))
            classes = _documented_classes(path)
            for declared in declarations(path):
                params = parameters(declared.parameters, signature_in(code, declared), interfaces)
                file = f"{package}/dist/{path.relative_to(folder).as_posix()}"
                for name, symbol in _symbols(declared, path.parent.name, classes, existing):
                    known = symbols.get(name)
                    if known is None or (symbol["heading"] and not known["heading"]):
                        symbols[name] = {**symbol, "params": params, "file": file}
    return {
        "version": tfjs_version(),
        "symbols": dict(sorted(symbols.items())),
        "chained": _chained(run_time["sources"], folders["tfjs-core"]),
    }


def _chained(sources: dict[str, str], core: Path) -> dict[str, list[dict[str, Any]]]:
    """The methods of tf.Tensor with their parameters."""
    declared = {d.name: d.parameters for d in declarations(core / "tensor.d.ts") if d.owner}
    for path in sorted((core / "public" / "chained_ops").glob("*.d.ts")):
        declared.update(methods_of_tensor(path))
    return {
        name: parameters(declared.get(name, ""), parameters_at(source, 0), {})
        for name, source in sorted(sources.items())
    }


def _documented_classes(path: Path) -> dict[str, str]:
    """The classes of a file by their names in the API: Optimizer is train.Optimizer."""
    named = {}
    for declared in declarations(path):
        doc = _doc(declared.comment)
        if declared.kind == "class" and doc:
            named[declared.name] = ".".join(filter(None, [doc.get("namespace"), declared.name]))
    return named


def _symbols(
    declared: Declaration, folder: str, classes: dict[str, str], existing: set[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """A declaration as symbols of the API: one, or one for each subclass that its comment names."""
    doc = _doc(declared.comment)
    if doc is None:
        name = _undocumented(declared, folder, existing)
        if name:
            yield name, _symbol(declared, {}, name, name)
        return
    owners = [doc.get("namespace", "")]
    if "subclasses" in doc:
        owners = re.findall(r"\w+", doc["subclasses"])
    elif declared.owner and declared.kind != "static":
        owners = [classes.get(declared.owner, declared.owner)]
    for owner in owners:
        documented = ".".join(filter(None, ["tf", owner, declared.name]))
        name = _at_run_time(documented, existing)
        if declared.kind == "abstract" and f"tf.{declared.owner}" in existing:
            name = f"tf.{declared.owner}.{declared.name}"  # it stands in the subclasses only
        yield name or documented, _symbol(declared, doc, documented, name)


def _symbol(
    declared: Declaration, doc: dict[str, str], documented: str, name: str | None
) -> dict[str, Any]:
    kind = {"static": "function", "abstract": "method"}.get(declared.kind, declared.kind)
    return {
        "heading": doc.get("heading", ""),
        "subheading": doc.get("subheading", ""),
        "kind": kind,
        "runtime": name is not None,
        **({"documented": documented} if name not in (None, documented) else {}),
        "examples": re.findall(r"```js\n(.*?)```", declared.comment, re.S),
    }


def _undocumented(declared: Declaration, folder: str, existing: set[str]) -> str | None:
    """Where a function without @doc stands: in the namespace of its folder, in tf, in another."""
    if declared.owner or declared.kind != "function":
        return None
    places = [f"tf.{folder}.", "tf.", *(f"tf.{namespace}." for namespace in NAMESPACES)]
    return next((p + declared.name for p in places if p + declared.name in existing), None)


def _at_run_time(documented: str, existing: set[str]) -> str | None:
    """The name under which a symbol is there: some comments say another namespace, or none."""
    _, *owner, name = documented.split(".")
    places = ["tf.", *(f"tf.{namespace}." for namespace in NAMESPACES)]
    candidates = [documented] if owner else [place + name for place in places]
    if owner:  # tf.train.Optimizer.minimize
        candidates += [f"tf.{name}", f"tf.{owner[-1]}.{name}"]
    return next((n for n in candidates if n in existing), None)


#: Where functions are looked for beside `tf` itself.
NAMESPACES = (
    "fused",
    "image",
    "layers",
    "linalg",
    "losses",
    "math",
    "serialization",
    "signal",
    "sparse",
    "spectral",
    "string",
    "util",
)


def _doc(comment: str) -> dict[str, str] | None:
    """The braces after @doc: heading, subheading, namespace, subclasses."""
    found = re.search(r"@doc\s*\{(.*?)\}", comment, re.S)
    if not found:
        return None
    pairs = re.findall(r"(\w+)\s*:\s*('[^']*'|\[[^\]]*\]|\w+)", found[1])
    return {key: value.strip("'") for key, value in pairs}


def main() -> None:
    """Write the record."""
    api = record()
    FILE.write_text(json.dumps(api, indent=1, ensure_ascii=False) + "\n", "utf-8")
    symbols = api["symbols"].values()
    documented = sum(bool(symbol["heading"]) for symbol in symbols)
    print(
        f"TensorFlow.js {api['version']}: {documented} documented symbols, "
        f"{len(symbols) - documented} others, {len(api['chained'])} methods of Tensor."
    )


if __name__ == "__main__":
    main()
