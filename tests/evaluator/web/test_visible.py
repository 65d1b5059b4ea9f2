import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evaluator.web
from evaluator.web.formatting import compute, percent, short, sizes, visible
from evaluator.web.highlighting import highlighted
from evaluator.web.labels import told_apart

_FOLDER = Path(evaluator.web.__file__).parent


@pytest.mark.parametrize(
    "char",
    [
        "\x00",
        "\x1b",
        "\r",
        "\x7f",
        "\u200b",
        "\u202e",
        "\u2066",
        "\u2028",
        "\ufeff",
        "\u3164",
        "\u00a0",
        "\ufe0f",
        "\ud800",
        "\U000e0041",
    ],
)
def test_a_character_that_is_not_seen_is_spelled_out(char: str) -> None:
    shown = visible(f"a{char}b")
    assert char not in shown
    assert re.fullmatch(r'a<span class="odd" title="U\+[0-9A-F]{4,6}">\\[xuUr][0-9a-f]*</span>b', shown)


def test_code_keeps_its_lines_and_other_alphabets_stay_as_they_are() -> None:
    assert visible("if x:\n\treturn 'é 漢字 العربية'") == "if x:\n\treturn &#39;é 漢字 العربية&#39;"


@given(st.text())
def test_nothing_of_a_text_is_markup(text: str) -> None:
    left = re.sub(r'<span class="odd" title="U\+[0-9A-F]+">[^<]*</span>', "", visible(text))
    assert not re.search("[<>\"']", left)


@given(st.text())
def test_nothing_of_marked_code_is_markup_and_nothing_is_lost(text: str) -> None:
    shown = highlighted(text)
    plain = re.sub(r'</?span(?: class="(?:h[kscnfb]|odd)")?(?: title="U\+[0-9A-F]+")?>', "", shown)
    assert not re.search("[<>\"']", plain)
    assert plain == re.sub(r"<[^>]*>", "", visible(text))


def test_code_that_is_cut_says_so() -> None:
    assert "980 more characters" in highlighted("x" * 1000, 20)


def test_long_names_that_look_alike_are_told_apart() -> None:
    names = ["short", "a" * 100, "a" * 90 + "b" + "a" * 9, "a" * 99 + "b", "a" * 100 + "b"]
    labels = told_apart(names, 24)
    assert labels["short"] == "short"
    assert len(set(labels.values())) == len(names)
    assert max(map(len, labels.values())) <= 30


def test_a_long_text_is_cut_and_says_so() -> None:
    assert "980 more characters" in visible("x" * 1000, 20)


def test_figures_for_people() -> None:
    assert (percent(0.1234), percent(None)) == ("12.3%", "–")
    assert (compute(8.4e22), compute(1e25), compute(None)) == ("8.4×10²²", "1×10²⁵", "–")
    assert (sizes(7e9), sizes(1.4e12), sizes(None)) == ("7B", "1.4T", "–")
    assert (short(3.21), short(250), short(7500)) == ("3.2 s", "4 min 10 s", "2 h 5 min")


def test_no_template_turns_escaping_off_or_needs_an_exception_from_the_policy() -> None:
    templates = list((_FOLDER / "templates").glob("*.html"))
    assert len(templates) > 10
    for path in templates:
        text = path.read_text()
        assert not re.search(
            r"\|\s*safe\b|autoescape|<style|<script(?![^>]* src=)| style=| on[a-z]+=|javascript:|https?:",
            text,
        ), path.name


def test_every_library_stands_beside_its_licence() -> None:
    vendor = _FOLDER / "static" / "vendor"
    table = (vendor / "README.md").read_text()
    libraries = [path for path in vendor.iterdir() if path.suffix in {".js", ".css"}]
    assert libraries
    for path in libraries:
        name = re.match(r"[a-z.-]+?(?=-\d|\.js)", path.name)
        assert name
        assert (vendor / f"{name[0]}.LICENSE").read_text().strip()
        assert f"`{path.name}`" in table
