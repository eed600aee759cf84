"""Gradients, against tf.js: values, errors, and what is left in memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.tfjs.differences import DIFFERENCES
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.verify import NodeSession, TfjsError

X = np.array([[2, -1, 3], [0.5, 1, -2]], np.float32)
Y = np.array([[1, 4, -2], [3, 0.25, 1]], np.float32)
NOT_CONNECTED = "Cannot compute gradient of y=f.x. with respect to x"


def assert_all_close(ours: Any, theirs: Any) -> None:
    ours = ours if isinstance(ours, list) else [ours]
    theirs = theirs if isinstance(theirs, list) else [theirs]
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.dtype == "float32"
        assert mine.shape == list(np.shape(other))
        np.testing.assert_allclose(mine.numpy(), other, rtol=1e-5, atol=1e-6)


def refused(node: NodeSession, body: str, ours: Any, **arguments: Any) -> str:
    """The message of our error, where tf.js has one too."""
    with pytest.raises(TfjsError):
        node.evaluate(body, **arguments)
    with pytest.raises((ValueError, TypeError)) as caught:
        ours()
    return str(caught.value)


#: A function of one Tensor here and the same in tf.js.
FUNCTIONS: dict[str, Any] = {
    "x => x.mul(x)": lambda x: x.mul(x),
    "x => x.mul(x).mul(x).sub(x)": lambda x: x.mul(x).mul(x).sub(x),
    "x => x.div(x.mul(x).add(1))": lambda x: x.div(x.mul(x).add(1)),
    "x => tf.matMul(x, x, false, true)": lambda x: tf.matMul(x, x, False, True),
    "x => tf.matMul(x, x, true).mul(2)": lambda x: tf.matMul(x, x, True).mul(2),
}


@pytest.mark.parametrize("source", FUNCTIONS)
def test_grad(node: NodeSession, source: str) -> None:
    f = FUNCTIONS[source]
    x = tf.tensor(X)
    assert_all_close(tf.grad(f)(x), node.evaluate(f"return tf.grad({source})(args.x)", x=X))
    y = f(x).numpy()
    dy = np.random.default_rng(0).normal(size=y.shape).astype(np.float32)
    body = f"return tf.grad({source})(args.x, args.dy)"
    assert_all_close(tf.grad(f)(x, tf.tensor(dy)), node.evaluate(body, x=X, dy=dy))
    assert_all_close(tf.grad(f)(x, dy), node.evaluate(body, x=X, dy=dy))


@pytest.mark.parametrize("source", FUNCTIONS)
def test_gradients_of_gradients(node: NodeSession, source: str) -> None:
    f = FUNCTIONS[source]
    for depth in (2, 3, 4):
        nested = f
        for _ in range(depth):
            nested = tf.grad(nested)
        text = "tf.grad(" * depth + source + ")" * depth
        try:
            theirs = node.evaluate(f"return {text}(args.x)", x=X)
        except TfjsError:  # a square has no third derivative but 0, and tf.js no path to it
            with pytest.raises(ValueError, match=NOT_CONNECTED):
                nested(tf.tensor(X))
        else:
            assert_all_close(nested(tf.tensor(X)), theirs)


def test_what_is_no_tensor_is_made_one(node: NodeSession) -> None:
    ours = tf.grad(lambda x: x.mul(x))
    assert_all_close(ours([1, 2]), node.evaluate("return tf.grad(x => x.mul(x))([1, 2])"))
    assert_all_close(ours(3), node.evaluate("return tf.grad(x => x.mul(x))(3)"))
    assert_all_close(
        ours([1, 2], [3, 4]), node.evaluate("return tf.grad(x => x.mul(x))([1, 2], [3, 4])")
    )


def test_with_respect_to_what_was_computed_before(node: NodeSession) -> None:
    body = """
        const x = tf.tensor(args.x), y = x.mul(x);
        return [tf.grad(y => y.mul(y))(y), tf.grad(y => y.mul(x))(y), tf.grad(_ => y.mul(3))(y)];
    """
    x = tf.tensor(X)
    y = x.mul(x)
    ours = [tf.grad(lambda y: y.mul(y))(y), tf.grad(lambda y: y.mul(x))(y)]
    ours.append(tf.grad(lambda _: y.mul(3))(y))
    theirs = node.evaluate(body.replace("tf.tensor(args.x)", "args.x"), x=X)
    assert_all_close(ours, theirs)


def test_a_gradient_within_a_function(node: NodeSession) -> None:
    body = """
        const f = x => tf.grad(y => y.mul(y).mul(x))(x.add(1)).mul(x);
        const g = x => tf.grad(y => y.mul(x))(x);
        return [tf.grad(f)(args.x), tf.grad(g)(args.x)];
    """
    ours = [
        tf.grad(lambda x: tf.grad(lambda y: y.mul(y).mul(x))(x.add(1)).mul(x))(X),
        tf.grad(lambda x: tf.grad(lambda y: y.mul(x))(x))(X),
    ]
    assert_all_close(ours, node.evaluate(body, x=X))


def test_grads(node: NodeSession) -> None:
    body = "return tf.grads((x, y) => x.mul(y).add(x))([args.x, args.y])"
    f = lambda x, y: x.mul(y).add(x)  # noqa: E731
    assert_all_close(tf.grads(f)([tf.tensor(X), tf.tensor(Y)]), node.evaluate(body, x=X, y=Y))
    assert_all_close(tf.grads(f)([X, Y.tolist()]), node.evaluate(body, x=X, y=Y))
    body = "return tf.grads((x, y) => x.mul(y).add(x))([args.x, args.y], args.y)"
    assert_all_close(tf.grads(f)([X, Y], Y), node.evaluate(body, x=X, y=Y))
    body = "return tf.grads((x, y) => x.mul(y))([args.x, 3])"  # broadcast
    assert_all_close(tf.grads(lambda x, y: x.mul(y))([X, 3]), node.evaluate(body, x=X))
    body = "return tf.grads((x, y) => x.mul(y))([args.x, args.x])"
    same = tf.tensor(X)
    assert_all_close(tf.grads(lambda x, y: x.mul(y))([same, same]), node.evaluate(body, x=X))


def test_grads_of_grads(node: NodeSession) -> None:
    body = """
        const g = tf.grads((x, y) => x.mul(y).mul(y));
        return tf.grads((x, y) => { const [a, b] = g([x, y]); return a.mul(b); })([args.x, args.y]);
    """
    g = tf.grads(lambda x, y: x.mul(y).mul(y))

    def product(x: Any, y: Any) -> Any:
        a, b = g([x, y])
        return a.mul(b)

    assert_all_close(tf.grads(product)([X, Y]), node.evaluate(body, x=X, y=Y))


def test_value_and_grad(node: NodeSession) -> None:
    x, dy = tf.tensor(X), tf.tensor(Y)
    for text, rest in (("args.x", [x]), ("args.x, args.dy", [x, dy])):
        theirs = node.evaluate(f"return tf.valueAndGrad(x => x.mul(x).add(1))({text})", x=X, dy=Y)
        ours = tf.valueAndGrad(lambda x: x.mul(x).add(1))(*rest)
        assert set(ours) == set(theirs) == {"value", "grad"}
        for key, part in ours.items():
            assert_all_close(part, theirs[key])


def test_value_and_grads(node: NodeSession) -> None:
    x, y, dy = tf.tensor(X), tf.tensor(Y), tf.tensor(X + Y)
    f = lambda x, y: x.mul(y).add(x)  # noqa: E731
    for text, rest in (("", []), (", args.dy", [dy])):
        theirs = node.evaluate(
            f"return tf.valueAndGrads((x, y) => x.mul(y).add(x))([args.x, args.y]{text})",
            x=X, y=Y, dy=X + Y,
        )  # fmt: skip
        ours = tf.valueAndGrads(f)([x, y], *rest)
        assert set(ours) == set(theirs) == {"value", "grads"}
        for key, part in ours.items():
            assert_all_close(part, theirs[key])


VARIABLES = """
    const a = tf.variable(args.x), b = tf.variable(args.y, true, args.name);
    const still = tf.variable(args.y, false), other = tf.variable(args.y);
    const loss = () => tf.losses.meanSquaredError(args.y, a.mul(a).mul(b).add(still));
    const {value, grads} = tf.variableGrads(loss, args.list && args.list.map(
        name => ({a, b, still, other}[name])));
    const result = [value, grads[a.name] ?? null, grads[b.name] ?? null,
                    String(grads[still.name]), String(grads[other.name])];
    for (const each of [a, b, still, other]) each.dispose();
    return result;
