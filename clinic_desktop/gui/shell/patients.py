"""Where a patient is opened, by role. No Qt: presenters ask it too."""

_SCREENS = {
    "doctor": "chart",
    "nurse": "chart",
    "cashier": "billing",
    "pharmacist": "pharmacy",
    "laboratory": "laboratory",
}


def patient_screen(role: str) -> str:
    """Give the chart to those who may see it, to the others the page on which they work with a patient."""
    return _SCREENS.get(role, "reception")
