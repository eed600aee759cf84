"""tf.vis.render draws what tfjs-vis hands to vega."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.vis.tfjs_vis import TfjsVis

RENDER = tf.vis.render
SERIES = [
    [{"x": number, "y": y} for number, y in enumerate(ys)]
    for ys in ([1.5, -2.0, 3.0, 2.0], [4.0, 5.0, 6.5, 0.5])
]
SURFACE = {"name": "Picture", "tab": "Charts"}


def vega(tfjs_vis: TfjsVis, chart: str, *arguments: Any) -> dict[str, Any]:
    """tfjs-vis's specification of a chart."""
    module = f"render/{'confusion_matrix' if chart == 'confusionMatrix' else chart}.js"
    [specification] = tfjs_vis.draw(module, chart, {}, *arguments)
    result: dict[str, Any] = specification
    return result


def plain(figure: Any) -> dict[str, Any]:
    """A figure as a browser gets it, with arrays as lists."""
    result: dict[str, Any] = json.loads(figure.to_json(engine="json"))
    return result


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"xLabel": "time (s)", "yLabel": "height (m)"},
        {"zoomToFit": True},
        {"yAxisDomain": [0, 10]},
        {"zoomToFit": True, "yAxisDomain": [0, 10]},
        {"seriesColors": ["red", "#00ff00"], "width": 300, "height": 150, "fontSize": 9},
        {"xType": "ordinal"},
    ],
)
def test_a_line_chart_is_the_one_of_tfjs_vis(tfjs_vis: TfjsVis, options: dict[str, Any]) -> None:
    data = {"values": SERIES, "series": ["First", "Second"]}
    theirs = vega(tfjs_vis, "linechart", data, options)
    figure = RENDER.linechart(SURFACE, data, options)
    lines = theirs["layer"][:2]
    for trace, line in zip(figure.data, lines, strict=True):
        name = line["encoding"]["y"]["field"]
        assert trace.name == name
        assert list(trace.x) == [row["x"] for row in theirs["data"]["values"]]
        assert list(trace.y) == [row[name] for row in theirs["data"]["values"]]
    assert figure.layout.xaxis.title.text == theirs["encoding"]["x"]["title"]
    assert figure.layout.yaxis.title.text == lines[0]["encoding"]["y"]["title"]
    _same_scale(figure.layout.yaxis, lines[0]["encoding"]["y"].get("scale"))
    kind = {"quantitative": "linear", "ordinal": "category"}[theirs["encoding"]["x"]["type"]]
    assert figure.layout.xaxis.type == kind
    if "seriesColors" in options:
        assert [trace.line.color for trace in figure.data] == options["seriesColors"]
        assert (figure.layout.width, figure.layout.height) == (theirs["width"], theirs["height"])
        assert figure.layout.xaxis.tickfont.size == theirs["config"]["axis"]["labelFontSize"]
    assert len({trace.line.dash for trace in figure.data}) == 2  # not told apart by colour alone


def _same_scale(axis: Any, scale: dict[str, Any] | None) -> None:
    """plotly's limits of an axis are vega's, which shows 0 if it is not told otherwise."""
    scale = scale or {}
    assert (axis.range and list(axis.range)) == scale.get("domain")
    if "domain" not in scale:
        assert axis.rangemode == ("normal" if scale.get("zero") is False else "tozero")


def test_a_line_has_a_name_and_a_point_without_x_a_place(tfjs_vis: TfjsVis) -> None:
    data = {"values": [{"y": 3}, {"y": 4}]}
    theirs = vega(tfjs_vis, "linechart", data)["data"]["values"]
    [trace] = RENDER.linechart(SURFACE, data).data
    assert trace.name == "Series 1"
    assert list(trace.x) == [row["x"] for row in theirs]
    assert list(trace.y) == [row[trace.name] for row in theirs] == [3, 4]


