"""Makes up the bar code of a card, written by the standard and not by the reader."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, repr=False)
class Holder:
    """Whom a card is made up for."""

    family: str
    given: str
    middle: str
    born_on: date
    sex: str
    number: str
    street: str
    city: str
    state: str
    postal: str
    expires_on: date


SAMPLE = Holder("SAMPLE", "ALEX", "JORDAN", date(1980, 2, 29), "female", "S123-4567", "1 MAIN STREET", "ANYTOWN", "VA",
                "201900000", date(2031, 2, 28))  # fmt: skip


def compose(holder: Holder, *, version: int = 10, country: str = "USA") -> str:
    """The PDF417 text of a card of version 02 to 10."""
    form = "%m%d%Y" if country == "USA" else "%Y%m%d"
    given = {"DAC": holder.given, "DAD": holder.middle}
    if version in {2, 3}:
        given = {"DCT": f"{holder.given},{holder.middle}"}
    lines = {
        "DAQ": holder.number, "DCS": holder.family, **given, "DDE": "N", "DDF": "N", "DDG": "N",
        "DBB": f"{holder.born_on:{form}}", "DBA": f"{holder.expires_on:{form}}",
        "DBC": {"male": "1", "female": "2"}.get(holder.sex, "9"), "DAU": "068 IN", "DAG": holder.street,
        "DAI": holder.city, "DAJ": holder.state, "DAK": holder.postal.ljust(11), "DCG": country,
    }  # fmt: skip
    part = "DL" + "\n".join(f"{code}{value.upper()}" for code, value in lines.items()) + "\r"
    iin = "636000" if country == "USA" else "604427"
    head = f"@\n\x1e\rANSI {iin}{version:02d}0001DL"
    return f"{head}{len(head) + 8:04d}{len(part):04d}{part}"


def compose_old(holder: Holder) -> str:
    """The text of a card of version 01: the whole name in one field, the year first."""
    lines = {
        "DAQ": holder.number, "DAA": f"{holder.family},{holder.given},{holder.middle}", "DAG": holder.street,
        "DAI": holder.city, "DAJ": holder.state, "DAK": holder.postal, "DBA": f"{holder.expires_on:%Y%m%d}",
        "DBB": f"{holder.born_on:%Y%m%d}", "DBC": {"male": "M", "female": "F"}.get(holder.sex, ""),
    }  # fmt: skip
    part = "DL" + "\n".join(f"{code}{value.upper()}" for code, value in lines.items()) + "\r"
    head = "@\n\x1e\rANSI 6360000101DL"
    return f"{head}{len(head) + 8:04d}{len(part):04d}{part}"
