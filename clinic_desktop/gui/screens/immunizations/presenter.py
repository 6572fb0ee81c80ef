"""What the immunizations page decides: when to ask, what a form leads to, what a chosen vaccine fills in. No Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from clinic_desktop.clock import new_id
from clinic_desktop.domain.packs import Pack
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.services import (
    drafts,
    immunization_chart,
    immunization_reference,
    immunizations,
    packs,
    vaccine_stock,
)
from clinic_desktop.services.acts import Desk, DraftKey
from clinic_desktop.services.immunization_chart import Card, DoseShown, Lot
from clinic_desktop.services.immunization_reference import VaccineFound
from clinic_desktop.services.immunizations import NewImmunization, NewReaction
from clinic_desktop.services.packs import SeenPack
from clinic_desktop.services.vaccine_stock import VaccineLot

TOUCHING = ("immunization.", "patient.", "allergy.", "problem.", "reference.", "setting.")


@dataclass(frozen=True)
class Defaults:
    """What a chosen vaccine fills in where nothing stands yet."""

    values: Mapping[str, object]
    number: int | None
    shelf: tuple[VaccineLot, ...] = ()  # the lots of it that the pharmacy stocks


class Page(Protocol):
    """What the presenter asks of the view."""

    def show_card(self, card: Card) -> None: ...  # noqa: D102
    def restore(self, form: str, fields: Mapping[str, object]) -> None: ...  # noqa: D102
    def was_kept(self, form: str) -> None: ...  # noqa: D102
    def show_problem(self, form: str, error: Exception) -> None: ...  # noqa: D102
    def fill_in(self, defaults: Defaults) -> None: ...  # noqa: D102
    def take_pack(self, seen: SeenPack, vaccine: VaccineFound | None) -> None: ...  # noqa: D102


class Presenter:
    """The thinking of the immunizations page."""

    def __init__(self, desk: Desk, tasks: Tasks, page: Page) -> None:
        self.desk, self._tasks, self._page = desk, tasks, page
        self.patient_id, self.encounter_id = "", ""
        self.card: Card | None = None
        self.about = ""  # the dose a reaction or a correction is about
        self._act_ids: dict[str, str] = {}
        self._found: dict[str, VaccineFound] = {}

    # Reading -----------------------------------------------------------------------------------------

    def open(self, patient_id: str, encounter_id: str = "") -> None:
        """Open a patient's immunizations."""
        self.patient_id, self.encounter_id, self.card, self._act_ids = patient_id, encounter_id, None, {}
        self._tasks.query("card", lambda: immunization_chart.immunization_card(self.desk, patient_id), self._show)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again if something this page shows has changed."""
        if self.card is not None and any(kind.startswith(TOUCHING) for kind in kinds):
            self._again()

    def dose(self, dose_id: str) -> DoseShown | None:
        """A dose that is shown."""
        doses = () if self.card is None else self.card.doses
        return next((one for one in doses if one.id == dose_id), None)

    def find_vaccines(self, text: str, show: Callable[[tuple[VaccineFound, ...]], None]) -> None:
        """Look vaccines up by words or CVX code."""

        def found(vaccines: tuple[VaccineFound, ...]) -> None:
            self._found |= {one.cvx: one for one in vaccines}
            show(vaccines)

        self._tasks.query("vaccines", lambda: immunization_reference.find_vaccines(self.desk, text), found)

    def scanned(self, pack: Pack) -> None:
        """A pack was scanned: find out which vaccine and lot it is."""
        patient, desk = self.patient_id, self.desk

        def ask() -> tuple[SeenPack, VaccineFound | None]:
            seen = packs.seen_pack(desk, pack)
            found = immunization_reference.find_vaccines(desk, seen.vaccine_code) if seen.vaccine_code else ()
            return seen, next((one for one in found if one.cvx == seen.vaccine_code), None)

        def found(answer: tuple[SeenPack, VaccineFound | None]) -> None:
            seen, vaccine = answer
            if patient != self.patient_id:
                return
            if vaccine is not None:
                self._found[vaccine.cvx] = vaccine
            self._page.take_pack(seen, vaccine)

        self._tasks.query("pack", ask, found, self._not_kept)

    def vaccine_chosen(self, cvx: str, seen: SeenPack | None = None) -> None:
        """A vaccine was chosen: fill in how it is usually given, the lot used last and the number of the dose."""
        patient, vaccine = self.patient_id, self._found.get(cvx)

        def ask() -> tuple[Lot | None, tuple[VaccineLot, ...]]:
            return immunization_chart.last_lot(self.desk, cvx), vaccine_stock.vaccine_lots(self.desk, cvx)

        def found(known: tuple[Lot | None, tuple[VaccineLot, ...]]) -> None:
            lot, shelf = known
            if patient != self.patient_id or vaccine is None:
                return
            values: dict[str, object] = {
                "site": vaccine.site,
                "route": vaccine.route,
                "dose_amount": vaccine.dose_amount,
                "dose_unit": vaccine.dose_unit,
            }
            ready = next((one for one in shelf if not one.is_expired), None)
            if ready is not None:
                values |= {"stock_lot": ready.lot_id, "lot": ready.lot, "expires_on": ready.expires_on}
            elif lot is not None:
                values |= {"lot": lot.lot, "expires_on": lot.expires_on, "manufacturer": lot.manufacturer}
            if seen is not None:
                values |= _of_pack(seen, shelf)
            self._page.fill_in(Defaults(values, self._next_number(vaccine.antigens), shelf))

        self._tasks.query("lot", ask, found)

    def _next_number(self, antigens: tuple[str, ...]) -> int | None:
        """The number of the next dose, of the antigen that is furthest behind among those the vaccine holds."""
        if self.card is None:
            return None
        wanted = [one.number for one in self.card.forecasts if one.antigen in antigens and one.number is not None]
        return min(wanted, default=None)

    # Drafts ------------------------------------------------------------------------------------------

    def key(self, form: str) -> DraftKey:
        """Where the draft of a form is kept: a reaction and a reason belong to their dose."""
        about = f".{self.about}" if form in {"reaction", "reason"} else ""
        return DraftKey(f"immunizations.{form}{about}", self.patient_id)

    def keep(self, form: str, fields: Mapping[str, str]) -> None:
        """Keep what is being typed."""
        key = self.key(form)
        self._tasks.change(lambda: drafts.keep_draft(self.desk, key, fields), None, self._not_kept)

    def form_opened(self, form: str) -> None:
        """A form was opened: it gets its act's id, and what was typed before comes back."""
        self._act_ids.setdefault(form, new_id())
        key, patient = self.key(form), self.patient_id

        def found(draft: Mapping[str, object] | None) -> None:
            if draft and patient == self.patient_id:
                self._page.restore(form, draft)

        self._tasks.query(f"draft.{form}", lambda: drafts.draft(self.desk, key), found)

    # Acts --------------------------------------------------------------------------------------------

    def record(self, new: NewImmunization, override: str) -> None:
        """Record a dose."""
        patient = self.patient_id
        given = replace(
            new,
            encounter_id=self.encounter_id or None,
            performer_id=self.desk.session.staff_id if new.primary_source else None,
        )
        self._act("record", lambda desk: immunizations.record_immunization(desk, patient, given, override or None))

    def decline(self, cvx: str | None, reason: str, words: str, on: date | None) -> None:
        """Record that a vaccine was not given."""
        patient = self.patient_id
        declined = NewImmunization(
            "", cvx, occurred_on=on, reason_code=reason, reason_text=words or None,
            encounter_id=self.encounter_id or None,
        )  # fmt: skip
        self._act("decline", lambda desk: immunizations.decline_immunization(desk, patient, declined))

    def react(self, reaction: str, severity: str, on: date | None, *, by_patient: bool) -> None:
        """Note a reaction to the dose chosen."""
        about, new = self.about, NewReaction(reaction, on, severity, by_patient)
        self._act("reaction", lambda desk: immunizations.add_reaction(desk, about, new))

    def withdraw(self, reason: str) -> None:
        """Say that the dose chosen was entered in error."""
        dose = self.dose(self.about)
        about, revision = self.about, None if dose is None else dose.revision
        self._act("reason", lambda desk: immunizations.immunization_entered_in_error(desk, about, reason, revision))

    # -------------------------------------------------------------------------------------------------

    def _act(self, form: str, act: Callable[[Desk], object]) -> None:
        act_id = self._act_ids.setdefault(form, new_id())
        desk, patient = self.desk.once(act_id, draft=self.key(form)), self.patient_id

        def done(_result: object) -> None:
            # The answer may come when another patient's page is open: nothing typed there is touched by it.
            if patient != self.patient_id:
                return
            self._act_ids.pop(form, None)
            self._page.was_kept(form)
            self._again()

        def failed(error: Exception) -> None:
            self._page.show_problem(form if patient == self.patient_id else "", error)

        self._tasks.change(lambda: act(desk), done, failed)

    def _again(self) -> None:
        patient = self.patient_id
        self._tasks.query("card", lambda: immunization_chart.immunization_card_again(self.desk, patient), self._show)

    def _show(self, card: Card) -> None:
        self.card = card
        self._page.show_card(card)

    def _not_kept(self, error: Exception) -> None:
        self._page.show_problem("", error)


def _of_pack(seen: SeenPack, shelf: tuple[VaccineLot, ...]) -> dict[str, object]:
    """What a scanned pack fills in: its own lot, of the shelf where it stands there, and nothing of another one."""
    pack = seen.pack
    stands = any(one.lot_id == seen.lot_id and not one.is_expired for one in shelf)
    values: dict[str, object] = {"stock_lot": seen.lot_id if stands else None, "manufacturer": None}
    return values | {"lot": pack.lot or None, "expires_on": pack.expires_on}