"""


@pytest.mark.parametrize("listed", [None, ["a"], ["b", "a"], ["a", "still"], ["a", "other", "b"]])
def test_variable_grads(node: NodeSession, listed: list[str] | None) -> None:
    a, b = tf.variable(X), tf.variable(Y, True, f"b {listed}")
    still, other = tf.variable(Y, False), tf.variable(Y)
    by_name = {"a": a, "b": b, "still": still, "other": other}
    theirs = node.evaluate(VARIABLES, x=X, y=Y, name=f"b {listed}", list=listed)
    ours = tf.variableGrads(
        lambda: tf.losses.meanSquaredError(Y, a.mul(a).mul(b).add(still)),
        None if listed is None else [by_name[name] for name in listed],
    )
    assert_all_close(ours["value"], theirs[0])
    for variable, expected in zip((a, b), theirs[1:3], strict=True):
        if expected is None:
            assert variable.name not in ours["grads"]
        else:
            assert_all_close(ours["grads"][variable.name], expected)
    assert (still.name in ours["grads"]) == (theirs[3] == "null")
    assert ours["grads"].get(still.name) is None
    assert theirs[4] == "undefined"
    assert other.name not in ours["grads"]


def test_the_variable_itself_may_be_the_result(node: NodeSession) -> None:
    theirs = node.evaluate(
        "const v = tf.variable(3); const r = tf.variableGrads(() => v); v.dispose(); "
        "return Object.values(r.grads)[0];".replace("tf.variable(3)", "tf.scalar(3).variable()")
    )
    variable = tf.variable(tf.scalar(3))
    result = tf.variableGrads(lambda: variable)
    assert_all_close(result["grads"][variable.name], theirs)


def test_a_variable_is_changed_between(node: NodeSession) -> None:
    variable = tf.variable(tf.scalar(3))
    gradient = lambda: tf.variableGrads(lambda: variable.mul(variable))["grads"][variable.name]  # noqa: E731
    assert float(gradient()) == 6
    variable.assign(tf.scalar(5))
    assert float(gradient()) == 10
    assert float(tf.grad(lambda x: x.mul(x))(variable)) == 10


def test_weights_of_layers_have_tfjss_names(node: NodeSession) -> None:
    body = """
        const model = tf.sequential({name: args.name, layers: [
            tf.layers.dense({units: 2, inputShape: [3], name: 'first'}),
            tf.layers.dense({units: 1, name: 'second', useBias: false})]});
        model.setWeights(args.weights);
        if (args.frozen) model.layers[0].trainable = false;
        const {value, grads} = tf.variableGrads(
            () => tf.losses.meanSquaredError([[1], [2]], model.apply(args.x)));
        const result = {value, ...grads};
        return result;
    """
    weights = [X[:, :2].T[:2].repeat(2, 0)[:3], np.float32([0.5, -1]), Y[:, :1]]
    for number, frozen in enumerate((False, True)):
        layers = [
            tf.layers.dense(units=2, inputShape=[3], name="first"),
            tf.layers.dense(units=1, name="second", useBias=False),
        ]
        model = tf.sequential(name=f"net{number}", layers=layers)
        model.setWeights(weights)
        layers[0].trainable = not frozen
        theirs = node.evaluate(body, weights=weights, x=X, frozen=frozen, name=f"net{number}")
        ours = tf.variableGrads(
            lambda model=model: tf.losses.meanSquaredError([[1], [2]], model.apply(tf.tensor(X)))
        )
        assert_all_close(ours["value"], theirs.pop("value"))
        # Names are taken once: tf.js and we count the second layer of a name.
        assert len(ours["grads"]) == len(theirs) == (1 if frozen else 3)
        assert [name.split("_1")[0] for name in ours["grads"]] == [
            name.split("_1")[0] for name in theirs
        ]
        for mine, other in zip(ours["grads"].values(), theirs.values(), strict=True):
            assert_all_close(mine, other)


def test_weights_of_a_sequential_and_of_keras() -> None:
    model = tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[3])])
    (kernel, bias) = tf.variableGrads(
        lambda: tf.losses.meanSquaredError([[1], [2]], model.apply(tf.tensor(X)))
    )["grads"]
    assert kernel == model.layers[0].name + "/kernel"
    assert bias == model.layers[0].name + "/bias"
    layer = keras.layers.Dense(1, name="of_keras")
    found = tf.variableGrads(lambda: tf.losses.meanSquaredError([[1], [2]], tf.tensor(layer(X))))[
        "grads"
    ]
    assert list(found) == ["of_keras/kernel", "of_keras/bias"]
    again = tf.variableGrads(
        lambda: tf.losses.meanSquaredError([[1], [2]], tf.tensor(layer(X))), [layer.bias]
    )["grads"]
    assert list(again) == ["of_keras/bias"]


def test_tensorflows_variables_take_part() -> None:
    first = tensorflow.Variable([2.0], name="its")
    second = tensorflow.Variable([3.0], name="its")
    loss = lambda: tf.losses.meanSquaredError([1], tf.mul(first, second))  # noqa: E731
    for _ in range(2):
        grads = tf.variableGrads(loss)["grads"]
        assert {name: grads[name].arraySync() for name in grads} == {"its": [30], "its_1": [20]}
    assert list(tf.variableGrads(loss, [second])["grads"]) == ["its_1"]


def test_a_disposed_variable_is_refused() -> None:
    variable = tf.variable(tf.scalar(3))
    tf.variableGrads(lambda: variable.mul(2))
    variable.dispose()
    with pytest.raises(ValueError, match="disposed"):
        tf.variableGrads(lambda: variable.mul(2))


@pytest.mark.parametrize(
    ("source", "ours"),
    [
        ("tf.grad(x => x)(args.x)", lambda: tf.grad(lambda x: x)(X)),
        ("tf.grad(x => tf.ones([2]))(args.x)", lambda: tf.grad(lambda x: tf.tensor([1, 1]))(X)),
        ("tf.grads((x, y) => x.mul(2))([args.x, args.x.add(1)])",
         lambda: tf.grads(lambda x, y: x.mul(2))([X, X])),
        ("tf.grads((x, y) => x)([args.x, args.x.add(1)])",
         lambda: tf.grads(lambda x, y: x)([X, X])),
        ("tf.valueAndGrad(x => x)(args.x)",
         lambda: tf.valueAndGrad(lambda x: x)(tf.tensor(X))),
        ("tf.valueAndGrads((x, y) => y.mul(2))([args.x, args.x.add(1)])",
         lambda: tf.valueAndGrads(lambda x, y: y.mul(2))([tf.tensor(X), tf.tensor(X)])),
        ("tf.grad(x => x.greater(1))(args.x)", lambda: tf.grad(lambda x: x.greater(1))(X)),
    ],
)  # fmt: skip
def test_what_does_not_come_from_x_is_refused(node: NodeSession, source: str, ours: Any) -> None:
    assert refused(node, f"return {source}", ours, x=X).startswith(
        "Cannot compute gradient of y=f(x) with respect to x. Make sure that the f you passed "
        "encloses all operations that lead from x to y."
    )


def test_reshaped_outside_of_f_it_is_another(node: NodeSession) -> None:
    body = """
        const b = args.x.mul(1);
        return tf.grads((a, b) => b.mul(b))([args.x, b]);
    """
    a = tf.tensor(X)
    assert "encloses all operations" in refused(
        node, body, lambda: tf.grads(lambda a, b: b.mul(b))([a, a.mul(1)]), x=X
    )


SQUARE = "x => x.mul(x)"


@pytest.mark.parametrize(
    ("source", "ours", "words"),
    [
        ("tf.grad(3)", lambda: tf.grad(3), "The f passed in grad(f) must be a function"),
        ("tf.grads(null)", lambda: tf.grads(None), "The f passed in grads(f) must be a function"),
        ("tf.valueAndGrad('f')", lambda: tf.valueAndGrad("f"),
         "The f passed in valueAndGrad(f) must be a function"),
        ("tf.valueAndGrads([])", lambda: tf.valueAndGrads([]),
         "The f passed in valueAndGrads(f) must be a function"),
        ("tf.variableGrads(3)", lambda: tf.variableGrads(3),
         "The f passed in variableGrads(f) must be a function"),
        ("tf.customGrad(3)", lambda: tf.customGrad(3),
         "The f passed in customGrad(f) must be a function."),
        ("tf.grad(x => 3)(args.x)", lambda: tf.grad(lambda x: 3)(X),
         "The result y returned by f() must be a tensor"),
        ("tf.grad(x => [x.mul(x)])(args.x)", lambda: tf.grad(lambda x: [x.mul(x)])(X),
         "The result y returned by f() must be a tensor"),
        ("tf.grad(x => null)(args.x)", lambda: tf.grad(lambda x: None)(X),
         "The result y returned by f() must be a tensor"),
        (f"tf.grad({SQUARE})(args.x, [1, 2])", lambda: tf.grad(lambda x: x.mul(x))(X, [1, 2]),
         "The shape of dy passed in grad(f)(x, dy) must match the shape returned by f(x). "
         "Shapes [2, 3] and [2] must match"),
        (f"tf.grads({SQUARE})([args.x], [1, 2])", lambda: tf.grads(lambda x: x.mul(x))([X], [1, 2]),
         "The shape of dy passed in grads(f)([x1,...], dy) must match the shape returned by "
         "f([x1,...])"),
        (f"tf.valueAndGrads({SQUARE})([args.x], tf.ones([2]))",
         lambda: tf.valueAndGrads(lambda x: x.mul(x))([tf.tensor(X)], tf.tensor([1, 2])),
         "The shape of dy passed in valueAndGrads(f)([x1,...], dy) must match"),
        (f"tf.valueAndGrad({SQUARE})(args.x, tf.ones([2]))",
         lambda: tf.valueAndGrad(lambda x: x.mul(x))(tf.tensor(X), tf.tensor([1, 2])),
         "The shape of dy passed in valueAndGrad(f)(x, dy) must match"),
        (f"tf.grad({SQUARE})(args.x, tf.ones([2, 3], 'int32'))",
         lambda: tf.grad(lambda x: x.mul(x))(X, tf.tensor(np.ones((2, 3), np.int32))),
         "dy must have 'float32' dtype, but has 'int32'"),
        (f"tf.grad({SQUARE})(null)", lambda: tf.grad(lambda x: x.mul(x))(None),
         "Argument 'x' passed to 'tf.grad' must be a Tensor or TensorLike"),
        (f"tf.grad({SQUARE})(args.x, 'dy')", lambda: tf.grad(lambda x: x.mul(x))(X, "dy"),
         "Argument 'dy' passed to 'tf.grad' must be numeric tensor, but got string tensor"),
        (f"tf.grads({SQUARE})(args.x)", lambda: tf.grads(lambda x: x.mul(x))(X),
         "The args passed in grads(f)(args) must be an array of `Tensor`s or `TensorLike`s"),
        (f"tf.grads({SQUARE})([])", lambda: tf.grads(lambda *x: tf.tensor(1))([]),
         "gradients() received an empty list of xs."),
        (f"tf.grads({SQUARE})([null])", lambda: tf.grads(lambda x: x.mul(x))([None]),
         "Argument 'args[0]' passed to 'tf.grads' must be a Tensor or TensorLike"),
        (f"tf.valueAndGrad({SQUARE})(3)", lambda: tf.valueAndGrad(lambda x: x.mul(x))(3),
         "The x passed in valueAndGrad(f)(x) must be a tensor"),
        (f"tf.valueAndGrad({SQUARE})(args.x, 3)",
         lambda: tf.valueAndGrad(lambda x: x.mul(x))(tf.tensor(X), 3),
         "The dy passed in valueAndGrad(f)(x, dy) must be a tensor"),
        (f"tf.valueAndGrads({SQUARE})([3])", lambda: tf.valueAndGrads(lambda x: x.mul(x))([3]),
         "The args passed in valueAndGrads(f)(args) must be array of tensors"),
        (f"tf.valueAndGrads({SQUARE})([args.x], 3)",
         lambda: tf.valueAndGrads(lambda x: x.mul(x))([tf.tensor(X)], 3),
         "The dy passed in valueAndGrads(f)(args, dy) must be a tensor"),
        ("tf.variableGrads(() => args.x, 3)", lambda: tf.variableGrads(lambda: tf.tensor(X), 3),
         "The varList passed in variableGrads(f, varList) must be an array of variables"),
        ("tf.variableGrads(() => args.x, [args.x])",
         lambda: tf.variableGrads(lambda: tf.tensor(X), [tf.tensor(X)]),
         "The varList passed in variableGrads(f, varList) must be an array of variables"),
        ("tf.variableGrads(() => args.x, [])", lambda: tf.variableGrads(lambda: tf.tensor(X), []),
         "variableGrads() expects at least one of the input variables to be trainable, but none "
         "of the 0 variables is trainable."),
        ("tf.customGrad(x => x)(3)", lambda: tf.customGrad(lambda x: x)(3),
         "The args passed in customGrad(f)(x1, x2,...) must all be tensors"),
    ],
)  # fmt: skip
def test_bad_arguments(node: NodeSession, source: str, ours: Any, words: str) -> None:
    assert words in refused(node, f"return {source}", ours, x=X)


def test_refused_variable_grads(node: NodeSession) -> None:
    of = "const v = tf.variable(args.x), still = tf.variable(args.x, false);"
    v, still = tf.variable(X), tf.variable(X, False)
    message = refused(
        node, of + "return tf.variableGrads(() => v.mul(2))", lambda: tf.variableGrads(
            lambda: v.mul(2)), x=X,
    )  # fmt: skip
    assert message == (
        "The f passed in variableGrads(f) must return a scalar, but it returned a rank-2 tensor"
    )
    message = refused(
        node, of + "return tf.variableGrads(() => tf.scalar(2))",
        lambda: tf.variableGrads(lambda: tf.scalar(2)), x=X,
    )  # fmt: skip
    assert message.startswith("Cannot find a connection between any variable and the result of")
    message = refused(
        node, of + "return tf.variableGrads(() => v.mul(still), [still])",
        lambda: tf.variableGrads(lambda: v.mul(still), [still]), x=X,
    )  # fmt: skip
    assert message.endswith("none of the 1 variables is trainable.")


def test_gradients_of_int32_and_bool(node: NodeSession) -> None:
    assert "gradients of int32 and bool" in DIFFERENCES
    for body in (
        "return tf.grad(x => x.toFloat().square())(tf.tensor1d([2, 3], 'int32'))",
        "return tf.grad(x => x.sum())(tf.tensor1d([true, false], 'bool'))",
        "return tf.grad(x => x.toInt())(tf.tensor1d([2, 3]))",
    ):
        assert node.evaluate(body).dtype == np.float32
    whole = np.array([2, 3], np.int32)
    with pytest.raises(ValueError, match=r"x, which is int32.*Pass x.cast\('float32'\)"):
        tf.grad(lambda x: x.mul(2.0))(whole)
    with pytest.raises(ValueError, match="x, which is bool"):
        tf.grad(lambda x: x.mul(2.0))(whole > 2)
    with pytest.raises(ValueError, match=NOT_CONNECTED):
        tf.grad(lambda x: tf.tensor(tensorflow.cast(x.tensor, "int32")))(X)
    assert tf.grad(lambda x: x.mul(x))(tf.tensor(whole, None, "float32")).arraySync() == [4, 6]


# customGrad

CUSTOM = """
    const custom = tf.customGrad((x, save) => {
        save([x]);
        return {value: x.mul(x), gradFunc: (dy, saved) => [dy.mul(saved[0].abs())]};
    });
