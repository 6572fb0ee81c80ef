"""Names, telephone numbers and addresses <-> the columns of a person or a place."""

from clinic_desktop.exchange.mapped import Row, Values, clean
from sync.records.elements import Address, ContactPoint, HumanName
from sync.records.exact import Json

# What somebody is called now, the likeliest first; last what they were called once, or are by friends alone.
_PRESENT = {"official": 0, "usual": 1, None: 2}
_NOT_NOW = frozenset({"old", "maiden", "nickname", "anonymous", "temp"})


def name(names: tuple[HumanName, ...]) -> HumanName | None:
    """The name somebody goes by: the official one, else the usual one, else one of no use; of several the first."""
    return min(names, key=lambda each: _PRESENT.get(each.use, 4 if each.use in _NOT_NOW else 3), default=None)


def given(human: HumanName) -> str:
    """The given names in their order."""
    return " ".join(each for each in human.given if each)


def telecom(points: tuple[ContactPoint, ...], system: str) -> tuple[str, ...]:
    """The numbers or addresses of a kind that are in use."""
    return tuple(each.value for each in points if each.system == system and each.value and each.use != "old")


def address(addresses: tuple[Address, ...]) -> Values:
    """The columns of the first address that is in use."""
    found = next((each for each in addresses if each.use != "old"), None)
    if found is None:
        return dict.fromkeys(("address", "city", "district", "postal_code", "country"))
    return {
        "address": ", ".join(line for line in found.line if line) or None,
        "city": found.city,
        "district": found.state or found.district,
        "postal_code": found.postal_code,
        "country": found.country,
    }


def written_address(row: Row) -> Json:
    """An address of the columns."""
    line = [row["address"]] if row["address"] else None
    return clean(
        line=line, city=row["city"], state=row["district"], postal_code=row["postal_code"], country=row["country"]
    )


def written_telecom(*numbers: tuple[str, str | None], use: str | None = None) -> list[Json]:
    """Telephone numbers and addresses, each with its kind."""
    return [clean(system=system, value=value, use=use) for system, value in numbers if value]
