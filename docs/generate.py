"""Write the tables of the docs: python docs/generate.py (or make docs).

docs/support.md lists what the converter converts, docs/api.md what the mirror of tf.js has; both
are read from the code, and a test fails when they are stale.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import tfjsbridge as tf
from tfjsbridge.converters import registry
from tfjsbridge.converters.activations import ACTIVATIONS, activation_name, tfjs_activation
from tfjsbridge.converters.graph.rewrite import REWRITERS
from tfjsbridge.converters.layers import common
from tfjsbridge.layers import Layer
from tfjsbridge.runtime import keras
from tfjsbridge.sklearn.preprocessing import WRITERS

DOCS = Path(__file__).parent
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
    text = str(inspect.Signature(parameters))
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


def api() -> str:
    """The names of the mirror."""
    functions = [(name, getattr(tf, name)) for name in sorted(tf.__all__)]
    rows = [
        (signature(f"tf.{name}", value), summary(value))
        for name, value in functions
        if inspect.isfunction(value)
    ]
    for namespace in NAMESPACES:
        for name, value in public(getattr(tf, namespace)):
            rows.append((signature(f"tf.{namespace}.{name}", value), summary(value)))
    parts = [
        NOTE,
        f"# What there is of tf.js {tf.TFJS_VERSION}\n",
        "Options after the `*` can be given by keyword or as one dict, as in tf.js.\n",
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


TABLES = {"support.md": support, "api.md": api}


def main() -> None:
    """Write the tables that differ from what stands there."""
    for name, make in TABLES.items():
        path = DOCS / name
        text = make()
        changed = not path.exists() or path.read_text() != text
        path.write_text(text)
        print(f"{'wrote' if changed else 'unchanged:'} docs/{name}")


if __name__ == "__main__":
    main()
