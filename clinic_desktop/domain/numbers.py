"""Numbers that people read out, write down and type: a kind, the workstation's code, a count, a check character."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(text: str) -> str:
    """The ISO/IEC 7064 MOD 37,36 check character: finds every single mistake and nearly every swap of neighbours."""
    product = 36
    for character in text:
        total = (product + ALPHABET.index(character)) % 36 or 36
        product = (total * 2) % 37
    return ALPHABET[(37 - product) % 36]


def compose(kind: str, workstation: str, count: int) -> str:
    """Write a number: ``compose("RX", "A7", 123)`` is ``RX-A7-000123-`` and its check character."""
    digits = f"{count:06d}"
    return f"{kind}-{workstation}-{digits}-{check_character(kind + workstation + digits)}"


def is_sound(number: str) -> bool:
    """Whether a number was written down right."""
    parts = number.upper().split("-")
    if len(parts) != 4 or not all(parts) or not all(letter in ALPHABET for part in parts for letter in part):
        return False
    return check_character("".join(parts[:3])) == parts[3]


def is_miswritten(number: str) -> bool:
    """Whether a number has the shape of ours and a check character that does not fit: a slip of pen or finger."""
    kind, _, rest = number.upper().partition("-")
    return kind.isalpha() and rest.count("-") == 2 and not is_sound(number)
