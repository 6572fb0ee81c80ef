"""Makes up the scan of a pack, written by hand from the standard: symbology identifier, elements, separators."""

from datetime import date

# The example number of the General Specifications.
GTIN = "09501101530003"


def compose(gtin: str = GTIN, lot: str = "", expires_on: date | None = None, serial: str = "") -> str:
    """What a scanner sends of a GS1 DataMatrix: fixed lengths first, one separator after what varies."""
    said = f"]d201{gtin}"
    if expires_on is not None:
        said += f"17{expires_on:%y%m%d}"
    varying = [f"{code}{value}" for code, value in (("10", lot), ("21", serial)) if value]
    return said + "\x1d".join(varying)
