"""Amounts in minor units as FHIR's Money."""

from clinic_desktop.domain.money import minor_digits
from sync.records.exact import Json, Number


def money(amount: int, currency: str) -> Json:
    """An amount with the decimals of its currency: 12345 in USD is 123.45."""
    digits = minor_digits(currency)
    whole, rest = divmod(abs(amount), 10**digits)
    text = f"{'-' if amount < 0 else ''}{whole}" + (f".{rest:0{digits}d}" if digits else "")
    return {"value": Number(text), "currency": currency}
