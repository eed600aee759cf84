"""Draw the pictures of the gallery: python docs/gallery_pictures.py. Needs Chromium or Chrome.

They show the models that are in export/models (python -m models makes them).
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from models import gallery
from tfjsbridge.verify.browser import chromium_executable

DOCS = Path(__file__).parent
# Of no graphics card: the same picture on every machine.
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]

#: A picture's name: the model in it, the window, and the page's language.
PICTURES: dict[str, tuple[str, int, int, str]] = {
    "gallery.png": ("petal_12", 1100, 960, "en"),
    "gallery-phone.png": ("mnist", 390, 1160, "zh"),
}


def main() -> None:
    """Write docs/gallery.png and docs/gallery-phone.png."""
    gallery.copy_tfjs()
    gallery.write_indexes()
    serving = gallery.server(port=0)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_executable(), args=FLAGS)
        for name, (model, width, height, language) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            query = f"?lang={language}&backend=wasm"
            page.goto(f"http://{gallery.HOST}:{serving.server_port}/{query}#{model}")
            page.wait_for_selector("[data-state=ready]")
            use(page)
            page.screenshot(path=DOCS / name)
            print(f"wrote docs/{name}")
        browser.close()
    serving.shutdown()


def use(page: Any) -> None:
    """Do what a reader would: train from the beginning, ask in the plane, draw a digit."""
    if page.locator(".plane").count():
        page.click("button:text-is('New random weights')")
        page.wait_for_timeout(500)
        page.fill(".training input[type=number]", "300")
        page.click(".training button.first")
        page.wait_for_selector(".training button.first:enabled", timeout=120_000)
        box = page.locator(".plane").bounding_box()
        page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"])
    if page.locator(".pad").count():
        box = page.locator(".pad").bounding_box()
        seven = [(0.28, 0.2), (0.5, 0.2), (0.72, 0.19), (0.6, 0.45), (0.5, 0.65), (0.42, 0.88)]
        places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in seven]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place, steps=5)
        page.mouse.up()
    page.evaluate("document.activeElement.blur()")
    page.wait_for_timeout(500)


if __name__ == "__main__":
    main()
