"""The visor: surfaces, the file of a script, cells of a notebook, and the file in a browser."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import tfjsbridge as tf
from tfjsbridge.vis import panel

POINTS = {"values": [{"x": 0, "y": 1}, {"x": 1, "y": 3}]}


def line(container: Any, **options: Any) -> Any:
    return tf.vis.render.linechart(container, POINTS, **options)


def test_a_container_is_a_dict_a_name_a_surface_or_none(file: Path) -> None:
    surface = tf.vis.visor().surface({"name": "Loss", "tab": "Training"})
    assert surface is tf.vis.visor().surface(name="Loss", tab="Training")
    assert (surface.label, surface.tab) == ("Loss", "Training")
    containers = [{"name": "Loss", "tab": "Training"}, surface, {"drawArea": surface.drawArea}]
    for container in (*containers, surface.container):
        figure = line(container)
        assert surface.parts[""].figure is figure
        assert figure.layout.title.text == "Loss"
    named = line("Loss")
    assert tf.vis.visor().surface(name="Loss").parts[""].figure is named
    assert tf.vis.visor().surface(name="Loss").tab == "Visor"  # as of tfjs-vis
    assert file.exists()


def test_no_container_shows_nothing(file: Path) -> None:
    assert line(None).data[0].y == (1, 3)
    assert not file.exists()


def test_containers_of_another_form(in_page: Any) -> None:
    with pytest.raises(TypeError, match="Not a drawable"):
        line(3)
    with pytest.raises(Exception, match="Not a drawable"):
        in_page("tfvis.render.table(3, {headers: ['a'], values: []})")
    message = "You must pass a config object with a 'name' property to create or retrieve a surface"
    with pytest.raises(ValueError, match=message):
        line({"name": 3})
    with pytest.raises(Exception, match=message):
        in_page("tfvis.render.table({name: 3}, {headers: ['a'], values: []})")
    with pytest.raises(TypeError, match=r"unknown option 'tabs' \(did you mean 'tab'\?\)"):
        line({"name": "Loss", "tabs": "Training"})
    with pytest.raises(ValueError, match=r"'maxheight' \(did you mean 'maxHeight'\?\)"):
        line({"name": "Loss", "styles": {"maxheight": 3}})


def test_the_file_has_tabs_with_surfaces_and_is_told_once(
    file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    line({"name": "<First>", "tab": "One & two"})
    line({"name": "Second", "tab": "Three"})
    line({"name": "Third", "tab": "One & two", "styles": {"width": 300, "maxHeight": "50vh"}})
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err == f"tf.vis: pictures in {file.as_uri()}\n"
    text = file.read_text("utf-8")
    names = ["One &amp; two</h2>", "&lt;First&gt;</h3>", "Third</h3>", "Three</h2>", "Second</h3>"]
    places = [text.index(name) for name in names]
    assert places == sorted(places)
    assert 'style="width: 300px; max-height: 50vh"' in text
    assert "Plotly.newPlot" in text
    assert "http-equiv" not in text  # nothing goes on that a browser should look at again
    assert list(file.parent.iterdir()) == [file]  # plotly's code is inside


def test_a_new_picture_takes_the_old_ones_place(file: Path) -> None:
    line("Loss", xLabel="old")
    line("Loss", xLabel="new")
    text = file.read_text("utf-8")
    assert text.count("<section") == 1
    assert '"text":"new"' in text
    assert '"text":"old"' not in text
    tf.vis.render.histogram("Loss", [1, 2])
    assert list(tf.vis.visor().surface(name="Loss").parts) == ["stats", "histogram"]
    line("Loss")
    assert list(tf.vis.visor().surface(name="Loss").parts) == [""]


def test_a_closed_visor_shows_when_it_is_opened(file: Path) -> None:
    visor = tf.vis.visor()
    assert visor is tf.vis.visor()
    assert visor.isOpen()
    visor.close()
    line("Loss")
    assert not visor.isOpen()
    assert not file.exists()
    visor.open()
    assert file.exists()
    visor.toggle()
    assert not visor.isOpen()
    visor.toggle()
    assert visor.isOpen()
    visor.bindKeys()
    visor.unbindKeys()


def test_the_file_may_be_another(file: Path, tmp_path: Path) -> None:
    line("Loss")
    other = tmp_path / "pictures" / "other.html"
    assert tf.vis.visor(file=other).file == other
    line("Loss")
    assert other.exists()


def test_fullscreen_and_the_active_tab(file: Path) -> None:
    visor = tf.vis.visor()
    line({"name": "Loss", "tab": "My training"})
    assert not visor.isFullscreen()
    visor.toggleFullScreen()
    visor.setActiveTab("My training")
    text = file.read_text("utf-8")
    assert visor.isFullscreen()
    assert "document.body.className = 'fullscreen'" in text
    assert "location.replace('#My%20training')" in text
    with pytest.raises(ValueError, match=r"Tab 'Training' does not exist\. Tabs: My training"):
        visor.setActiveTab("Training")


def test_a_browser_looks_again_while_a_training_goes_on(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tfjsbridge.vis.show import live

    monkeypatch.setattr(live, "PAUSE", 0)
    callbacks = tf.vis.show.fitCallbacks("Training", ["loss"])
    callbacks["onEpochEnd"](0, {"loss": 1.0})
    assert f'http-equiv="refresh" content="{panel.REFRESH}"' in file.read_text("utf-8")
    callbacks["onTrainEnd"]({})
    assert "http-equiv" not in file.read_text("utf-8")


PROGRAM = """
import tfjsbridge as tf
callbacks = tf.vis.show.fitCallbacks("Training", ["loss"])
callbacks["onEpochEnd"](0, {"loss": 1.5})
callbacks["onEpochEnd"](1, {"loss": 0.625})
raise SystemExit(3)
"""


@pytest.mark.slow
def test_a_program_that_ends_early_leaves_its_pictures(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 3
    assert done.stderr.count("tf.vis: pictures in") == 1
    text = (tmp_path / "visor.html").read_text("utf-8")
    assert "0.625" in text
    assert "http-equiv" not in text


class Notebook:
    """IPython's place in a notebook: the number of the running cell, and what was displayed."""

    kernel = object()

    def __init__(self) -> None:
        self.execution_count = 1
        self.shown: list[tuple[dict[str, Any], str, bool]] = []

    def display(self, bundle: dict[str, Any], raw: bool, display_id: str, update: bool) -> None:
        assert raw
        self.shown.append((bundle, display_id, update))


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> Notebook:
    import plotly.io

    made = Notebook()
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: made  # type: ignore[attr-defined]
    display = types.ModuleType("IPython.display")
    display.display = made.display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    monkeypatch.setattr(plotly.io.renderers, "default", "plotly_mimetype")
    return made


