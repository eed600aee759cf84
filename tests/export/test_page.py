"""The page around the models: languages, keys, a phone's width, and what goes wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models import gallery
from tests.export.conftest import Visitor, copy_page
from tests.export.small_models import MODELS

WORDS = gallery.EXPORT / "words"


def words(language: str) -> dict[str, str]:
    """The words of a language."""
    return json.loads((WORDS / f"{language}.json").read_text("utf-8"))


def test_both_languages_say_the_same_things() -> None:
    english, chinese = words("en"), words("zh")
    assert list(english) == list(chinese)
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese[key])), key
        assert key == "r2" or re.search(r"[\u4e00-\u9fff]", chinese[key]), key


def test_every_word_is_there_and_is_used() -> None:
    code = "".join(
        file.read_text("utf-8")
        for file in [gallery.EXPORT / "index.html", *(gallery.EXPORT / "js").glob("*.js")]
    )
    unused = [key for key in words("en") if f'"{key}"' not in code]
    assert unused == []
    said = re.findall(r'data-words="(\w+)"', code)
    said += re.findall(r'\b(?:say|label)\([^()]*(?:\([^()]*\)[^()]*)*?, "(\w+)"', code)
    assert set(said) <= set(words("en"))


def test_all_scripts_and_models_are_listed(visitor: Visitor) -> None:
    visitor.overview()
    page = visitor.page
    titles = page.locator(".card h2").all_inner_texts()
    assert titles[:2] == ["Title of tensors", "Title of circle"]
    assert {"A line", "Irises", "Tumours"} <= set(titles)
    # What has not run says how to.
    assert "python models/tensors.py" in page.locator(".card").first.inner_text()
    page.wait_for_function(
        "count => document.querySelectorAll('.preview > *').length === count", arg=len(MODELS) + 1
    )
    links = page.locator("a.open")
    assert links.count() == len(MODELS) + 1
    page.click("a.open[href='#irises']")
    visitor.wait("irises")
    assert page.title() == "Irises · tfjsbridge"
    page.go_back()
    page.wait_for_selector(".card")


def test_pictures_are_linked_where_they_are(
    site: Path, serve: Callable[[Path], str], visit: Callable[..., Visitor]
) -> None:
    rows = json.loads((site / "pictures" / "index.json").read_text("utf-8"))
    assert [row["page"] for row in rows] == [False, False]
    page_file = site / "pictures" / "circle.html"
    page_file.write_text("<!doctype html><link rel=icon href='data:,'><p>Here", encoding="utf-8")
    changed = [{**row, "page": row["name"] == "circle"} for row in rows]
    index = site / "pictures" / "index.json"
    index.write_text(json.dumps(changed), encoding="utf-8")
    visitor = visit()
    try:
        visitor.open("circle", "?backend=cpu")
        visitor.page.click("a:text-is('Pictures')")
        visitor.page.wait_for_selector("text=Here")
        visitor.overview()
        assert visitor.page.locator("a:text-is('Pictures')").count() == 1
    finally:
        index.write_text(json.dumps(rows), encoding="utf-8")
        page_file.unlink()


def test_the_language_changes_everything(visitor: Visitor) -> None:
    visitor.open("circle", "?backend=cpu")
    page = visitor.page
    page.click(".plane")
    page.wait_for_function("() => document.querySelector('.view .answer').textContent")
    assert page.get_attribute("html", "lang") == "en"
    page.click("button:text-is('中文')")
    assert page.get_attribute("html", "lang") == "zh-Hans"
    assert page.get_attribute("button:text-is('中文')", "aria-pressed") == "true"
    assert page.title() == "圆 · tfjsbridge"
    assert page.inner_text("h2") == "圆"
    assert "概率" in page.inner_text(".view .answer")
    assert page.get_attribute(".plane", "aria-label") == words("zh")["planeLabel"]
    # No English sentence is left, but for names.
    seen = page.inner_text("main")
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", seen), seen
    page.reload()  # remembered
    visitor.wait("circle")
    assert page.inner_text("h2") == "圆"
    page.click("button:text-is('English')")
    assert page.inner_text("h2") == "A circle"


@pytest.mark.parametrize(
    ("locale", "query", "lang"),
    [("zh-CN", "", "zh-Hans"), ("de-DE", "", "en"), ("en-GB", "?lang=zh", "zh-Hans"),
     ("zh-TW", "?lang=en", "en"), ("zh-CN", "?lang=xx", "zh-Hans")],
)  # fmt: skip
def test_the_language_to_begin_with(
    locale: str, query: str, lang: str, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(locale=locale)
    visitor.overview(query)
    assert visitor.page.get_attribute("html", "lang") == lang


def test_the_keyboard_reaches_everything(visitor: Visitor) -> None:
    visitor.overview("?backend=cpu")
    page = visitor.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.focus("a.open[href='#tumours']")
    page.keyboard.press("Enter")
    visitor.wait("tumours")
    reached = _walk(visitor)
    wanted = page.evaluate(
        """() => [...document.querySelectorAll(
            "a[href], button, input, select, summary, [tabindex='0']")]
          .filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex >= 0).length"""
    )
    assert len(reached) == wanted
    # Each has a name and, with the focus, an outline.
    assert [one for one in reached if not one["name"]] == []
    assert [one for one in reached if one["outline"] == "none"] == []


def _walk(visitor: Visitor) -> list[dict[str, Any]]:
    """What Tab comes to, from the top to the end."""
    page = visitor.page
    page.evaluate("document.activeElement.blur()")
    page.focus(".skip")
    reached: list[dict[str, Any]] = []
    while len(reached) < 200:
        here = page.evaluate(
            """() => {
              const one = document.activeElement;
              if (one === document.body || one.dataset.reached) return null;
              one.dataset.reached = "yes";
              const name = one.getAttribute("aria-label")
                || [...one.labels ?? []].map((label) => label.textContent).join("")
                || one.textContent;
              return { name: name.trim(), outline: getComputedStyle(one).outlineStyle };
            }"""
        )
        if here is None:
            break
        reached.append(here)
        page.keyboard.press("Tab")
    return reached


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phone_needs_no_scrolling_sideways(language: str, visit: Callable[..., Visitor]) -> None:
    visitor = visit(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = visitor.page
    query = f"?lang={language}&backend=cpu"
    visitor.overview(query)
    for name in ["", *MODELS, "broken"]:
        if name:
            visitor.open(name, query, "failed" if name == "broken" else "ready")
            page.evaluate(
                "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
            )
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
        small = page.evaluate(
            """() => [...document.querySelectorAll(
                "button, select, input, summary, .links a, .back")]
              .filter((one) => one.checkVisibility())
              .map((one) => {
                const target = one.type === "checkbox" ? one.parentElement : one;
                return [one.outerHTML.slice(0, 80), target.getBoundingClientRect().height];
              })
              .filter(([, height]) => height < 24)"""
        )
        assert small == [], name


def test_a_model_that_cannot_be_loaded(visitor: Visitor) -> None:
    visitor.open("broken", "?backend=cpu", state="failed")
    said = visitor.text("[role=alert]")
    assert "The model broken cannot be loaded." in said
    assert "neither model topology or manifest" in said
    assert visitor.text("h2") == "<b>Broken</b>"  # words are text
    assert not visitor.page.is_visible(".training")
    visitor.page.click(".back")
    visitor.page.click("a.open[href='#line']")
    visitor.wait("line")


def test_a_model_that_is_not_there(visitor: Visitor) -> None:
    visitor.open("nothing", "?backend=cpu", state="failed")
    assert "models/nothing/card.json: 404" in visitor.text("[role=alert]")
    # That the file is missing is what the browser itself complains of.
    assert all("404" in fault for fault in visitor.faults)
    assert visitor.faults
    visitor.faults.clear()


def test_no_models_at_all(
    tmp_path: Path, serve: Callable[[Path], str], visit: Callable[..., Visitor]
) -> None:
    folder = tmp_path / "export"
    copy_page(folder)
    gallery.copy_tfjs(folder)
    gallery.write_indexes(folder, [])
    visitor = visit(serve(folder))
    visitor.overview()
    assert "python -m models" in visitor.text(".message")


def test_without_tfjs_or_the_list_the_command_is_said(
    tmp_path: Path, serve: Callable[[Path], str], visit: Callable[..., Visitor]
) -> None:
    folder = tmp_path / "export"
    copy_page(folder)
    address = serve(folder)
    visitor = visit(address)
    for needed in ("TensorFlow.js is not here", "The list of the models cannot be read"):
        visitor.page.goto(address)
        visitor.page.wait_for_selector(f".message:has-text('{needed}')")
        assert "python -m models.gallery" in visitor.text(".message")
        gallery.copy_tfjs(folder)
    assert all("404" in fault for fault in visitor.faults)
    visitor.faults.clear()


def test_opened_as_a_file_it_says_what_to_do(chromium: Any, site: Path) -> None:
    page = chromium.new_page()
    page.goto((site / "index.html").as_uri())
    assert "python -m models.gallery" in page.inner_text("#start")
    page.close()


def test_a_backend_that_is_missing_says_why(visit: Callable[..., Visitor]) -> None:
    visitor = visit()
    visitor.page.add_init_script(
        """Object.defineProperty(Navigator.prototype, "gpu", { get: () => undefined });
        HTMLCanvasElement.prototype.getContext = new Proxy(HTMLCanvasElement.prototype.getContext, {
          apply: (get, canvas, [kind, ...rest]) =>
            kind.startsWith("webgl") ? null : get.call(canvas, kind, ...rest),
        });"""
    )
    visitor.open("line")
    options = visitor.page.locator("#backend option")
    assert options.all_inner_texts() == [
        "webgl (this browser has no WebGL)",
        "wasm",
        "webgpu (this browser has no WebGPU)",
        "cpu",
    ]
    assert [options.nth(i).is_disabled() for i in range(4)] == [True, False, True, False]
    assert visitor.page.evaluate("tf.getBackend()") == "wasm"
    assert float(visitor.text("[data-value=same]")) < 1e-4
    visitor.page.click("button:text-is('中文')")
    assert "此浏览器没有 WebGL" in options.first.inner_text()


def test_the_backend_is_remembered(visitor: Visitor) -> None:
    visitor.overview()
    visitor.choose_backend("cpu")
    visitor.overview()
    assert visitor.page.evaluate("tf.getBackend()") == "cpu"


def test_light_and_dark(visit: Callable[..., Visitor]) -> None:
    papers = []
    for scheme in ("light", "dark"):
        visitor = visit(color_scheme=scheme, reduced_motion="reduce")
        visitor.overview()
        papers.append(
            visitor.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        )
        assert "none" in visitor.page.evaluate("getComputedStyle(document.body).transition")
    assert papers == ["rgb(255, 255, 255)", "rgb(20, 24, 28)"]