"""


def custom_square(x: Any, save: Any) -> Any:
    save([x])
    return {"value": x.mul(x), "gradFunc": lambda dy, saved: [dy.mul(saved[0].abs())]}


def test_custom_grad(node: NodeSession) -> None:
    custom = tf.customGrad(custom_square)
    x, dy = tf.tensor(X), tf.tensor(Y)
    assert_all_close(custom(x), node.evaluate(CUSTOM + "return custom(args.x)", x=X))
    body = CUSTOM + "return tf.grad(x => custom(x))(args.x)"
    assert_all_close(tf.grad(custom)(x), node.evaluate(body, x=X))
    assert_all_close(tf.grad(custom)(x), node.evaluate(body, x=X))  # twice
    body = CUSTOM + "return tf.grad(x => custom(x.mul(2)).mul(3))(args.x, args.dy)"
    ours = tf.grad(lambda x: custom(x.mul(2)).mul(3))(x, dy)
    assert_all_close(ours, node.evaluate(body, x=X, dy=Y))


def test_second_derivatives_of_custom_grad(node: NodeSession) -> None:
    custom = tf.customGrad(custom_square)
    body = CUSTOM + "return tf.grad(tf.grad(x => custom(x)))(args.x, args.dy)"
    assert_all_close(tf.grad(tf.grad(custom))(X, Y), node.evaluate(body, x=X, dy=Y))
    # What f computes and saves is constant; only its inputs are followed.
    body = """
        const custom = tf.customGrad((x, save) => {
            const cube = x.mul(x).mul(x);
            save([x, cube]);
            return {value: cube, gradFunc: (dy, saved) => dy.mul(saved[0]).mul(saved[1])};
        });
        return tf.grad(tf.grad(x => custom(x).mul(x)))(args.x);
    """

    def cube_of(x: Any, save: Any) -> Any:
        cube = x.mul(x).mul(x)
        save([x, cube])
        return {"value": cube, "gradFunc": lambda dy, saved: dy.mul(saved[0]).mul(saved[1])}

    cube = tf.customGrad(cube_of)
    assert_all_close(tf.grad(tf.grad(lambda x: cube(x).mul(x)))(X), node.evaluate(body, x=X))


def test_custom_grad_of_several_inputs(node: NodeSession) -> None:
    body = """
        const custom = tf.customGrad((x, y) => ({
            value: x.mul(y), gradFunc: dy => [dy.mul(2), dy.mul(x)]}));
        return tf.grads((x, y) => custom(x, y))([args.x, args.y]);
    """
    custom = tf.customGrad(
        lambda x, y: SimpleNamespace(value=x.mul(y), gradFunc=lambda dy: [dy.mul(2), dy.mul(x)])
    )
    assert_all_close(tf.grads(custom)([X, Y]), node.evaluate(body, x=X, y=Y))


def test_custom_grad_within_custom_grad(node: NodeSession) -> None:
    body = (
        CUSTOM
        + """
        const outer = tf.customGrad(x => ({
            value: custom(x).mul(2), gradFunc: dy => custom(x).mul(dy)}));
        return [tf.grad(x => outer(x))(args.x), tf.grad(tf.grad(x => outer(x)))(args.x)];
    """
    )
    inner = tf.customGrad(custom_square)
    outer = tf.customGrad(
        lambda x: {
            "value": inner(x).mul(2),
            "gradFunc": lambda dy: inner(x).mul(dy),
        }
    )
    ours = [tf.grad(outer)(X), tf.grad(tf.grad(outer))(X)]
    assert_all_close(ours, node.evaluate(body, x=X))


def test_custom_grad_that_uses_a_variable(node: NodeSession) -> None:
    body = """
        const v = tf.scalar(3).variable();
        const custom = tf.customGrad(x => ({value: x.mul(v), gradFunc: dy => dy.mul(7)}));
        return [tf.grad(x => custom(x))(args.x),
                tf.variableGrads(() => custom(tf.scalar(1)).mul(v)).grads[v.name]];
    """
    v = tf.variable(tf.scalar(3))
    custom = tf.customGrad(lambda x: {"value": x.mul(v), "gradFunc": lambda dy: dy.mul(7)})
    ours = [
        tf.grad(custom)(X),
        tf.variableGrads(lambda: custom(tf.scalar(1)).mul(v))["grads"][v.name],
    ]
    assert_all_close(ours, node.evaluate(body, x=X))


@pytest.mark.parametrize(
    ("source", "ours", "words"),
    [
        ("x => ({value: 3, gradFunc: dy => dy})",
         lambda x: {"value": 3, "gradFunc": lambda dy: dy}, "where `obj.value` is a tensor"),
        ("x => ({value: x.mul(2)})", lambda x: {"value": x.mul(2)},
         "where `obj.gradFunc` is a function"),
        ("x => ({value: x.mul(2), gradFunc: dy => [dy, dy]})",
         lambda x: {"value": x.mul(2), "gradFunc": lambda dy: [dy, dy]},
         "the same number of tensors as inputs passed to f(...)"),
        ("x => ({value: x.mul(2), gradFunc: dy => [3]})",
         lambda x: {"value": x.mul(2), "gradFunc": lambda dy: [3]}, "a list of only tensors"),
        ("x => ({value: x.mul(2), gradFunc: dy => tf.ones([2])})",
         lambda x: {"value": x.mul(2), "gradFunc": lambda dy: tf.tensor([1, 1])},
         "The gradient of input '0' has shape '[2]', which does not match the shape of the input"),
        ("x => ({value: x.mul(2), gradFunc: dy => tf.ones([2, 3], 'int32')})",
         lambda x: {"value": x.mul(2), "gradFunc": lambda dy: tf.tensor(np.ones((2, 3), int))},
         "The gradient of input 0 must have 'float32' dtype, but has 'int32'"),
    ],
)  # fmt: skip
def test_refused_custom_grad(node: NodeSession, source: str, ours: Any, words: str) -> None:
    body = f"const custom = tf.customGrad({source}); return tf.grad(x => custom(x))(args.x)"
    assert words in refused(node, body, lambda: tf.grad(tf.customGrad(ours))(X), x=X)


# Memory, errors on the way, graphs.

LEFT = """
    tf.engine().state.numBytes = 0;  // NaN after a tensor of strings that tf.js failed to make
    const x = tf.tensor([2, 3]), y = tf.tensor([4, 5]), dy = tf.tensor([1, 1]);
    const v = tf.tensor([1, 2]).variable();
    const custom = tf.customGrad((x, save) => {
        save([x, x.mul(2)]);
        return {value: x.mul(x).mul(x), gradFunc: (dy, saved) => dy.mul(saved[1])};
    });
    const f = x => x.mul(x).mul(x), f2 = (x, y) => x.mul(y).add(x);
    const left = g => {
        const before = tf.memory();
        g();
        const after = tf.memory();
        return ['numTensors', 'numBytes', 'numDataBuffers'].map(key => after[key] - before[key]);
    };
    const result = [
        left(() => tf.grad(f)(x)), left(() => tf.grad(f)([2, 3])), left(() => tf.grad(f)(x, dy)),
        left(() => tf.grad(tf.grad(f))(x)), left(() => tf.grads(f2)([x, y])),
        left(() => tf.valueAndGrad(f)(x)), left(() => tf.valueAndGrads(f2)([x, y])),
        left(() => tf.variableGrads(() => tf.losses.meanSquaredError(x, v))),
        left(() => custom(x)), left(() => tf.grad(x => custom(x))(x)),
        left(() => tf.tidy(() => { tf.grad(f)(x); }))];
    v.dispose();
    return result;
