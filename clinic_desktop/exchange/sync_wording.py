"""A value of a system's body in words, for whoever decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from clinic_desktop.domain.money import minor_digits, money_text
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.remotes import LastChange
from sync.engine import passing
from sync.records.exact import legible

# Of money told to a system: the id there of its invoice, and an amount, which is written without its currency.
_INVOICE = frozenset({"invoice_id", "invoiceId"})
_AMOUNT = frozenset({"amount", "paid_amount"})
_UNREAD = " cannot be read"
_KEPT = N_("The chart does not take this: {rule}")
_FORM = N_("It has a form that cannot be read here.")
_FIELDS = N_("What stands in these fields cannot be read here: {fields}.")
_LIST_FORM = N_("The whole list came in a form that cannot be read here: look at it there.")
_LIST_AWAY = N_("The system answers with an error, or not at all, when it is asked for this list: look at it there.")
_CUT_OFF = N_(
    "This is no single record: the end of their list may not have come, for the system shows no further page of it. "
    "What came of it was taken in. Look there whether anything is missing here, then note it as seen."
)
_NAMELESS = N_("It is shown without a number by which it could be known again.")


@dataclass(frozen=True)
class Member:
    """One member of a record, as it was when both sides agreed, as it is here and as it is there; in words."""

    name: str
    before: str
    here: str
    there: str
    differs: bool

    def __repr__(self) -> str:
        return f"Member({self.name})"


def member(name: str, before: Any, here: Any, there: Any) -> Member:
    """One member of a record in words; what is nested in it stands in one order on every side."""
    here, there, before = in_one_order([here, there, before])
    one, other = words_of(here), words_of(there)
    return Member(name, words_of(before), one, other, bool(one and other) and one != other)


def in_one_order(values: Sequence[Any]) -> list[Any]:
    """The same values, their members in the order of the first value that has them: so are their lines compared."""
    objects = [each for each in values if isinstance(each, dict)]
    names = list(dict.fromkeys(name for each in objects for name in each))
    inner = {name: iter(in_one_order([each[name] for each in objects if name in each])) for name in names}
    beneath = iter(in_one_order([one for each in values if isinstance(each, list) for one in each]) if values else ())

    def ordered(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: next(inner[name]) for name in names if name in value}
        return [next(beneath) for _one in value] if isinstance(value, list) else value

    return [ordered(each) for each in values]


def known_as(members: tuple[Member, ...], changed: LastChange | None) -> tuple[Member, ...]:
    """What was sent of a payment or a claim as a cashier knows it: the invoice by the number on its paper."""
    if changed is None or not changed.invoice:
        return members
    return tuple(_known(one, changed) for one in members)


def _known(one: Member, paid: LastChange) -> Member:
    if one.here and one.name in _INVOICE:
        return replace(one, here=_("{number} (there: {id})").format(number=paid.invoice, id=one.here))
    if one.name in _AMOUNT:
        return replace(one, here=_amount(one.here, paid.currency), there=_amount(one.there, paid.currency))
    return one


def _amount(said: str, currency: str) -> str:
    """An amount as it is written on paper; what is no number stays as it was said."""
    try:
        minor = Decimal(said).scaleb(minor_digits(currency))
        return money_text(int(minor), currency) if minor == int(minor) else f"{said} {currency}"
    except (ArithmeticError, ValueError):
        return said


def why_of(why: str, remote_id: str) -> str:
    """Why a record, or the whole of a list, was set aside, in plain words that can be kept."""
    why = legible(why)
    if is_list(remote_id):
        return _(_LIST_FORM if why.startswith(passing.FORM) else _LIST_AWAY)
    if why.startswith("the list may be cut off"):
        return _(_CUT_OFF)
    if why.endswith(_UNREAD):
        fields = why.rpartition(":")[2].removesuffix(_UNREAD.strip()).strip(" ,")
        return unread_fields(fields) if fields or remote_id[:1] != "?" else _(_NAMELESS)
    _name, _sign, rule = why.partition(": ")
    return _(_KEPT).format(rule=_(rule)) if rule and "{" not in rule else _(_FORM)


def is_list(remote_id: str) -> bool:
    """Whether it is the whole list of a patient or an order that was set aside under this key."""
    return remote_id.startswith("?") and remote_id.endswith(":list")


def unread_fields(fields: str) -> str:
    """That some fields of a record cannot be read, or none of it: the names are theirs, and may hold any sign."""
    return _(_FIELDS).format(fields=legible(fields)) if fields else _(_FORM)


def with_beside(said: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, and of members that have no place here, what they say in the record as it came."""
    names = said.get("beside")
    return (
        {**said, **{name: raw[name] for name in names if name in raw}} if isinstance(names, (dict, list)) else {**said}
    )


def words_of(value: Any) -> str:
    """A value of a body in words: what is nested stands in lines."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        lines = [(name, words_of(each)) for name, each in value.items()]
        return "\n".join(f"{_spaced(name)}: {each.replace(chr(10), ', ')}" for name, each in lines if each)
    if isinstance(value, list):
        return "\n".join(each.replace("\n", ", ") for each in map(words_of, value) if each)
    return str(value)


def _spaced(name: str) -> str:
    """The name of a member as words: `postalCode` and `postal_code` are one."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).replace("_", " ").strip()