def test_a_line_goes_through_its_points() -> None:
    points = [{"x": 0.5, "y": 1}, {"x": 0.75, "y": math.nan}, {"x": 2, "y": 3}]
    for values in (
        points,
        [points],
        np.array([[0.5, 1], [0.75, math.nan], [2, 3]]),
        tf.tensor([[[0.5, 1], [0.75, math.nan], [2, 3]]]),
    ):
        [trace] = plain(RENDER.linechart(SURFACE, {"values": values}))["data"]
        assert trace["x"] == [0.5, 0.75, 2]
        assert trace["y"] == [1, None, 3]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"zoomToFit": True},
        {"xAxisDomain": [0, 5], "yAxisDomain": [-3, 8]},
        {"zoomToFit": True, "xAxisDomain": [0, 5]},
        {"xLabel": "length (cm)", "seriesColors": ["red", "blue"], "yType": "nominal"},
    ],
)
def test_a_scatter_plot_is_the_one_of_tfjs_vis(tfjs_vis: TfjsVis, options: dict[str, Any]) -> None:
    data = {"values": SERIES, "series": ["First"]}
    theirs = vega(tfjs_vis, "scatterplot", data, options)
    figure = RENDER.scatterplot(SURFACE, data, options)
    rows = theirs["data"]["values"]
    for trace in figure.data:
        own = [row for row in rows if row["series"] == trace.name]
        assert own
        assert list(trace.x) == [row["x"] for row in own]
        assert list(trace.y) == [row["y"] for row in own]
    encoding = theirs["encoding"]
    for axis, side in ((figure.layout.xaxis, "x"), (figure.layout.yaxis, "y")):
        assert axis.title.text == encoding[side]["title"]
        _same_scale(axis, encoding[side].get("scale"))
        assert axis.type == ("linear" if encoding[side]["type"] == "quantitative" else "category")
    if "seriesColors" in options:
        assert [trace.marker.color for trace in figure.data] == encoding["color"]["scale"]["range"]
    assert len({trace.marker.symbol for trace in figure.data}) == 2


@pytest.mark.parametrize("chart", [RENDER.linechart, RENDER.scatterplot])
def test_points_of_another_form_are_named(chart: Any) -> None:
    with pytest.raises(ValueError, match="equal number of series colors as there are data series"):
        chart(SURFACE, {"values": SERIES}, seriesColors=["red"])
    with pytest.raises(TypeError, match="expected points as"):
        chart(SURFACE, {"values": [1, 2]})
    with pytest.raises(TypeError, match="expected data as"):
        chart(SURFACE, SERIES)
    with pytest.raises(ValueError, match=r"xType.*quantitative"):
        chart(SURFACE, {"values": SERIES}, xType="ordinary")
    message = rf"tf.vis.render.{chart.__name__}: unknown option 'xlabel' \(did you mean 'xLabel'"
    with pytest.raises(TypeError, match=message):
        chart(SURFACE, {"values": SERIES}, {"xlabel": "x"})


def test_as_many_names_as_lines(tfjs_vis: TfjsVis) -> None:
    data = {"values": SERIES, "series": ["First"]}
    message = "Must have an equal number of series labels as there are data series"
    with pytest.raises(ValueError, match=message):
        RENDER.linechart(SURFACE, data)
    with pytest.raises(Exception, match=message):
        vega(tfjs_vis, "linechart", data)


def test_a_bar_chart_is_the_one_of_tfjs_vis(tfjs_vis: TfjsVis) -> None:
    data = [{"index": index, "value": value} for index, value in ((10, 5.0), (2, 7.0), (3, 1.5))]
    options = {"xLabel": "size", "yLabel": "number", "color": ["red", "green", "blue"]}
    theirs = vega(tfjs_vis, "barchart", data, options)
    figure = RENDER.barchart(SURFACE, data, options)
    rows = theirs["data"]["values"]
    [bars] = figure.data
    assert dict(zip(bars.x, bars.y, strict=True)) == {row["index"]: row["value"] for row in rows}
    assert figure.layout.xaxis.title.text == theirs["encoding"]["x"]["axis"]["title"]
    assert figure.layout.yaxis.title.text == theirs["encoding"]["y"]["axis"]["title"]
    # vega: an ordinal axis and nominal colours both go from the lowest index on
    assert figure.layout.xaxis.type == "category"
    assert list(figure.layout.xaxis.categoryarray) == [2, 3, 10]
    assert list(bars.marker.color) == ["blue", "red", "green"]


def test_bars_of_an_array() -> None:
    [bars] = RENDER.barchart(SURFACE, tf.tensor1d([3, 4])).data
    assert (list(bars.x), list(bars.y)) == ([0, 1], [3, 4])
    for wrong in ([{"index": 0}], [1, 2], np.ones((2, 2)), 3):
        with pytest.raises(TypeError, match="barchart: expected"):
            RENDER.barchart(SURFACE, wrong)


MATRIX = [[4, 2, 8, 20], [1, 7, 2, 10], [3, 3, 20, 13]]
LABELS = {"xTickLabels": ["a", "b", "a"], "yTickLabels": ["p", "q", "r", "s"]}


