"""Made-up stories of every kind, for the tests of what is told: what the chart could hold, in FHIR's words."""

from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from sync.port import Kind, Story
from tests.unit.sync.story_kinds import (
    of_appointments,
    of_consents,
    of_documents,
    of_encounters,
    of_enrolments,
    of_immunizations,
    of_patients,
    of_practitioners,
    of_prescriptions,
    of_refills,
    of_shares,
)
from tests.unit.sync.story_parts import EXAMPLES, many
from tests.unit.sync.story_work import of_charges, of_claims, of_dispenses, of_invoices, of_lab_orders, of_payments

__all__ = ["EXAMPLES", "OF", "Linked", "Unlinked", "many"]
OF: Mapping[Kind, Callable[[], st.SearchStrategy[Story]]] = {
    Kind.PATIENT: of_patients,
    Kind.PRACTITIONER: of_practitioners,
    Kind.APPOINTMENT: of_appointments,
    Kind.ENCOUNTER: of_encounters,
    Kind.DOCUMENT: of_documents,
    Kind.IMMUNIZATION: of_immunizations,
    Kind.PRESCRIPTION: of_prescriptions,
    Kind.REFILL: of_refills,
    Kind.CONSENT: of_consents,
    Kind.SHARE: of_shares,
    Kind.ENROLMENT: of_enrolments,
    Kind.CHARGE: of_charges,
    Kind.INVOICE: of_invoices,
    Kind.PAYMENT: of_payments,
    Kind.CLAIM: of_claims,
    Kind.LAB_ORDER: of_lab_orders,
    Kind.DISPENSE: of_dispenses,
}


class Linked:
    """Everything here is known there, under an id that a pattern makes of the id here."""

    def __init__(self, pattern: Callable[[Kind, str], str] = lambda kind, local: f"{kind}-{local}") -> None:
        self._pattern = pattern
        self._here: dict[tuple[Kind, str], str] = {}

    def there(self, kind: Kind, local_id: str) -> str | None:
        """The id there."""
        remote = self._pattern(kind, local_id)
        self._here[kind, remote] = local_id
        return remote

    def here(self, kind: Kind, remote_id: str) -> str | None:
        """The id here of what was asked for before."""
        return self._here.get((kind, remote_id))


class Unlinked:
    """Nothing here is known there."""

    def there(self, _kind: Kind, _local_id: str) -> str | None:
        """Nothing."""
        return None

    def here(self, _kind: Kind, _remote_id: str) -> str | None:
        """Nothing."""
        return None
