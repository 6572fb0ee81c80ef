"""The product's table of contents: every screen and every device, in menu order, as dotted names.

To add a screen or a device: one folder, and one word here.
"""

_SCREENS = (
    "home",
    "inbox",
    "reception",
    "schedule",
    "queue",
    "chart",
    "growth",
    "refills",
    "consultation",
    "prescribing",
    "order",
    "pharmacy",
    "stock",
    "laboratory",
    "billing",
    "administration",
)

SCREENS = tuple(f"clinic_desktop.gui.screens.{name}.screen:SCREEN" for name in _SCREENS)
DEVICES: tuple[str, ...] = ()
