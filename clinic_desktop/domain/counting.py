"""What a number or a reason must at least be: whole, within a ceiling, a few letters."""

from clinic_desktop.domain.refusals import Refusal

# Sums of stock and money are kept by SQLite in 64 bits: at these ceilings millions of rows of the largest still add up.
_FEWEST, _WHOLE_WORDS = 3, 0x2E80
MOST_COUNTED = 10_000_000
MOST_MONEY = 1_000_000_000_000


def whole(value: object, *, field: str = "quantity", least: int | None = None, most: int = MOST_COUNTED) -> int:
    """Give a whole number back. Raises Refusal naming the field on anything else, below `least` or beyond `most`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal("Only whole numbers: {given} is not one.", field=field, given=str(value))
    if least is not None and value < least:
        raise Refusal("The number must be at least {least}: {given} is not.", field=field, least=least, given=value)
    if abs(value) > most:
        raise Refusal("The number is at most {most}: look at it again.", field=field, most=most)
    return value


def money(value: object, *, field: str = "amount", least: int | None = 0) -> int:
    """Give an amount in whole minor units back. Raises Refusal naming the field on anything else."""
    return whole(value, field=field, least=least, most=MOST_MONEY)


def says_something(reason: str) -> bool:
    """Whether a reason says anything: three letters or figures at least, or one sign of a script of whole words."""
    return sum(each.isalnum() for each in reason) >= _FEWEST or any(ord(each) >= _WHOLE_WORDS for each in reason)
