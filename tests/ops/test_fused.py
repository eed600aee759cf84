"""Products and convolutions with a bias and an activation, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.gradient_parity import values
from tests.ops.parity import assert_same, in_tfjs
from tests.tfjs.differences import DIFFERENCES
from tfjsbridge.verify import NodeSession, TfjsError

ACTIVATIONS = ["linear", "relu", "relu6", "elu", "prelu", "leakyrelu", "sigmoid", None]

GRADIENT = """
    const {name, config, wanted, dy} = args;
    return tf.grads((...xs) => tf.fused[name](
        {...config, ...Object.fromEntries(wanted.map((key, i) => [key, xs[i]]))}))(
        wanted.map(key => config[key]), dy);
"""


def here(name: str, config: dict[str, Any]) -> tf.Tensor:
    given = {k: tf.tensor(v) if isinstance(v, np.ndarray) else v for k, v in config.items()}
    return getattr(tf.fused, name)(given)


def assert_same_fused(node: NodeSession, name: str, **config: Any) -> None:
    theirs = in_tfjs(node, f"fused.{name}", config)
    assert_same(here(name, config), theirs, rtol=1e-5, atol=1e-5)


def assert_both_refuse_fused(node: NodeSession, name: str, **config: Any) -> str:
    with pytest.raises(TfjsError):
        in_tfjs(node, f"fused.{name}", config)
    with pytest.raises(ValueError, match=r"fused|Operands") as caught:
        here(name, config)
    return str(caught.value)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_mat_mul(node: NodeSession, activation: str | None) -> None:
    more = {"activation": activation, "leakyreluAlpha": 0.3}
    for dtype in ("float32", "int32"):
        a, b = values([3, 4], dtype), values([4, 2], dtype)
        for bias in (None, values([2]), values([3, 2]), values([1, 2], "int32")):
            given = {} if bias is None else {"bias": bias}
            if activation == "prelu":
                given["preluActivationWeights"] = values([2])
            assert_same_fused(node, "matMul", a=a, b=b, **given, **more)
    for batch in ([2], [2, 3]):
        a, b = values([*batch, 4, 3]), values([*batch, 2, 4])
        flags = {"transposeA": True, "transposeB": True, "preluActivationWeights": values([2])}
        assert_same_fused(node, "matMul", a=a, b=b, bias=values([2]), **flags, **more)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("name", ["conv2d", "depthwiseConv2d"])
def test_convolutions(node: NodeSession, name: str, activation: str | None) -> None:
    out = 3 if name == "conv2d" else 6
    more = {"activation": activation, "leakyreluAlpha": 0.3}
    for batch in ([], [2]):
        x, filter = values([*batch, 4, 5, 2]), values([2, 3, 2, 3])
        for bias in (None, values([out]), values([1]), values([1, 1, out])):
            given = {} if bias is None else {"bias": bias}
            if activation == "prelu":
                given["preluActivationWeights"] = values([out])
            for pad in ("same", "valid", 1):
                assert_same_fused(
                    node, name, x=x, filter=filter, strides=[1, 2], pad=pad, **given, **more
                )


def test_rounding_and_dilations(node: NodeSession) -> None:
    x, filter = values([5, 5, 2]), values([2, 2, 2, 1])
    for name in ("conv2d", "depthwiseConv2d"):
        same = {"x": x, "filter": filter, "activation": "relu"}
        assert_same_fused(node, name, **same, strides=1, pad="same", dilations=[2, 1])
        assert_same_fused(node, name, **same, strides=2, pad=1, dimRoundingMode="ceil")


def test_channels_first(node: NodeSession) -> None:
    for bias in (values([3]), values([1])):
        for activation in ("relu", "prelu"):
            assert_same_fused(
                node,
                "conv2d",
                x=values([2, 2, 4, 5]),
                filter=values([2, 2, 2, 3]),
                strides=1,
                pad="same",
                dataFormat="NCHW",
                bias=bias,
                activation=activation,
                preluActivationWeights=values([3], seed=1),
            )


@pytest.mark.parametrize("activation", ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"])
def test_gradients(node: NodeSession, activation: str) -> None:
    convolution = {"x": values([2, 4, 5, 2]), "filter": values([2, 2, 2, 1]), "strides": 1}
    more = {"activation": activation, "leakyreluAlpha": 0.3}
    for name, config, wanted in (
        ("matMul", {"a": values([3, 4]), "b": values([4, 2]), "bias": values([2])}, "ab"),
        ("conv2d", {**convolution, "pad": "same", "bias": values([1])}, ["x", "filter"]),
        ("depthwiseConv2d", {**convolution, "pad": "valid", "bias": values([2])}, ["x", "filter"]),
    ):
        keys = [*wanted, "bias"]
        inputs = [tensorflow.constant(config[key]) for key in keys]
        with tensorflow.GradientTape() as tape:
            tape.watch(inputs)
            given = config | more | dict(zip(keys, inputs, strict=True))
            y = getattr(tf.fused, name)(**given).tensor
        dy = values(y.shape, seed=3)
        ours = tape.gradient(y, inputs, output_gradients=tensorflow.constant(dy))
        theirs = node.evaluate(GRADIENT, name=name, config=config | more, wanted=keys, dy=dy)
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5)


def test_what_is_refused(node: NodeSession) -> None:
    image = {"x": values([4, 4, 1]), "filter": values([2, 2, 1, 2]), "strides": 1, "pad": "same"}
    matrices = {"a": values([2, 3]), "b": values([3, 2])}
    for name, config, said in (
        ("conv2d", image | {"activation": "swish"}, "swish"),
        ("conv2d", image | {"bias": values([3])}, "[3]"),
        ("conv2d", image | {"strides": 2, "dilations": 2}, "must be 1"),
        ("conv2d", image | {"x": values([4, 4])}, "rank 4"),
        ("conv2d", image | {"x": values([4, 4, 3])}, "(3)"),
        ("conv2d", image | {"activation": "prelu", "preluActivationWeights": values([3])}, "[3]"),
        (
            "conv2d",
            image | {"activation": "prelu", "preluActivationWeights": values([2, 2])},
            "rank-2",
        ),
        (
            "conv2d",
            image | {"x": values([1, 4, 4]), "dataFormat": "NCHW", "bias": values([1, 2])},
            "rank-2",
        ),
        ("depthwiseConv2d", image | {"activation": "swish"}, "swish"),
        ("depthwiseConv2d", image | {"bias": values([3])}, "[3]"),
        ("matMul", matrices | {"activation": "swish"}, "swish"),
        ("matMul", matrices | {"bias": values([3])}, "[3]"),
        ("matMul", matrices | {"activation": "prelu"}, "preluActivationWeights"),
    ):
        assert said in assert_both_refuse_fused(node, name, **config)


def test_options_are_named() -> None:
    with pytest.raises(TypeError, match=r"tf\.fused\.matMul: unknown option 'biass'"):
        tf.fused.matMul(a=[[1]], b=[[1]], biass=1)
    with pytest.raises(TypeError, match="the option 'b' is missing"):
        tf.fused.matMul({"a": [[1]]})


def test_a_slope_that_is_left_out(node: NodeSession) -> None:
    config = {"x": values([4, 4, 1]), "filter": values([2, 2, 1, 2]), "strides": 1, "pad": "same"}
    config["activation"] = "leakyrelu"
    linear = tf.conv2d(config["x"], config["filter"], 1, "same")
    for name in ("conv2d", "depthwiseConv2d"):
        ours = here(name, config).numpy()
        np.testing.assert_allclose(ours, np.where(linear < 0, 0.2 * linear, linear), rtol=1e-5)
        theirs = in_tfjs(node, f"fused.{name}", config)["values"]
        assert np.isnan(theirs).any(), DIFFERENCES["the slope of a fused leakyrelu"]
