"""`clinic-desktop review`: what devices sent and somebody has to decide, with the message beside it."""

from dataclasses import asdict

from clinic_desktop.cli.terminal import DONE, SignedIn, Terminal, parser
from clinic_desktop.domain.patients import show_name
from clinic_desktop.i18n import _
from clinic_desktop.services import device_controls, device_registrations, devices
from clinic_desktop.services.devices import ReviewItem
from clinic_desktop.services.numbers import patient_by_mrn


def run(terminal: Terminal, arguments: list[str]) -> int:
    """List, file to a patient, or reject."""
    words = parser("review", "Results and messages of devices that wait for a person.")
    which = words.add_subparsers(dest="which", required=True, metavar="WHAT")
    listing = which.add_parser("list", help="everything that waits, oldest first")
    listing.add_argument("--limit", type=int, default=devices.LISTED, metavar="N")
    which.add_parser("controls", help="the quality control that devices sent, newest first")
    raw = which.add_parser("raw", help="the message as it came")
    raw.add_argument("id", metavar="ID", help="the message_id that the list shows")
    file = which.add_parser("file", help="file a result, or all that waits of a message, to a patient")
    file.add_argument("id", metavar="ID")
    file.add_argument("--patient", required=True, metavar="MRN")
    register = which.add_parser("register", help="register the person that a message tells of (HL7 ADT)")
    register.add_argument("id", metavar="ID")
    merge = which.add_parser("merge", help="merge the two registrations that a message says are one person's")
    merge.add_argument("id", metavar="ID")
    merge.add_argument("--why", required=True, metavar="TEXT")
    merge.add_argument("--keep", action="append", default=[], metavar="FACT=kept|other",
                       help="where the two differ, which is right: sex, birth, ... (repeat)")  # fmt: skip
    reject = which.add_parser("reject", help="set one aside for a reason")
    reject.add_argument("id", metavar="ID")
    reject.add_argument("--why", required=True, metavar="TEXT")
    chosen = words.parse_args(arguments)
    with terminal.signed_in() as here:
        if chosen.which == "list":
            return _list(terminal, here, chosen.limit)
        if chosen.which == "controls":
            log = device_controls.control_log(here.desk)
            terminal.answer(
                [asdict(one) for one in log],
                [f"{o.received_at}  {o.device}: {o.title} {o.value} {o.note}" for o in log],
            )
            return DONE
        if chosen.which == "raw":
            text = devices.raw_message(here.desk, chosen.id).decode("utf-8", "backslashreplace")
            terminal.answer({"raw": text}, text.replace("\r", "\n").splitlines())
            return DONE
        if chosen.which == "register":
            new = device_registrations.register_told(here.desk, chosen.id)
            terminal.answer({"id": chosen.id, "state": "filed", "mrn": new.mrn}, [new.mrn])
            return DONE
        if chosen.which == "merge":
            facts = dict(each.partition("=")[::2] for each in chosen.keep)
            merged = device_registrations.merge_told(here.desk, chosen.id, chosen=facts, reason=chosen.why)
            told = {"id": chosen.id, "state": "filed", "merge": merged.merge_id, "kept": merged.kept_mrn}
            terminal.answer(told, [f"{merged.kept_mrn} <- {merged.other_mrn} ({merged.merge_id})"])
            return DONE
        if chosen.which == "file":
            done = devices.file_item(here.desk, chosen.id, patient_by_mrn(here.desk, chosen.patient))
        else:
            done = devices.reject_item(here.desk, chosen.id, chosen.why)
    terminal.answer(
        {"id": done.id, "state": done.state, "count": done.filed}, [f"{done.id} {done.state} ({done.filed})"]
    )
    return DONE


def _list(terminal: Terminal, here: SignedIn, limit: int) -> int:
    items = devices.review_list(here.desk, max(1, limit))
    terminal.answer([_shown(one) for one in items], [_line(one) for one in items] or [_("Nothing waits.")])
    return DONE


def _shown(one: ReviewItem) -> dict[str, object]:
    said = one.said_of
    return {
        "id": one.id, "message_id": one.message_id, "kind": one.subject, "device": one.device,
        "message_type": one.message_type, "received_at": one.received_at, "why": _(one.why), "code": one.code,
        "title": one.title, "value": one.value, "flag": one.flag, "measured_at": one.measured_at,
        "patient": {
            "numbers": [value for _giver, value in said.numbers],
            "name": show_name(*said.names[0]) if said.names else "", "born_on": said.born, "sex": said.sex,
        },
    }  # fmt: skip


def _line(one: ReviewItem) -> str:
    said = one.said_of
    who = " ".join(
        filter(None, (show_name(*said.names[0]) if said.names else "", said.born, *(v for _g, v in said.numbers[:1])))
    )
    what = " ".join(filter(None, (one.title or one.message_type, one.value, one.flag)))
    return f"{one.id}  {one.device}: {what} [{who or '-'}] {_(one.why)}"
