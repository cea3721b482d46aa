"""Components and views: each example is rendered, in both languages; each field of a view is explained."""

import importlib
import inspect
import json
import pkgutil
import re

import pytest

from motion.language import LANGUAGES, ROOT
from motion.web import pages
from motion.web.templates import Templates
from motion.web.views import View, undocumented

COMPONENTS = ROOT / "frontend" / "components"
TEMPLATES = Templates(lambda name: f"/static/{name}")


def examples() -> list[tuple[str, str, str, dict[str, object]]]:
    """Each example of each component: folder, name, macro, arguments."""
    found = []
    for path in sorted(COMPONENTS.glob("*/examples.json")):
        for example in json.loads(path.read_text())["examples"]:
            found.append((path.parent.name, example["name"], example["macro"], example["arguments"]))
    return found


def render(folder: str, macro: str, arguments: dict[str, object], code: str) -> str:
    source = f'{{% from "components/{folder}/template.html" import {macro} %}}{{{{ {macro}(**arguments) }}}}'
    return TEMPLATES.environments[code].from_string(source).render(arguments=arguments)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize(("folder", "name", "macro", "arguments"), examples(), ids=lambda value: str(value)[:24])
def test_examples_are_rendered(folder: str, name: str, macro: str, arguments: dict[str, object], code: str) -> None:
    """Without inline style or script, with balanced tags and names in their images."""
    html = render(folder, macro, arguments, code)
    assert html.strip()
    assert "style=" not in html and "<script" not in html
    for tag in ("svg", "ul", "ol", "li", "div", "nav", "p", "label"):
        assert len(re.findall(rf"<{tag}[ >]", html)) == html.count(f"</{tag}>"), tag
    for image in re.findall(r'<svg[^>]*role="img"[^>]*>', html):
        assert 'aria-label="' in image


@pytest.mark.parametrize("folder", sorted(path.name for path in COMPONENTS.iterdir() if path.is_dir()))
def test_every_component_has_examples_of_each_macro(folder: str) -> None:
    """A folder is a template and its examples; macros that others call stand in one."""
    template = (COMPONENTS / folder / "template.html").read_text()
    shown = {macro for name, _example, macro, _arguments in examples() if name == folder}
    assert shown
    for macro in re.findall(r"{% macro (\w+)\(", template):
        assert macro in shown or template.count(f"{macro}(") > 1, macro


def views() -> list[type[View]]:
    """Every view of every module of pages."""
    for module in pkgutil.iter_modules(pages.__path__):
        importlib.import_module(f"motion.web.pages.{module.name}")
    found: list[type[View]] = []
    waiting = [View]
    while waiting:
        waiting += (children := waiting.pop().__subclasses__())
        found += children
    return found


@pytest.mark.parametrize("view", views(), ids=lambda view: view.__name__)
def test_every_field_of_a_view_is_explained(view: type[View]) -> None:
    """Whoever writes a template reads the view."""
    assert undocumented(view) == []
    assert inspect.getdoc(view)


def test_templates_name_templates_that_exist() -> None:
    """Each name that a template may call stands in the folder it says."""
    for path in [*(ROOT / "frontend" / "pages").rglob("*.html"), *COMPONENTS.rglob("*.html")]:
        for name in re.findall(r'{% (?:from|include|extends) "([^"]+)"', path.read_text()):
            assert any((root / name).exists() for root in (ROOT / "frontend" / "pages", ROOT / "frontend")), (
                path,
                name,
            )
