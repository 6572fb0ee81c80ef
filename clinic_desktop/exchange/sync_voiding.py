"""Voiding here what is gone at a system, where its kind allows it and whoever decides may do it; with a reason."""

from collections.abc import Callable, Mapping

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services import consents, documents, immunizations, scheduling
from clinic_desktop.services.acts import Desk

Void = Callable[[Desk, str, str, int], object]
VOIDS: Mapping[str, tuple[str, Void]] = {
    "appointment": (
        "scheduling.cancel",
        lambda desk, record, why, revision: scheduling.cancel(desk, record, why, revision, cancelled_by="other"),
    ),
    "consent": (
        "consents.consent_entered_in_error",
        lambda desk, record, why, revision: consents.consent_entered_in_error(desk, record, why, expect=revision),
    ),
    "document": (
        "documents.document_entered_in_error",
        lambda desk, record, why, revision: documents.document_entered_in_error(desk, record, why, expect=revision),
    ),
    "immunization": (
        "immunizations.immunization_entered_in_error",
        immunizations.immunization_entered_in_error,
    ),
}


def may_void(desk: Desk, kind: str) -> bool:
    """Whether a record of the kind can be voided here by whoever is at the desk."""
    return kind in VOIDS and desk.may(VOIDS[kind][0])


def void(desk: Desk, kind: str, record: str, why: str, revision: int) -> None:
    """Void it. Raises Refusal."""
    if kind not in VOIDS:
        raise Refusal(N_("This cannot be voided here."), field="act")
    VOIDS[kind][1](desk, record, why, revision)
