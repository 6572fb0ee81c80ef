"""From a patient's account to its statement on paper."""

from clinic_desktop.domain.statements import period
from clinic_desktop.reports import statement as paper
from clinic_desktop.reports.printed import head_of, identity_of, printed_by, today
from clinic_desktop.services import statements
from clinic_desktop.services.acts import Desk


def statement(desk: Desk, patient_id: str, asked: str | None = None) -> bytes:
    """The statement of a period such as ``2026-09`` as PDF, of everything where none is named. Raises Refusal."""
    first, last = period(asked, today(desk))
    found = statements.statement(desk, patient_id, first, last)
    return paper.statement(
        paper.StatementPaper(
            head_of(desk), identity_of(desk, patient_id, last), printed_by(desk), found.last, found.accounts,
            found.first, found.insurers,
        )
    )  # fmt: skip
