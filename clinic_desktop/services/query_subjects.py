"""What an administrator may ask about in a query of their own: a fixed dictionary, so that nobody ever types SQL.

Where a row speaks of somebody's health it names nobody, and rows of records from which the person is shut out are left
out: a query tells no more than the reports do.
"""

from dataclasses import dataclass
from typing import Final

from clinic_desktop.domain.money import currencies_of
from clinic_desktop.domain.reporting import Kind
from clinic_desktop.i18n import N_


@dataclass(frozen=True)
class Fact:
    """One column that may be asked for; `sql` is its expression, `day` its civil day where it is an instant.

    What somebody has many of stands in no column, and is asked for in conditions alone: `of_many` gives whose they are,
    row by row, and `also` are other expressions for the same thing. Who asks for it asks about health, and so learns
    nothing that is `named`.
    """

    name: str
    title: str
    sql: str
    kind: Kind = Kind.TEXT
    day: str = ""
    named: bool = False
    of_many: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """What rows are of; `patient` is whose, `clinical` whether they speak of somebody's health."""

    name: str
    title: str
    source: str
    facts: tuple[Fact, ...]
    patient: str = ""
    clinical: bool = False

    def fact(self, name: str) -> Fact | None:
        """A column by its name."""
        return next((one for one in self.facts if one.name == name), None)


def _at(name: str, title: str, column: str) -> Fact:
    return Fact(name, title, f"MOMENT({column})", Kind.MOMENT, f"DAY({column})")


_SEX = Fact("sex", N_("Sex"), "p.sex")
_BORN = Fact("born_year", N_("Year of birth"), "CAST(substr(p.born_on, 1, 4) AS INTEGER)", Kind.COUNT)
_MRN = Fact("mrn", N_("Record"), "p.mrn")
_NAME = Fact("patient", N_("Patient"), "p.family_name || ', ' || p.given_names", named=True)
_CURRENCY = "currency"
_TAKES = Fact(
    "takes", N_("Takes the medicine"), "m.name", also=("l.generic_name", "k.name"),
    of_many="SELECT KEPT(m.patient_id) FROM medicines_taken m LEFT JOIN prescription_lines l "
            "ON l.id = m.prescription_line_id LEFT JOIN reference_medicines k ON k.code = m.medicine_code "
            "WHERE m.status = 'active' AND (m.ends_on IS NULL OR m.ends_on >= :today)",
)  # fmt: skip
_HAS = Fact(
    "has", N_("Has the diagnosis (ICD-10)"), "d.code",
    of_many="SELECT KEPT(d.patient_id) FROM problems d WHERE d.status = 'active' AND d.certainty <> 'refuted' "
            "AND (d.code_system IS NULL OR d.code_system LIKE '%icd-10%')",
)  # fmt: skip


def thousandths(currency: str) -> str:
    """What an amount in minor units is multiplied with to be thousandths of its currency (ISO 4217)."""
    none, three = (", ".join(f"'{one}'" for one in currencies_of(digits)) for digits in (0, 3))
    return f"CASE WHEN {currency} IN ({none}) THEN 1000 WHEN {currency} IN ({three}) THEN 1 ELSE 10 END"


