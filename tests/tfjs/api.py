"""The recorded API beside the mirror: what is missing, what has other parameters."""

from __future__ import annotations

import ast
import inspect
import json
import keyword
import math
from pathlib import Path
from typing import Any

import tfjsbridge as tf

RECORD = json.loads((Path(__file__).parent / "api.json").read_text("utf-8"))
SYMBOLS: dict[str, dict[str, Any]] = RECORD["symbols"]
CHAINED: dict[str, list[dict[str, Any]]] = RECORD["chained"]

#: Functions without a documentation comment of their own that programs use nevertheless.
UNDOCUMENTED = (
    "tf.concat1d",
    "tf.concat2d",
    "tf.concat3d",
    "tf.concat4d",
    "tf.fused.conv2d",
    "tf.fused.depthwiseConv2d",
    "tf.fused.matMul",
    "tf.image.threshold",
    "tf.maxPool",
    "tf.raggedRange",
)

_LOW_LEVEL = ("Tensors", "Operations", "Performance", "Util")


def is_low_level(name: str) -> bool:
    """Whether a recorded symbol belongs to the low-level API: tensors, operations, gradients."""
    symbol = SYMBOLS[name]
    place = symbol["heading"], symbol["subheading"]
    listed = place[0] in _LOW_LEVEL or place in (("Training", "Gradients"), ("Training", "Losses"))
    return symbol["runtime"] and (listed or name in UNDOCUMENTED)


LOW_LEVEL = [name for name in SYMBOLS if is_low_level(name)]

#: The headings of the layers API: models, their training, and data.
_LAYERS = (
    *("Models", "Layers", "Training", "Metrics", "Initializers", "Regularizers", "Constraints"),
    *("Callbacks", "Data"),
)

LAYERS = [
    name
    for name, symbol in SYMBOLS.items()
    if symbol["runtime"] and symbol["heading"] in _LAYERS and name not in LOW_LEVEL
]

#: What `found` gives for a symbol that is not here.
MISSING = object()


def found(name: str) -> Any:
    """What the mirror has by a symbol's name, or by the one that its documentation says."""
    for path in (name, SYMBOLS.get(name, {}).get("documented", name)):
        value: Any = tf
        for part in path.split(".")[1:]:
            value = getattr(value, part, MISSING)
        if value is not MISSING and not inspect.ismodule(value):  # tfjsbridge.tfjs_engine
            return value
    return MISSING


def problem(name: str) -> str | None:
    """Why a symbol is not as in TensorFlow.js: "missing", or "other parameters: ..."; or None."""
    value = found(name)
    if value is MISSING:
        return "missing"
    symbol = SYMBOLS[name]
    if symbol["kind"] == "property":
        return None
    if symbol["kind"] == "class":  # made by functions, with what they find needful
        return None if inspect.isclass(value) else f"other parameters: {value!r} is no class"
    if not callable(value):
        return f"other parameters: {value!r} cannot be called"
    wanted = symbol["params"]
    return _compared(wanted, _parameters(value, method=symbol["kind"] == "method"))


