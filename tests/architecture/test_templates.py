"""Templates obey the strict content policy, and work without script."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import place, templates

FORBIDDEN = {
    "an inline style": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)"),
    "an event attribute": re.compile(r"\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\bhx-on\b"),
    "evaluated hx-vals": re.compile(r"hx-vals\s*=\s*[\"']js:"),
    "an htmx trigger filter": re.compile(r"hx-trigger\s*=\s*[\"'][^\"']*\["),
    "text that is not escaped": re.compile(r"\|\s*safe\b(?!seq)"),
}
# Django's own help texts are markup.
UNESCAPED = {"templates/django/forms/field.html"}
TAG = re.compile(r"<(a|form|button|input)\b((?:[^>\"']|\"[^\"]*\"|'[^']*'|\{%.*?%\})*)>", re.DOTALL)


def tags() -> Iterator[tuple[str, str, str]]:
    for path in templates():
        text = path.read_text()
        for found in TAG.finditer(text):
            yield place(path, text[: found.start()].count("\n") + 1), found[1], found[2]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    markup = {path: path.read_text() for path in templates()}
    if not what.startswith("text"):
        markup = {path: re.sub(r"\{%.*?%\}", "", text) for path, text in markup.items()}
    found = [place(path) for path, text in markup.items() if FORBIDDEN[what].search(text)]
    assert [path for path in found if not (what.startswith("text") and path in UNESCAPED)] == []


def test_every_htmx_link_has_an_address_of_its_own() -> None:
    links = [where for where, tag, rest in tags() if tag == "a" and "hx-" in rest and "href=" not in rest]
    assert links == []


def test_every_form_has_an_action_and_posts_carry_the_token() -> None:
    forms = [where for where, tag, rest in tags() if tag == "form" and "action=" not in rest]
    assert forms == []
    for path in templates():
        text = path.read_text()
        posts = len(re.findall(r"<form\b[^>]*method=\"post\"", text))
        assert text.count("{% csrf_token %}") >= posts, place(path)


def test_buttons_that_ask_by_htmx_also_work_as_buttons_of_a_form() -> None:
    lonely = [
        where
        for where, tag, rest in tags()
        if tag == "button" and "hx-" in rest and "formaction=" not in rest and 'type="button"' in rest
    ]
    assert lonely == []
