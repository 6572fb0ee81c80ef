"""The product's table of contents: every screen and every device, in menu order, as dotted names.

To add a screen or a device: one folder, and one word here.
"""

_SCREENS = (
    "home",
    "dashboard",
    "inbox",
    "reception",
    "duplicates",
    "merge",
    "unmerge",
    "schedule",
    "queue",
    "chart",
    "growth",
    "immunizations",
    "refills",
    "documents",
    "found",
    "insurance",
    "consultation",
    "prescribing",
    "prescribed",
    "order",
    "consents",
    "programmes",
    "pharmacy",
    "stock",
    "laboratory",
    "review",
    "billing",
    "oversight",
    "reports",
    "claims",
    "imports",
    "devices",
    "sync",
    "administration",
)

SCREENS = tuple(f"clinic_desktop.gui.screens.{name}.screen:SCREEN" for name in _SCREENS)
DEVICES: tuple[str, ...] = ()
