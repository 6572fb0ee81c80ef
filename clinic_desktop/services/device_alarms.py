"""Who is told at once of what a device sent: a critical value in a chart, or one that waits for a decision."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from clinic_desktop.domain.ranges import CRITICAL
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import inbox
from clinic_desktop.services.acts import Act

IN_ACT = ("tell_doctors", "tell_laboratory")


def tell_doctors(act: Act, row: Row[Any], value: str, patient: str, record: str, flag: str) -> None:
    """Tell the doctors of a critical value that nobody here ordered: unanswered it goes up the ladder."""
    if flag not in CRITICAL:
        return
    title = " ".join(part for part in (row.title or row.code, value, flag) if part)[:200]
    arguments = (("patient_id", patient),)
    inbox.notify(
        act,
        inbox.Notice(
            "critical_result", "critical", title, "doctor", _("Measured elsewhere."),
            patient, "observation", record, "chart", arguments, must_answer=True,
        ),
    )  # fmt: skip


def tell_laboratory(act: Act, message_id: str, waiting: Sequence[Row[Any]]) -> None:
    """Tell the laboratory that a device calls a value critical and that it could not be filed."""
    critical = [row for row in waiting if row.flag in CRITICAL]
    if critical:
        title = _(N_("A critical result of a device waits for a decision"))
        body = _(N_("{count} values of one message. See: clinic-desktop review list")).format(count=len(critical))
        notice = inbox.Notice(
            "critical_result", "critical", title, "laboratory", body, None, "device_message", message_id,
            must_answer=True,
        )  # fmt: skip
        inbox.notify(act, notice)