@pytest.mark.parametrize(
    ("data", "options"),
    [
        ({"values": MATRIX, **LABELS}, {}),
        ({"values": MATRIX}, {"colorMap": "blues", "domain": [0, 30], "xLabel": "column"}),
        ({"values": MATRIX}, {"rowMajor": True, "colorMap": "greyscale"}),
    ],
)
def test_a_heat_map_is_the_one_of_tfjs_vis(
    tfjs_vis: TfjsVis, data: dict[str, Any], options: dict[str, Any]
) -> None:
    theirs = vega(tfjs_vis, "heatmap", data, options)
    figure = RENDER.heatmap(SURFACE, data, options)
    [trace] = figure.data
    columns = list(dict.fromkeys(row["x"] for row in theirs["data"]["values"]))
    rows = list(dict.fromkeys(row["y"] for row in theirs["data"]["values"]))
    for cell in theirs["data"]["values"]:
        assert trace.z[rows.index(cell["y"])][columns.index(cell["x"])] == cell["value"]
    assert np.shape(trace.z) == (len(rows), len(columns))
    assert figure.layout.yaxis.autorange == "reversed"  # the first row is at the top
    if "xTickLabels" in data:
        assert [name.split("@tfidx@")[0] for name in columns] == list(figure.layout.xaxis.ticktext)
        assert [name.split("@tfidx@")[0] for name in rows] == list(figure.layout.yaxis.ticktext)
    scale = theirs["encoding"]["fill"].get("scale", {})
    if "range" in scale:
        assert [colour for _, colour in trace.colorscale] == scale["range"]
    else:
        assert trace.colorscale[0][1] == "#440154"  # viridis
    assert (trace.zmin, trace.zmax) == tuple(scale.get("domain", (None, None)))
    assert figure.layout.xaxis.title.text == theirs["encoding"]["x"].get("title")


def test_a_heat_map_of_a_tensor_is_that_of_its_lists(tfjs_vis: TfjsVis) -> None:
    for options in ({}, {"rowMajor": True}):
        [ours] = RENDER.heatmap(SURFACE, {"values": tf.tensor2d(MATRIX)}, options).data
        [lists] = RENDER.heatmap(SURFACE, {"values": MATRIX}, options).data
        assert np.array_equal(ours.z, lists.z)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"values": MATRIX, "xTickLabels": ["a"]},
            r"Length of xTickLabels \(1\) must match number of rows \(3\)",
        ),
        (
            {"values": MATRIX, "yTickLabels": ["a"]},
            r"Length of yTickLabels \(1\) must match number of columns \(4\)",
        ),
    ],
)
def test_labels_of_a_heat_map(tfjs_vis: TfjsVis, data: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RENDER.heatmap(SURFACE, data)
    with pytest.raises(Exception, match=message):
        vega(tfjs_vis, "heatmap", data)


def test_matrices_of_another_form_are_named() -> None:
    with pytest.raises(ValueError, match="must be a 2d array or Tensor2d"):
        RENDER.heatmap(SURFACE, {"values": [1, 2]})
    with pytest.raises(ValueError, match="unequal length"):
        RENDER.heatmap(SURFACE, {"values": [[1, 2], [3]]})
    with pytest.raises(ValueError, match=r"colorMap 'blue' \(did you mean 'blues'\?\)"):
        RENDER.heatmap(SURFACE, {"values": MATRIX}, colorMap="blue")
    with pytest.raises(ValueError, match="square"):
        RENDER.confusionMatrix(SURFACE, {"values": MATRIX})
    with pytest.raises(ValueError, match="expected 2 tickLabels, got 1"):
        RENDER.confusionMatrix(SURFACE, {"values": [[1, 2], [3, 4]], "tickLabels": ["a"]})
    with pytest.raises(TypeError, match="expected data as"):
        RENDER.confusionMatrix(SURFACE, [[1, 2], [3, 4]])


@pytest.mark.parametrize("counts", [[[4, 2, 8], [1, 7, 2], [3, 3, 20]], [[4, 0], [0, 3]]])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"shadeDiagonal": False},
        {"showTextOverlay": False, "colorMap": ["white", "red"], "xLabel": "said"},
    ],
)
def test_a_confusion_matrix_is_the_one_of_tfjs_vis(
    tfjs_vis: TfjsVis, counts: list[list[int]], options: dict[str, Any]
) -> None:
    theirs = vega(tfjs_vis, "confusionMatrix", {"values": counts}, options)
    for values in (counts, tf.tensor2d(counts)):
        figure = RENDER.confusionMatrix(SURFACE, {"values": values}, options)
        [trace] = figure.data
        names = list(figure.layout.xaxis.ticktext)
        assert (
            list(figure.layout.yaxis.ticktext)
            == names
            == theirs["encoding"]["y"]["scale"]["domain"]
        )
        for cell in theirs["data"]["values"]:
            row, column = names.index(cell["label"]), names.index(cell["prediction"])
            assert trace.text[row][column] == cell["count"]
            shade = trace.z[row][column]
            assert math.isnan(shade) if cell.get("noFill") else shade == cell["scaleCount"]
        overlaid = any(layer["mark"]["type"] == "text" for layer in theirs["layer"])
        assert (trace.texttemplate is not None) == overlaid
        colours = theirs["layer"][0]["encoding"]["color"]["scale"]["range"]
        assert [colour for _, colour in trace.colorscale] == colours
        assert figure.layout.xaxis.title.text == theirs["encoding"]["x"]["title"]
        assert figure.layout.yaxis.title.text == theirs["encoding"]["y"]["title"]
        assert figure.layout.height == theirs["height"]


