"""The page Consents as it is seen: what was agreed, who may open the record, what was shared; details at the right."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desktop.domain.consents import BY_KEY
from clinic_desktop.gui.screens.consents import lists
from clinic_desktop.gui.screens.consents.detail import Detail
from clinic_desktop.gui.screens.consents.forms import ConsentForms
from clinic_desktop.gui.screens.consents.presenter import ConsentsPresenter, Shown, Written, in_a_month
from clinic_desktop.gui.shell.screen import ScreenContext, ScreenView
from clinic_desktop.gui.widgets.formstack import FormStack, Side
from clinic_desktop.gui.widgets.labels import label
from clinic_desktop.gui.widgets.panel import Panel
from clinic_desktop.i18n import _
from clinic_desktop.services.consent_rows import Consent
from clinic_desktop.services.consent_wording import Wording
from clinic_desktop.services.sharing import Share


class ConsentsView(ScreenView):
    """The page of one patient's consents."""

    def __init__(self, context: ScreenContext) -> None:
        super().__init__("consents")
        self._window, self._today = context.window, context.today
        self._presenter = ConsentsPresenter(context.desk, context.tasks, self, context.prove)
        self.list, self.shares = lists.consents(context.settings), lists.shares(context.settings)
        self._forms = ConsentForms(self._presenter, context.today)
        self._detail = Detail()
        self._stack = FormStack(self._detail, self._forms.pages)
        self._who = label("", "", name="consents.who", wrap=True)
        self.set_title(_("Consents"))
        self._build()
        self.list.selected.connect(self._consent_chosen)
        self.shares.selected.connect(self._share_chosen)

    def _build(self) -> None:
        may = self._presenter.may
        agreed, given, who = Panel(_("What was agreed")), Panel(_("Shared outside")), Panel(_("Who may open it"))
        self._another = self.add_button(_("&New consent"), "consents.new", self._new)
        self._sign = agreed.add_button(_("Si&gn"), "consents.sign", lambda: self._about_consent("sign"))
        agreed.add_button(_("&Withdraw"), "consents.withdraw", lambda: self._about_consent("withdraw"))
        agreed.add_button(_("&Print"), "consents.print", self._print)
        agreed.add(self.list, 1)
        if may("sharing.share_record"):
            given.add_button(_("S&hare"), "consents.share", self._share)
            given.add_button(_("Make &file"), "consents.copy", lambda: self._about_share("copy"))
        given.add_button(_("With&draw"), "consents.withdraw_share", lambda: self._about_share("withdraw"))
        given.add(self.shares, 1)
        self._limit = who.add_button(_("&Restrict"), "consents.restrict", self._restrict)
        self._lift = who.add_button(_("&Lift"), "consents.lift", lambda: self._show_form("lift"))
        self._break = who.add_button(_("&Break the glass"), "consents.break_glass", lambda: self._show_form("glass"))
        self._end = who.add_button(_("&Close it again"), "consents.end_glass", self._presenter.end_glass)
        who.add(self._who)
        # A small window scrolls in the lists, not the page.
        self.list.setMinimumHeight(100)
        self.shares.setMinimumHeight(90)
        self._stack.setMinimumHeight(200)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        left = Side()
        left.column.addWidget(agreed, 3)
        left.column.addWidget(who)
        left.column.addWidget(given, 2)
        row.addWidget(left, 10)
        row.addWidget(self._stack, 11)
        self.set_body(body)

    # The shell --------------------------------------------------------------------------------------------

    def open(self, **arguments: str) -> None:
        """Open the page of ``patient_id``; ``form`` opens one of its forms at once."""
        patient = arguments["patient_id"]
        self._clear()
        self._window.set_patient(patient)
        self._presenter.open(patient)
        form = arguments.get("form", "")
        if form == "consent":
            self._new()
        elif form in self._stack.pages:
            self._show_form(form)

    def refresh(self, kinds: frozenset[str]) -> None:
        """Ask again for what changed."""
        self._presenter.refresh(kinds)

    def escape(self) -> bool:
        """Close the form that is open; what was typed stays as a draft."""
        if not self._stack.current:
            return False
        self._close_form()
        return True

    def leave(self) -> None:
        """Hand over drafts still being typed."""
        self._stack.flush()
        self._forget_password()

    # What the presenter shows ----------------------------------------------------------------------------

    def show_all(self, shown: Shown) -> None:
        """Show everything."""
        self.list.set_rows(shown.page.consents)
        self.shares.set_rows(shown.shares)
        self._forms.person.set_choices([(one.staff_id, one.name) for one in shown.people])
        self._show_who(shown)
        if self.list.current() is None and self.shares.current() is None and shown.page.consents:
            self.list.select_row(0)
        else:
            self._consent_chosen(self.list.current())
        self._offer()

    def show_wording(self, wording: Wording) -> None:
        """Show what a patient agrees to, in the form."""
        self._forms.wording.setText(wording.text)

    def was_done(self, form: str, said: str) -> None:
        """A form led to its act."""
        self.set_primary_busy(False)
        if form in self._stack.pages:
            self._stack.pages[form].form.clear()
        if form and self._stack.current == form:
            self._close_form()
        self._window.say(_(said))
        self._window.refresh_banner()

    def was_written(self, written: Written) -> None:
        """A sealed copy lies in its file: show the password, once."""
        self.set_primary_busy(False)
        self._forms.password.setText(written.password)
        self._forms.written.setText(_("Password of {file}. It is kept nowhere.").format(file=written.path))
        self._stack.pages["copy"].form.settle()

    def show_problem(self, form: str, error: Exception) -> None:
        """Say what is wrong, beside its field where it has one."""
        self.set_primary_busy(False)
        page = self._stack.pages.get(form)
        self._window.show_error(error, None if page is None else page.form)

    def restore(self, form: str, draft: Mapping[str, object]) -> None:
        """Put back what was typed before."""
        self._stack.pages[form].form.restore(draft)
        if form == "consent":
            self._forms.show_scope()

    # Acts and forms ---------------------------------------------------------------------------------------

    def _show_who(self, shown: Shown) -> None:
        may, limit, glass = self._presenter.may, shown.page.restriction, shown.glass
        self._limit.setVisible(limit is None and may("restrictions.restrict_record"))
        self._lift.setVisible(limit is not None and may("restrictions.lift_restriction"))
        self._break.setVisible(glass is None and may("break_glass.break_glass"))
        self._end.setVisible(glass is not None)
        if limit is None:
            words = _("Everybody whose work it is. The patient has not restricted this record.")
        else:
            people = {one.staff_id: one.name for one in shown.people}
            words = _("Only {who}. {reason}").format(who=_named(limit.allowed, people), reason=limit.reason)
        if glass is not None:
            until = glass.ends_at.astimezone()
            words += "\n" + _("Open to you in an emergency until {time}.").format(time=f"{until:%H:%M}")
        self._who.setText(words)

    def _new(self) -> None:
        self._forms.start_consent()
        self._show_form("consent")

    def _share(self) -> None:
        form = self._stack.pages["share"].form
        form.clear()
        form.set_values({"expires_on": in_a_month(self._today()), "permission_print": True, "form": "pdf"})
        self._show_form("share")

    def _restrict(self) -> None:
        self._stack.pages["restrict"].form.clear()
        self._show_form("restrict")

    def _about_consent(self, form: str) -> None:
        row = self.list.current()
        if row is None or row.state not in ({"draft"} if form == "sign" else {"draft", "waiting", "active", "expired"}):
            words = _("Choose a draft first.") if form == "sign" else _("Choose a consent that stands first.")
            self._window.say(words)
            return
        self._about(form, row)

    def _about_share(self, form: str) -> None:
        row = self.shares.current()
        if row is None or (form == "withdraw" and row.state == "withdrawn"):
            self._window.say(_("Choose a share that stands first."))
            return
        self._about(form, row, {"folder": str(Path.home())} if form == "copy" else {})

    def _about(self, form: str, row: Consent | Share, usual: Mapping[str, object] | None = None) -> None:
        self._forget_password()
        self._stack.flush()
        self._stack.pages[form].form.clear()
        self._stack.pages[form].form.set_values(usual or {})
        self._forms.chosen = row
        self._show_form(form, row.id)

    def _show_form(self, name: str, record: str = "") -> None:
        self._stack.show_form(name)
        self._presenter.form_opened(name, record)
        self._offer()

    def _close_form(self) -> None:
        self._forget_password()
        self._stack.close_form()
        self.list.setFocus()
        self._offer()

    def _offer(self) -> None:
        """Offer the one primary act of what is shown now."""
        ready = self._presenter.shown is not None
        page = self._stack.pages.get(self._stack.current)
        row = self.list.current()
        self._sign.setVisible(row is not None and row.state == "draft")
        self._another.setVisible(page is not None)  # else it is the primary act
        if page is None:
            self.set_primary(_("&New consent"), self._new, name="consents.new", enabled=ready)
        else:
            self.set_primary(page.act_words, self._submit, enabled=ready)

    def _submit(self) -> None:
        self.set_primary_busy(True)
        if not self._stack.pages[self._stack.current].submit():
            self.set_primary_busy(False)

    def _print(self) -> None:
        row = self.list.current()
        if row is None:
            self._window.say(_("Choose a consent first."))
        else:
            self._window.preview(self._presenter.form_paper(row), _("Consent"))

    def _consent_chosen(self, row: Consent | None) -> None:
        if row is not None:
            self._detail.show_consent(row, BY_KEY.get(row.scope))
        elif self.shares.current() is None:
            self._detail.show_nothing()
        self._offer()

    def _share_chosen(self, row: Share | None) -> None:
        if row is not None:
            self._detail.show_share(row)

    def _forget_password(self) -> None:
        self._forms.password.setText("")
        self._forms.written.setText("")

    def _clear(self) -> None:
        """Nothing of another patient stays on the screen for a moment."""
        self.set_primary_busy(False)
        self._forget_password()
        self._stack.flush()
        self._stack.clear()
        self._forms.chosen = None
        self.list.set_rows([])
        self.shares.set_rows([])
        self._who.setText("")
        self._detail.show_nothing()


def _named(allowed: tuple[str, ...], people: Mapping[str, str]) -> str:
    words = []
    for one in allowed:
        kind, _colon, who = one.partition(":")
        known = lists.ROLE_WORDS.get(who)
        words.append((_(known).lower() if known else who) if kind == "role" else people.get(who, _("somebody else")))
    return ", ".join(words)
