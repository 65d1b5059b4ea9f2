"""Hooks of mkdocs: pages and files outside docs/ become part of the site, and links to them are rewritten.

On GitHub the same links lead to the files themselves, so the pages stay plain Markdown in both places.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

__all__ = ["on_config", "on_files", "on_page_markdown"]

ROOT = Path(__file__).resolve().parents[1]
PAGES = (
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "examples/gpt4_report/README.md",
    "examples/ladder/README.md",
)
LINK = re.compile(r"(\]\()([^)\s:#]+)((?:#[^)\s]*)?\))")


def on_config(config: Any) -> Any:  # noqa: ANN401 - mkdocs is in an environment of its own
    """List pages of docs/ that `nav` does not name under `More`, so that each of them can be found."""
    named = str(config.nav)
    pages = sorted((ROOT / "docs").rglob("*.md"))
    more = [
        name for page in pages if f"'{(name := page.relative_to(ROOT / 'docs').as_posix())}'" not in named
    ]
    if more:
        config.nav.append({"More": more})
    return config


def on_files(files: Any, config: Any) -> Any:  # noqa: ANN401 - as above
    """Add the pages outside docs/, and every other file that some page links to."""
    names = set(PAGES)
    sources = [f"docs/{file.src_uri}" for file in files.documentation_pages()]
    for source in (*sources, *PAGES):
        for link in LINK.finditer((ROOT / source).read_text(encoding="utf-8")):
            target = _target(source, link[2])
            if target and not target.startswith("docs/"):
                names.add(target)
    for name in sorted(names):
        files.append(File.generated(config, f"project/{name}", abs_src_path=str(ROOT / name)))
    return files


def on_page_markdown(markdown: str, page: Any, **_more: Any) -> str:  # noqa: ANN401 - as above
    """Rewrite links between docs/ and the rest of the repository."""
    uri = page.file.src_uri
    source = uri.removeprefix("project/") if uri.startswith("project/") else f"docs/{uri}"

    def rewritten(link: re.Match[str]) -> str:
        target = _target(source, link[2])
        if target is None:
            return link[0]
        there = target.removeprefix("docs/") if target.startswith("docs/") else f"project/{target}"
        return link[1] + posixpath.relpath(there, posixpath.dirname(uri)) + link[3]

    return LINK.sub(rewritten, markdown)


def _target(source: str, link: str) -> str | None:
    """Return the file of the repository that a link in a file leads to; of a folder its README."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), link))
    if (ROOT / path).is_dir():
        path = posixpath.join(path, "README.md")
    return path if (ROOT / path).is_file() else None
