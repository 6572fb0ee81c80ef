"""The cells of one row as values; what is wrong with one is told by its column."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from clinic_desktop.domain.money import minor_digits
from clinic_desktop.exchange.csv.reading import is_formula
from clinic_desktop.i18n import N_, _
from sync.records.exact import Number

_MONEY = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,20})?")
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    rf"{_DAY.pattern}[T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,9}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?"
)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
SHOWN = 60


class WrongCell(ValueError):  # noqa: N818 - what is wrong, in words, and where
    """A cell that cannot be taken: its column, what it says, and what is wrong with it."""

    def __init__(self, column: str, value: str, what: str, **facts: object) -> None:
        super().__init__(what)
        shown = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
        self.column = column
        self.what = (f"“{shown}”: " if value else "") + _(what).format(**facts)


class Cells:
    """One row; it remembers which columns were asked for, so that the others can be told as not kept."""

    def __init__(self, cells: Mapping[str, str], currency: str) -> None:
        self._cells, self.currency = cells, currency
        self.asked: set[str] = set()

    def text(self, column: str) -> str:
        """The text of a cell, or nothing. Raises WrongCell on a formula."""
        self.asked.add(column)
        text = self._cells.get(column, "")
        if text and is_formula(text):
            raise WrongCell(column, text, N_("This cell holds a formula. Write its value."))
        return text

    def need(self, column: str) -> str:
        """The text of a cell that may not be empty."""
        text = self.text(column)
        if not text:
            raise WrongCell(column, "", N_("This may not be empty."))
        return text

    def id(self, column: str) -> str:
        """An id of the set, as it is referred to; it may not be empty."""
        text = self.need(column)
        if not _ID.fullmatch(text):
            raise WrongCell(column, text, N_("This is no id."))
        return text

    def link(self, column: str) -> str | None:
        """An id that the row refers to, or nothing."""
        return self.id(column) if self.text(column) else None

    def day(self, column: str) -> str | None:
        """A civil day (of an instant its own day), or nothing."""
        text = self.text(column)
        if not text:
            return None
        try:
            if _DAY.fullmatch(text):
                return date.fromisoformat(text).isoformat()
            return _instant(text).date().isoformat()
        except ValueError:
            raise WrongCell(column, text, N_("This is not a date that there is: write it as 1945-07-14.")) from None

    def moment(self, column: str) -> str | None:
        """A day, or an instant with its offset (UTC where none is written), as FHIR writes it; or nothing."""
        text = self.text(column)
        if len(text) <= len("2026-01-01"):
            return self.day(column)
        try:
            at = _instant(text)
        except ValueError:
            raise WrongCell(
                column, text, N_("This is not a date and time: write it as 2023-01-27T16:17:47Z.")
            ) from None
        plain = text.replace(" ", "T", 1)
        return plain if at.tzinfo is not None else f"{plain}Z"

    def money(self, column: str) -> int | None:
        """An amount exactly, in minor units; nothing where the cell is empty."""
        amount = self._amount(column)
        if amount is None:
            return None
        if amount != amount.to_integral_value():
            digits = minor_digits(self.currency)
            raise WrongCell(column, self.text(column), N_("{currency} has {digits} decimals."),
                            currency=self.currency, digits=digits)  # fmt: skip
        return int(amount)

    def total(self, column: str) -> int | None:
        """A sum that a program made with fractions of the smallest coin, to the nearest one; never a charge."""
        amount = self._amount(column)
        return None if amount is None else int(amount.quantize(Decimal(1), ROUND_HALF_UP))

    def number(self, column: str) -> Number:
        """A measured number exactly as it is written."""
        text = self.need(column)
        if not _NUMBER.fullmatch(text):
            raise WrongCell(column, text, N_("This is no number."))
        return Number(text)

    def _amount(self, column: str) -> Decimal | None:
        text = self.text(column)
        if not text:
            return None
        if not _MONEY.fullmatch(text):
            raise WrongCell(column, text, N_("Write an amount as 1250.50: figures, and a point before the decimals."))
        return Decimal(text).scaleb(minor_digits(self.currency))


def _instant(text: str) -> datetime:
    """An instant in the one way FHIR writes it: Python reads many more, which nothing that gets them would read."""
    if not _MOMENT.fullmatch(text):
        raise ValueError
    return datetime.fromisoformat(text)
