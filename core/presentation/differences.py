"""Mark in a text only the words and figures that another text does not have."""

from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def marked(text: str, other: str) -> SafeString:
    """Return the text with each run of differing words in `<mark>`; a figure is marked whole."""
    words, others = text.split(), other.split()
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    parts: list[SafeString] = []
    for kind, start, end, _, _ in matcher.get_opcodes():
        if start == end:
            continue
        run = " ".join(words[start:end])
        parts.append(format_html("{}", run) if kind == "equal" else format_html("<mark>{}</mark>", run))
    return format_html_join(" ", "{}", ((part,) for part in parts))