def test_a_histogram_counts_what_is_finite_and_tells_the_rest() -> None:
    data = [0.5, 1.5, 1.75, 3.0, math.nan, math.inf, 0]
    figure = RENDER.histogram(SURFACE, data, maxBins=3)
    [bars] = figure.data
    assert sum(bars.y) == 5
    assert [bars.customdata[0][0], bars.customdata[-1][1]] == [0, 3]
    stats = figure.layout.meta["stats"]
    assert (stats["numVals"], stats["numNans"], stats["numInfs"]) == (7, 1, 1)
    surface = tf.vis.visor().surface(SURFACE)
    assert "1 (14.29%)" in surface.parts["stats"].html
    assert list(surface.parts) == ["stats", "histogram"]


def test_the_data_of_a_histogram() -> None:
    forms = [[1, 2, 4], [{"value": 1}, {"value": 2}, {"value": 4}], np.array([1, 2, 4]),
             tf.tensor2d([[1, 2, 4]])]  # fmt: skip
    counts = {tuple(RENDER.histogram(SURFACE, data).data[0].y) for data in forms}
    assert len(counts) == 1
    for wrong in ([{"number": 1}], ["a"], 3, [[1], [2]], "12"):
        with pytest.raises(TypeError, match="input data must be an array"):
            RENDER.histogram(SURFACE, wrong)
    assert RENDER.histogram(SURFACE, []).data == ()
    assert RENDER.histogram(SURFACE, [math.nan]).data == ()
    with pytest.raises(ValueError, match="maxBins must be at least 1"):
        RENDER.histogram(SURFACE, [1], maxBins=0)


def test_stats_may_be_given_or_left_out() -> None:
    RENDER.histogram("given", [1, 2], stats={"numVals": 7})
    assert "<td>7</td>" in tf.vis.visor().surface(name="given").parts["stats"].html
    RENDER.histogram("none", [1, 2], stats=False)
    assert list(tf.vis.visor().surface(name="none").parts) == ["histogram"]
    with pytest.raises(ValueError, match=r"'numNaNs' \(did you mean 'numNans'\?\)"):
        RENDER.histogram("wrong", [1, 2], stats={"numNaNs": 7})


def test_a_table_has_texts_and_numbers() -> None:
    rows = [[1, 2.5, "three"], [np.float32(0.1), tf.scalar(7), True], ["<b>x</b>", None]]
    figure = RENDER.table(SURFACE, {"headers": ["a", "b", "c"], "values": rows}, fontSize=12)
    columns = [list(column) for column in figure.data[0].cells.values]
    assert columns == [
        ["1", "0.1", "&lt;b&gt;x&lt;/b&gt;"],
        ["2.5", "7", ""],
        ["three", "true", ""],
    ]
    written = tf.vis.visor().surface(SURFACE).parts[""].html
    assert "<td>0.1</td><td>7</td><td>true</td>" in written
    assert "&lt;b&gt;x&lt;/b&gt;" in written
    assert "font-size: 12px" in written


@pytest.mark.parametrize("key", ["headers", "values"])
def test_a_table_needs_headers_and_values(in_page: Any, key: str) -> None:
    data: dict[str, Any] = {"headers": ["a"], "values": [[1]]}
    del data[key]
    message = f'Data to render must have a "{key}" property'
    with pytest.raises(ValueError, match=message):
        RENDER.table(SURFACE, data)
    with pytest.raises(Exception, match=message):
        in_page("data => tfvis.render.table({name: 'wrong', tab: 'table'}, data)", data)
