"""Decides what is done about a registration that another system told of; knows no Qt."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from clinic_desktop.gui.screens.review.presenter import Presenter
from clinic_desktop.i18n import _
from clinic_desktop.services import device_registrations, merging, patients
from clinic_desktop.services.device_registrations import FIELDS, ToldRegistration
from clinic_desktop.services.merging import Merged, Registration
from clinic_desktop.services.patients import NewPatient, PatientDetails, Registered


@dataclass(frozen=True)
class TwoSides:
    """One part of a registration as it stands here, and as it was told."""

    field: str
    here: object
    told: object


class TellView(Protocol):
    """What this presenter asks of the view."""

    def show_here(self, item: ToldRegistration, details: PatientDetails, sides: tuple[TwoSides, ...]) -> None: ...  # noqa: D102
    def show_two(self, item: ToldRegistration, kept: Registration, other: Registration) -> None: ...  # noqa: D102
    def show_error(self, error: Exception) -> None: ...  # noqa: D102


class Telling:
    """Registering, taking over and merging, on top of what the page's presenter does with every item."""

    def __init__(self, presenter: Presenter, view: TellView) -> None:
        self._presenter, self._view = presenter, view

    def compare(self, item: ToldRegistration, patient_id: str) -> None:
        """Ask for a registration as it stands here, to stand beside what was told."""
        desk = self._presenter.desk

        def arrived(details: PatientDetails) -> None:
            self._view.show_here(item, details, sides(details.patient, item.told))

        asked = patients.patient_details
        self._presenter.tasks.query("review.here", lambda: asked(desk, patient_id), arrived, self._view.show_error)

    def look_at_two(self, item: ToldRegistration, kept: str, other: str) -> None:
        """Ask for the two registrations that were told to be one."""
        desk = self._presenter.desk

        def ask() -> tuple[Registration, Registration]:
            return merging.registration(desk, kept), merging.registration(desk, other)

        self._presenter.tasks.query(
            "review.two", ask, lambda two: self._view.show_two(item, *two), self._view.show_error
        )

    def register(self, item: ToldRegistration, changed: NewPatient) -> None:
        """Register the person, as somebody looked it through."""
        desk = self._presenter.once(item.id, "register")

        def said(made: Registered) -> str:
            return _("Registered: {mrn}").format(mrn=made.mrn)

        self._presenter.act(item.id, lambda: device_registrations.register_told(desk, item.id, changed), said)

    def take_over(self, item: ToldRegistration, here: PatientDetails, fields: tuple[str, ...], reason: str) -> None:
        """Change the fields that were chosen; what stood there can be put back for a moment."""
        desk = self._presenter.once(item.id, "take")

        def work() -> int:
            return device_registrations.take_over_told(
                desk, item.id, here.patient_id, fields, expect=here.revision, reason=reason
            )

        def undo(revision: int) -> Callable[[], None]:
            return lambda: self._put_back(here, revision)

        done = _("Taken over for {name}").format(name=here.name)
        self._presenter.act(item.id, work, lambda _revision: done, undo if fields else lambda _revision: None)

    def merge(
        self, item: ToldRegistration, two: tuple[Registration, Registration], chosen: Mapping[str, str], reason: str
    ) -> None:
        """Say that the two are one person's."""
        desk = self._presenter.once(item.id, "merge")
        kept, other = two

        def work() -> Merged:
            return device_registrations.merge_told(
                desk, item.id, chosen=chosen, reason=reason, expect_kept=kept.revision, expect_other=other.revision
            )

        words = _("{other} is read with {kept} from now on.")
        self._presenter.act(item.id, work, lambda merged: words.format(other=merged.other_mrn, kept=merged.kept_mrn))

    def _put_back(self, here: PatientDetails, revision: int) -> None:
        desk, presenter = self._presenter.desk.once(), self._presenter
        reason = _("what another system told was taken back")
        presenter.tasks.change(
            lambda: patients.change_patient(desk, here.patient_id, here.patient, revision, reason),
            lambda _revision: presenter.reload(), self._view.show_error,
        )  # fmt: skip


def sides(here: NewPatient, told: NewPatient) -> tuple[TwoSides, ...]:
    """The parts that a message tells and that stand otherwise here; what it does not tell is no difference."""
    pairs = [TwoSides(name, getattr(here, name), getattr(told, name)) for name in FIELDS]
    return tuple(one for one in pairs if one.told not in {None, "", "unknown"} and one.told != one.here)


def changed(told: NewPatient, values: Mapping[str, object]) -> NewPatient:
    """What was told, with what somebody made of it in the form."""
    kept = {name: value or None for name, value in values.items() if name != "born_on"}
    for name in ("family_name", "given_names"):
        kept[name] = str(values.get(name) or "")
    return replace(told, **kept)  # type: ignore[arg-type]  # the form's fields are those of a registration
