"""The fields of a registration on one page: essentials first, the rest folded away."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from clinic_desktop.domain.identity_parts import Card
from clinic_desktop.gui.screens.reception.card import cut_short, fields_of
from clinic_desktop.gui.widgets.choice import ChoiceField, SegmentField
from clinic_desktop.gui.widgets.civil import Birth
from clinic_desktop.gui.widgets.dates import BirthField
from clinic_desktop.gui.widgets.drafts import DraftKeeper
from clinic_desktop.gui.widgets.form import Form
from clinic_desktop.gui.widgets.numbers import NumberField
from clinic_desktop.gui.widgets.panel import Section
from clinic_desktop.gui.widgets.text import NoteEdit, TextField
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.directory import Entry
from clinic_desktop.services.identity import Draft
from clinic_desktop.services.patient_parts import Contact, OtherName
from clinic_desktop.services.patients import NewPatient

CONTACTS = 3
MARITAL = {
    "never_married": N_("Never married"),
    "married": N_("Married"),
    "partnership": N_("In a partnership"),
    "divorced": N_("Divorced"),
    "separated": N_("Separated"),
    "widowed": N_("Widowed"),
}
PLAIN = (
    "phone", "other_phone", "email", "address", "city", "district", "postal_code", "country", "national_id", "language",
    "occupation", "insurer", "insurance_number", "alert", "marital_status", "phone_kind", "preferred_pharmacy_id",
)  # fmt: skip
BLOOD_TYPES = ("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")


class RegistrationForm(Form):
    """The form of reception; its keys are the fields of `NewPatient`."""

    def __init__(self, keeper: DraftKeeper, today: Callable[[], date]) -> None:
        super().__init__(keeper)
        self.family = TextField(_("&Family name"), "reception.family_name")
        self.given = TextField(_("&Given names"), "reception.given_names")
        self.sex = SegmentField(_("Se&x"), "reception.sex", _sexes(), required=True)
        self.born = BirthField(_("&Born, or age"), "reception.born_on", today=today, required=True)
        self.phone = TextField(_("&Phone"), "reception.phone", placeholder="+234 803 123 4567")
        self.pharmacy = ChoiceField(_("Preferred pharmacy"), "reception.preferred_pharmacy_id", ())
        self.kept_names: tuple[OtherName, ...] = ()
        self.add_row(self.family, self.given)
        self.add_row(self.sex, self.born, self.phone, stretch=(5, 3, 4))
        self.folding = {
            "address": self._address(),
            "identity": self._identity(),
            "insurance": self._insurance(),
            "contacts": self._contacts(),
        }
        self.add_stretch()

    def _address(self) -> Section:
        return self.add_section(
            _("Address and other ways to reach"),
            (TextField(_("Address"), "reception.address"),),
            (
                TextField(_("City"), "reception.city"),
                TextField(_("District"), "reception.district"),
                TextField(_("Postal code"), "reception.postal_code"),
                TextField(_("Country"), "reception.country"),
            ),
            (
                ChoiceField(_("This phone is"), "reception.phone_kind", _phone_kinds()),
                TextField(_("Other phone"), "reception.other_phone"),
                TextField(_("E-mail"), "reception.email"),
            ),
            folded=True,
        )

    def _identity(self) -> Section:
        return self.add_section(
            _("Identity, other names, alert"),
            (
                TextField(_("National id"), "reception.national_id"),
                TextField(_("Language"), "reception.language"),
                TextField(_("Occupation"), "reception.occupation"),
                ChoiceField(_("Blood type"), "reception.blood_type", [(name, name) for name in BLOOD_TYPES]),
            ),
            (ChoiceField(_("Marital status"), "reception.marital_status", _marital()), self.pharmacy),
            (
                ChoiceField(_("Another name"), "reception.other_kind", _kinds()),
                TextField(_("Family name then"), "reception.other_family"),
                TextField(_("Given names then"), "reception.other_given"),
            ),
            (NoteEdit(_("Alert"), "reception.alert", rows=2, hint=_("Shown on the banner: deaf, falls, infection")),),
            folded=True,
        )

    def _insurance(self) -> Section:
        share = NumberField(_("Insurer pays"), "reception.insurance_share", unit="%", least=0, most=100)
        return self.add_section(
            _("Insurance"),
            (
                TextField(_("Insurer"), "reception.insurer"),
                TextField(_("Insurance number"), "reception.insurance_number"),
                share,
            ),
            folded=True,
        )

    def _contacts(self) -> Section:
        rows = [
            (
                TextField(_("Name"), f"reception.contact{n}_name"),
                TextField(_("Relation"), f"reception.contact{n}_relation"),
                TextField(_("Phone"), f"reception.contact{n}_phone"),
            )
            for n in range(1, CONTACTS + 1)
        ]
        return self.add_section(_("People to call"), *rows, folded=True)

    def offer_pharmacies(self, found: Sequence[Entry]) -> None:
        """Let one of the pharmacies in use be chosen, and keep showing one that is not any more."""
        mine = self.pharmacy.draft()
        self.pharmacy.set_choices(
            [(one.id, " · ".join(part for part in (one.name, one.city or one.phone) if part)) for one in found
             if one.active or one.id == mine]
        )  # fmt: skip

    # What is typed, as services want it. ------------------------------------------------------------------

    def entered(self) -> NewPatient:
        """The registration as it is typed."""
        words = self.draft()
        birth = self.born.value() or Birth(None, "unknown")
        share = self.field("insurance_share").value()
        plain = {name: words.get(name, "").strip() or None for name in PLAIN}
        return NewPatient(
            words.get("family_name", ""),
            words.get("given_names", ""),
            self.sex.value() or "",
            birth.on,
            birth.precision,
            blood_type=words.get("blood_type") or None,
            insurance_share=int(share) if isinstance(share, Decimal) else None,
            contacts=tuple(self._contact(words, n) for n in range(1, CONTACTS + 1)),
            other_names=self.kept_names + _other_name(words),
            **plain,
        )

    def likeness(self, patient_id: str) -> Draft:
        """What of it tells who this may be."""
        new = self.entered()
        return Draft(
            new.family_name, new.given_names, new.sex or "unknown", new.born_on, new.born_precision,
            new.phone or "", new.other_phone or "", new.national_id or "", new.address or "", new.city or "",
            new.postal_code or "", patient_id,
        )  # fmt: skip

    def show_patient(self, patient: NewPatient) -> None:
        """Show a registration."""
        self.clear()
        values: dict[str, object] = {name: getattr(patient, name) for name in (*PLAIN, "family_name", "given_names")}
        values |= {
            "sex": patient.sex,
            "born_on": Birth(patient.born_on, patient.born_precision),  # type: ignore[arg-type]
            "blood_type": patient.blood_type,
            "insurance_share": patient.insurance_share,
        }
        for n, contact in enumerate(patient.contacts[:CONTACTS], start=1):
            values |= {
                f"contact{n}_name": contact.name,
                f"contact{n}_relation": contact.relation,
                f"contact{n}_phone": contact.phone,
            }
        self.set_values(values)
        self.kept_names = patient.other_names
        self.unfold()

    def fill_from(self, card: Card) -> None:
        """Fill in what an identity card says; everything else stays as it is."""
        self.set_values(fields_of(card))
        for key in cut_short(card):
            self.field(key).show_hint(_("The card has cut it short."))
        self.unfold()

    def unfold(self) -> None:
        """Open the sections in which something stands."""
        for section in self.folding.values():
            section.set_folded(not any(section.isAncestorOf(field) for field in self.fields() if field.draft()))

    def restore(self, draft: Mapping[str, object]) -> None:
        """Put a draft back in place of what is shown."""
        for field in self.fields():
            if field.key not in draft and field.draft():
                super().restore({field.key: ""})
        super().restore(draft)
        self.unfold()

    @staticmethod
    def _contact(words: Mapping[str, str], n: int) -> Contact:
        return Contact(
            words.get(f"contact{n}_name", "").strip(),
            words.get(f"contact{n}_relation", "").strip(),
            words.get(f"contact{n}_phone", "").strip() or None,
        )


def _other_name(words: Mapping[str, str]) -> tuple[OtherName, ...]:
    family, given = words.get("other_family", "").strip(), words.get("other_given", "").strip()
    if not family and not given:
        return ()
    return (OtherName(words.get("other_kind") or "former", family, given),)


def _sexes() -> list[tuple[str, str]]:
    return [("female", _("Female")), ("male", _("Male")), ("other", _("Other")), ("unknown", _("Unknown"))]


def _phone_kinds() -> list[tuple[str, str]]:
    return [("mobile", _("A mobile phone")), ("home", _("At home")), ("work", _("At work"))]


def _marital() -> list[tuple[str, str]]:
    return [(key, _(words)) for key, words in MARITAL.items()]


def _kinds() -> list[tuple[str, str]]:
    return [
        ("former", _("Former name")),
        ("maiden", _("Maiden name")),
        ("alias", _("Also called")),
        ("native_script", _("In its own script")),
    ]
