"""Sync: the documented systems are connected by keys, the visit is told, a conflict and a lost answer are settled."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, cast
from urllib.request import Request, urlopen

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.domain.systems import SYSTEMS
from clinic_desktop.exchange import sync_connecting
from clinic_desktop.exchange.post_office import PostOffice
from clinic_desktop.gui.screens.sync.view import SyncView
from clinic_desktop.gui.tour import cells
from clinic_desktop.gui.tour.driver import TourError
from clinic_desktop.gui.tour.hands import ADMIN, Hands
from clinic_desktop.gui.tour.record import Step
from clinic_desktop.gui.tour.untold import never_told
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.patients import change_patient, patient_details

HERE, THERE = "+44 20 7946 0002", "+44 20 7946 0001"
# Creates that no call of their system shows: their answer is lost, so that a person is asked.
LOST = ({"system": "healify", "path": "*refill*"}, {"system": "arocord_hims", "path": "*payment*"})
WHO_IS_THERE = {
    "healify": ("providers", "id"), "arocord_hims": ("doctors", "id"), "hms_enterprise": ("providers", "id"),
}  # fmt: skip
DISPENSED_AT = "arocord_hims"
READ_BACK = "SELECT DISTINCT kind FROM sync_work WHERE patient = ? AND state = 'confirmed'"
OPEN = "SELECT count(*) FROM sync_conflict WHERE sort = 'field' AND member = 'phone' AND state = 'open'"
RUN_SECONDS = 20.0
MOST_SECONDS = 120.0  # until all has had its turn within the limits that the documents state


@dataclass
class Sandbox:
    """The documented systems on this machine, and a way to reach into them as other people would."""

    systems: dict[str, dict[str, Any]]
    control: str

    def ask(self, path: str, given: Any = None) -> Any:
        """Ask, or tell, the control address."""
        body = None if given is None else json.dumps(given).encode()
        request = Request(f"{self.control}{path}", body, {"Content-Type": "application/json"})  # noqa: S310 - this machine
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - this machine
            return json.loads(answer.read())

    def secrets(self, system: str) -> dict[str, str]:
        """What a system is signed in to with."""
        has = self.systems[system]["credentials"]
        # Notices are sent there by an administrator alone, whose account may do all else that is told as well.
        has = {**has, "username": has.get("admin_username", has.get("username"))}
        return {name: str(has[name]) for name in SYSTEMS[system].signs_in_with if has.get(name)}

    def rows(self, system: str, table: str) -> list[dict[str, Any]]:
        """What stands in a system's table."""
        return list(self.ask(f"/rows/{system}?table={table}"))


def connect_and_settle(hands: Hands, step: Step) -> None:
    """Five systems through the wizard; then a change on both sides, and an answer that never came."""
    drive = hands.driver
    drive.settle(0.4)
    hands.sign_in(*ADMIN)
    hands.go("sync")
    drive.find("sync.first")
    step.picture += drive.pictures(hands.out, "sync-empty")
    with _sandbox() as there:
        there.ask("/faults", [{"kind": "lost_after", "method": "POST", **one} for one in LOST])
        desk, view = hands.window.frame.place.desk, cast("SyncView", drive.find("sync.view"))
        cells.make_the_rest(hands, _patient(hands))
        _connect(hands, step, there, desk)
        _who_is_who(hands, step, there, desk)
        _run(hands)
        _confirmed(hands, step, there)
        _work_until(hands, lambda: cells.programmes_of_theirs(hands) is not None)
        cells.enrol(hands, _patient(hands))
        _both_change(hands, there, desk)
        _run(hands)
        drive.until("the conflict", lambda: hands.one(OPEN) == 1)
        view.presenter.reload()
        _decide(hands, step)
        _lost(hands, step, view)
        _run(hands)
        stands = "SELECT phone FROM patients WHERE id = ?"
        drive.until("what was decided in the chart", lambda: hands.one(stands, _patient(hands)) == THERE)
        made = _there(hands, there)
        step.check("what was decided stands on both sides", made["phone"] == THERE, made["phone"])
        _every_cell(hands, step)
        view.presenter.reload()
        drive.click("sync.show.systems")
        drive.settle(0.6)
        step.picture += drive.pictures(hands.out, "sync-systems")
        never_told(hands, step)
        hands.sign_in("drvale", "Dr Tour")
        hands.open_chart(hands.visit.family)
        drive.until("how far it is", lambda: "Registration" in drive.text_of("chart.family") or None)
        step.picture += drive.pictures(hands.out, "chart-synced")


