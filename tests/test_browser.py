"""tf.browser: pixels of arrays and PIL images, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
RGBA = RNG.integers(0, 256, (2, 3, 4), np.uint8)

IMAGES: dict[str, Any] = {
    "grey": np.float32([[0, 0.5, 1], [0.1, 0.9, 0.25]]),
    "grey with an axis": np.float32([[[0], [0.002]], [[0.998], [1]]]),
    "rgb": RNG.random((2, 3, 3), np.float32),
    "rgba": RNG.random((2, 3, 4), np.float32),
    "no number": np.float32([[np.nan, 1]]),
    "int grey": np.int32([[0, 100, 255]]),
    "int rgb": RNG.integers(0, 256, (3, 2, 3)).astype(np.int32),
    "int rgba": RNG.integers(0, 256, (3, 2, 4)).astype(np.int32),
    "list": [[0, 100], [1.7, 255]],
    "list rgb": [[[0, 100, 7]]],
    "empty": np.zeros((0, 3), np.float32),
}
REFUSED: list[tuple[Any, str]] = [
    (np.zeros((2,), np.float32), "rank 2 or 3 tensors, got rank 1"),
    (np.zeros((1, 1, 1, 1), np.float32), "got rank 4"),
    (np.zeros((1, 1, 2), np.float32), "1, 3 or 4 but got 2"),
    (np.zeros((1, 1, 5), np.float32), "1, 3 or 4 but got 5"),
    (np.float32([[1.5]]), r"float32 Tensor must be in the range \[0 - 1\] but encountered 1.5"),
    (np.float32([[-0.5]]), r"\[0 - 1\] but encountered -0.5"),
    (np.int32([[256]]), r"int32 Tensor must be in the range \[0 - 255\] but encountered 256"),
    (np.int32([[-1]]), "encountered -1"),
    (np.array([[True]]), "bool. Please use float32 or int32"),
    ([["a"]], "string"),
]


def given(value: Any) -> Any:
    return tf.tensor(value) if isinstance(value, np.ndarray) else value


@pytest.mark.parametrize("name", IMAGES)
def test_to_pixels(node: NodeSession, name: str) -> None:
    theirs = node.evaluate(
        "return Array.from(await tf.browser.toPixels(args.image))", image=IMAGES[name]
    )
    before = tf.memory()["numTensors"]
    image = given(IMAGES[name])
    ours = tf.browser.toPixels(image)
    assert ours.dtype == np.uint8
    assert ours.tolist() == theirs
    assert tf.memory()["numTensors"] == before + isinstance(image, tf.Tensor)


@pytest.mark.parametrize(("image", "words"), REFUSED, ids=lambda part: str(part)[:40])
def test_what_to_pixels_refuses(node: NodeSession, image: Any, words: str) -> None:
    with pytest.raises(TfjsError):
        node.evaluate("await tf.browser.toPixels(args.image)", image=image)
    with pytest.raises(ValueError, match=words):
        tf.browser.toPixels(given(image))


DRAW = """
    globalThis.ImageData = class { constructor(data) { this.data = data; } };
    let drawn;
    const canvas = {getContext: () => ({putImageData: data => { drawn = Array.from(data.data); }})};
    tf.browser.draw(args.image, canvas, args.options ?? undefined);
    return drawn;
