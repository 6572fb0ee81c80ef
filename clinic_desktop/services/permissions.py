"""One table of role and act: who may call which service. What is not in it may be called by nobody."""

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_

DOCTOR, NURSE, PHARMACIST = "doctor", "nurse", "pharmacist"
LABORATORY, FRONT_DESK, CASHIER, ADMINISTRATOR = "laboratory", "front_desk", "cashier", "administrator"
ROLES = (DOCTOR, NURSE, PHARMACIST, LABORATORY, FRONT_DESK, CASHIER, ADMINISTRATOR)
EVERYONE = frozenset(ROLES)
CLINICAL = frozenset({DOCTOR, NURSE})

ACTS: dict[str, frozenset[str]] = {
    "drafts.keep_draft": EVERYONE,
    "drafts.drop_draft": EVERYONE,
    "drafts.draft": EVERYONE,
    "drafts.my_drafts": EVERYONE,
    "sessions.close_session": EVERYONE,
    "changes.journal_head": EVERYONE,
    "changes.kinds_since": EVERYONE,
    # audit
    "audit.verify_audit": frozenset({ADMINISTRATOR}),
    "audit.export_audit": frozenset({ADMINISTRATOR}),
}


def require(role: str, act: str) -> None:
    """Refuse an act that the role may not do; asked before any row is read."""
    if role not in ACTS.get(act, frozenset()):
        raise Refusal(N_("Your role ({role}) may not do this."), role=role, act=act)
