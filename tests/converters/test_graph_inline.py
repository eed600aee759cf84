from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfjsbridge.converters import save_keras_model
from tfjsbridge.converters.files import read_json
from tfjsbridge.converters.graph.inline import Body, inlined
from tfjsbridge.converters.graph.rewrite import rewritten
from tfjsbridge.converters.graph.trace import traced
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.verify import NodeSession

layers = keras.layers


def graph(*nodes: tuple[str, str, list[str]]) -> Any:
    """A GraphDef of operations (name, type, inputs); a type "call f" calls a function."""
    made = tensorflow.compat.v1.GraphDef()
    for name, op, inputs in nodes:
        node = made.node.add(name=name, op=op.split()[0].replace("call", "PartitionedCall"))
        node.input.extend(inputs)
        if op.startswith("call "):
            node.attr["f"].func.name = op.split()[1]
    return made


def told(made: Any) -> dict[str, tuple[str, list[str]]]:
    return {node.name: (node.op, list(node.input)) for node in made.node}


#: f(a, b) = a + 2 b, b
F = Body(
    graph(
        ("a", "Placeholder", []),
        ("b", "Placeholder", []),
        ("two", "Const", []),
        ("double", "Mul", ["two", "b"]),
        ("sum", "Add", ["a", "double", "^two"]),
        ("result", "Identity", ["sum"]),
        ("other", "Identity", ["b"]),
    ),
    ["a", "b"],
    ["result", "other"],
)


def test_a_body_stands_in_the_place_of_each_call() -> None:
    made = inlined(
        graph(
            ("x", "Placeholder", []),
            ("first/call", "call f", ["x", "x"]),
            ("second/call", "call f", ["first/call", "first/call:1"]),
            ("y", "Sub", ["second/call", "second/call:1"]),
        ),
        {"f": F},
    )
    assert told(made) == {
        "x": ("Placeholder", []),
        "first/two": ("Const", []),
        "first/double": ("Mul", ["first/two", "x"]),
        "first/sum": ("Add", ["x", "first/double"]),
        # The constant is the first call's.
        "second/double": ("Mul", ["first/two", "x"]),
        "second/sum": ("Add", ["first/sum", "second/double"]),
        "y": ("Sub", ["second/sum", "x"]),
    }


def test_names_differ() -> None:
    made = inlined(
        graph(
            ("x", "Placeholder", []),
            ("sum", "Neg", ["x"]),
            ("call", "call f", ["x", "sum"]),
            ("again", "call f", ["call", "x"]),
            ("y", "Identity", ["again"]),
        ),
        {"f": F},
    )
    assert told(made) == {
        "x": ("Placeholder", []),
        "sum": ("Neg", ["x"]),
        "two": ("Const", []),
        "double": ("Mul", ["two", "sum"]),
        "sum_1": ("Add", ["x", "double"]),
        "double_1": ("Mul", ["two", "x"]),
        "sum_2": ("Add", ["sum_1", "double_1"]),
        "y": ("Identity", ["sum_2"]),
    }


def test_one_of_several_outputs() -> None:
    body = Body(
        graph(("a", "Placeholder", []), ("parts", "Split", ["a"]), ("last", "Neg", ["parts:2"])),
        ["a"],
        ["parts:1", "last"],
    )
    made = inlined(
        graph(("x", "Unpack", []), ("call", "call f", ["x:3"]), ("y", "Add", ["call", "call:1"])),
        {"f": body},
    )
    assert told(made) == {
        "x": ("Unpack", []),
        "parts": ("Split", ["x:3"]),
        "last": ("Neg", ["parts:2"]),
        "y": ("Add", ["parts:1", "last"]),
    }


def test_what_is_read_before_it_is_called() -> None:
    made = inlined(graph(("y", "Neg", ["call"]), ("call", "call f", ["x", "x"])), {"f": F})
    assert told(made)["y"] == ("Neg", ["sum"])


def test_nothing_waits_for_a_call() -> None:
    given = graph(("call", "call f", ["x", "x"]), ("y", "Const", ["^call", "^x"]))
    assert told(inlined(given, {"f": F}))["y"] == ("Const", ["^x"])


def test_other_calls_stay() -> None:
    given = graph(("x", "Placeholder", []), ("call", "call g", ["x"]))
    assert told(inlined(given, {"f": F})) == told(given)


def with_functions(made: Any, *names: str) -> Any:
    for name in names:
        made.library.function.add().signature.name = name
    return made


def test_functions_that_are_called_still() -> None:
    outer = with_functions(graph(("call", "call f", ["x", "x"])), "f", "loop")
    body = Body(with_functions(copy.deepcopy(F.graph), "loop", "inner"), F.inputs, F.outputs)
    made = inlined(outer, {"f": body})
    assert [function.signature.name for function in made.library.function] == ["loop", "inner"]


class Looped(layers.Layer):  # type: ignore[misc]
    """A function with a loop, called twice."""

    def call(self, x: Any) -> Any:
        return self.function(self.function(x))

    @tensorflow.function
    def function(self, x: Any) -> Any:
        def body(count: Any, y: Any) -> Any:
            return count + 1, 1.1 * y

        most = tensorflow.cast(tensorflow.reduce_max(x), "int32")
        return tensorflow.while_loop(lambda count, _: count < most, body, (0, x))[1]


def test_a_loop_beside_a_recurrent_layer(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3, 2)), layers.LSTM(2), Looped()])
    with pytest.raises(ConversionError, match="predict takes no operation whose steps") as caught:
        save_keras_model(model, tmp_path, format="graph")
    assert len(caught.value.problems) == 2
    # What a body calls is in its graph.
    bodies = rewritten(traced(model), set(), []).bodies.values()
    calls = {
        op.get_attr("body").name: body.graph
        for body in bodies
        for op in body.graph.get_operations()
        if "While" in op.type
    }
    assert calls
    for name, body in calls.items():
        assert name in {f.signature.name for f in body.as_graph_def().library.function}


class Scaled(layers.Layer):  # type: ignore[misc]
    """A function, called with several constants."""

    def call(self, x: Any) -> Any:
        function = tensorflow.function(lambda y, factor: tensorflow.nn.relu(factor * y))
        factors = map(tensorflow.constant, (2.0, -3.0, 2.0))
        return tensorflow.concat([function(x, factor) for factor in factors], 1)


def test_a_function_of_several_constants(node: NodeSession, tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((3, 2)), layers.LSTM(2), Scaled()])
    save_keras_model(model, tmp_path, format="graph")
    x = np.random.default_rng(0).normal(size=(4, 3, 2)).astype("float32")
    np.testing.assert_allclose(node.predict(tmp_path, [x])[0], model(x), atol=1e-6)


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "SimpleRNN"])
def test_the_steps_of_a_layer_share_their_constants(cell: str, tmp_path: Path) -> None:
    def written(steps: int) -> list[dict[str, Any]]:
        model = keras.Sequential([keras.Input((steps, 3)), getattr(layers, cell)(4)])
        save_keras_model(model, tmp_path, format="graph")
        nodes: list[dict[str, Any]] = read_json(tmp_path)["modelTopology"]["node"]
        return nodes

    def constants(nodes: list[dict[str, Any]]) -> int:
        return sum(node["op"] == "Const" for node in nodes)

    few, many = written(3), written(7)
    assert not any(node["op"].endswith("PartitionedCall") for node in many)
    assert constants(few) == constants(many)
    # Nothing is done for a step that another one does already.
    each = (len(many) - len(few)) / 4
    assert each == {"LSTM": 14, "GRU": 17, "SimpleRNN": 4}[cell]
