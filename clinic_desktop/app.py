"""The only place that builds anything: the profile becomes a vault, a store, services and the window over them.

The only module that imports inside functions as a rule: until the sign-in page is painted nothing of the database, of
PDF or of the network may be imported (measured: 4.9 times slower to the first paint otherwise).
"""

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, cast

import clinic_desktop.gui.theme  # noqa: F401 - first of all: it keeps Python's own import when Qt comes in
from clinic_desktop import settings
from clinic_desktop.catalogue import SCREENS
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_, _

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_standing import Standing
    from clinic_desktop.gui.shell.gate import AllergyState, BannerFacts, NewClinic, Workplace
    from clinic_desktop.gui.shell.staffline import StaffLine
    from clinic_desktop.gui.widgets.pill import Look
    from clinic_desktop.gui.widgets.search import Suggestion
    from clinic_desktop.gui.widgets.settings import Remembered
    from clinic_desktop.services.acts import Desk
    from clinic_desktop.services.clinic import Clinic
    from clinic_desktop.services.device_views import Board
    from clinic_desktop.services.office import Office
    from clinic_desktop.services.patients import BannerFacts as KnownFacts
    from clinic_desktop.services.patients import PatientHit
    from clinic_desktop.store.engine import Watch

ENVIRONMENT = 4  # the exit code of trouble with the machine
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def run_window(profile: Path) -> int:
    """Open the workstation on a profile; returns when its window has been closed."""
    from clinic_desktop.gui.shell.start import run
    from clinic_desktop.store import lock

    try:
        held = lock.one_window(profile)
    except Trouble as error:
        print(_(error.message).format(**error.facts), _(error.remedy).format(**error.facts), file=sys.stderr)  # noqa: T201 - there is no window to say it in
        return ENVIRONMENT
    try:
        return run(Door(profile), SCREENS, profile)
    finally:
        held.release()


def walk_tour(out: Path, seed: int, say: Callable[[str], None]) -> int:
    """Walk the tour through the real window into a fresh folder; 0 when every check held."""
    from clinic_desktop.gui.tour.run import run

    return run(out, seed, Door, SCREENS, say)


def walk_part(out: Path, seed: int, part: str) -> int:
    """Be one of the windows of the tour's last step, which is killed and started again."""
    from clinic_desktop.gui.tour.run import run_part

    return run_part(out, seed, part, Door, SCREENS)


