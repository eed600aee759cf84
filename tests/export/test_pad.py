"""The pad: a drawn digit becomes a picture like those of the data, and the model knows it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.export.conftest import Visitor

Stroke = list[tuple[float, float]]


def arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Stroke:
    """Points of an ellipse, angles in degrees, clockwise from the right as on a screen."""
    angles = [math.radians(start + (end - start) * i / 24) for i in range(25)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


#: Digits as people write them, in parts of the pad.
STROKES: dict[int, list[Stroke]] = {
    0: [arc(0.5, 0.5, 0.2, 0.32, -90, 270)],
    1: [[(0.4, 0.32), (0.53, 0.16), (0.53, 0.84)]],
    2: [[*arc(0.5, 0.34, 0.18, 0.17, -170, 40), (0.32, 0.82), (0.72, 0.82)]],
    3: [[*arc(0.46, 0.33, 0.18, 0.16, -150, 90), *arc(0.46, 0.66, 0.2, 0.17, -90, 140)]],
    4: [[(0.45, 0.15), (0.3, 0.55), (0.7, 0.55)], [(0.6, 0.4), (0.56, 0.86)]],
    6: [[(0.6, 0.15), (0.42, 0.4), *arc(0.5, 0.64, 0.15, 0.18, 180, 540)]],
    7: [[(0.3, 0.18), (0.7, 0.18), (0.45, 0.85)], [(0.35, 0.52), (0.65, 0.52)]],
}


@pytest.fixture
def opened(visitor: Visitor) -> Visitor:
    visitor.open("digits", "?backend=cpu")
    return visitor


def draw(
    visitor: Visitor, strokes: list[Stroke], size: float = 1, at: tuple[float, float] = (0, 0)
) -> None:
    """Draw strokes with the mouse."""
    visitor.page.locator(".pad").scroll_into_view_if_needed()
    box = visitor.page.locator(".pad").bounding_box()
    mouse = visitor.page.mouse
    for stroke in strokes:
        places = [
            (
                box["x"] + (at[0] + size * x) * box["width"],
                box["y"] + (at[1] + size * y) * box["height"],
            )
            for x, y in stroke
        ]
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        mouse.up()


def settled(visitor: Visitor) -> str:
    """The answer once nothing changes any more."""
    visitor.page.wait_for_timeout(250)
    return visitor.text(".view .answer")


def seen(visitor: Visitor) -> np.ndarray:
    """The picture that the model sees, [8, 8], ink 1."""
    pixels = visitor.page.evaluate(
        """() => {
          const canvas = document.querySelector(".seen");
          return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
        }"""
    )
    return 1 - np.array(pixels).reshape(8, 8, 4)[..., 0] / 255


@pytest.mark.parametrize("digit", STROKES)
def test_a_drawn_digit_is_recognised(digit: int, opened: Visitor) -> None:
    draw(opened, STROKES[digit])
    assert f"This is a {digit} " in settled(opened)
    best = opened.page.locator(".bars .best .of").inner_text()
    assert best == str(digit)


def test_size_and_place_do_not_matter(opened: Visitor) -> None:
    draw(opened, STROKES[0])
    settled(opened)
    large = seen(opened)
    opened.page.click("button:text-is('Clear')")
    draw(opened, STROKES[0], size=0.4, at=(0.55, 0.5))
    assert "This is a 0 " in settled(opened)
    np.testing.assert_allclose(seen(opened), large, atol=0.25)


def test_the_picture_is_like_the_datas(opened: Visitor, cards: dict[str, dict[str, Any]]) -> None:
    images = np.array(cards["digits"]["inputs"])[..., 0]
    draw(opened, STROKES[3])
    settled(opened)
    picture = seen(opened)
    assert picture.max() > 0.85
    assert picture[0].max() > 0.1  # as tall as the picture, as the data is
    assert picture[-1].max() > 0.1
    ink = images.sum(axis=(1, 2))
    assert ink.min() < picture.sum() < ink.max()
    columns = (picture.sum(axis=0) * np.arange(8)).sum() / picture.sum()
    assert columns == pytest.approx(3.5, abs=0.3)


def test_a_finger_draws(visit: Callable[..., Visitor]) -> None:
    visitor = visit(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    visitor.open("digits", "?backend=cpu")
    visitor.page.locator(".pad").scroll_into_view_if_needed()
    box = visitor.page.locator(".pad").bounding_box()
    session = visitor.page.context.new_cdp_session(visitor.page)
    before = visitor.page.evaluate("scrollY")
    places = [
        {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        for x, y in STROKES[0][0]
    ]
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": places[:1]})
    for place in places[1:]:
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert "This is a 0 " in settled(visitor)
    assert visitor.page.evaluate("scrollY") == before


def test_keys_draw(opened: Visitor) -> None:
    opened.page.focus(".pad")
    keys = opened.page.keyboard
    for _ in range(4):
        keys.press("ArrowUp")
    keys.press("Space")
    for _ in range(20):
        keys.press("ArrowDown")
    keys.press("Space")
    assert "This is a 1 " in settled(opened)
    keys.press("Delete")
    assert settled(opened) == ""
    assert seen(opened).max() == 0


def test_samples_and_clear(opened: Visitor, cards: dict[str, dict[str, Any]]) -> None:
    card = cards["digits"]
    kinds = np.argmax(card["targets"], axis=1)
    for kind in range(10):
        opened.page.click(f"button[aria-label='Sample: {kind}']")
        row = int(np.argmax(kinds == kind))
        called = int(np.argmax(card["predictions"][row]))
        assert f"This is a {called} " in settled(opened)
        np.testing.assert_allclose(seen(opened), np.array(card["inputs"][row])[..., 0], atol=3e-3)
        value = opened.page.locator(".bars .value").nth(kind).inner_text()
        assert float(value) == pytest.approx(card["predictions"][row][kind], abs=1e-3)
    opened.page.click("button:text-is('Clear')")
    assert settled(opened) == ""
    assert opened.page.locator(".bars .best").count() == 0
