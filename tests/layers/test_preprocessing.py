"""Rescaling, resizing, cropping and encoding, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.layers.parity import assert_same_layer
from tests.tfjs.differences import LAYER_FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(4, 3)).astype(np.float32)
IMAGES = RNG.normal(0, 50, (3, 7, 6, 2)).astype(np.float32)
WHOLE = RNG.integers(-99, 99, (3, 7, 6, 2)).astype(np.int32)

APPLY = """
    const layer = tf.layers[args.name](args.options);
    const y = layer.apply(args.x, args.kwargs);
    return [y, y.dtype, layer.getClassName()];
"""


def assert_same_of_tensors(
    node: NodeSession,
    name: str,
    options: dict[str, Any],
    x: np.ndarray,
    kwargs: dict[str, Any] | None = None,
) -> None:
    """`tf.layers.<name>(options).apply(x, kwargs)` gives the same."""
    kwargs = kwargs or {}
    theirs, dtype, class_name = node.evaluate(APPLY, name=name, options=options, x=x, kwargs=kwargs)
    layer = getattr(tf.layers, name)(options)
    ours = layer.apply(tf.tensor(x), {key: tf.tensor(value) for key, value in kwargs.items()})
    assert (ours.dtype, layer.getClassName()) == (dtype, class_name)
    assert ours.shape == list(theirs.shape)
    # Whole numbers are cut off: 14.999999 may be 15 there.
    cut = np.issubdtype(theirs.dtype, np.integer) and name == "centerCrop"
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-4, atol=1 if cut else 1e-4)
    assert np.mean(np.abs(ours.numpy() - theirs) > 0.5) < 0.02


@pytest.mark.parametrize(
    ("options", "x"),
    [
        ({"scale": 2}, ROWS),
        ({"scale": 1 / 255, "offset": -0.5}, IMAGES),
        ({"scale": [2, 3, 4], "offset": [1, 0, -1]}, ROWS),
        ({"scale": [2, -1]}, IMAGES),
        ({"scale": 0.5, "offset": 1}, WHOLE),
        ({"scale": 2}, ROWS > 0),
    ],
)
def test_rescaling(node: NodeSession, options: dict[str, Any], x: np.ndarray) -> None:
    assert_same_of_tensors(node, "rescaling", options, x)
    if x.dtype == np.float32:
        assert_same_layer(node, "rescaling", options, x)


SIZES = [(3, 8), (7, 6), (14, 12), (1, 1), (5, 1), (20, 13)]


@pytest.mark.parametrize("x", [IMAGES, IMAGES[0], WHOLE, WHOLE[1]], ids=lambda x: str(x.shape))
@pytest.mark.parametrize("crop", [False, True])
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize(("height", "width"), SIZES)
def test_resizing(
    node: NodeSession, height: int, width: int, interpolation: str, crop: bool, x: np.ndarray
) -> None:
    options = {"height": height, "width": width, "interpolation": interpolation}
    options |= {"cropToAspectRatio": crop}
    assert_same_of_tensors(node, "resizing", options, x)


@pytest.mark.parametrize("x", [IMAGES, IMAGES[0], WHOLE, WHOLE[1]], ids=lambda x: str(x.shape))
@pytest.mark.parametrize(
    ("height", "width"),
    [(3, 2), (7, 6), (6, 5), (1, 1), (4, 3), (7, 5), (8, 3), (3, 9), (10, 10)],
)
def test_center_crop(node: NodeSession, height: int, width: int, x: np.ndarray) -> None:
    assert_same_of_tensors(node, "centerCrop", {"height": height, "width": width}, x)


@pytest.mark.parametrize("size", [2, 3, 5, 16, 33, 45, 46, 59, 64])
def test_center_crop_of_every_width(node: NodeSession, size: int) -> None:
    x = np.arange(1, size * size + 1, dtype=np.float32).reshape(1, size, size, 1)
    body = """
        const results = [];
        for (let n = 1; n <= args.size; n++)
            results.push(tf.layers.centerCrop({height: n, width: n}).apply(args.x));
        return results;
    """
    theirs = node.evaluate(body, size=size, x=x)
    for n, expected in enumerate(theirs, 1):
        ours = tf.layers.centerCrop(height=n, width=n).apply(tf.tensor(x)).numpy()
        np.testing.assert_array_equal(ours, expected)


WORDS = np.array([[0, 3, 3], [1, 1, 2]], np.int32)
ENCODED = [WORDS, WORDS.astype(np.float32) + 0.5, WORDS[0], WORDS[:, :1], WORDS[0, :1], WORDS[1, 2]]


@pytest.mark.parametrize("x", ENCODED, ids=lambda x: str(np.shape(x)))
@pytest.mark.parametrize("mode", ["multiHot", "oneHot", "count", "int", None])
def test_category_encoding(node: NodeSession, mode: str | None, x: np.ndarray) -> None:
    options = {"numTokens": 4, "outputMode": mode}
    if mode == "oneHot" and np.shape(x) == (2, 3):
        with pytest.raises(TfjsError, match="maximum output rank is 2"):
            node.evaluate(APPLY, name="categoryEncoding", options=options, x=x, kwargs={})
        with pytest.raises(ValueError, match="maximum output rank is 2"):
            tf.layers.categoryEncoding(options).apply(tf.tensor(x))
        return
    assert_same_of_tensors(node, "categoryEncoding", options, np.asarray(x))


def test_counts_have_weights(node: NodeSession) -> None:
    options = {"numTokens": 4, "outputMode": "count"}
    weights = (WORDS + 0.5).astype(np.float32)
    name = "categoryEncoding"
    assert_same_of_tensors(node, name, options, WORDS, {"countWeights": weights})
    assert_same_of_tensors(node, name, options, WORDS[0], {"countWeights": weights[0]})
    for mode, given in (("multiHot", weights), ("int", weights), ("count", weights[:, :2])):
        options["outputMode"] = mode
        with pytest.raises(TfjsError):
            assert_same_of_tensors(node, name, options, WORDS, {"countWeights": given})
        with pytest.raises(ValueError, match="countWeights"):
            tf.layers.categoryEncoding(options).apply(
                tf.tensor(WORDS), {"countWeights": tf.tensor(given)}
            )


@pytest.mark.parametrize("x", [[[0, 4]], [[-1, 2]], [4]])
def test_categories_out_of_range(node: NodeSession, x: Any) -> None:
    values, options = np.array(x, np.int32), {"numTokens": 4}
    with pytest.raises(TfjsError, match="Input values must be between"):
        node.evaluate(APPLY, name="categoryEncoding", options=options, x=values, kwargs={})
    with pytest.raises(ValueError, match="Input values must be between"):
        tf.layers.categoryEncoding(options).apply(tf.tensor(values))


@pytest.mark.parametrize("x", [IMAGES, IMAGES[0], WHOLE, WHOLE[1]], ids=lambda x: str(x.shape))
@pytest.mark.parametrize("interpolation", ["bilinear", "nearest"])
@pytest.mark.parametrize(
    ("factor", "seed"), [(0.5, 3), ([-0.5, 0.5], 0), ([0.5, 0.5], 7), ([1, 2], -1), (0.9, 1.5)]
)
def test_random_width(
    node: NodeSession, factor: Any, seed: float, interpolation: str, x: np.ndarray
) -> None:
    options = {"factor": factor, "seed": seed, "interpolation": interpolation}
    body = """
        const layer = tf.layers.randomWidth(args.options);
        return [0, 1, 2, 3, 4, 5].map(i => layer.apply(args.x, {training: i % 2 === 0}));
    """
    theirs = node.evaluate(body, options=options, x=x)
    layer = tf.layers.randomWidth(options)
    for number, expected in enumerate(theirs):
        ours = layer.apply(tf.tensor(x), {"training": number % 2 == 0})
        assert ours.dtype == str(expected.dtype)
        assert ours.shape == list(expected.shape)
        np.testing.assert_allclose(ours.numpy(), expected, rtol=1e-4, atol=1e-4)


def test_random_width_without_a_seed() -> None:
    layer = tf.layers.randomWidth(factor=0.5)
    widths = {layer.apply(tf.zeros([1, 1, 100, 1])).shape[2] for _ in range(30)}
    assert len(widths) > 10
    assert widths <= set(range(50, 151))


def test_every_step_of_a_model_draws_a_width() -> None:
    layers = [
        tf.layers.randomWidth(inputShape=[7, 6, 2], factor=[-0.4, 0.4], seed=1),
        tf.layers.conv2d(filters=2, kernelSize=1),
        tf.layers.globalAveragePooling2d(),
        tf.layers.dense(units=1),
    ]
    model = tf.sequential(layers=layers)
    assert layers[0].outputShape == [None, 7, None, 2]
    different = {float(model.predict(IMAGES / 50).numpy()[0, 0]) for _ in range(9)}
    assert len(different) > 2
    model.compile(optimizer="sgd", loss="meanSquaredError")
    before = layers[0].keras.seed
    model.fit(IMAGES / 50, np.ones((3, 1)), epochs=4, batchSize=3, verbose=0, jit=False)
    assert layers[0].keras.seed >= before + 4


#: The layer, what goes in, and the output's shape: in tf.js each fails in a model.
IN_MODELS: list[tuple[str, dict[str, Any], np.ndarray, list[int | None]]] = [
    ("resizing", {"height": 3, "width": 8}, IMAGES, [None, 3, 8, 2]),
    ("resizing", {"height": 9, "width": 6, "interpolation": "nearest"}, IMAGES, [None, 9, 6, 2]),
    ("centerCrop", {"height": 3, "width": 5}, IMAGES, [None, 3, 5, 2]),
    ("centerCrop", {"height": 3, "width": 9}, IMAGES, [None, 3, 9, 2]),
    ("categoryEncoding", {"numTokens": 4}, WORDS.astype(np.float32), [None, 4]),
    ("categoryEncoding", {"numTokens": 4, "outputMode": "count"}, WORDS.astype(np.float32),
     [None, 4]),
    ("categoryEncoding", {"numTokens": 4, "outputMode": "oneHot"},
     WORDS[:, :1].astype(np.float32), [None, 4]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "x", "shape"), IN_MODELS, ids=lambda p: str(p)[:40])
def test_in_a_model(
    node: NodeSession,
    tmp_path: Any,
    name: str,
    options: dict[str, Any],
    x: np.ndarray,
    shape: list[int | None],
) -> None:
    options = {"inputShape": list(x.shape[1:]), **options}
    body = "return tf.sequential({layers: [tf.layers[args.name](args.o)]}).predict(args.x)"
    assert "preprocessing in models" in LAYER_FAULTS
    with pytest.raises(TfjsError):
        node.evaluate(body, name=name, o=options, x=x)
    layer = getattr(tf.layers, name)(options)
    model = tf.sequential(layers=[layer])
    assert layer.outputShape == shape
    expected, _, _ = node.evaluate(APPLY, name=name, options=options, x=x, kwargs={})
    np.testing.assert_allclose(model.predict(x).numpy(), expected, rtol=1e-4, atol=1e-4)
    # What is saved are other layers, which tf.js can compute.
    model.save(tmp_path)
    [saved] = node.predict(tmp_path, [x])
    np.testing.assert_allclose(saved, expected, rtol=1e-4, atol=1e-4)


def test_training_goes_through_images() -> None:
    for make in (
        lambda: tf.layers.resizing(height=3, width=4),
        lambda: tf.layers.centerCrop(height=3, width=4),
        lambda: tf.layers.centerCrop(height=9, width=4),
    ):
        first = tf.layers.conv2d(inputShape=[7, 6, 2], filters=2, kernelSize=1)
        rest = [make(), tf.layers.flatten(), tf.layers.dense(units=1)]
        model = tf.sequential(layers=[first, *rest])
        kernel = first.getWeights()[0].numpy()
        model.compile(optimizer=tf.train.sgd(0.01), loss="meanSquaredError")
        losses = model.fit(IMAGES / 50, np.ones((3, 1)), epochs=10, verbose=0).history["loss"]
        assert losses[-1] < losses[0]
        assert not np.array_equal(first.getWeights()[0].numpy(), kernel)


#: Both refuse them, at once or when the layer is applied.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("rescaling", {}, "'scale' is missing"),
    ("rescaling", {"scale": None}, "scale must be a number"),
    ("resizing", {"height": 2, "width": 2, "interpolation": "cubic"}, "Unknown interpolation"),
    ("centerCrop", {"height": 0, "width": 2}, "height must be a positive integer, got 0"),
    ("centerCrop", {"height": 2, "width": 2.5}, "width must be a positive integer, got 2.5"),
    ("categoryEncoding", {}, "'numTokens' is missing"),
    ("categoryEncoding", {"numTokens": 4, "outputMode": "tfIdf"}, "Unknown outputMode 'tfIdf'"),
    ("randomWidth", {}, "'factor' is missing"),
    ("randomWidth", {"factor": 0}, "Invalid factor: 0"),
    ("randomWidth", {"factor": [0.1]}, "Invalid factor"),
    ("randomWidth", {"factor": 1.5}, "larger than -1"),
    ("randomWidth", {"factor": [-2, 0]}, "larger than -1"),
    ("randomWidth", {"factor": [0.5, 0.1]}, "upper bound less than lower bound"),
    ("randomWidth", {"factor": 0.1, "interpolation": "cubic"}, "Unknown interpolation 'cubic'"),
]
#: tf.js takes them, and gives no pixels, or counts.
REFUSED_HERE_ONLY: list[tuple[str, dict[str, Any], str]] = [
    ("resizing", {"height": 0, "width": 2}, "height must be a positive integer, got 0"),
    ("categoryEncoding", {"numTokens": 4, "outputMode": "counts"}, "did you mean 'count'"),
]


@pytest.mark.parametrize(("name", "options", "said"), REFUSED + REFUSED_HERE_ONLY, ids=str)
def test_wrong_options_are_refused(
    node: NodeSession, name: str, options: dict[str, Any], said: str
) -> None:
    x = WORDS if name == "categoryEncoding" else IMAGES
    body = "tf.layers[args.name](args.options).apply(args.x).dataSync()"
    if (name, options, said) in REFUSED:
        with pytest.raises(TfjsError):
            node.evaluate(body, name=name, options=options, x=x)
    else:
        node.evaluate(body, name=name, options=options, x=x)
    with pytest.raises((ValueError, TypeError)) as caught:
        getattr(tf.layers, name)(options)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["resizing", "centerCrop"])
def test_images_of_another_rank(node: NodeSession, name: str) -> None:
    options = {"height": 2, "width": 2}
    with pytest.raises(TfjsError):
        node.evaluate(APPLY, name=name, options=options, x=ROWS, kwargs={})
    with pytest.raises(ValueError, match="rank 3 or 4"):
        getattr(tf.layers, name)(options).apply(tf.tensor(ROWS))
