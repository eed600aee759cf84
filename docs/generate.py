"""Write the tables of the docs: python docs/generate.py (or make docs).

docs/support.md lists what the converter converts, docs/api.md what the mirror has of tf.js's API
as it is recorded in tests/tfjs, models/README.md the notes' scripts; all are read from the code,
and a test fails when they are stale.
"""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import tfjsbridge as tf
from models.catalogue import SCRIPTS, script
from tests.tfjs import api as recorded
from tests.tfjs.differences import (
    DIFFERENCES,
    FAULTS,
    LAYER_DIFFERENCES,
    LAYER_FAULTS,
)
from tfjsbridge.converters import registry
from tfjsbridge.converters.activations import ACTIVATIONS, activation_name, tfjs_activation
from tfjsbridge.converters.graph.rewrite import REWRITERS
from tfjsbridge.converters.layers import common
from tfjsbridge.layers import Layer
from tfjsbridge.runtime import keras
from tfjsbridge.sklearn.preprocessing import WRITERS

ROOT = Path(__file__).parent.parent
NOTE = "<!-- Written by docs/generate.py; do not edit. -->\n"
NAMESPACES = ("layers", "train", "metrics", "math", "initializers", "regularizers", "constraints")
CLASSES = (tf.Tensor, Layer, tf.LayersModel, tf.Sequential, tf.GraphModel)


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(headings)]
    lines += [["---"] * len(lines[0]), *map(list, rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


def support() -> str:
    """The layers and activations that are converted."""
    readable = set(registry.READERS)
    layers = [
        (
            f"`{'' if hasattr(keras.layers, cls.__name__) else 'keras.applications: '}"
            f"{cls.__name__}`",
            "the same" if cls.__name__ in readable else "layers of its own",
        )
        for cls in sorted(registry.WRITERS, key=lambda cls: cls.__name__)
        if not cls.__module__.startswith("tfjsbridge.")
    ]
    written = {f: name for name, f in ACTIVATIONS.items() if tfjs_activation(f)}
    activations = [(f"`{activation_name(f)}`", f"`{name}`") for f, name in written.items()]
    activations += [(f"`{activation_name(f)}`", "layers of its own") for f in common.REWRITES]
    return "\n".join(
        [
            NOTE,
            "# What the converter converts\n",
            "Sequential and functional Keras 3 models, models in models, shared layers, several "
            "inputs and outputs, of these layers become layers-models; a layer that tf.js has not "
            "becomes several that compute the same. A model with anything else, or with an option "
            "that tf.js would ignore, becomes a graph-model.\n",
            table(("Keras layer", "in tf.js"), layers),
            "Operations on tensors outside of layers, as `x + y` or `keras.ops.relu(x)`, where "
            "layers can compute them:\n",
            ", ".join(f"`{name}`" for name in sorted(registry.OPERATION_WRITERS)) + ".\n",
            "As an activation, in a layer or as one:\n",
            table(("Keras activation", "in tf.js"), sorted(activations)),
            "## Graph-models\n",
            "What tf.js's layers cannot say is written as a graph of TensorFlow's operations. Of "
            "these tf.js has other ones in their place, as it lacks them or reads them wrongly:\n",
            ", ".join(f"`{name}`" for name in sorted(REWRITERS)) + ".\n",
            "## scikit-learn's preprocessing\n",
            "`tfjsbridge.sklearn.export` makes layers of these, and of `Pipeline`, "
            '`ColumnTransformer`, `FeatureUnion` and "passthrough" over them:\n',
            table(
                ("transformer", "in tf.js"),
                [
                    (f"`{cls.__name__}`", summary(writer).removesuffix("."))
                    for cls, writer in sorted(WRITERS.items(), key=lambda item: item[0].__name__)
                ],
            ),
        ]
    )


def summary(value: Any) -> str:
    """The first line of a docstring."""
    return (inspect.getdoc(value) or "").split("\n\n")[0].replace("\n", " ").replace("|", "\\|")


def signature(name: str, value: Any) -> str:
    """A call with the parameters' names and defaults, without their types."""
    parameters = [
        p.replace(annotation=p.empty)
        for p in inspect.signature(value).parameters.values()
        if p.name != "self"
    ]
    # Of a function or module as a default, its name.
    text = re.sub(r"<function (\w+) at \w+>", r"\1", str(inspect.Signature(parameters)))
    text = re.sub(r"<(?:built-in function|module) '?([\w.]+)'?[^>]*>", r"\1", text)
    return f"`{name}{text}`".replace("|", "\\|")


def public(owner: Any) -> list[tuple[str, Any]]:
    """The public functions of a module or class, as they were written."""
    module = owner.__name__ if isinstance(owner, ModuleType) else None
    return [
        (name, value)
        for name, value in vars(owner).items()
        if not name.startswith("_")
        and name != "get"
        and (inspect.isfunction(value) or isinstance(value, property))
        and (module is None or value.__module__.startswith(module))
    ]


#: In the order of tf.js's own documentation; others follow.
HEADINGS = ("Tensors", "Models", "Layers", "Operations", "Training", "Performance", "Util")

#: What works with a page's camera, microphone, downloads and frames.
ONLY_IN_A_BROWSER = (
    "tf.browser.draw",
    "tf.data.microphone",
    "tf.data.webcam",
    "tf.io.browserDownloads",
    "tf.io.browserFiles",
    "tf.nextFrame",
    "tf.webgl.forceHalfFloat",
)

OPEN, DONE, OTHER, BROWSER = "not yet", "there", "other parameters", "only in a browser"


def state(name: str) -> str:
    """What there is of a symbol of tf.js's API."""
    if name in ONLY_IN_A_BROWSER:
        return BROWSER
    problem = recorded.problem(name)
    return DONE if problem is None else OPEN if problem == "missing" else problem


def symbol_row(name: str) -> tuple[str, str, str]:
    """A symbol's line: its call in Python, its state, the first line of its docstring."""
    value = recorded.found(name)
    if state(name) == OPEN or value is recorded.MISSING:
        return f"`{name}`", state(name), ""
    text = signature(name, value) if inspect.isroutine(value) else f"`{name}`"
    return text, state(name), summary(value)


def symbol_tables() -> list[str]:
    """The API as tf.js's documentation orders it, with the state of each symbol."""
    groups: dict[str, list[str]] = {}
    for name, symbol in recorded.SYMBOLS.items():
        if symbol["heading"] and (symbol["runtime"] or name in ONLY_IN_A_BROWSER):
            groups.setdefault(symbol["heading"], []).append(name)
        elif name in recorded.UNDOCUMENTED:
            groups.setdefault("Operations", []).append(name)
    order = [*HEADINGS, *sorted(set(groups) - set(HEADINGS))]
    states = [state(name) for names in groups.values() for name in names]
    counts = [f"{sum(s.startswith(k) for s in states)} {k}" for k in (DONE, OTHER, OPEN, BROWSER)]
    parts = [
        f"Of the {len(states)} symbols of tf.js's API: {', '.join(counts)}. Parameters "
        "are compared by name, order and default; undefined and null are None here.\n"
    ]
    for heading in order:
        rows = [symbol_row(name) for name in sorted(groups[heading])]
        parts += [f"## {heading}\n", table(("symbol", "state", ""), rows)]
    return parts


def api() -> str:
    """The names of the mirror beside those of tf.js."""
    functions = [(f"tf.{name}", getattr(tf, name)) for name in sorted(tf.__all__)]
    for namespace in NAMESPACES:
        functions += [(f"tf.{namespace}.{n}", f) for n, f in public(getattr(tf, namespace))]
    rows = [
        (signature(name, value), summary(value))
        for name, value in functions
        if inspect.isfunction(value) and name not in recorded.SYMBOLS
    ]
    parts = [
        NOTE,
        f"# What there is of tf.js {tf.TFJS_VERSION}\n",
        "Options after the `*` can be given by keyword or as one dict, as in tf.js. What returns a "
        "Promise in tf.js returns its value here.\n",
        *symbol_tables(),
        "## Other results than tf.js's\n",
        "In the low-level API these are other ones, each seen by a test:\n",
        table(("what", "why"), sorted(DIFFERENCES.items())),
        "In the layers API:\n",
        table(("what", "why"), sorted(LAYER_DIFFERENCES.items())),
        "Where tf.js fails or gives no sensible result, here it is right, or refused with an "
        "error:\n",
        table(("what", "tf.js"), sorted({**FAULTS, **LAYER_FAULTS}.items())),
        "## Beside tf.js's documentation\n",
        table(("function", ""), rows),
    ]
    for cls in CLASSES:
        # What it has from bases without a table of their own.
        bases = itertools.takewhile(lambda base: base not in (*CLASSES, object), cls.__mro__[1:])
        own = {name: value for c in (*bases, cls) for name, value in public(c)}
        members = [
            (
                f"`{name}`" if isinstance(value, property) else signature(name, value),
                summary(value),
            )
            for name, value in own.items()
        ]
        parts += [f"## {cls.__name__}\n", summary(cls) + "\n", table(("member", ""), members)]
    return "\n".join(parts)


def scripts() -> str:
    """The scripts of the notes, and what each promises."""
    rows = []
    for name in SCRIPTS:
        module = script(name)
        promises = [f"{figure} {bound}" for figure, bound in module.REACHES.items()]
        rows.append((f"[{name}]({name}.py)", summary(module), "; ".join(promises)))
    return "\n".join(
        [
            NOTE,
            "# The notes, runnable\n",
            "A script for each idea, of tf.js's names, that trains, checks what it promises, draws "
            "its pictures into `export/pictures/NAME.html` (and a PNG, where there is Chromium or "
            "Chrome), and exports its model for the gallery:\n",
            "```\npython models/circle.py          # --quiet, --open, --help\n"
            "python -m models                 # all of them\n"
            "make gallery                     # all of them, and the page with them\n```\n",
            "A test runs each and holds it to its promises; a script that misses one ends with an "
            "error. Where data comes from the network, there is other data that needs none.\n",
            table(("script", "shows", "promises"), rows),
        ]
    )


#: What is written: the file, from the root, to the function that gives its text.
TABLES = {"docs/support.md": support, "docs/api.md": api, "models/README.md": scripts}


def main() -> None:
    """Write the tables that differ from what stands there."""
    for name, make in TABLES.items():
        path = ROOT / name
        text = make()
        changed = not path.exists() or path.read_text() != text
        path.write_text(text)
        print(f"{'wrote' if changed else 'unchanged:'} {name}")


if __name__ == "__main__":
    main()
