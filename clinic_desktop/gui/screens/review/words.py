"""What the review list says in words. No Qt."""

from datetime import date

from clinic_desktop.clock import from_text
from clinic_desktop.domain import devices as rules
from clinic_desktop.domain.devices import Named
from clinic_desktop.gui.widgets.civil import Birth, Precision, show_birth
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.device_reviewing import Candidate
from clinic_desktop.services.patients import sex_words, shown_name

SHOWS = {"results": N_("Results"), "registrations": N_("Registrations"), "controls": N_("Quality control")}
PARTS = {
    "number": N_("number"), "order": N_("order"), "name": N_("name"), "born": N_("birth"), "sex": N_("sex"),
}  # fmt: skip
# Why something is set aside, with one key; what is written beside it is added.
REASONS = {
    "other": N_("Another reason, written here"),
    "twice": N_("The same is here already"),
    "not_ours": N_("Nobody of this clinic"),
    "number": N_("Number typed wrong at the device"),
    "device": N_("The device or its clock is wrong"),
    "trial": N_("A trial of the device, of no patient"),
}
_PROPOSED = {
    rules.SAME_AGAIN: "twice", rules.TWO_NUMBERS: "number",
    rules.RELEASED: "twice", rules.STANDS: "twice", rules.ORDERED_BEFORE: "twice", rules.NOBODY: "not_ours",
    rules.NO_PERSON: "trial", rules.IN_FUTURE: "device", rules.BEFORE_BIRTH: "device",
    rules.FLAG_DIFFERS: "device", rules.OTHER_NAME: "number", rules.OTHER_BIRTH: "number", rules.OTHER_SEX: "number",
}  # fmt: skip
FIELDS = {
    "family_name": N_("Family name"), "given_names": N_("Given names"), "sex": N_("Sex"), "born_on": N_("Born"),
    "phone": N_("Phone"), "other_phone": N_("Other phone"), "email": N_("E-mail"), "address": N_("Address"),
    "city": N_("City"), "district": N_("District"), "postal_code": N_("Postal code"), "country": N_("Country"),
    "national_id": N_("National id"), "language": N_("Language"), "marital_status": N_("Marital status"),
}  # fmt: skip


def proposed(why: str) -> str:
    """The reason that is most likely right where something waits for this; somebody looks at it before it is given."""
    return _PROPOSED.get(why, "other")


def reason_words(chosen: str, more: str) -> str:
    """The reason as it is kept."""
    if chosen == "other":
        return more.strip()
    return ". ".join(part for part in (_(REASONS.get(chosen, "")), more.strip()) if part)


def born_words(told: str) -> str:
    """A birth date of a message (YYYY-MM-DD, YYYY-MM or YYYY), written as that of the patients it is compared with."""
    precision: Precision | None = {4: "year", 7: "month", 10: "day"}.get(len(told))  # type: ignore[assignment]
    try:
        on = date.fromisoformat(f"{told}-01-01"[:10])
    except ValueError:
        return told
    return show_birth(Birth(on, precision)) if precision else told


def said_of(said: Named) -> list[tuple[str, str]]:
    """Whom a message speaks of, a fact a line."""
    named = "; ".join(shown_name(family, given) for family, given in said.names)
    numbers = ", ".join(f"{number} ({giver})" if giver else number for giver, number in said.numbers)
    sex = sex_words(said.sex) if said.sex else ""
    found = [(_("Name"), named), (_("Number"), numbers), (_("Born"), born_words(said.born)), (_("Sex"), sex)]
    return found if any(value for _word, value in found) else [(_("Patient"), _("the message names nobody"))]


def who(said: Named) -> str:
    """Whom a message speaks of, in few words."""
    if said.names:
        return shown_name(*said.names[0])
    return said.numbers[0][1] if said.numbers else _("nobody named")


def evidence_of(one: Candidate) -> str:
    """What agrees and what does not, each with a sign that is no colour."""
    agrees = [f"✓ {_(PARTS[each])}" for each in one.agrees]
    return "   ".join(agrees + [f"✗ {_(PARTS[each])}" for each in one.differs]) or _("nothing to compare")


def sent_at(stored: str) -> str:
    """When something came, short."""
    return f"{from_text(stored).astimezone():%d-%b %H:%M}"
