"""`clinic-desktop sync`: tell the connected systems and hear them, once or for as long as it runs."""

import threading
from argparse import Namespace
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, SignedIn, Terminal, parser
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.i18n import N_
from clinic_desktop.services.permissions import require

if TYPE_CHECKING:
    from clinic_desktop.exchange.post_office import PostOffice

FOREVER_SECONDS = 100 * 365 * 86_400.0
# A run that is told to end by itself does not wait for what is due tomorrow.
LONGEST_ONCE_SECONDS = 24 * 3600.0
_COLUMNS = ("here", "sent", "confirmed", "waiting", "refused", "conflicts", "cannot_tell")


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Sync once or watch; show the state; list and decide conflicts."""
    words = parser("sync", "Reconcile with the connected systems. This workstation is the only one that sends.")
    how = words.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true", help="work until nothing more can be done now, then end")
    how.add_argument("--watch", action="store_true", help="go on until interrupted")
    words.add_argument("--system", choices=sorted(SYSTEMS), metavar="SYSTEM", help="this one alone")
    which = words.add_subparsers(dest="which")
    which.add_parser("status", help="for each system and kind: here, sent, confirmed, waiting, refused, and until when")
    which.add_parser("conflicts", help="what waits for a decision")
    decided = which.add_parser("resolve", help="decide a conflict")
    decided.add_argument("id", metavar="ID")
    decided.add_argument("--keep", required=True, metavar="here|there|FIELD=VALUE")
    decided.add_argument("--why", default="", metavar="TEXT")
    chosen = words.parse_args(arguments)
    if chosen.which is None and not (chosen.once or chosen.watch):
        words.error("say --once, --watch, or one of: status, conflicts, resolve")
    with terminal.signed_in() as here:
        require(here.desk.session.role, "remotes.set_remote" if chosen.which != "status" else "remotes.remote_systems")
        from clinic_desktop.exchange.post_office import PostOffice  # httpx: not for `--help`

        if chosen.which is None:
            return _sync(terminal, here, chosen)
        office = PostOffice(here.clinic, only=chosen.system)
        if chosen.which == "resolve":
            return _resolve(terminal, here, office, chosen)
        return _status(terminal, office) if chosen.which == "status" else _conflicts(terminal, office)


def _sync(terminal: Terminal, here: SignedIn, chosen: Namespace) -> int:
    from clinic_desktop.exchange.post_office import PostOffice

    held = here.clinic.send_alone()
    try:
        office = PostOffice(here.clinic, only=chosen.system)
        ended = threading.Event()
        try:
            office.run(
                FOREVER_SECONDS if chosen.watch else LONGEST_ONCE_SECONDS,
                until_idle=not chosen.watch,
                stopped=ended.is_set,
            )
        except KeyboardInterrupt:
            ended.set()
        finally:
            office.close()
        return _status(terminal, office)
    finally:
        held.release()


def _status(terminal: Terminal, office: "PostOffice") -> int:
    found = office.status()
    terminal.answer(found, _status_lines(found))
    troubled = any(line["refused"] or line["conflicts"] for line in found) or any(
        one["state"] not in {"on", "paused"} for one in found if "state" in one
    )
    return DONE_WITH_PROBLEMS if troubled else DONE


def _status_lines(found: list[dict[str, Any]]) -> Iterator[str]:
    yield f"{'system':<20}{'kind':<15}" + "".join(f"{name.replace('_', ' '):>12}" for name in _COLUMNS) + "  until"
    for line in found:
        counts = "".join(f"{line[name]:>12}" for name in _COLUMNS)
        yield f"{line['system']:<20}{line['kind']:<15}{counts}  {line['eta'] or ''}"


def _conflicts(terminal: Terminal, office: "PostOffice") -> int:
    found = office.conflicts()
    lines = [f"{one['id']}  {one['system']}  {one['kind']} {one['member']} ({one['sort']})" for one in found]
    terminal.answer(found, [*lines, f"{len(found)} to decide"])
    return DONE_WITH_PROBLEMS if found else DONE


def _resolve(terminal: Terminal, here: SignedIn, office: "PostOffice", chosen: Namespace) -> int:
    keep, _, value = chosen.keep.partition("=")
    if keep not in {"here", "there"} and "=" not in chosen.keep:
        raise Refusal(N_("Say what is kept: here, there, or FIELD=VALUE."), field="keep")
    who = here.desk.session.staff_id
    office.resolve(chosen.id, keep, value if "=" in chosen.keep else None, who, chosen.why)
    terminal.answer({"id": chosen.id, "keep": keep}, [f"{chosen.id}: {keep}"])
    return DONE
