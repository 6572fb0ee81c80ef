"""Numbers and codes that others gave: who prescribes, which package, which pharmacy, which procedure.

Each is checked where its giver says how, and kept in one spelling.
"""

import re

from clinic_desktop.domain.refusals import Refusal

MOST_MODIFIERS = 4
CARD_TYPES = ("visa", "mastercard", "amex", "discover", "other")


def npi(text: str) -> str:
    """A US National Provider Identifier: ten digits, the last by Luhn over ``80840`` and the nine before it.

    Source: CMS, Requirements for National Provider Identifier (NPI) and NPI Check Digit, 2004.
    """
    digits = _bare(text)
    if not digits:
        return ""
    if not re.fullmatch(r"[12][0-9]{9}", digits):
        raise Refusal("An NPI has ten digits and begins with 1 or 2.", field="npi")
    if _luhn("80840" + digits) % 10:
        raise Refusal("This NPI is mistyped: its last digit does not fit the others.", field="npi")
    return digits


def dea(text: str) -> str:
    """A US registration to prescribe controlled drugs: two letters (the second may be 9), six digits, a check digit.

    The first, third and fifth digit plus twice the second, fourth and sixth end in the seventh. Source: DEA, Diversion
    Control Division, Practitioner's Manual, on verifying a registration number.
    """
    number = _bare(text).upper()
    if not number:
        return ""
    if not re.fullmatch(r"[A-Z][A-Z9][0-9]{7}", number):
        raise Refusal("A DEA number is two letters and seven digits.", field="dea")
    digits = [int(one) for one in number[2:]]
    if (sum(digits[0:6:2]) + 2 * sum(digits[1:6:2])) % 10 != digits[6]:
        raise Refusal("This DEA number is mistyped: its last digit does not fit the others.", field="dea")
    return number


def ndc(text: str) -> str:
    """A US National Drug Code in eleven digits, from any of its spellings.

    With hyphens 4-4-2, 5-3-2 and 5-4-1 (21 CFR 207.33), or 5-4-2 as billed (45 CFR 162.1002); without hyphens only
    eleven digits, because ten do not say which part is short.
    """
    written = text.strip()
    if not written:
        return ""
    if re.fullmatch(r"[0-9]{11}", written):
        return written
    parts = written.split("-")
    if all(re.fullmatch(r"[0-9]+", part) for part in parts) and tuple(len(part) for part in parts) in {
        (4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2),
    }:  # fmt: skip
        return parts[0].zfill(5) + parts[1].zfill(4) + parts[2].zfill(2)
    if re.fullmatch(r"[0-9]{10}", written):
        raise Refusal("Write this NDC with its hyphens: ten digits alone may be read in three ways.", field="ndc")
    raise Refusal("An NDC is written 4-4-2, 5-3-2, 5-4-1 or 5-4-2 digits, or as eleven digits.", field="ndc")


def ndc_words(code: str) -> str:
    """An NDC as it is printed: ``00093-7214-01``."""
    return f"{code[:5]}-{code[5:9]}-{code[9:]}" if len(code) == 11 else code


def ncpdp(text: str) -> str:
    """The number of a pharmacy in the US: seven digits (NCPDP Provider Identification Number)."""
    digits = _bare(text)
    if digits and not re.fullmatch(r"[0-9]{7}", digits):
        raise Refusal("An NCPDP number has seven digits.", field="ncpdp")
    return digits


def is_procedure(code: str) -> bool:
    """Whether this has the shape of a procedure code."""
    return re.fullmatch(r"[0-9]{5}|[0-9]{4}[FMTU]|[A-V][0-9]{4}", code) is not None


def procedure(text: str) -> str:
    """A procedure code by its shape; whether it means anything is for whoever holds the list.

    CPT: five digits, or four and a letter F, M, T or U (AMA, CPT code categories). HCPCS level II and CDT: a letter A
    to V and four digits (CMS, HCPCS level II coding procedures).
    """
    code = text.strip().upper()
    if code and not is_procedure(code):
        raise Refusal("A procedure code has five characters, such as 99213, 0001U or J1885.", field="procedure_code")
    return code


def modifiers(text: str) -> str:
    """The modifiers of a procedure, two characters each, at most four (CMS-1500 form, item 24D)."""
    found = text.replace(",", " ").upper().split()
    if any(not re.fullmatch(r"[0-9A-Z]{2}", one) for one in found):
        raise Refusal("A modifier has two characters, such as 25 or LT.", field="modifiers")
    if len(found) > MOST_MODIFIERS:
        raise Refusal("At most four modifiers fit on a claim.", field="modifiers")
    return " ".join(dict.fromkeys(found))


def diagnosis_codes(text: str) -> str:
    """Diagnosis codes divided by blanks, each with the shape of ICD-10: a letter, a digit, and more."""
    found = text.replace(",", " ").upper().split()
    for one in found:
        if not re.fullmatch(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", one):
            raise Refusal("“{code}” is no ICD-10 code.", field="diagnoses", code=one)
    return " ".join(dict.fromkeys(found))


def last_four(text: str) -> str:
    """The last four digits of a card: more of it is never kept (PCI DSS 4.0, requirement 3)."""
    digits = text.strip()
    if digits and not re.fullmatch(r"[0-9]{4}", digits):
        raise Refusal("Only the last four digits of a card are kept.", field="card_last_four")
    return digits


def _bare(text: str) -> str:
    return re.sub(r"[\s-]", "", text)


def _luhn(digits: str) -> int:
    doubled = [int(one) * (2 if place % 2 else 1) for place, one in enumerate(reversed(digits))]
    return sum(one // 10 + one % 10 for one in doubled)
