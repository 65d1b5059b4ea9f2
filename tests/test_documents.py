"""Every link in the documents leads somewhere; the site is built from them, whole, and fetches nothing."""

import importlib
import inspect
import os
import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.documents import ROOT, anchors, documents, links

REFERENCE = sorted((ROOT / "docs" / "reference").glob("*.md"))


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file_and_a_heading(path: Path) -> None:
    for target, anchor in links(path):
        assert target.exists(), target
        assert not anchor or anchor in anchors(target), f"{target}#{anchor}"


class Addresses(HTMLParser):
    """What a page loads by itself, and where its links lead."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        into = self.linked if tag == "a" else self.loaded
        into.extend(value for name, value in given.items() if name in {"src", "href", "srcset", "data"})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / ".venv-docs" / "bin" / "mkdocs").exists():
        pytest.fail("no .venv-docs: make the environment with scripts/env docs")
    folder = tmp_path_factory.mktemp("site")
    command = [".venv-docs/bin/mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"NO_COLOR": "1"}
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.needs("the environment of the docs")
@pytest.mark.parametrize("package", ["evaluator", "predictor", "sandbox"])
def test_the_reference_names_every_public_class_and_function(package: str) -> None:
    named = set(re.findall(r"^::: (\S+)$", "\n".join(map(Path.read_text, REFERENCE)), re.MULTILINE))
    module = importlib.import_module(package)
    public = [getattr(module, name) for name in module.__all__]
    places = [
        (each.__module__, each.__qualname__) for each in public if inspect.isclass(each) or callable(each)
    ]
    missing = [f"{place}.{name}" for place, name in places if not {place, f"{place}.{name}"} & named]
    assert places
    assert not missing, missing


def test_the_site_is_built_without_a_warning_and_loads_nothing_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) >= len(list((ROOT / "docs").rglob("*.md")))
    for page in pages:
        for address in Addresses(page.read_text(encoding="utf-8")).loaded:
            assert not urlsplit(address).netloc, f"{page.name} loads {address}"
    for sheet in site.rglob("*.css"):
        assert "url(http" not in sheet.read_text(encoding="utf-8")
        assert "@import" not in sheet.read_text(encoding="utf-8")


@pytest.mark.needs("the environment of the docs")
def test_every_link_within_the_site_leads_to_a_file(site: Path) -> None:
    for page in site.rglob("*.html"):
        if page.name == "404.html":  # made for the root of a server
            continue
        addresses = Addresses(page.read_text(encoding="utf-8"))
        for address in (*addresses.loaded, *addresses.linked):
            parts = urlsplit(address)
            if not parts.scheme and not parts.netloc and parts.path:
                assert (page.parent / unquote(parts.path)).resolve().exists(), f"{page.name}: {address}"


@pytest.mark.needs("the environment of the docs")
def test_the_reference_holds_the_docstrings_and_search_finds_them(site: Path) -> None:
    page = (site / "reference" / "forecasts.html").read_text(encoding="utf-8")
    assert "Forecast a larger model's pass rates from the pass counts of smaller ones." in page
    assert "train_max_flops" in page
    found = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "reference/scoring.html#evaluator.evaluate.evaluate" in found
