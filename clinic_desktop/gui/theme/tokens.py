"""The colours of the design, light and dark, and its measures in pixels and points."""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False, repr=False)
class Tokens:
    """One set of colours; each meaning has a strong colour and a soft one to stand on."""

    name: str
    page: str
    surface: str
    raised: str
    line: str
    subtle: str
    text: str
    accent: str
    accent_soft: str
    on_accent: str
    critical: str
    critical_soft: str
    warning: str
    warning_soft: str
    good: str
    good_soft: str
    information: str
    information_soft: str

    def strong(self, meaning: str) -> str:
        """The colour of words and lines with this meaning; plain grey for ``neutral``."""
        return self.subtle if meaning == "neutral" else str(getattr(self, meaning))

    def soft(self, meaning: str) -> str:
        """The colour to stand on for this meaning."""
        return self.page if meaning == "neutral" else str(getattr(self, f"{meaning}_soft"))


MEANINGS = ("accent", "critical", "warning", "good", "information")

LIGHT = Tokens(
    name="light",
    page="#F6F7F9",
    surface="#FFFFFF",
    raised="#FFFFFF",
    line="#DDE2E8",
    subtle="#5B6673",
    text="#17202A",
    accent="#0B6E6E",
    accent_soft="#E2F2F1",
    on_accent="#FFFFFF",
    critical="#B3261E",
    critical_soft="#FCE9E7",
    warning="#9A5B00",
    warning_soft="#FFF2DC",
    good="#1B6E3C",
    good_soft="#E4F4EA",
    information="#1F5FAE",
    information_soft="#E6F0FB",
)

DARK = Tokens(
    name="dark",
    page="#14181D",
    surface="#1B2027",
    raised="#232A33",
    line="#313A45",
    subtle="#9AA7B5",
    text="#E8EDF2",
    accent="#4DC4BE",
    accent_soft="#15383A",
    on_accent="#0B2324",
    critical="#FF8A80",
    critical_soft="#4A1C19",
    warning="#FFC36B",
    warning_soft="#45310E",
    good="#7BD8A0",
    good_soft="#163A26",
    information="#8DBDF7",
    information_soft="#16304E",
)

# Pixels (a 4 px grid) and points.
TOP_BAR, RAIL, BANNER, TABS, CONTEXT, STATUS = 48, 72, 64, 36, 320, 40
CONTROL, CONTROL_TOUCH = 32, 44
BODY, SECONDARY, SECTION, TITLE = 10.5, 9.0, 13.0, 18.0
