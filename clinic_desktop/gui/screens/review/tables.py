"""The lists of the review page: what waits, registrations that were told, and quality control."""

from typing import TypeVar

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.screens.review import words
from clinic_desktop.gui.screens.review.presenter import value_words
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import _
from clinic_desktop.services.device_controls import ControlResult
from clinic_desktop.services.device_registrations import ToldRegistration
from clinic_desktop.services.devices import ReviewItem

T = TypeVar("T", bound=ReviewItem | ToldRegistration)


def items(settings: Remembered) -> ListTable[ReviewItem]:
    """Results and messages, oldest first."""
    columns: list[Column[ReviewItem]] = [
        Column("at", _("Came"), _came, width=104, sort=_order),
        Column("who", _("Speaks of"), lambda one: words.who(one.said_of), width=150, strong=True),
        Column("what", _("What"), lambda one: one.title or one.code or one.message_type, width=120),
        Column("value", _("Value"), value_words, width=90, number=True),
        Column("why", _("Waits because"), lambda one: _(one.why), width=240, stretch=True),
        Column("device", _("From"), lambda one: one.device, width=100, subtle=True),
    ]  # fmt: skip
    empty = Empty(
        _("Nothing waits. What devices send and cannot be filed for certain stands here, with the message beside it."),
        icon="check",
    )
    return ListTable("review.items", columns, key=lambda one: one.id, settings=settings, empty=empty)


def told(settings: Remembered) -> ListTable[ToldRegistration]:
    """Registrations that other systems told of, oldest first."""
    columns: list[Column[ToldRegistration]] = [
        Column("at", _("Came"), _came, width=104, sort=_order),
        Column("who", _("Speaks of"), lambda one: words.who(one.said_of), width=200, stretch=True, strong=True),
        Column("kind", _("Tells"), _kind, width=220),
        Column("here", _("Here"), lambda one: ", ".join((*one.known, *one.ending)), width=190),
        Column("device", _("From"), lambda one: one.device, width=140, subtle=True),
    ]  # fmt: skip
    empty = Empty(
        _("Nothing waits. Registrations, changes and merges that other systems tell of stand here."), icon="check"
    )
    return ListTable("review.told", columns, key=lambda one: one.id, settings=settings, empty=empty)


def controls(settings: Remembered) -> ListTable[ControlResult]:
    """Quality control, newest first."""
    columns: list[Column[ControlResult]] = [
        Column("at", _("Came"), _came, width=104, sort=_order),
        Column("device", _("Device"), lambda one: one.device, width=170),
        Column("test", _("Test"), lambda one: one.title, width=200, strong=True),
        Column("specimen", _("Control specimen"), lambda one: one.specimen, width=190),
        Column("value", _("Value"), lambda one: f"{one.value} {one.flag}".strip(), width=120, number=True),
        Column("note", _("Note"), lambda one: one.note, width=200, stretch=True),
    ]  # fmt: skip
    empty = Empty(
        _("No controls yet. What an analyser marks as quality control stands here, and in no patient's record."),
        icon="flask",
    )
    return ListTable(
        "review.controls", columns, key=lambda one: (one.received_at, one.device, one.title, one.specimen, one.value),
        settings=settings, empty=empty,
    )  # fmt: skip


def in_words(error: Exception) -> Exception:
    """A refusal whose facts are words of the product is told in the person's language too."""
    if isinstance(error, Refusal) and "why" in error.facts:
        return Refusal(error.message, field=error.field, **{**error.facts, "why": _(str(error.facts["why"]))})
    return error


def _came(one: ReviewItem | ToldRegistration | ControlResult) -> str:
    return words.sent_at(one.received_at)


def _order(one: ReviewItem | ToldRegistration | ControlResult) -> str:
    return one.received_at


def _kind(one: ToldRegistration) -> str:
    if one.is_merge:
        return _("two numbers are one person")
    return _("news of somebody registered") if one.known else _("somebody new here")


def take_out(table: ListTable[T], item_id: str) -> None:
    """Take out what is decided, and choose what stood after it."""
    rows = list(table.rows())
    ids = [one.id for one in rows]
    if item_id not in ids:
        return
    place = ids.index(item_id)
    following = [*rows[place + 1 :], *reversed(rows[:place])]
    table.set_rows([one for one in rows if one.id != item_id])
    if following:
        table.select(following[0].id)