"""


def test_as_much_is_left_in_memory(node: NodeSession) -> None:
    x, y, dy = tf.tensor([2, 3]), tf.tensor([4, 5]), tf.tensor([1, 1])
    v = tf.variable(tf.tensor([1, 2]))

    def saving(x: Any, save: Any) -> Any:
        save([x, x.mul(2)])
        return {"value": x.mul(x).mul(x), "gradFunc": lambda dy, saved: dy.mul(saved[1])}

    custom = tf.customGrad(saving)
    f = lambda x: x.mul(x).mul(x)  # noqa: E731
    f2 = lambda x, y: x.mul(y).add(x)  # noqa: E731
    held = []

    def forgotten() -> None:
        tf.grad(f)(x)

    def left(g: Any) -> list[int]:
        before = tf.memory()
        held.append(g())
        after = tf.memory()
        return [after[key] - before[key] for key in ("numTensors", "numBytes", "numDataBuffers")]

    ours = [
        left(lambda: tf.grad(f)(x)), left(lambda: tf.grad(f)([2, 3])),
        left(lambda: tf.grad(f)(x, dy)), left(lambda: tf.grad(tf.grad(f))(x)),
        left(lambda: tf.grads(f2)([x, y])), left(lambda: tf.valueAndGrad(f)(x)),
        left(lambda: tf.valueAndGrads(f2)([x, y])),
        left(lambda: tf.variableGrads(lambda: tf.losses.meanSquaredError(x, v))),
        left(lambda: custom(x)), left(lambda: tf.grad(custom)(x)),
        left(lambda: tf.tidy(forgotten)),
    ]  # fmt: skip
    assert ours == node.evaluate(LEFT)


def test_an_error_within_f_leaves_nothing_behind() -> None:
    x = tf.tensor([2, 3])

    def broken(x: Any) -> Any:
        x.mul(x)
        raise KeyError("mine")

    before = tf.memory()["numTensors"]
    for _ in range(2):
        with pytest.raises(KeyError, match="mine"):
            tf.grad(broken)(x)
        with pytest.raises(KeyError, match="mine"):
            tf.grad(tf.customGrad(broken))(x)
    assert tf.memory()["numTensors"] == before
    assert tf.grad(lambda x: x.mul(x))(x).arraySync() == [4, 6]


def test_within_a_tensorflow_function() -> None:
    custom = tf.customGrad(custom_square)
    cube = lambda x: x.mul(x).mul(x)  # noqa: E731

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None], tensorflow.float32)])
    def graph(x: Any) -> Any:
        given = tf.tensor(x)
        found = [tf.grad(cube)(given), tf.grad(tf.grad(cube))(given), tf.grad(custom)(given)]
        return [each.tensor for each in [*found, custom(given)]]

    x = np.float32([-1, 2, 3])
    expected = [3 * x**2, 6 * x, np.abs(x), x**2]
    for mine, right in zip(graph(x), expected, strict=True):
        np.testing.assert_allclose(mine.numpy(), right, rtol=1e-6)


def test_tensorflows_tape_sees_our_gradients() -> None:
    custom = tf.customGrad(custom_square)
    x = tensorflow.constant([-1.0, 2.0])
    with tensorflow.GradientTape(persistent=True) as tape:
        tape.watch(x)
        slope = tf.grad(lambda x: x.mul(x).mul(x))(x).tensor
        value = custom(tf.tensor(x)).tensor
    np.testing.assert_allclose(tape.gradient(slope, x), [-6, 12])
    np.testing.assert_allclose(tape.gradient(value, x), [1, 2])


def test_a_tensorflow_tensor_is_a_result_too() -> None:
    gradient = tf.grad(lambda x: tensorflow.reduce_sum(tensorflow.square(x.tensor)))(X)
    np.testing.assert_allclose(gradient.numpy(), 2 * X)


def test_what_tensorflow_cannot_differentiate_is_said_in_one_line() -> None:
    with pytest.raises(ValueError, match=NOT_CONNECTED):
        tf.grad(lambda x: tf.tensor(tensorflow.raw_ops.Floor(x=x.tensor)))(X)


def test_the_rows_of_a_table_make_a_whole_gradient(node: NodeSession) -> None:
    body = "return tf.grad(x => tf.gather(x, [1, 1]))(args.x)"
    f = lambda x: tf.tensor(tensorflow.gather(x.tensor, [1, 1]))  # noqa: E731
    assert_all_close(tf.grad(f)(X), node.evaluate(body.replace("[1, 1]", "tf.tensor1d([1, 1], "
                                                               "'int32')"), x=X))  # fmt: skip
