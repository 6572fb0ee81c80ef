"""Who is told at once of what a device sent: a critical value in a chart, or one that waits for a decision."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from clinic_desktop.domain.ranges import CRITICAL
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import inbox
from clinic_desktop.services.acts import Act, command
from clinic_desktop.services.roles import ADMINISTRATOR, LABORATORY

IN_ACT = ("tell_doctors", "tell_laboratory")
OTHER_KEY = N_("it was sealed to a key that is not this clinic's: somebody had exchanged the public key")
DAMAGED = N_("its file is damaged or was changed")
NOT_TAKEN = N_("it could not be taken into the database")
UNREADABLE = N_("it is not written as this version writes its messages")


@command
def report_lost(act: Act, name: str, why: str) -> None:
    """Say to the laboratory and the administrators that a message was acknowledged while locked and is lost."""
    act.accessed("letterbox.lost", subject=f"{name}: {why}")
    title = _(N_("A message that arrived while the clinic was locked is lost"))
    body = _(
        N_("{why}. Ask the senders to send again what they sent since the last sign-in. File: letterbox/lost/{name}")
    )
    for role in (LABORATORY, ADMINISTRATOR):
        words = body.format(why=_(why)[:1].upper() + _(why)[1:], name=name)
        inbox.notify(act, inbox.Notice("task", "critical", title, role, words))


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
