"""The lists of the device screen."""

from collections.abc import Callable
from datetime import datetime

from clinic_desktop.gui.screens.devices.pairpanel import KIND_WORDS, may_words
from clinic_desktop.gui.screens.devices.presenter import health
from clinic_desktop.gui.widgets.civil import show_moment
from clinic_desktop.gui.widgets.model import Column
from clinic_desktop.gui.widgets.panel import Empty
from clinic_desktop.gui.widgets.pill import Look
from clinic_desktop.gui.widgets.settings import Remembered
from clinic_desktop.gui.widgets.table import ListTable
from clinic_desktop.i18n import N_, _
from clinic_desktop.services.device_health import Sender, Sent
from clinic_desktop.services.pairing import DeviceShown

Now = Callable[[], datetime]
WAYS = {"hl7": N_("HL7 v2"), "astm": N_("ASTM"), "drop": N_("files"), "api": N_("local API")}
STATES = {
    "received": N_("not filed yet"), "done": N_("read"), "review": N_("waits for review"), "filed": N_("filed"),
    "rejected": N_("set aside"),
}  # fmt: skip


def paired(settings: Remembered, now: Now) -> ListTable[DeviceShown]:
    """Devices that were let in."""

    def state(one: DeviceShown) -> Look:
        if one.state != "paired":
            return Look(_("revoked"), "neutral", "void")
        words, meaning = health(one.seen_at, now())
        return Look(words, meaning, "check" if meaning == "good" else "alert")

    columns: list[Column[DeviceShown]] = [
        Column("name", _("Device"), lambda one: one.name, width=200, stretch=True, strong=True,
               detail=lambda one: _(KIND_WORDS.get(one.kind, one.kind))),
        Column("state", _("Health"), lambda one: state(one).text, width=160, look=state,
               sort=lambda one: (one.state, one.seen_at or one.paired_at)),
        Column("seen", _("Last heard"), lambda one: show_moment(one.seen_at) if one.seen_at else "", width=150,
               sort=lambda one: one.seen_at),
        Column("may", _("May"), lambda one: may_words(one.scopes), width=240, subtle=True, wrap=True),
        Column("at", _("Paired"), lambda one: show_moment(one.paired_at), width=150, sort=lambda one: one.paired_at),
    ]  # fmt: skip
    empty = Empty(_("No device is paired. Let one in at the right: with a code, or with a token."), icon="barcode")
    return ListTable("devices.paired", columns, key=lambda one: one.id, settings=settings, empty=empty)


def senders(settings: Remembered, now: Now) -> ListTable[Sender]:
    """Who sent something."""

    def look(one: Sender) -> Look:
        words, meaning = health(one.last_at, now())
        return Look(words, meaning, "check" if meaning == "good" else "alert")

    columns: list[Column[Sender]] = [
        Column("device", _("Device or system"), lambda one: one.device, width=220, stretch=True, strong=True),
        Column("way", _("Over"), lambda one: _(WAYS.get(one.kind, one.kind)), width=100),
        Column("health", _("Health"), lambda one: look(one).text, width=160, look=look,
               sort=lambda one: one.last_at),
        Column("n", _("Messages"), lambda one: f"{one.messages:,}", width=90, number=True,
               sort=lambda one: one.messages),
        Column("waiting", _("Waiting"), lambda one: f"{one.waiting:,}", width=80, number=True,
               sort=lambda one: one.waiting, meaning=lambda one: "warning" if one.waiting else ""),
        Column("rejected", _("Set aside"), lambda one: f"{one.rejected:,}", width=90, number=True,
               sort=lambda one: one.rejected),
    ]  # fmt: skip
    empty = Empty(_("Nothing came yet. Every device and system that sends something stands here."), icon="barcode")
    return ListTable("devices.senders", columns, key=lambda one: (one.kind, one.device), settings=settings, empty=empty)


def sent(settings: Remembered) -> ListTable[Sent]:
    """The last messages of one."""
    columns: list[Column[Sent]] = [
        Column("at", _("Came"), lambda one: show_moment(one.received_at), width=150, sort=lambda one: one.received_at),
        Column("type", _("Message"), lambda one: one.message_type, width=150, strong=True),
        Column("state", _("State"), lambda one: _(STATES.get(one.state, one.state)), width=130),
        Column("parts", _("Results"), _parts, width=220, stretch=True),
        Column("why", _("Why"), lambda one: _(one.why) if one.why else "", width=180, subtle=True),
        Column("size", _("Size"), lambda one: f"{one.size:,}", width=80, number=True, sort=lambda one: one.size,
               unit=lambda _one: "B"),
    ]  # fmt: skip
    empty = Empty(_("Choose a device above: its last messages stand here."), icon="document")
    return ListTable("devices.sent", columns, key=lambda one: one.id, settings=settings, empty=empty)


def _parts(one: Sent) -> str:
    counted = (
        (one.filed, N_("{n} filed")), (one.waiting, N_("{n} waiting")), (one.rejected, N_("{n} set aside")),
        (one.control, N_("{n} quality control")),
    )  # fmt: skip
    return ", ".join(_(words).format(n=count) for count, words in counted if count)
