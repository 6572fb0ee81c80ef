"""Amounts of money in words: integer minor units in, the currency's own decimals out."""

# ISO 4217:2015, the currencies whose minor unit is not a hundredth.
_DIGITS = {
    **dict.fromkeys(
        (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}


def minor_digits(currency: str) -> int:
    """How many decimals a currency has (ISO 4217)."""
    return _DIGITS.get(currency, 2)


def currencies_of(digits: int) -> tuple[str, ...]:
    """The currencies with so many decimals; of those with two, which are all the others, none is named."""
    return tuple(sorted(currency for currency, known in _DIGITS.items() if known == digits))


def amount_text(amount: int, currency: str = "") -> str:
    """Write an amount with the decimals of its currency and thousands apart: ``1,234.50``."""
    digits = minor_digits(currency)
    whole, rest = divmod(abs(amount), 10**digits)
    sign = "−" if amount < 0 else ""
    return f"{sign}{whole:,}" + (f".{rest:0{digits}d}" if digits else "")


def money_text(amount: int, currency: str) -> str:
    """Write an amount with its currency behind it: ``1,234.50 USD``."""
    return f"{amount_text(amount, currency)} {currency}"
