"""The codes of workstations: two letters that nobody mistakes, drawn so that two offline machines seldom agree."""

import secrets

# No 0/O, 1/I/L, 5/S, 2/Z, 8/B, U/V: they are read wrong off paper.
LETTERS = "ACDEFGHJKMNPQRTWXY"
DIGITS = "34679"


def new_code() -> str:
    """Draw a code such as ``A7K``: 18 x 5 x 18 of them."""
    return secrets.choice(LETTERS) + secrets.choice(DIGITS) + secrets.choice(LETTERS)