"""
OPTIONS: list[dict[str, Any] | None] = [
    None,
    {},
    {"imageOptions": {"alpha": 0.5}},
    {"imageOptions": {"alpha": 0}},
    {"contextOptions": {"contextType": "2d"}},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("name", ["grey", "rgb", "rgba", "int rgb", "list"])
def test_draw(node: NodeSession, name: str, options: dict[str, Any] | None) -> None:
    theirs = node.evaluate(DRAW, image=IMAGES[name], options=options)
    canvas = np.zeros((*np.shape(IMAGES[name])[:2], 4), np.uint8)
    tf.browser.draw(given(IMAGES[name]), canvas, options)
    assert canvas.reshape(-1).tolist() == theirs


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"imageOptions": {"alpha": 1.5}}, "Alpha value 1.5"),
        ({"contextOptions": {"contextType": "webgl"}}, "webgl is not supported"),
    ],
)
def test_what_draw_refuses(node: NodeSession, options: dict[str, Any], words: str) -> None:
    with pytest.raises(TfjsError):
        node.evaluate(DRAW, image=[[1]], options=options)
    with pytest.raises(ValueError, match=words):
        tf.browser.draw([[1]], np.zeros((1, 1, 4), np.uint8), options)


def test_what_is_no_canvas_of_the_size() -> None:
    with pytest.raises(ValueError, match=r"shape \[1, 2, 4\], but it is uint8 \[1, 1, 4\]"):
        tf.browser.toPixels([[1, 2]], np.zeros((1, 1, 4), np.uint8))
    with pytest.raises(TypeError, match=r"PIL image or a NumPy array.*Got str"):
        tf.browser.draw([[1]], "canvas")


@pytest.mark.parametrize("numChannels", [1, 2, 3, 4, None])
def test_from_pixels(node: NodeSession, numChannels: int | None) -> None:
    body = """
        const pixels = {data: new Uint8Array(args.data), width: 3, height: 2};
        const t = tf.browser.fromPixels(pixels, args.numChannels ?? undefined);
        const u = await tf.browser.fromPixelsAsync(pixels, args.numChannels ?? undefined);
        return [t.dtype, t.shape, t, u];
    """
    dtype, shape, *theirs = node.evaluate(
        body, data=RGBA.reshape(-1).tolist(), numChannels=numChannels
    )
    channels = [] if numChannels is None else [numChannels]
    pixels = {"data": RGBA.reshape(-1), "width": 3, "height": 2}
    for function, expected in zip(
        (tf.browser.fromPixels, tf.browser.fromPixelsAsync), theirs, strict=True
    ):
        for given in (pixels, RGBA):
            t = function(given, *channels)
            assert [t.dtype, t.shape] == [dtype, shape]
            np.testing.assert_array_equal(t.numpy(), expected)


def test_from_pixels_of_grey_and_of_three_channels() -> None:
    grey = np.uint8([[0, 100], [200, 255]])
    assert tf.browser.fromPixels(grey).arraySync()[1] == [[200] * 3, [255] * 3]
    assert tf.browser.fromPixels(grey[..., None], 4).arraySync()[0][1] == [100, 100, 100, 255]
    assert tf.browser.fromPixels(RGBA[..., :3], 4).arraySync()[0][0][3] == 255
    assert tf.browser.fromPixels(grey.astype(np.int64), 1).shape == [2, 2, 1]


@pytest.mark.parametrize(
    ("pixels", "channels", "words"),
    [
        ("{data: new Uint8Array(4), width: 1, height: 1}", 5, "more than 4 channels"),
        ("{data: new Uint8Array(4), width: 1, height: 1}", -1, "from 0 to 4"),
        ("null", 3, "can not be null"),
        ("5", 3, "must be a PIL image"),
        ("'canvas'", 3, "must be a PIL image"),
        ("{width: 1, height: 1}", 3, "lacks data"),
    ],
)
def test_what_from_pixels_refuses(
    node: NodeSession, pixels: str, channels: int, words: str
) -> None:
    with pytest.raises(TfjsError):
        node.evaluate(f"return tf.browser.fromPixels({pixels}, args.channels)", channels=channels)
    ours: Any = {"null": None, "5": 5, "'canvas'": "canvas"}.get(
        pixels, {"data": np.zeros(4), "width": 1, "height": 1}
    )
    if words == "lacks data":
        del ours["data"]
    with pytest.raises((ValueError, TypeError), match=words):
        tf.browser.fromPixels(ours, channels)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((1, 1), np.float32), "whole numbers from 0 to 255, but are float32"),
        (np.int32([[256]]), "go from 256 to 256"),
        (np.zeros((1, 1, 2), np.uint8), r"1, 3 or 4 channels, but it is \[1, 1, 2\]"),
        (np.zeros(3, np.uint8), r"\[height, width\].*\[3\]"),
        ({"data": np.zeros(3), "width": 1, "height": 1}, "4 for 1 x 1, got 3"),
    ],
    ids=str,
)
def test_arrays_that_are_no_pixels(array: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tf.browser.fromPixels(array)


def test_pil_images() -> None:
    image_module = pytest.importorskip("PIL.Image")
    for mode in ("RGBA", "RGB", "L", "P", "1"):
        image = image_module.fromarray(RGBA).convert(mode)
        expected = np.asarray(image.convert("RGBA"))
        t = tf.browser.fromPixels(image, 4)
        np.testing.assert_array_equal(t.numpy(), expected)
        canvas = image_module.new(mode, image.size)
        pixels = tf.browser.toPixels(t, canvas)
        np.testing.assert_array_equal(pixels, expected.reshape(-1))
        if mode in ("RGBA", "RGB", "L"):
            np.testing.assert_array_equal(np.asarray(canvas), np.asarray(image))
    with pytest.raises(ValueError, match=r"size \(3, 2\).*\(1, 1\)"):
        tf.browser.draw(t, image_module.new("RGB", (1, 1)))
