"""tf.initializers, against tf.js: the distribution of the first weights."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge import initializers
from tfjsbridge.verify import NodeSession, TfjsError

APPLY = "return tf.initializers[args.name](args.options).apply(args.shape)"
SHAPES = [[300, 200], [3, 3, 40, 90]]

SCALED = ["glorotNormal", "glorotUniform", "heNormal", "heUniform", "leCunNormal", "leCunUniform"]
RANDOM: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in SCALED),
    ("randomNormal", {}),
    ("randomNormal", {"mean": 2, "stddev": 3}),
    ("randomUniform", {}),
    ("randomUniform", {"minval": 1, "maxval": 3}),
    ("truncatedNormal", {}),
    ("truncatedNormal", {"mean": -1, "stddev": 0.5}),
    ("varianceScaling", {}),
    *(
        ("varianceScaling", {"scale": 2, "mode": mode, "distribution": distribution})
        for mode in ("fanIn", "fanOut", "fanAvg")
        for distribution in ("normal", "uniform")
    ),
]


def assert_same_distribution(ours: np.ndarray, theirs: np.ndarray, bounded: bool) -> None:
    spread = theirs.std()
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours.std(), spread, rtol=0.02)
    np.testing.assert_allclose(ours.mean(), theirs.mean(), atol=6 * spread / ours.size**0.5)
    if bounded:
        np.testing.assert_allclose(
            [ours.min(), ours.max()], [theirs.min(), theirs.max()], atol=0.01 * spread
        )


@pytest.mark.parametrize(("name", "options"), RANDOM, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_random_ones_have_tfjss_distribution(
    node: NodeSession, name: str, options: dict[str, Any], shape: list[int]
) -> None:
    theirs = node.evaluate(APPLY, name=name, options={"seed": 1, **options}, shape=shape)
    ours = getattr(tf.initializers, name)(options)(shape).numpy()
    assert_same_distribution(ours, theirs, bounded=name != "randomNormal")


@pytest.mark.parametrize(
    ("name", "options", "shape"),
    [
        ("zeros", {}, [2, 3]),
        ("ones", {}, [4]),
        ("constant", {"value": 0.25}, [2, 2]),
        ("constant", {"value": 0}, [2, 2]),
        ("identity", {}, [3, 3]),
        ("identity", {"gain": 2}, [2, 2]),
    ],
)
def test_fixed_ones_are_tfjss(
    node: NodeSession, name: str, options: dict[str, Any], shape: list[int]
) -> None:
    create = getattr(tf.initializers, name)
    ours = create(options)(shape) if inspect.signature(create).parameters else create()(shape)
    theirs = node.evaluate(APPLY, name=name, options=options, shape=shape)
    np.testing.assert_array_equal(ours.numpy(), theirs)


@pytest.mark.parametrize("shape", [[20, 20], [30, 10], [10, 30], [2, 3, 5]])
@pytest.mark.parametrize("gain", [1, 1.5])
def test_orthogonal(node: NodeSession, shape: list[int], gain: float) -> None:
    theirs = node.evaluate(APPLY, name="orthogonal", options={"gain": gain}, shape=shape)
    ours = tf.initializers.orthogonal(gain=gain)(shape).numpy()
    for values in (ours, theirs):
        flat = values.reshape(-1, shape[-1])
        flat = flat if flat.shape[0] >= flat.shape[1] else flat.T
        np.testing.assert_allclose(flat.T @ flat, gain**2 * np.eye(flat.shape[1]), atol=1e-4)


@pytest.mark.parametrize("name", ["glorotNormal", "orthogonal", "randomUniform"])
def test_a_seed_makes_them_repeatable(name: str) -> None:
    create = getattr(tf.initializers, name)
    first, again = (create(seed=7)([20, 20]).numpy() for _ in range(2))
    other = create(seed=8)([20, 20]).numpy()
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


LAYER_KERNELS: list[tuple[str, dict[str, Any]]] = [
    ("dense", {"units": 200, "inputShape": [300]}),
    ("conv2d", {"filters": 90, "kernelSize": 3, "inputShape": [5, 5, 40]}),
]


@pytest.mark.parametrize(("layer", "options"), LAYER_KERNELS)
@pytest.mark.parametrize("initializer", [None, *SCALED, "randomUniform", "truncatedNormal"])
def test_a_layers_first_weights(
    node: NodeSession, layer: str, options: dict[str, Any], initializer: str | None
) -> None:
    if initializer is not None:
        options = {**options, "kernelInitializer": initializer}
    body = """
        const layer = tf.layers[args.layer](args.options);
        tf.sequential({layers: [layer]});
        return layer.getWeights();
    """
    kernel, bias = node.evaluate(body, layer=layer, options=options)
    ours = getattr(tf.layers, layer)(options)
    tf.sequential(layers=[ours])
    assert_same_distribution(ours.getWeights()[0].numpy(), kernel, bounded=True)
    assert ours.getWeights()[1].arraySync() == bias.tolist() == [0] * len(bias)


@pytest.mark.parametrize("name", [*initializers._BY_NAME, "constant", "glorot_normal", "Nope"])
def test_the_names_are_tfjss(node: NodeSession, name: str) -> None:
    body = """
        const layer = tf.layers.dense({units: 2, inputShape: [2], kernelInitializer: args.name});
        tf.sequential({layers: [layer]});
    """
    options: dict[str, Any] = {"units": 2, "inputShape": [2], "kernelInitializer": name}
    try:
        node.evaluate(body, name=name)
    except TfjsError:
        with pytest.raises(ValueError, match=f"Unknown initializer '{name}'"):
            tf.layers.dense(options)
    else:
        tf.sequential(layers=[tf.layers.dense(options)])


#: tf.js takes a 0 for a missing option (`args.minval || -0.05`), and so ignores it.
IGNORED_IN_TFJS: list[tuple[str, dict[str, Any]]] = [
    ("randomUniform", {"minval": 0, "maxval": 1}),
    ("randomNormal", {"mean": 1, "stddev": 0}),
    ("truncatedNormal", {"mean": 1, "stddev": 0}),
]


@pytest.mark.parametrize(("name", "options"), IGNORED_IN_TFJS, ids=str)
def test_a_zero_that_tfjs_ignores_is_kept(
    node: NodeSession, name: str, options: dict[str, Any]
) -> None:
    theirs = node.evaluate(APPLY, name=name, options=options, shape=[1000])
    ours = getattr(tf.initializers, name)(options)([1000]).numpy()
    if "minval" in options:
        assert theirs.min() < 0 <= ours.min()
    else:
        assert theirs.std() > 0 == ours.std()


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("varianceScaling", {"mode": "fan_in"}, "did you mean 'fanIn'"),
        ("varianceScaling", {"distribution": "norm"}, "did you mean 'normal'"),
        ("varianceScaling", {"scale": -1}, "scale"),
        ("constant", {}, "'value' is missing"),
    ],
)
def test_wrong_options_are_refused(
    node: NodeSession, name: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(TfjsError):
        node.evaluate(APPLY, name=name, options=options, shape=[2, 2])
    with pytest.raises((ValueError, TypeError), match=said):
        getattr(tf.initializers, name)(options)


def test_identity_is_for_square_matrices_in_tfjs_and_for_all_in_keras(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="square"):
        node.evaluate(APPLY, name="identity", options={}, shape=[2, 3])
    assert tf.initializers.identity()([2, 3]).numpy().tolist() == [[1, 0, 0], [0, 1, 0]]
