import re
from pathlib import Path

from core.presentation import tokens

STATIC = Path(tokens.STYLESHEET).parent


def test_every_colour_pair_is_legible() -> None:
    measured = tokens.contrasts()
    assert [pair for pair in measured if not pair.passes] == []
    assert len(measured) > 110


def test_contrast_knows_an_illegible_pair() -> None:
    assert round(tokens.ratio("#ffffff", "#000000"), 2) == 21
    assert not tokens.Contrast("light", "rule", "surface", tokens.ratio("#dbe2e6", "#ffffff"), 3).passes


def test_the_stylesheet_of_the_tokens_is_fresh() -> None:
    assert tokens.STYLESHEET.read_text() == tokens.stylesheet()


def test_every_colour_a_stylesheet_names_exists() -> None:
    styles = "".join(path.read_text() for path in STATIC.glob("*.css"))
    declared = set(re.findall(r"--([\w-]+):", styles))
    used = set(re.findall(r"var\(--([\w-]+)", styles))
    assert used - declared == set()
    assert set(tokens.COLOURS) <= declared


def test_the_stylesheets_stay_within_their_budget() -> None:
    sizes = {path.name: len(path.read_bytes()) for path in STATIC.glob("*.css") if path.name != "admin.css"}
    assert sum(sizes.values()) <= 44 * 1024
    assert len((STATIC / "app.js").read_text().splitlines()) <= 300
