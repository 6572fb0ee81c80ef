"""The stylesheet: resources/styles filled with the tokens, so that no colour stands anywhere else."""

from string import Template

from clinic_desktop.gui.theme.tokens import BODY, MEANINGS, SECONDARY, SECTION, TITLE, Tokens
from clinic_desktop.paths import resources


def mix(one: str, other: str, share: float) -> str:
    """Blend two ``#RRGGBB`` colours, with this share of the other."""
    pairs = zip(bytes.fromhex(one[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def stylesheet(tokens: Tokens, control: int) -> str:
    """Write the stylesheet for these colours and this height of controls (pixels)."""
    names = {**tokens.__dict__}
    names |= {
        "field": tokens.surface,
        "edge": mix(tokens.line, tokens.subtle, 0.25),
        "hover": mix(tokens.surface, tokens.text, 0.05),
        "faint": mix(tokens.subtle, tokens.page, 0.4),
        "faint_line": mix(tokens.line, tokens.surface, 0.5),
        "accent_hover": mix(tokens.accent, tokens.text, 0.12),
        "accent_press": mix(tokens.accent, tokens.text, 0.25),
    }
    measures = {
        "body": BODY,
        "secondary": SECONDARY,
        "section": SECTION,
        "title": TITLE,
        "inner": control - 2,
        "focused": control - 4,
        "icons": (resources() / "icons").as_posix(),
    }
    styles = resources() / "styles"
    meaning = Template((styles / "meaning.qss").read_text("utf-8"))
    window = Template((styles / "window.qss").read_text("utf-8"))
    return window.substitute(names, **measures) + "".join(
        meaning.substitute(m=m, strong=tokens.strong(m), soft=tokens.soft(m), secondary=SECONDARY)
        for m in (*MEANINGS, "neutral")
    )