def problem_of_method(name: str) -> str | None:
    """The same for a method of tf.Tensor that calls the operation of its name."""
    value = getattr(tf.Tensor, name, MISSING)
    if value is MISSING:
        return "missing"
    if not callable(value):
        return f"other parameters: {value!r} cannot be called"
    # Not to be seen from a program are names of positional parameters, so in the methods some are
    # other ones than in the functions. Both are right here.
    function = SYMBOLS.get(f"tf.{name}", SYMBOLS.get(f"tf.image.{name}", {})).get("params", [])
    other = [parameter["name"] for parameter in function][1:]
    wanted = [
        {**parameter, "also": other[i] if i < len(other) else ""}
        for i, parameter in enumerate(CHAINED[name])
    ]
    mine = _parameters(value, method=True)
    # More options than the method has in TensorFlow.js come from the function.
    spare = [p for p in mine[len(wanted) :] if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if spare:
        return f"other parameters: {spare[0].name} is not optional"
    return _compared(wanted, mine[: len(wanted)], defaults=False)


def _parameters(value: Any, method: bool) -> list[inspect.Parameter]:
    parameters = list(inspect.signature(value).parameters.values())
    return parameters[1:] if method else parameters


def _compared(
    wanted: list[dict[str, Any]], mine: list[inspect.Parameter], defaults: bool = True
) -> str | None:
    by_name = {p.name: p for p in mine}
    # A config object is keyword parameters here, or a parameter of its name.
    objects = [w for w in wanted if "options" in w and w["name"] not in by_name]
    ordered = [w for w in wanted if w not in objects]
    positional = [p for p in mine if not (objects and p.kind is p.KEYWORD_ONLY)]
    names = [{_python_name(w["name"]), _python_name(w.get("also", ""))} for w in ordered]
    if len(names) != len(positional) or any(
        p.name not in allowed for p, allowed in zip(positional, names, strict=True)
    ):
        said = ", ".join(w["name"] for w in ordered)
        return f"other parameters: ({', '.join(p.name for p in positional)}) for ({said})"
    for parameter, p in zip(ordered, positional, strict=True):
        if parameter["required"] and not defaults:
            continue  # the method's declaration, where the function's has a default
        difference = _difference(parameter, p, defaults)
        if difference:
            return f"other parameters: {difference}"
    for config in objects:
        difference = _difference_of_options(config, [p for p in mine if p not in positional])
        if difference:
            return f"other parameters: {difference}"
    return None


def _difference_of_options(config: dict[str, Any], mine: list[inspect.Parameter]) -> str | None:
    by_name = {p.name: p for p in mine}
    options = {_python_name(option["name"]): option for option in config["options"]}
    lacking = [name for name in options if name not in by_name]
    more = [name for name in by_name if name not in options]
    if lacking or more:
        texts = [f"{word} {', '.join(n)}" for word, n in (("no", lacking), ("also", more)) if n]
        return "; ".join(texts)
    # Of a declared object the defaults stand somewhere in the function's body.
    defaults = config["name"] == ""
    found = (_difference(option, by_name[name], defaults) for name, option in options.items())
    return next((difference for difference in found if difference), None)


def _difference(parameter: dict[str, Any], p: inspect.Parameter, defaults: bool) -> str | None:
    if parameter.get("rest"):
        return None if p.kind is p.VAR_POSITIONAL else f"*{p.name} takes any number"
    if parameter["required"]:
        # A value where TypeScript only declares none: JavaScript lets every parameter out.
        return None if p.default is not None else f"{p.name} is required"
    if p.default is p.empty:
        return f"{p.name} is optional"
    if not defaults:
        return None
    default = parameter.get("default", "undefined")
    if _same_default(default, p.default):
        return None
    return f"{p.name} is {default} by default, not {p.default!r}"


def _same_default(javascript: str, python: Any) -> bool:
    if javascript in ("null", "undefined"):
        return python is None
    if javascript in ("true", "false"):
        return python is (javascript == "true")
    if javascript == "console.log":
        return python is print
    if javascript == "Number.NEGATIVE_INFINITY":
        return python == -math.inf
    if javascript in ("[]", "{}"):  # nobody changes it, so that it may be None here
        return python is None or not python
    if javascript.startswith("Reduction."):
        return python == getattr(tf.Reduction, javascript.removeprefix("Reduction."))
    try:
        value = ast.literal_eval(javascript)
    except (ValueError, SyntaxError):  # the name of a function or of a namespace
        return getattr(python, "__name__", "").rpartition(".")[2] == javascript
    if isinstance(python, tuple):
        python = list(python)
    return type(python) is not bool and python == value


def _python_name(name: str) -> str:
    """Reserved words have a line after them: assert_, lambda_."""
    return f"{name}_" if keyword.iskeyword(name) else name
