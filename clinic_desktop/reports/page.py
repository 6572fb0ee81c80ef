"""What every document has: the clinic's head, whose paper it is, page n of m, printed when and by whom; and flow."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from clinic_desktop.domain.patients import show_name
from clinic_desktop.i18n import _
from clinic_desktop.reports.flow import BODY, NORMAL, QUIET, SECTION, SMALL, TITLE, Cell, Column, Flow, Style, height_of
from clinic_desktop.reports.sealed import Seal
from clinic_desktop.reports.sheet import ACCENT, MM, WASH, Sheets
from clinic_desktop.reports.text import line, one_line, wrap
from clinic_desktop.reports.wording import day, moment, mrn_words

A4: Final = (210 * MM, 297 * MM)
A5: Final = (148 * MM, 210 * MM)


@dataclass(frozen=True)
class ClinicHead:
    """The clinic as it stands at the head of its papers."""

    name: str
    address: tuple[str, ...] = ()
    phone: str = ""
    registration: str = ""
    lines: tuple[str, ...] = ()
    logo: bytes = b""  # PNG or JPEG


@dataclass(frozen=True, repr=False)
class PatientIdentity:
    """Whose paper it is; `age` in words such as "80 y", on the day that the paper is about."""

    family: str
    given: str
    mrn: str
    sex: str
    born_on: date | None = None
    born_estimated: bool = False
    age: str = ""

    def name(self) -> str:
        """FAMILY, Given."""
        return show_name(self.family, self.given)

    def facts(self) -> str:
        """Born 14-Jul-1945 (80 y), sex and number, for one line."""
        born = day(self.born_on) if self.born_on else _("date of birth not known")
        if self.born_on:
            born = _("born about {date}") if self.born_estimated else _("born {date}")
            born = born.format(date=day(self.born_on))
        age = f" ({self.age})" if self.age else ""
        return "     ".join(part for part in (born + age, self.sex, mrn_words(self.mrn)) if part)


@dataclass(frozen=True)
class Printed:
    """When, in the clinic's own zone, and by whom a paper was printed."""

    at: datetime
    by: str


class Paper(Flow):
    """A document that fills page after page, keeping clear of its own head and foot."""

    def __init__(
        self,
        size: tuple[float, float],
        clinic: ClinicHead,
        printed: Printed,
        title: str,
        *,
        number: str = "",
        patient: PatientIdentity | None = None,
        margin: float = 14 * MM,
    ) -> None:
        super().__init__(
            Sheets(*size, title=f"{title} {number}".strip()),
            left=margin,
            top=margin,
            width=size[0] - 2 * margin,
            bottom=size[1] - margin - 7 * MM,
        )
        self.again = 12 * MM
        self._clinic, self._printed, self._title, self._number = clinic, printed, title, number
        self._patient = patient
        self._head()

    def _head(self) -> None:
        narrow = self.width < 130 * MM
        title = Style(15.0 if narrow else TITLE, bold=True, colour=ACCENT)
        logo = self._logo(narrow=narrow)
        beside = Column(logo[0] + 4 * MM if logo[0] else 0)
        wide = self.width - beside.width
        columns = (Column(wide - self.width * 0.44), Column(self.width * 0.44, "right"))
        left, self.left, self.width = self.left, self.left + beside.width, wide
        self.row([Cell(self._clinic.name, Style(SECTION, bold=True)), Cell(self._title, title)], columns, gap=0)
        phone = self._clinic.phone.replace(" ", "\u00a0")  # a number is not broken over two lines
        contact = " · ".join(part for part in (*self._clinic.address, phone) if part)
        more = [*self._clinic.lines]
        if self._clinic.registration:
            more.append(_("Registration {number}").format(number=self._clinic.registration))
        self.row([Cell(contact, QUIET), Cell(self._number, Style(BODY, bold=True))], columns, gap=1 if more else 6)
        if more:
            self.row([Cell(" · ".join(more), QUIET)], (Column(wide),), gap=6)
        self.left, self.width = left, wide + beside.width
        self.y = max(self.y, self.top + logo[1] + 6) if logo[1] else self.y
        if self._patient:
            self._identity(self._patient)
        else:
            self.sheets.rule(self.left, self.y, self.width)
        self.y += 10

    def _logo(self, *, narrow: bool) -> tuple[float, float]:
        """Draw the clinic's logo where it has one; gives its width and height in points."""
        if not self._clinic.logo:
            return 0.0, 0.0
        room = (26 * MM, 11 * MM) if narrow else (42 * MM, 15 * MM)
        return self.sheets.picture(self._clinic.logo, self.left, self.y, *room)

    def _identity(self, patient: PatientIdentity) -> None:
        large = Style(SECTION, bold=True)
        name = wrap(patient.name(), self.limit(self.width - 16, SECTION), bold=True)
        facts = wrap(patient.facts(), self.limit(self.width - 16, BODY))
        high = sum(height_of(one, SECTION) for one in name) + sum(height_of(one, BODY) for one in facts) + 10
        if high > (self.bottom - self.top) / 3:
            # A name of no ordinary length is printed whole, over as many pages as it takes.
            self.say(patient.name(), large)
            self.say(patient.facts())
            return
        self.sheets.box(self.left, self.y, self.width, high, fill=WASH)
        self.sheets.box(self.left, self.y, 2.5, high, fill=ACCENT)
        self.y += 5
        self.set_lines(name, large, self.left + 10, self.width - 16, "left")
        self.set_lines(facts, NORMAL, self.left + 10, self.width - 16, "left")
        self.y += 5

    def next_page(self) -> None:
        """The head of every page after the first: a loose page still says whose it is."""
        super().next_page()
        who = self._clinic.name
        if self._patient:
            who = f"{self._patient.name()}     {mrn_words(self._patient.mrn)}".rstrip()
        what = one_line(" ".join(part for part in (self._title, self._number) if part), self.limit(self.width, SMALL))
        free = self.width - what[0].width * SMALL / 1000 - 8
        whole = wrap(who, self.limit(free, SMALL), bold=True)
        top = self.y
        self.set_lines(what, QUIET, self.left, self.width, "right")
        self.y = top
        self.set_lines(whole[:2], Style(SMALL, bold=True), self.left, free, "left")
        self.y += 3
        self.sheets.rule(self.left, self.y, self.width)
        self.y += 8

    def next_patient(self, patient: PatientIdentity) -> None:
        """Begin a page of another patient: this page and those after it say so, and are no longer the one's before."""
        self._patient = patient
        self.next_page()
        self._identity(patient)
        self.y += 10

    def finish(self, *, seal: Seal | None = None) -> bytes:
        """Write the foot of every page, now that their number is known, and give the PDF; sealed where asked."""
        by = _("Printed {moment} by {name}").format(moment=moment(self._printed.at), name=self._printed.by)
        foot = self.bottom + 5 * MM

        def draw(number: int) -> None:
            self.sheets.rule(self.left, foot - 3 * MM, self.width)
            pages = line(_("Page {n} of {m}").format(n=number, m=self.sheets.page_count))
            wide = pages.width * SMALL / 1000
            self.y = foot - 2 * MM
            self.set_lines(one_line(by, self.limit(self.width - wide - 8, SMALL)), QUIET, self.left, self.width, "left")
            self.y = foot - 2 * MM
            self.set_lines([pages], QUIET, self.left, self.width, "right")

        self.sheets.on_every_page(draw)
        return self.sheets.finish(seal=seal)
