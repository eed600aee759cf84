"""Pictures in a browser, and without plotly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.report.models import LINE, ON_LINE, PLANE, SIDE, line, plane
from tfjsbridge import report

NO_PLOTLY = """
import sys
sys.modules["plotly"] = None
from tfjsbridge import report
found = report.binary([0, 1], [0.2, 0.7])
print(found.auc, report.Snapshots(3).epochs)
for draw in (found.plot, found.plot_thresholds, lambda: report.histories({"a": [1.0]})):
    try:
        draw()
    except ImportError as error:
        print(error)
"""


def test_only_drawing_needs_plotly() -> None:
    done = subprocess.run([sys.executable, "-c", NO_PLOTLY], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, *errors = done.stdout.splitlines()
    assert first == "1.0 []"
    assert len(errors) == 3
    assert all(each.endswith('needs plotly: pip install "tfjsbridge[pictures]"') for each in errors)


def test_residuals() -> None:
    true, predicted = np.array([1.0, 2.0, 4.0]), np.array([1.5, 2.0, 3.0])
    points, residuals, histogram, *_ = report.regression(true, predicted).plot().data
    np.testing.assert_array_equal([points.x, points.y], [true, predicted])
    np.testing.assert_array_equal([residuals.x, residuals.y], [predicted, true - predicted])
    np.testing.assert_array_equal(histogram.x, true - predicted)
    several = report.regression(np.eye(3), np.ones((3, 3)) / 3).plot()
    assert [t.name for t in several.data if t.showlegend] == ["target 0", "target 1", "target 2"]


def figures() -> dict[str, Any]:
    """A figure with a slider of each kind."""
    net, kept = plane(), report.Snapshots(4)
    net.fit(PLANE, SIDE[:, None], epochs=20, verbose=0, callbacks=[kept])
    model, steps = line(), report.Snapshots(4)
    model.fit(LINE, ON_LINE, epochs=20, verbose=0, callbacks=[steps])
    scores = np.asarray(net.predict(PLANE))
    return {
        "plane": report.decision_boundary(net, PLANE, SIDE, kept),
        "surface": report.probability_surface(net, PLANE, SIDE, kept),
        "curve": report.curve(model, LINE, ON_LINE, steps),
        "threshold": report.binary(SIDE, scores).plot_thresholds(),
    }


#: What the traces that the slider moves have at hand, as lists.
_SHOWN = """moved => moved.map(([place, names]) => {
    const trace = document.querySelector('.js-plotly-plot').data[place];
    return names.map(name => trace[name]);
})"""


@pytest.mark.slow
def test_the_sliders_move_in_a_browser(chromium: Any, tmp_path: Path) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 900})
    problems: list[str] = []
    page.on("console", lambda m: m.type == "error" and problems.append(m.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    for name, made in figures().items():
        file = tmp_path / f"{name}.html"
        made.write_html(file, auto_play=False)
        page.goto(file.as_uri())
        rail = page.locator(".slider-rail-touch-rect")
        box = rail.bounding_box()
        assert box is not None
        # The width of a phone holds buttons, slider and the step's name without overlap.
        said = page.locator(".slider-label").last.bounding_box()
        buttons = page.locator(".updatemenu-button").last.bounding_box()
        assert said is not None
        assert buttons is not None
        assert buttons["x"] + buttons["width"] < said["x"]
        assert buttons["y"] + buttons["height"] <= box["y"] + box["height"] / 2
        page.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
        first = made.frames[0]
        moved = [trace.to_plotly_json() for trace in first.data]
        names = [[name for name in ("x", "y", "z") if name in trace] for trace in moved]
        expected = [[t[each] for each in mine] for t, mine in zip(moved, names, strict=True)]
        page.wait_for_timeout(1500)
        shown = page.evaluate(_SHOWN, list(zip(first.traces, names, strict=True)))
        assert str(shown) == str(_lists(expected)), name
    page.close()
    assert problems == []


def _lists(values: Any) -> Any:
    """Tuples as lists, and whole numbers as JavaScript gives them."""
    if isinstance(values, (list, tuple)):
        return [_lists(each) for each in values]
    return int(values) if isinstance(values, float) and values.is_integer() else values