_ALL: Final = (
    Subject("patients", N_("Patients"), "patients p WHERE p.merged_into IS NULL", (
        _MRN, _NAME, _SEX, Fact("born_on", N_("Born"), "p.born_on", Kind.DAY, named=True), _BORN,
        _at("registered", N_("Registered"), "p.registered_at"), Fact("city", N_("City"), "p.city"),
        Fact("language", N_("Language"), "p.language"), Fact("insurer", N_("Insurer"), "p.insurer"),
        _TAKES, _HAS,
    ), patient="p.id"),
    Subject("visits", N_("Visits"),
            "encounters e JOIN patients p ON p.id = KEPT(e.patient_id) LEFT JOIN staff s ON s.id = e.practitioner_id "
            "WHERE TRUE", (
                _at("started", N_("Begun"), "e.started_at"), _at("signed", N_("Signed"), "e.signed_at"),
                Fact("status", N_("Status"), "e.status"), Fact("kind", N_("Kind"), "e.preset"),
                Fact("practitioner", N_("Practitioner"), "s.display_name"), _SEX, _BORN,
            ), patient="e.patient_id", clinical=True),
    Subject("appointments", N_("Appointments"),
            "appointments a JOIN patients p ON p.id = KEPT(a.patient_id) JOIN staff s ON s.id = a.practitioner_id "
            "WHERE TRUE", (
                _at("starts", N_("Begins"), "a.starts_at"), Fact("minutes", N_("Minutes"), "a.minutes", Kind.COUNT),
                Fact("status", N_("Status"), "a.status"), Fact("practitioner", N_("Practitioner"), "s.display_name"),
                Fact("room", N_("Room"), "a.room"), _MRN, _NAME, _SEX, _BORN,
            ), patient="a.patient_id"),
    Subject("diagnoses", N_("Diagnoses"),
            "problems d JOIN patients p ON p.id = KEPT(d.patient_id) WHERE d.status <> 'entered_in_error'", (
                _at("noted", N_("Noted"), "d.noted_at"), Fact("code", N_("Code"), "d.code"),
                Fact("title", N_("Diagnosis"), "d.title"), Fact("certainty", N_("Certainty"), "d.certainty"),
                Fact("status", N_("Status"), "d.status"), _SEX, _BORN,
            ), patient="d.patient_id", clinical=True),
    Subject("medicines", N_("Medicines prescribed"),
            "prescription_lines l JOIN prescriptions r ON r.id = l.prescription_id "
            "JOIN patients p ON p.id = KEPT(r.patient_id) JOIN staff s ON s.id = r.prescriber_id WHERE TRUE", (
                _at("signed", N_("Signed"), "r.signed_at"), Fact("name", N_("Medicine"), "l.name"),
                Fact("generic", N_("Generic name"), "l.generic_name"), Fact("form", N_("Form"), "l.form"),
                Fact("status", N_("Status of the prescription"), "r.status"),
                Fact("prescriber", N_("Prescriber"), "s.display_name"), _SEX, _BORN,
            ), patient="r.patient_id", clinical=True),
    Subject("results", N_("Laboratory results"),
            "lab_results r JOIN patients p ON p.id = KEPT(r.patient_id) LEFT JOIN lab_tests t ON t.code = r.test_code "
            "WHERE TRUE", (
                _at("released", N_("Released"), "r.released_at"),
                Fact("test", N_("Test"), "coalesce(t.name, r.test_code)"),
                Fact("section", N_("Section"), "t.section"), Fact("value", N_("Value"), "r.value"),
                Fact("unit", N_("Unit"), "r.unit"), Fact("flag", N_("Flag"), "r.flag"),
                Fact("status", N_("Status"), "r.status"), _SEX, _BORN,
            ), patient="r.patient_id", clinical=True),
    Subject("charges", N_("Charges"),
            "charges c JOIN patients p ON p.id = KEPT(c.patient_id) LEFT JOIN prices k ON k.code = c.price_code "
            "WHERE TRUE", (
                _at("charged", N_("Charged"), "c.charged_at"), Fact("code", N_("Code"), "c.price_code"),
                Fact("service", N_("Service"), "coalesce(k.kind, 'other')"),
                Fact("quantity", N_("Quantity"), "c.quantity", Kind.COUNT),
                Fact("amount", N_("Amount"), "c.quantity * c.unit_amount", Kind.MONEY),
                Fact(_CURRENCY, N_("Currency"), "c.currency"), Fact("status", N_("Status"), "c.status"), _MRN, _NAME,
            ), patient="c.patient_id"),
    Subject("payments", N_("Payments"),
            "payments y JOIN patients p ON p.id = KEPT(y.patient_id) JOIN staff s ON s.id = y.taken_by WHERE TRUE", (
                _at("paid", N_("Paid"), "y.paid_at"), Fact("number", N_("Number"), "y.number"),
                Fact("kind", N_("Kind"), "y.kind"), Fact("method", N_("Method"), "y.method"),
                Fact("amount", N_("Amount"), "iif(y.kind = 'refund', -y.amount, y.amount)", Kind.MONEY),
                Fact(_CURRENCY, N_("Currency"), "y.currency"), Fact("cashier", N_("Cashier"), "s.display_name"),
                _MRN, _NAME,
            ), patient="y.patient_id"),
    Subject("stock", N_("Stock movements"),
            "stock_moves m JOIN products o ON o.id = m.product_id JOIN stock_lots l ON l.id = m.lot_id WHERE TRUE", (
                _at("moved", N_("Moved"), "m.moved_at"), Fact("product", N_("Product"), "o.name"),
                Fact("strength", N_("Strength"), "o.strength"), Fact("lot", N_("Lot"), "l.lot"),
                Fact("expires_on", N_("Expires"), "l.expires_on", Kind.DAY), Fact("kind", N_("Kind"), "m.kind"),
                Fact("quantity", N_("Quantity"), "m.quantity", Kind.COUNT), Fact("reason", N_("Reason"), "m.reason"),
            )),
)  # fmt: skip
SUBJECTS: Final = {one.name: one for one in _ALL}