def test_a_notebook_shows_pictures_below_their_cell(notebook: Notebook, file: Path) -> None:
    figure = line("Loss")
    [(bundle, name, update)] = notebook.shown
    assert "application/vnd.plotly.v1+json" in bundle
    assert not update
    # The same cell draws anew: the picture is changed in place. Another cell: it is shown there.
    line("Loss")
    assert notebook.shown[1][1:] == (name, True)
    notebook.execution_count = 2
    line("Loss")
    assert notebook.shown[2][1] != name
    assert not notebook.shown[2][2]
    assert not file.exists()
    # A cell shows its last value, but not what it shows already.
    shown: list[str] = []
    figure.show = lambda *args, **kwargs: shown.append("")
    drawn = line("Other")
    before = len(notebook.shown)
    drawn._ipython_display_()
    assert len(notebook.shown) == before


def test_a_notebook_shows_tables_and_histograms(notebook: Notebook) -> None:
    tf.vis.render.histogram("Values", [1, 2, 3])
    assert [list(bundle) for bundle, _, _ in notebook.shown] == [
        ["text/html"],
        ["application/vnd.plotly.v1+json"],
    ]
    tf.vis.render.table("Table", {"headers": ["a"], "values": [[1]]})
    assert "<td>1</td>" in notebook.shown[2][0]["text/html"]


def test_a_notebooks_visor_shows_when_it_is_opened(notebook: Notebook) -> None:
    tf.vis.visor().close()
    line("Loss")
    assert notebook.shown == []
    tf.vis.visor().open()
    assert len(notebook.shown) == 1


@pytest.mark.parametrize("width", [1000, 390])
def test_a_browser_shows_the_file(chromium: Any, file: Path, tmp_path: Path, width: int) -> None:
    line({"name": "Loss", "tab": "Training"})
    tf.vis.render.histogram({"name": "Weights", "tab": "Model"}, [1, 2, 2, 5, float("nan")])
    matrix = {"values": [[5, 1], [2, 4]], "tickLabels": ["cat", "dog"]}
    tf.vis.render.confusionMatrix({"name": "Matrix", "tab": "Model"}, matrix)
    tf.vis.visor().setActiveTab("Model")
    problems: list[str] = []
    page = chromium.new_page(viewport={"width": width, "height": 600})
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_function("document.querySelectorAll('.main-svg .trace, .hm').length >= 3")
    texts = page.locator("section.surface").all_inner_texts()
    assert [text.splitlines()[0] for text in texts] == ["Loss", "Weights", "Matrix"]
    assert page.locator("nav a").all_inner_texts() == ["Training", "Model"]
    assert page.evaluate("location.hash") == "#Model"
    assert page.locator("h2", has_text="Model").bounding_box()["y"] < 600
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert {"cat", "dog", "5", "1"} <= set(page.locator(".plotly svg text").all_text_contents())
    screenshot = page.screenshot(full_page=True)
    assert len(screenshot) > 10_000
    page.close()
    # The file itself is all that was asked for.
    assert {problem.split("#")[0] for problem in problems} == {file.as_uri()}