@contextmanager
def _sandbox() -> Iterator[Sandbox]:
    command = [sys.executable, "-m", "clinic_desktop", "sandbox", "--json", "--no-limits", "--control"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this program itself
        try:
            text = ""
            for line in process.stdout or ():
                text += line
                if line == "}\n":
                    break
            told = json.loads(text)
            yield Sandbox({one["system"]: one for one in told["systems"]}, told["control"])
        finally:
            process.terminate()


def _connect(hands: Hands, step: Step, there: Sandbox, desk: Desk) -> None:
    """The first by keys: choose it, say where it is, sign in, see what it answers, turn it on. The others likewise."""
    drive, first = hands.driver, next(iter(SYSTEMS))
    drive.click("sync.first")
    drive.find("sync.base_url")
    drive.settle(0.2)
    drive.choose("sync.system", SYSTEMS[first].title)
    drive.fill("sync.base_url", there.systems[first]["base_url"])
    for name, value in there.secrets(first).items():
        drive.fill(f"sync.{name}", value)
    step.picture += drive.pictures(hands.out, "sync-connect")
    drive.key("Ctrl+Return")
    drive.find("sync.tried")
    drive.settle(0.2)
    step.picture += drive.pictures(hands.out, "sync-tried")
    hands.primary()
    on = "SELECT count(*) FROM remotes WHERE state = 'on'"
    drive.until("the first system", lambda: hands.one(on) == 1)
    for name in SYSTEMS:
        if name != first:
            address, secrets = there.systems[name]["base_url"], there.secrets(name)
            sync_connecting.turn_on(desk, sync_connecting.try_out(desk, name, address, secrets))
    step.check("five systems are on", hands.one(on) == len(SYSTEMS))
    drive.find("sync.connect")


def _who_is_who(hands: Hands, step: Step, there: Sandbox, desk: Desk) -> None:
    """The doctor of the visit is named at each system: at Practice Studio from its directory, by keys."""
    drive = hands.driver
    doctor = hands.one("SELECT id FROM staff WHERE username = 'drvale'")
    drive.pick_row("sync.systems", "Practice Studio")
    drive.click("sync.who_is_who")
    drive.click("sync.directory")
    drive.until("the directory", lambda: drive.seen("sync.listed"))
    drive.pick_row("sync.staff", "Dr Tour")
    drive.choose("sync.listed", "PROV-")
    step.picture += drive.pictures(hands.out, "sync-who")
    hands.primary()
    linked = "SELECT remote_id FROM sync_link WHERE system = ? AND local_id = ? AND status = 'confirmed'"
    drive.until("the doctor there", lambda: hands.one(linked, "practice_studio", doctor))
    for system, (table, key) in WHO_IS_THERE.items():
        sync_connecting.name_practitioner(desk, system, doctor, str(there.rows(system, table)[0][key]), sure=True)
    # Whoever hands out is a doctor there as well: what they hand out is told under a number of theirs.
    pharmacist = hands.one("SELECT id FROM staff WHERE username = 'pharmtour'")
    number = str(there.rows(DISPENSED_AT, "doctors")[1]["id"])
    sync_connecting.name_practitioner(desk, DISPENSED_AT, pharmacist, number, sure=True)
    drive.key("Esc")


def _work_until(hands: Hands, done: Callable[[], bool]) -> None:
    """Let the post office work again and again, as a slow machine needs, until this holds or long enough."""
    end = time.monotonic() + MOST_SECONDS
    while not done() and time.monotonic() < end:
        _run(hands)
        hands.driver.settle(0.5)


def _run(hands: Hands) -> None:
    """Let the post office work, while the window goes on; nothing where the background process does it already."""
    clinic, failed = hands.second(), []
    try:
        alone = clinic.send_alone()
    except Trouble:
        return

    def work() -> None:
        office = PostOffice(clinic)
        try:
            office.run(RUN_SECONDS, until_idle=True)
        except Exception as error:  # noqa: BLE001 - told by the tour
            failed.append(error)
        finally:
            office.close()

    running = threading.Thread(target=work, name="tour-sync")
    running.start()
    while running.is_alive():
        hands.driver.settle(0.1)
    alone.release()
    if failed:
        raise TourError(f"the post office ended with {failed[0]}")


def _there(hands: Hands, there: Sandbox) -> dict[str, Any]:
    """The patient of the visit as the first system has them."""
    return next(one for one in there.rows("healify", "patients") if one["last_name"] == hands.visit.family)


def _patient(hands: Hands) -> str:
    return str(hands.one("SELECT id FROM patients WHERE family_name = ?", hands.visit.family))


def _confirmed(hands: Hands, step: Step, there: Sandbox) -> None:
    """What the second connection sees: the patient was read back everywhere, the visit's records are there."""
    patient = _patient(hands)
    confirmed = "SELECT count(*) FROM sync_work WHERE kind = 'patient' AND local_id = ? AND state = 'confirmed'"
    # The narrowest of them takes ten requests in ten seconds.
    _work_until(hands, lambda: hands.one(confirmed, patient) == len(SYSTEMS))
    step.check("the registration is confirmed by every system", hands.one(confirmed, patient) == len(SYSTEMS))
    hands.driver.until("a record of the visit", lambda: len(hands.rows(READ_BACK, patient)) > 1)
    kinds = {row[0] for row in hands.rows(READ_BACK, patient)}
    step.check("records of the visit were read back", bool(kinds - {"patient"}), sorted(kinds))
    made = [one for one in there.rows("healify", "patients") if one["last_name"] == hands.visit.family]
    step.check("nobody is there twice", len(made) == 1, len(made))


def _both_change(hands: Hands, there: Sandbox, desk: Desk) -> None:
    """The telephone changes here, and at the same time somebody there writes another one."""
    patient = _patient(hands)
    known = patient_details(desk, patient)
    change_patient(desk, patient, replace(known.patient, phone=HERE), known.revision)
    made = _there(hands, there)
    there.ask("/people/healify", {"act": "edit", "id": made["id"], "changes": {"phone": THERE}})
    sync_connecting.sync_now(desk)


def _decide(hands: Hands, step: Step) -> None:
    """Both sides beside one another; one key keeps what stands there."""
    drive = hands.driver
    drive.click("sync.show.decide")
    drive.pick_row("sync.items", "Phone")
    drive.until("both sides", lambda: drive.seen("sync.members"))
    drive.settle(0.5)
    step.picture += drive.pictures(hands.out, "sync-conflict")
    drive.key("Alt+T")
    drive.until("the decision", lambda: hands.one(OPEN) == 0)
    who = hands.one("SELECT who FROM sync_conflict WHERE sort = 'field' AND member = 'phone'")
    admin = hands.one("SELECT id FROM staff WHERE username = ?", ADMIN[0])
    step.check("who decided is kept", who == admin, who)


def _lost(hands: Hands, step: Step, view: SyncView) -> None:
    """What was sent and never answered is looked for there by a person, and given its number."""
    drive = hands.driver
    lost = "SELECT kind, local_id FROM sync_work WHERE state = 'person' AND kind <> 'patient'"
    drive.until("a lost answer", lambda: hands.one(lost))
    found = hands.rows(lost)
    step.check("an answer was lost, and a person is asked", bool(found), found)
    for left in reversed(range(len(found))):
        drive.pick_row("sync.items", "Sent, no answer")
        drive.find("sync.number")
        drive.until("a moment after the one before", lambda: not view.decide.resting)
        drive.settle(0.4)
        if left == len(found) - 1:
            step.picture += drive.pictures(hands.out, "sync-lost")
        drive.fill("sync.number", f"LIST-{left + 1}")  # as it stands in their list
        drive.key("Alt+T")
        drive.until("settled", partial(_is_left, view, left))
    asked = "SELECT count(*) FROM sync_intent WHERE state = 'acked' AND kind = ? AND local_id = ?"
    told = [hands.one(asked, kind, local_id) for kind, local_id in found]
    step.check("it counts as told, and is not sent again", all(each == 1 for each in told), told)


def _is_left(view: SyncView, count: int) -> bool:
    return sum(one.sort == "doubt" for one in view.items.rows()) == count


def _every_cell(hands: Hands, step: Step) -> None:
    """Of every kind that a system takes something was sent, as `sync status` counts; of the others there is a task."""
    office = PostOffice(hands.second())
    _work_until(hands, lambda: not cells.empty_cells(office.status()))
    empty = cells.empty_cells(office.status())
    office.close()
    step.check("of every kind that a system takes something was sent", not empty, "; ".join(empty))
