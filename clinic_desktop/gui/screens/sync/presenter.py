"""Decides what the page Sync shows and does; knows no Qt, and loads the post office when it is first asked."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.gui.kept import KeptDraft
from clinic_desktop.gui.tasks import Tasks
from clinic_desktop.i18n import N_, _
from clinic_desktop.services import remotes
from clinic_desktop.services.acts import Desk

if TYPE_CHECKING:
    from clinic_desktop.exchange.sync_connecting import Tried, WhoIsWho
    from clinic_desktop.exchange.sync_deciding import Detail
    from clinic_desktop.exchange.sync_items import Item
    from clinic_desktop.exchange.sync_shown import SystemShown

T = TypeVar("T")
ACTS = "remotes.set_remote"
# What came and was set aside is not settled by having it looked at.
OF_ASIDE = {
    "look": N_("It is looked at again as soon as the limits let it"),
    "seen": N_("Noted: nothing of it is taken in until their record changes"),
}


class View(Protocol):
    """What the presenter asks of the view."""

    def show_systems(self, systems: "Sequence[SystemShown]") -> None: ...  # noqa: D102
    def show_items(self, items: "Sequence[Item]") -> None: ...  # noqa: D102
    def show_detail(self, detail: "Detail | None") -> None: ...  # noqa: D102
    def set_testing(self, system: str) -> None: ...  # noqa: D102
    def show_tried(self, tried: "Tried") -> None: ...  # noqa: D102
    def show_who(self, system: str, who: "WhoIsWho") -> None: ...  # noqa: D102
    def ask_name(self, words: str, sure: Callable[[], None]) -> None: ...  # noqa: D102
    def set_busy(self, busy: bool) -> None: ...  # noqa: D102, FBT001
    def did(self, words: str, what: str) -> None: ...  # noqa: D102
    def show_error(self, error: Exception, form: str) -> None: ...  # noqa: D102


class Presenter:
    """The systems, what is being connected, and what is being decided."""

    def __init__(self, desk: Desk, tasks: Tasks, view: View) -> None:
        self.desk, self.tasks, self.view = desk, tasks, view
        self.systems: tuple[SystemShown, ...] = ()
        self.items: tuple[Item, ...] = ()
        self.detail: Detail | None = None
        self.tried: Tried | None = None
        self._last: dict[str, object] = {}  # what is on screen
        self._chosen = ""
        self._group: Item | None = None  # what stands for the record that is open
        self._test = 0

    @property
    def may(self) -> bool:
        """Whether this person may connect, pause and decide."""
        return self.desk.may(ACTS)

    @property
    def is_of_many(self) -> bool:
        """Whether one record of a group is open."""
        return self._group is not None

    # Looking -----------------------------------------------------------------------------------------------

    def reload(self, *, quiet: bool = False) -> None:
        """Ask how far everything is; `quiet` while it is only looked at: what has not changed is not shown again."""
        if not quiet:
            self._last.clear()

        def failed(error: Exception) -> None:
            self._fail(error, "")

        ask = self.tasks.glance if quiet else self.tasks.query
        ask("systems", lambda: _systems(self.desk), self._systems, failed)
        if self.may:
            ask("items", lambda: _items(self.desk), self._items, failed)

    def _systems(self, found: "tuple[SystemShown, ...]") -> None:
        if ("systems", found) not in self._last.items():
            self._last["systems"] = self.systems = found
            self.view.show_systems(found)

    def _items(self, found: "tuple[Item, ...]") -> None:
        if ("items", found) in self._last.items():
            return
        self._last["items"] = self.items = found
        here = {one.id: one for one in found}
        opened = self._group or (None if self.detail is None else self.detail.item)
        if opened is not None and opened.id not in here:
            self._chosen, self.detail, self._group = "", None, None
            self.view.show_detail(None)
        self.view.show_items(found)
        if opened is not None and opened.count and here.get(opened.id, opened) != opened and self._group is None:
            self._ask(here[opened.id])  # more of them, or fewer, than are shown

    def choose(self, item: "Item | None") -> None:
        """Open one item; the answer to one that is no longer chosen is dropped."""
        if item is None or item.id == self._chosen or (self._group is not None and item.id == self._group.id):
            return
        self._group = None
        self._open(item)

    def open_record(self, record: "Item") -> None:
        """Open one record of the group that is open."""
        if self.detail is not None and self.detail.item.count:
            self._group = self.detail.item
            self._open(record)

    def back_to_group(self) -> bool:
        """From a record to the group that it is of; False where none is open."""
        group, self._group = self._group, None
        if group is not None:
            self._open(group)
        return group is not None

    def _open(self, item: "Item") -> None:
        self._chosen, self.detail = item.id, None
        self._ask(item)

    def _ask(self, item: "Item") -> None:

        def work() -> "Detail":
            from clinic_desktop.exchange.sync_deciding import detail

            return detail(self.desk, item)

        self.tasks.query("detail", work, self._opened, lambda error: self._fail(error, ""))

    def _opened(self, found: "Detail") -> None:
        if found.item.id == self._chosen:
            self.detail = found
            self.view.show_detail(found)

    # Deciding ----------------------------------------------------------------------------------------------

    def decide(self, act: str, text: str = "", asked: "Item | None" = None) -> None:
        """Settle what is open, or what somebody was asked about."""
        item = asked or (None if self.detail is None else self.detail.item)
        if item is None:
            return
        draft = self.draft("decide", item.id)

        def work() -> int:
            from clinic_desktop.exchange.sync_deciding import decide

            return decide(self.desk, item, act, text)

        def settled(count: int) -> None:
            draft.drop()
            self._close(item.id)
            words = _("Settled: {n}") if item.count else _("Settled; it is carried out with the next sync")
            words = _(OF_ASIDE.get(act, words))
            self.view.did(words.format(n=count), "decide")
            self.reload()

        self._do(work, settled, "decide")

    def _close(self, item_id: str) -> None:
        """What is settled is no longer open; another that was chosen in the meantime stays."""
        if self._chosen == item_id:
            self._chosen, self.detail, self._group = "", None, None
            self.view.show_detail(None)

    def like(self) -> "tuple[Item, ...]":
        """What may be decided together with the one that is open: not clinical, of the same system and kind."""
        opened = None if self.detail is None else self.detail.item
        if opened is None or opened.clinical or opened.sort != "field":
            return ()
        same = (opened.system, opened.kind, opened.member)
        return tuple(
            one
            for one in self.items
            if one.sort == "field" and not one.clinical and (one.system, one.kind, one.member) == same
        )

    def decide_like(self, keep: str) -> None:
        """Keep one side for all that may be decided together."""
        items = self.like()

        def work() -> int:
            from clinic_desktop.exchange.sync_deciding import decide_many

            return decide_many(self.desk, items, keep)

        def settled(count: int) -> None:
            self._close(self._chosen)
            self.view.did(_("Settled: {n}").format(n=count), "decide")
            self.reload()

        self._do(work, settled, "decide")

    # Connecting --------------------------------------------------------------------------------------------

    def test(self, system: str, base_url: str, secrets: Mapping[str, str], settings: Mapping[str, str]) -> None:
        """Sign in and look what is there; it may take a while, and nothing is kept of it until it is turned on."""
        self._test += 1
        number, self.tried = self._test, None

        def work() -> "Tried":
            from clinic_desktop.exchange.sync_connecting import try_out

            return try_out(self.desk, system, base_url, secrets, settings)

        def done(found: "Tried") -> None:
            if number == self._test:
                self.tried = found
                self.view.set_testing("")
                self.view.show_tried(found)

        def failed(error: Exception) -> None:
            if number == self._test:
                self.view.set_testing("")
                self.view.show_error(error, "connect")

        self.view.set_testing(system)
        self.tasks.query("test", work, done, failed)

    def stop_testing(self) -> None:
        """Wait for the answer no longer; what it would say is dropped."""
        self._test += 1
        self.view.set_testing("")

    def turn_on(self) -> None:
        """Keep what was tried, and let it be told."""
        tried = self.tried
        if tried is None:
            return

        def work() -> None:
            from clinic_desktop.exchange.sync_connecting import turn_on

            turn_on(self.desk, tried)

        def done(_none: None) -> None:
            self.tried = None
            self.draft("connect").drop()
            self.view.did(_("Connected. What it has to be told waits now."), "connect")
            self.reload()

        self._do(work, done, "connect")

    def forget_tried(self) -> None:
        """What was typed and tried is not kept."""
        self.tried = None

    def pause(self, system: str) -> None:
        """Send and ask nothing until it is resumed."""
        self._act("pause", system, _("Paused: nothing is sent there, and nothing is lost"))

    def go_on(self, system: str) -> None:
        """Go on."""
        self._act("go_on", system, _("It goes on"))

    def disconnect(self, system: str) -> None:
        """Take a system away."""
        self._act("disconnect", system, _("Disconnected; its secrets are erased"))

    def take_back(self, system: str, kind: str) -> None:
        """What a system is not told of, as was decided, makes tasks again."""

        def work() -> int:
            from clinic_desktop.exchange.sync_untold import take_back

            return take_back(self.desk, system, kind)

        def done(count: int) -> None:
            self.view.did(_("Taken back; tasks again: {n}").format(n=count), "")
            self.reload()

        self._do(work, done, "")

    def sync_now(self) -> None:
        """Look through everything now."""

        def work() -> int:
            from clinic_desktop.exchange.sync_connecting import sync_now

            return sync_now(self.desk)

        def done(count: int) -> None:
            words = _("Every list is looked through as soon as the limits let it")
            self.view.did(words if count else _("Every system is paused"), "")
            self.reload()

        self._do(work, done, "")

    def _act(self, name: str, system: str, words: str) -> None:
        def work() -> None:
            from clinic_desktop.exchange import sync_connecting

            getattr(sync_connecting, name)(self.desk, system)

        def done(_none: None) -> None:
            self.view.did(words, name)
            self.reload()

        self._do(work, done, "")

    # Who is who --------------------------------------------------------------------------------------------

    def who(self, system: str, *, ask: bool = False) -> None:
        """The clinic's people beside the system's directory."""

        def work() -> "WhoIsWho":
            from clinic_desktop.exchange.sync_connecting import who_is_who

            return who_is_who(self.desk, system, ask=ask)

        self.tasks.query(
            "who", work, lambda found: self.view.show_who(system, found), lambda error: self._fail(error, "who")
        )

    def name(self, system: str, staff_id: str, remote_id: str, *, sure: bool = False) -> None:
        """Say under which number a system knows somebody; where it must be asked first, this is asked."""

        def work() -> int:
            from clinic_desktop.exchange.sync_connecting import name_practitioner

            return name_practitioner(self.desk, system, staff_id, remote_id, sure=sure)

        def done(again: int) -> None:
            self.draft("who", f"{system}.{staff_id}").drop()
            more = _("Kept; what waited for it goes on, and {n} that they refused are sent again").format(n=again)
            self.view.did(more if again else _("Kept; what waited for it goes on"), "who")
            self.reload()

        def failed(error: Exception) -> None:
            if isinstance(error, Refusal) and error.facts.get("ask"):
                self.view.ask_name(str(error), lambda: self.name(system, staff_id, remote_id, sure=True))
            else:
                self._fail(error, "who")

        self._do(work, done, "who", failed)

    # ---------------------------------------------------------------------------------------------------------

    def draft(self, form: str, subject: str = "") -> KeptDraft:
        """The draft of a form."""
        return KeptDraft(self.desk, self.tasks, f"sync.{form}", subject)

    def _do(
        self, work: Callable[[], T], done: Callable[[T], None], form: str,
        refused: Callable[[Exception], None] | None = None,
    ) -> None:  # fmt: skip
        def finished(answer: T) -> None:
            self.view.set_busy(False)
            done(answer)

        def failed(error: Exception) -> None:
            self.view.set_busy(False)
            (refused or (lambda error: self._fail(error, form)))(error)

        self.view.set_busy(True)
        self.tasks.change(work, finished, failed)

    def _fail(self, error: Exception, form: str) -> None:
        self.view.show_error(error, form)


def _systems(desk: Desk) -> "tuple[SystemShown, ...]":
    # Where nothing is connected nothing of the post office is loaded.
    if not remotes.remote_systems(desk):
        return ()
    from clinic_desktop.exchange.sync_shown import systems_shown

    return systems_shown(desk)


def _items(desk: Desk) -> "tuple[Item, ...]":
    if not remotes.remote_systems(desk):
        return ()
    from clinic_desktop.exchange.sync_shown import waiting_items

    return waiting_items(desk)
