"""Draw the pictures of the docs: python docs/pictures.py. Needs Chromium or Chrome."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tfjsbridge import report
from tfjsbridge.sklearn import Classifier
from tfjsbridge.verify.browser import chromium_executable

DOCS = Path(__file__).parent


def draw(figure: Any, path: Path, width: int = 1000) -> None:
    """A plotly figure as a PNG."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder, "figure.html")
        figure.write_html(page_file, config={"displayModeBar": False}, auto_play=False)
        browser = playwright.chromium.launch(
            executable_path=chromium_executable(), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": width, "height": figure.layout.height + 20})
        page.goto(page_file.as_uri())
        page.wait_for_selector(".main-svg")
        page.screenshot(path=path)
        browser.close()


def programs(page: str) -> dict[str, Any]:
    """What the Python programs of a page leave behind, by name."""
    source = "\n".join(re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(), re.DOTALL))
    names: dict[str, Any] = {}
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:  # for the files that they write
        os.chdir(folder)
        try:
            exec(compile(source, page, "exec"), names)
        finally:
            os.chdir(here)
    return names


def main() -> None:
    """Draw the report that docs/scikit-learn.md shows, and the pictures of docs/pictures.md."""
    made = programs("pictures.md")
    model, snapshots, names = made["model"], made["snapshots"], made["names"]
    plane = report.decision_boundary(
        model, made["points"], made["inside"], snapshots, classes=names
    )
    draw(plane, DOCS / "plane.png")
    paths = made["paths"]
    loss = report.loss_surface(made["line"], made["x"], made["y"], paths, names=("slope", "bias"))
    draw(loss, DOCS / "loss.png")
    X, y = load_breast_cancer(return_X_y=True)
    names = np.array(["malignant", "benign"])[y]
    X_train, X_test, y_train, y_test = train_test_split(X, names, random_state=0)
    net = Classifier(epochs=10, random_state=0)
    scores = make_pipeline(StandardScaler(), net).fit(X_train, y_train).predict_proba(X_test)
    draw(report.binary(y_test, scores[:, 1], positive="malignant").plot(), DOCS / "report.png")
    print("wrote docs/report.png, plane.png and loss.png")


if __name__ == "__main__":
    main()
