"""What the page Consents decides: which acts are offered, which form leads to which act. No Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol, TypeVar

from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.gui.kept import Acting
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import N_
from clinic_desktop.reports.whole import written_whole
from clinic_desktop.services import break_glass, consents, restrictions, scheduling, sharing
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.break_glass import Glass
from clinic_desktop.services.consent_rows import Consent
from clinic_desktop.services.consent_wording import Wording
from clinic_desktop.services.consents import ConsentPage, NewConsent
from clinic_desktop.services.scheduling import Practitioner
from clinic_desktop.services.sharing import NewShare, SealedCopy, Share

TOUCHING = ("consent.", "record.", "break_glass.", "share.", "patient.")

# A paper for every reader; records in the envelope that other systems open (RFC 7516).
ENDINGS = {"pdf": ".pdf", "fhir": ".fhir.jwe"}

T = TypeVar("T")


@dataclass(frozen=True)
class Shown:
    """Everything on the page."""

    page: ConsentPage
    shares: tuple[Share, ...]
    glass: Glass | None
    people: tuple[Practitioner, ...]

    def __repr__(self) -> str:
        return "Shown()"


@dataclass(frozen=True, repr=False)
class Written:
    """A sealed copy that lies in a file now."""

    path: str
    password: str


class View(Protocol):
    """What the presenter asks of the view."""

    def show_all(self, shown: Shown) -> None: ...  # noqa: D102
    def show_wording(self, wording: Wording) -> None: ...  # noqa: D102
    def was_done(self, form: str, said: str) -> None: ...  # noqa: D102
    def was_written(self, written: Written) -> None: ...  # noqa: D102
    def show_problem(self, form: str, error: Exception) -> None: ...  # noqa: D102
    def restore(self, form: str, draft: Mapping[str, object]) -> None: ...  # noqa: D102


class ConsentsPresenter:
    """The thinking of the page."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View, prove: Callable[[str], None]) -> None:
        self._desk, self._tasks, self._view, self._prove = desk, tasks, view, prove
        self.acting = Acting(desk, tasks, "consents")
        self.shown: Shown | None = None

    @property
    def patient_id(self) -> str:
        """Whose page it is."""
        return self.acting.subject

    def may(self, act: str) -> bool:
        """Whether this person may do an act."""
        return self._desk.may(act)

    def open(self, patient_id: str) -> None:
        """Open a patient's page."""
        self.acting.begin(patient_id)
        self.shown = None
        self._ask()

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again if something the page shows has changed."""
        if self.shown is not None and any(kind.startswith(TOUCHING) for kind in kinds):
            self._ask()

    def _ask(self) -> None:
        desk, patient = self._desk, self.patient_id

        def ask() -> Shown:
            page = consents.consents_of(desk, patient)
            shares = sharing.shares_of(desk, patient)
            return Shown(page, shares, break_glass.my_glass(desk, patient), scheduling.practitioners(desk))

        self._tasks.query("consents", ask, self._arrived)

    def _arrived(self, shown: Shown) -> None:
        self.shown = shown
        self._view.show_all(shown)

    def wording(self, scope: str) -> None:
        """Ask what a patient agrees to."""
        self._tasks.query("wording", lambda: consents.consent_wording(self._desk, scope), self._view.show_wording)

    def form_opened(self, form: str, record: str = "") -> None:
        """A form was opened about a record."""
        self.acting.opened(form, record, lambda draft: self._view.restore(form, draft))

    def keep(self, form: str, fields: Mapping[str, str]) -> None:
        """Keep what is being typed."""
        self.acting.keep(form, fields)

    # Acts ------------------------------------------------------------------------------------------------

    def record(self, new: NewConsent) -> None:
        """Keep a consent."""
        patient = self.patient_id
        self._act("consent", lambda desk: consents.record_consent(desk, patient, new), N_("The consent is kept."))

    def sign(self, draft: Consent, signature: str | None) -> None:
        """Sign a draft."""
        self._act(
            "sign",
            lambda desk: consents.sign_consent(desk, draft.id, signature or "", expect=draft.revision),
            N_("The consent is signed."),
        )

    def withdraw(self, row: Consent | Share, reason: str) -> None:
        """Withdraw a consent or a share."""
        if isinstance(row, Share):
            self._act(
                "withdraw",
                lambda desk: sharing.withdraw_share(desk, row.id, reason, expect=row.revision),
                N_("The share is withdrawn. No copy of it can be made any more."),
            )
        else:
            self._act(
                "withdraw",
                lambda desk: consents.withdraw_consent(desk, row.id, reason, expect=row.revision),
                N_("The consent is withdrawn, from this moment on."),
            )

    def restrict(self, allowed: tuple[str, ...], reason: str) -> None:
        """Restrict the record."""
        patient = self.patient_id
        self._act(
            "restrict",
            lambda desk: restrictions.restrict_record(desk, patient, allowed, reason),
            N_("The record is restricted."),
        )

    def lift(self, reason: str) -> None:
        """Lift the restriction."""
        limit = None if self.shown is None else self.shown.page.restriction
        if limit is not None:
            self._act(
                "lift",
                lambda desk: restrictions.lift_restriction(desk, limit.id, reason, expect=limit.revision),
                N_("The record is open as any other again."),
            )

    def break_glass(self, reason: str, words: str, password: str) -> None:
        """Open the record in an emergency, once the password was given again."""
        patient = self.patient_id

        def work(desk: Desk) -> Glass:
            self._prove(password)
            return break_glass.break_glass(desk, patient, reason, words)

        self._act("glass", work, N_("The record is open to you. An administrator looks at it afterwards."))

    def end_glass(self) -> None:
        """Close it again."""
        glass = None if self.shown is None else self.shown.glass
        if glass is not None:
            self._act("", lambda desk: break_glass.end_glass(desk, glass.id), N_("The record is closed to you again."))

    def share(self, new: NewShare) -> None:
        """Share parts of the record."""
        patient = self.patient_id
        self._act(
            "share",
            lambda desk: sharing.share_record(desk, patient, new),
            N_("The share is made. Make its file next."),
        )

    def write_copy(self, share: Share, folder: str) -> None:
        """Make a sealed copy and write it into a folder."""
        desk = self._desk

        def work() -> Written:
            # Looked at before the copy is noted: a folder that cannot be written to makes no copy.
            target = _room_for(folder, share.number, ENDINGS[share.form])
            return _written(target, _sealed(desk, share))

        def done(written: Written) -> None:
            self._view.was_written(written)
            self._ask()

        self._tasks.change(work, done, lambda error: self._view.show_problem("copy", error))

    def form_paper(self, consent: Consent) -> Callable[[], bytes]:
        """The consent form as PDF, made when it is asked for."""
        desk, patient = self._desk, self.patient_id

        def make() -> bytes:
            from clinic_desktop.reports import consent_papers  # heavy: loaded with the first paper

            return consent_papers.consent_form(desk, patient, consent.id)

        return make

    def _act(self, form: str, work: Callable[[Desk], T], said: str) -> None:
        def done(_result: T) -> None:
            self._view.was_done(form, said)
            self._ask()

        self.acting.act(form, work, done, lambda error: self._view.show_problem(form, error))


def allowed_of(values: Mapping[str, object], roles: tuple[str, ...]) -> tuple[str, ...]:
    """Who may open the record, by the boxes ticked and the person chosen."""
    named = [f"role:{role}" for role in roles if values.get(f"role_{role}")]
    person = values.get("person")
    return tuple([*named, f"staff:{person}"] if person else named)


def in_a_month(today: date) -> date:
    """The day until which a share lasts unless another is chosen."""
    return date.fromordinal(today.toordinal() + 30)


def _sealed(desk: Desk, share: Share) -> SealedCopy:
    """The copy in the form that was agreed on; what makes it is heavy, and loaded with the first one."""
    if share.form == "fhir":
        from clinic_desktop.exchange.sharing import sealed_records

        return sealed_records(desk, share.id)
    from clinic_desktop.reports.consent_papers import sealed_copy

    return sealed_copy(desk, share.id)


def _room_for(folder: str, number: str, ending: str) -> Path:
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise Trouble(N_("There is no folder {folder}."), remedy=N_("Name a folder that is there."), folder=folder)
    target = place / f"{number}{ending}"
    again = 2
    while target.exists():
        target = place / f"{number} ({again}){ending}"
        again += 1
    return target


def _written(target: Path, copy: SealedCopy) -> Written:
    try:
        with written_whole(target) as file:
            file.write(copy.content)
    except OSError as error:
        raise Trouble(
            N_("The copy could not be written: {why}"), remedy=N_("Choose another folder."), why=error.strerror or ""
        ) from error
    return Written(str(target), copy.password)