class Door:
    """The window's way into one profile: what the shell's `Gate` asks for."""

    def __init__(self, profile: Path) -> None:
        self.profile = profile
        self.remembered: Remembered = settings.RememberedInProfile(profile)
        self._clinic: Clinic | None = None
        self._desk: Desk | None = None
        self._watch: Watch | None = None
        self._recovery = ""
        self._search = ""
        self._guard = threading.Lock()

    # Before anybody has signed in ------------------------------------------------------------------

    def exists(self) -> bool:
        """Whether there is a clinic in this profile."""
        return (self.profile / "clinic.db").exists() or (self.profile / "keyslots").exists()

    def clinic(self) -> str:
        """The clinic's name, as the settings of the workstation have it."""
        return self._settings().clinic_name

    def demo_words(self) -> str:
        """The accounts of the demo clinic; empty anywhere else."""
        return self._settings().demo_sign_in

    def staff(self) -> Sequence["StaffLine"]:
        """Who may sign in here, by the key slots; a damaged one is said when somebody tries."""
        from clinic_desktop.gui.shell.staffline import StaffLine
        from clinic_desktop.vault.names import names_in

        return [StaffLine(username, label) for username, label in names_in(self.profile)]

    def has_keyring(self) -> bool:
        """Whether this machine has a keyring that keeps a secret."""
        from clinic_desktop.vault.device_secret import choose

        try:
            choose("keyring", self.profile)
        except Trouble:
            return False
        return True

    def strength(self, password: str, others: Sequence[str]) -> tuple[int, str]:
        """How strong a password is, 0 to 4, and advice in words."""
        from clinic_desktop.vault.passwords import check_password

        username = others[-1] if others else ""  # the words to avoid end with it
        try:
            check_password(password, username)
        except Refusal as error:
            return min(len(password) // 4, 2), _(error.message).format(**error.facts)
        return (4 if len(password) >= 16 else 3), ""

    def create(self, new: "NewClinic") -> str:
        """Make the clinic; returns the recovery key, which is nowhere else."""
        from clinic_desktop.services.clinic import create_clinic
        from clinic_desktop.services.hardening import harden_process

        harden_process()  # before there is a key in this process
        made = create_clinic(
            self.profile,
            clinic_name=new.clinic,
            username=new.username,
            display_name=new.display_name,
            password=new.password,
            device_secret=new.device_secret,
        )
        self._recovery = made.recovery_key
        return made.recovery_key

    def recovery_sheet(self) -> bytes:
        """The recovery key on paper."""
        from clinic_desktop.clock import SystemClock
        from clinic_desktop.reports.page import ClinicHead, Printed
        from clinic_desktop.reports.recovery_sheet import RecoverySheetPaper, recovery_sheet
        from clinic_desktop.vault.vault import Vault

        clinic = ClinicHead(self._settings().clinic_name)
        printed = Printed(SystemClock().now().astimezone(), clinic.name)
        database = Vault.open(self.profile).database_id
        return recovery_sheet(RecoverySheetPaper(clinic, printed, self._recovery, database))

    def confirm_recovery(self) -> None:
        """Note that the key was typed back right; before that no patient can be registered."""
        from clinic_desktop.services.clinic import confirm_recovery
        from clinic_desktop.services.recovery import check_recovery

        if self._clinic is not None:
            confirm_recovery(self._clinic, self._recovery)
        else:
            check_recovery(self.profile, self._recovery, process="window")
        self._recovery = ""

    # Signing in, locking, leaving ------------------------------------------------------------------

    def unlock(self, username: str, password: str) -> "Workplace":
        """Open the clinic for a person."""
        from clinic_desktop.services.clinic import open_clinic
        from clinic_desktop.services.hardening import harden_process

        harden_process()  # before there is a key in this process
        with self._guard:
            if self._clinic is None:
                self._clinic, self._desk = open_clinic(self.profile, username, password)
                self._watch = self._clinic.store.watch()
            else:
                self._desk = self._clinic.sign_in(username, password)
            if self._desk.session.role == "administrator" and not self._clinic.vault.recovery_confirmed:
                # The first key was never typed back, and it is nowhere else: a new one takes its place.
                self._recovery = self._clinic.vault.replace_recovery(self._clinic.data_key)
            return self._workplace(self._desk)

    def lock(self) -> None:
        """Refuse every act until the password is given again; the clinic stays open for its background work."""
        if self._desk is not None:
            self._desk.session.lock()

    def resume(self, password: str) -> None:
        """Let the same person go on."""
        if self._clinic is None or self._desk is None:
            raise Refusal(N_("You have signed out. Sign in again; nothing was lost."))
        self._clinic.unlock(self._desk, password)

    def change_password(self, old: str, new: str) -> None:
        """Give the person who is signed in another password."""
        if self._clinic is None or self._desk is None:
            raise Refusal(N_("You have signed out. Sign in again; nothing was lost."))
        self._clinic.change_password(self._desk, old, new)

    def leave(self) -> None:
        """End the session and forget the key: nobody is signed in."""
        from clinic_desktop.reports.report_writer import end_writers

        end_writers()
        with self._guard:
            clinic, desk, watch = self._clinic, self._desk, self._watch
            self._clinic = self._desk = self._watch = None
            if watch is not None:
                watch.close()
            if clinic is not None:
                try:
                    if desk is not None:
                        clinic.sign_out(desk)
                finally:
                    # A full disk must not keep the key here: what could not be written is the smaller loss.
                    clinic.close()

    # While somebody works ---------------------------------------------------------------------------

    def moved(self) -> frozenset[str]:
        """The kinds of what happened since the last look, here or in another process."""
        watch = self._watch
        return frozenset(kind for kind, _patient in watch.moved()) if watch is not None else frozenset()

    def board(self) -> "Board | None":
        """Who is called, for the waiting room, while there is a key, whether or not the person's screen is locked."""
        from clinic_desktop.services.device_views import board

        return None if self._clinic is None else board(self._clinic.store)

    def key(self) -> bytes | None:
        """The data key for the background process's control line, while somebody is signed in."""
        return None if self._clinic is None else self._clinic.data_key

    def hard_lock_minutes(self) -> float:
        """How long a locked window keeps the key."""
        return self._settings().hard_lock_minutes

    def notices(self) -> Sequence[str]:
        """What the person should know about this opening, in words."""
        return () if self._clinic is None else tuple(_(notice) for notice in self._clinic.notices)

    def _workplace(self, desk: "Desk") -> "Workplace":
        from clinic_desktop.gui.shell.gate import Workplace
        from clinic_desktop.reports.report_writer import Writer

        chosen = self._settings()
        return Workplace(
            desk=desk,
            username=desk.session.username,
            display_name=desk.session.display_name,
            role=desk.session.role,
            clinic=chosen.clinic_name,
            banner=lambda patient_id: _banner(desk, patient_id),
            find=lambda text: self._find(desk, text),
            chosen=lambda text, patient_id: self._chosen(desk, text, patient_id),
            counts=lambda: _counts(desk),
            standing=lambda: _standing(desk),
            settings=self.remembered,
            today=lambda: desk.now.astimezone().date(),
            idle_minutes=chosen.idle_lock_minutes,
            recovery_key=self._recovery,
            prove=lambda password: self._prove(desk, password),
            office=self._office(desk),
            write_report=Writer(desk, self.key()),
        )

    def _prove(self, desk: "Desk", password: str) -> None:
        if self._clinic is None:
            raise Refusal(N_("You have signed out. Sign in again; nothing was lost."))
        self._clinic.prove(desk, password)

    def _office(self, desk: "Desk") -> "Office | None":
        if self._clinic is None or desk.session.role != "administrator":
            return None
        from clinic_desktop.services.office import Office

        return Office(self._clinic)

    def _find(self, desk: "Desk", text: str) -> Sequence["Suggestion"]:
        from clinic_desktop.services.access import note_search_opened
        from clinic_desktop.services.patients import find_patients

        if not desk.may("patients.find_patients"):
            return ()
        if not self._search:
            # One row for each use of the box, before its first answer is shown.
            self._search = note_search_opened(desk)
        return [_suggestion(hit) for hit in find_patients(desk, text, 20)]

    def _chosen(self, desk: "Desk", _text: str, patient_id: str | None) -> None:
        from clinic_desktop.services.access import note_search_closed

        search, self._search = self._search, ""
        if search:
            note_search_closed(desk, search, patient_id)

    def _settings(self) -> settings.Settings:
        try:
            return settings.load(self.profile)
        except Trouble:
            return settings.Settings()


def _banner(desk: "Desk", patient_id: str) -> "BannerFacts":
    from clinic_desktop.gui.shell.gate import BannerFacts
    from clinic_desktop.services.break_glass import record_state
    from clinic_desktop.services.patients import patient_banner, sex_words

    facts, record = patient_banner(desk, patient_id), record_state(desk, patient_id)
    # What could hurt the patient is shown to everybody; the rest of a restricted record is not.
    closed = record.shut_out
    until = None if record.open_until is None else f"{record.open_until.astimezone():%H:%M}"
    return BannerFacts(
        patient_id=facts.patient_id,
        family=facts.family_name,
        given=facts.given_names,
        born=_born(facts.born_on, facts.born_precision),
        age=facts.age,
        sex=sex_words(facts.sex),
        mrn=facts.mrn,
        allergy_state=cast("AllergyState", facts.allergy_state),  # the table allows these three and no other
        allergies=facts.allergies,
        allergies_confirmed_on=facts.allergies_confirmed_on,
        alerts=(*facts.alerts, *((_("Record restricted"),) if record.restricted else ())),
        weight="" if closed else facts.weight,
        weight_on=None if closed else facts.weight_on,
        pregnancy="" if closed else _pregnancy(facts),
        state=None if closed else _where_it_is(desk, patient_id),
        emergency="" if until is None else _("Glass broken until {time}").format(time=until),
        emergency_seconds=record.seconds,
    )


def _where_it_is(desk: "Desk", patient_id: str) -> "Look | None":
    from clinic_desktop.gui.shell.sync_sign import record_look
    from clinic_desktop.gui.widgets.howfar import ask_marks

    try:
        return record_look(ask_marks(desk, [("patient", patient_id)]), patient_id)
    except Exception:  # noqa: BLE001 - how far a record is says nothing of whose it is: the banner stands without
        return None


def _pregnancy(facts: "KnownFacts") -> str:
    if facts.pregnant:
        return _("pregnant")
    return _("Pregnancy not known") if facts.pregnancy_not_known else ""


def _born(born_on: date | None, precision: str) -> str:
    """A date of birth as clinicians read it, with no more said than is known."""
    if born_on is None or precision == "unknown":
        return _("not known")
    if precision == "month":
        return f"{MONTHS[born_on.month - 1]}-{born_on.year}"
    if precision == "year":
        return str(born_on.year)
    if precision == "estimated":
        return _("about {year}").format(year=born_on.year)
    return f"{born_on.day:02d}-{MONTHS[born_on.month - 1]}-{born_on.year}"


def _suggestion(hit: "PatientHit") -> "Suggestion":
    from clinic_desktop.gui.widgets.search import Suggestion
    from clinic_desktop.services.patients import sex_words

    born = _born(hit.born_on, hit.born_precision)
    return Suggestion(
        key=hit.patient_id,
        text=hit.name,
        detail=f"{_('born')} {born}  {hit.age}  {sex_words(hit.sex)}",
        badge=hit.mrn,
    )


def _counts(desk: "Desk") -> Mapping[str, int]:
    from clinic_desktop.services.device_reviewing import waiting
    from clinic_desktop.services.home import waits_for_me
    from clinic_desktop.services.inbox import unread

    counts: dict[str, int] = {}
    for group in waits_for_me(desk):
        counts[group.screen] = counts.get(group.screen, 0) + group.count
    counts["inbox"] = unread(desk)
    if desk.may("device_reviewing.waiting"):
        counts["review"] = waiting(desk)
    return counts


def _standing(desk: "Desk") -> "Standing | None":
    from clinic_desktop.services.remotes import remote_systems

    if not remote_systems(desk):
        return None  # and nothing of the post office is loaded
    from clinic_desktop.exchange.sync_standing import standing

    return standing(desk)
