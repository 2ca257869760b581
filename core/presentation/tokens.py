"""The colours of Tieout, once: every value, the pairs that must be legible, and the CSS made of them.

`python -m core.presentation.tokens` rewrites static/app/tokens.css; a test fails when the file is stale
or when a pair falls under WCAG AA.
"""

from dataclasses import dataclass
from pathlib import Path

STYLESHEET = Path(__file__).resolve().parents[2] / "static" / "app" / "tokens.css"
LAYERS = ("reset", "tokens", "base", "layout", "components", "screens", "utilities", "print")
TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0

# token: (light, dark)
COLOURS: dict[str, tuple[str, str]] = {
    "canvas": ("#eef2f4", "#0c1319"),
    "surface": ("#ffffff", "#131d26"),
    "sunken": ("#f6f8f9", "#172330"),
    "rule": ("#dbe2e6", "#253442"),
    "rule2": ("#b7c3ca", "#3a4c5c"),
    "control": ("#74838d", "#7b8e9d"),
    "ink": ("#12202b", "#e8eef3"),
    "ink2": ("#3f4e59", "#b9c6d1"),
    "ink3": ("#566570", "#95a5b2"),
    "accent": ("#17497f", "#7db3ef"),
    "accenthover": ("#0f3866", "#a3cbf6"),
    "onaccent": ("#ffffff", "#08182a"),
    "accentsoft": ("#e4eef9", "#16304c"),
    "accentline": ("#9dbfe3", "#2f5a88"),
    "focus": ("#1f6feb", "#7db3ef"),
    "bar": ("#0f2338", "#0a1725"),
    "onbar": ("#eef4fa", "#eef4fa"),
    "onbar2": ("#a9bdd1", "#a9bdd1"),
    "barrule": ("#2b4259", "#24384c"),
    "barok": ("#8fd0a8", "#8fd0a8"),
    "barcount": ("#ffd27a", "#ffd27a"),
    "onbarcount": ("#2a1b00", "#2a1b00"),
    "baramber": ("#4a3407", "#4a3407"),
    "bad": ("#9c1f1a", "#ff9d93"),
    "badsoft": ("#fdecea", "#3a1817"),
    "badline": ("#e2a29c", "#7c3733"),
    "warn": ("#744700", "#f2c063"),
    "warnsoft": ("#fff2d1", "#33260c"),
    "warnline": ("#dfb35a", "#745620"),
    "ok": ("#125c38", "#79d2a0"),
    "oksoft": ("#e2f3e8", "#10301f"),
    "okline": ("#8cc5a2", "#2b6c48"),
    "info": ("#17497f", "#7db3ef"),
    "infosoft": ("#e4eef9", "#16304c"),
    "infoline": ("#9dbfe3", "#2f5a88"),
    "hold": ("#58308a", "#cbaaf2"),
    "holdsoft": ("#f1eafa", "#2a1d40"),
    "holdline": ("#c3a6e3", "#5e4488"),
    "mute": ("#3f4e59", "#b9c6d1"),
    "mutesoft": ("#e8edf0", "#22303c"),
    "muteline": ("#b7c3ca", "#3a4c5c"),
    "erp": ("#0b5560", "#6fccd8"),
    "erpsoft": ("#e1f1f3", "#0f2f34"),
    "s1": ("#1f5a9c", "#7db3ef"),
    "s2": ("#5588c2", "#4a7db3"),
    "s3": ("#b07a1c", "#dca94b"),
    "s4": ("#b0402c", "#e2745f"),
}

SURFACES = ("canvas", "surface", "sunken")
TONES = ("bad", "warn", "ok", "info", "hold", "mute")

TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((text, ground) for text in ("ink", "ink2", "ink3", "accent") for ground in (*SURFACES, "accentsoft")),
    *((tone, f"{tone}soft") for tone in TONES),
    *((tone, ground) for tone in ("bad", "warn", "ok", "hold") for ground in SURFACES),
    *((text, ground) for text in ("ink", "ink2", "ink3") for ground in ("badsoft", "warnsoft")),
    *(("ink", f"{tone}soft") for tone in ("ok", "hold", "mute")),
    *(("erp", ground) for ground in ("surface", "canvas", "erpsoft")),
    ("onaccent", "accent"),
    ("onaccent", "accenthover"),
    ("onbar", "bar"),
    ("onbar2", "bar"),
    ("onbar", "barrule"),
    ("onbar", "baramber"),
    ("bar", "onbar"),
    ("onbarcount", "barcount"),
)
SHAPE_PAIRS: tuple[tuple[str, str], ...] = (
    *((shape, ground) for shape in ("control", "focus", "accent") for ground in ("surface", "canvas")),
    *((series, ground) for series in ("s1", "s2", "s3", "s4") for ground in ("surface", "canvas")),
    ("barok", "bar"),
    ("barok", "barrule"),
)


@dataclass(frozen=True)
class Contrast:
    """One foreground on one ground in one theme, with the ratio it reaches and the ratio it needs."""

    theme: str
    foreground: str
    ground: str
    ratio: float
    needed: float

    @property
    def passes(self) -> bool:
        return self.ratio >= self.needed


def luminance(colour: str) -> float:
    """Return the WCAG relative luminance of `#rrggbb`."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colours, 1 to 21, in either order."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def contrasts() -> list[Contrast]:
    """Measure every pair in both themes."""
    return [
        Contrast(theme, one, other, ratio(COLOURS[one][index], COLOURS[other][index]), needed)
        for index, theme in enumerate(("light", "dark"))
        for pairs, needed in ((TEXT_PAIRS, TEXT_CONTRAST), (SHAPE_PAIRS, SHAPE_CONTRAST))
        for one, other in pairs
    ]


def stylesheet() -> str:
    """Return tokens.css: the order of all layers, then one custom property per colour."""
    lines = ["/* Made by core/presentation/tokens.py: change it there. */", f"@layer {', '.join(LAYERS)};"]
    lines += ["@layer tokens {", ":root { color-scheme: light dark;"]
    lines += [f"--{name}: light-dark({light}, {dark});" for name, (light, dark) in COLOURS.items()]
    lines += ["}", ":root[data-theme=light] { color-scheme: light; }"]
    lines += [":root[data-theme=dark] { color-scheme: dark; }", "}", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    STYLESHEET.write_text(stylesheet())
