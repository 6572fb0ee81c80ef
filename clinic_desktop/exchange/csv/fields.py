"""What each kind of table may hold: its fields in words, and how a cell becomes a value."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from clinic_desktop.domain.money import minor_digits
from clinic_desktop.domain.patients import BLOOD_TYPES, SEXES, read_birth_date
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_


@dataclass(frozen=True)
class Reading:
    """What cells are read with: the order of dates in the file, the currency of the clinic, today."""

    today: date
    currency: str = ""
    date_format: str = ""


@dataclass(frozen=True)
class Field:
    """One field of a kind; `read` turns a cell into a value or raises Refusal."""

    name: str
    words: str
    example: str
    read: Callable[[str, Reading], object]
    required: bool = False
    synonyms: tuple[str, ...] = ()
    joined: bool = False  # several columns of a table make it up, in their order


def _text(text: str, _with: Reading) -> object:
    return text


def _whole(text: str, _with: Reading) -> object:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise Refusal(N_("This is not a whole number."))
    return int(text)


def _yes(text: str, _with: Reading) -> object:
    answer = {"yes": True, "y": True, "true": True, "1": True, "no": False, "n": False, "false": False, "0": False}
    if text.casefold() not in answer:
        raise Refusal(N_("Write yes or no."))
    return answer[text.casefold()]


def _sex(text: str, _with: Reading) -> object:
    known = {"f": "female", "m": "male", "o": "other", "u": "unknown"} | {sex: sex for sex in SEXES}
    if text.casefold() not in known:
        raise Refusal(N_("Write female, male, other or unknown; a mapping may say what other words mean."))
    return known[text.casefold()]


def _blood(text: str, _with: Reading) -> object:
    if text.upper() not in BLOOD_TYPES:
        raise Refusal(N_("This is not a blood type."))
    return text.upper()


_ORDERS = {"YYYYMMDD": "%Y%m%d", "DDMMYYYY": "%d%m%Y", "MM/DD/YYYY": "%m/%d/%Y", "DD/MM/YYYY": "%d/%m/%Y",
           "MM-DD-YYYY": "%m-%d-%Y", "DD-MM-YYYY": "%d-%m-%Y", "DD.MM.YYYY": "%d.%m.%Y", "YYYY-MM-DD": "%Y-%m-%d",
           "YYYY/MM/DD": "%Y/%m/%d"}  # fmt: skip
DATE_FORMATS = tuple(_ORDERS)


def _date(text: str, reading: Reading) -> object:
    """A civil date: by the mapping's format, else as people type it (day before month) or in eight figures."""
    if reading.date_format:
        try:
            return datetime.strptime(text, _ORDERS[reading.date_format]).date()  # noqa: DTZ007 - a civil date
        except ValueError:
            raise Refusal(N_("This is not a date written as {format}."), format=reading.date_format) from None
    if re.fullmatch(r"\d{8}", text):
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    read = read_birth_date(text, reading.today)
    if read is None:
        raise Refusal(N_("This is not a date that there is: write it as 1945-07-14."))
    return read


def _birth(text: str, reading: Reading) -> object:
    """A birth date and how exactly it is known: ``1945``, ``1945-07``, a whole date."""
    if match := re.fullmatch(r"(\d{4})(?:-(\d{2}))?", text):
        try:
            first = date(int(match[1]), int(match[2] or 1), 1)
        except ValueError:
            raise Refusal(N_("This is not a date that there is: write it as 1945-07-14.")) from None
        return first, "month" if match[2] else "year"
    return _date(text, reading), "day"


def _amount(text: str, reading: Reading) -> object:
    """An amount in the currency's own unit with its decimals (``12.50``), exactly, in minor units."""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", text):
        raise Refusal(N_("Write an amount as 1250.50: figures, and a point before the decimals."))
    digits = minor_digits(reading.currency)
    try:
        minor = Decimal(text).scaleb(digits)
    except InvalidOperation:
        raise Refusal(N_("Write an amount as 1250.50: figures, and a point before the decimals.")) from None
    if minor != minor.to_integral_value():
        raise Refusal(N_("{currency} has {digits} decimals."), currency=reading.currency, digits=digits)
    return int(minor)


def _currency(text: str, _with: Reading) -> object:
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise Refusal(N_("Write the currency in three letters, as in KES."))
    return text.upper()


def _kind(text: str, _with: Reading) -> object:
    kinds = ("consultation", "test", "medicine", "procedure", "other")
    if text.casefold() not in kinds:
        raise Refusal(N_("Write one of {kinds}."), kinds=", ".join(kinds))
    return text.casefold()


PATIENTS = (
    Field("external_id", N_("the number this person has where the table comes from"), "A-10482", _text,
          synonyms=("id", "patient id", "patient number", "rec id", "mrn", "old number")),
    Field("family_name", N_("family name, or the only name there is"), "Wanjiru", _text,
          synonyms=("surname", "last name", "last", "family")),
    Field("given_names", N_("given names"), "Grace Achieng", _text,
          synonyms=("given name", "first name", "first", "forename", "forenames", "given")),
    Field("sex", N_("female, male, other or unknown"), "female", _sex, synonyms=("gender",)),
    Field("born_on", N_("birth date; a year or a year and month where no more is known"), "1987-03-09", _birth,
          synonyms=("date of birth", "dob", "birth date", "birthdate", "born")),
    Field("phone", N_("telephone"), "+254 712 345 678", _text, synonyms=("telephone", "mobile", "phone number")),
    Field("other_phone", N_("another telephone"), "", _text, synonyms=("phone 2", "home phone")),
    Field("email", N_("e-mail"), "", _text, synonyms=("e-mail", "mail")),
    Field("address", N_("street and house, or a description"), "12 Kenyatta Avenue", _text,
          synonyms=("street number", "house number", "street", "address 1", "address line 1", "address 2",
                    "address line 2"), joined=True),
    Field("city", N_("town or suburb"), "Nakuru", _text, synonyms=("town", "suburb", "village")),
    Field("district", N_("district, county or state"), "Nakuru County", _text,
          synonyms=("state", "county", "province")),
    Field("postal_code", N_("postal code"), "20100", _text, synonyms=("postcode", "zip", "zip code")),
    Field("country", N_("country"), "Kenya", _text),
    Field("national_id", N_("national identity number"), "28841973", _text,
          synonyms=("soc sec id", "ssn", "national number", "identity number", "id number")),
    Field("language", N_("preferred language"), "Kiswahili", _text),
    Field("occupation", N_("occupation"), "teacher", _text),
    Field("blood_type", N_("blood type"), "O+", _blood, synonyms=("blood group",)),
    Field("insurer", N_("insurer"), "", _text, synonyms=("insurance",)),
    Field("insurance_number", N_("number at the insurer"), "", _text, synonyms=("policy number", "member number")),
    Field("insurance_share", N_("the insurer's share in percent"), "", _whole),
    Field("alert", N_("a warning for the banner"), "", _text),
    Field("contact_name", N_("somebody to call"), "Peter Wanjiru", _text, synonyms=("next of kin",)),
    Field("contact_relation", N_("who that is"), "brother", _text),
    Field("contact_phone", N_("their telephone"), "+254 720 111 222", _text),
)  # fmt: skip

PRICES = (
    Field("code", N_("small letters, figures and _"), "consultation_new", _text, required=True),
    Field("name", N_("what stands on the invoice"), "Consultation, new", _text, required=True),
    Field("kind", N_("consultation, test, medicine, procedure or other"), "consultation", _kind, required=True),
    Field("amount", N_("price, with the decimals of the currency"), "1500.00", _amount, required=True,
          synonyms=("price",)),
    Field("currency", N_("three letters; the clinic's own when empty"), "KES", _currency),
    Field("active", N_("yes or no"), "yes", _yes),
)  # fmt: skip

FORMULARY = (
    Field("name", N_("generic name and what tells it apart"), "amoxicillin", _text, required=True,
          synonyms=("medicine", "drug", "product")),
    Field("strength", N_("strength"), "500 mg", _text),
    Field("form", N_("form"), "capsule", _text),
    Field("unit", N_("what is counted: tablet, capsule, mL"), "capsule", _text, required=True),
    Field("pack_size", N_("how many to a pack"), "100", _whole),
    Field("reorder_level", N_("order again at or below"), "300", _whole),
    Field("medicine_code", N_("the medicine's code in the reference data"), "amoxicillin_500_cap", _text),
    Field("price_code", N_("its code on the price list"), "amoxicillin_500_cap", _text),
    Field("controlled", N_("yes or no"), "no", _yes),
    Field("active", N_("yes or no"), "yes", _yes),
)  # fmt: skip

STOCK = (
    Field("name", N_("the product's name, as in the formulary"), "amoxicillin", _text, required=True,
          synonyms=("medicine", "drug", "product")),
    Field("strength", N_("strength"), "500 mg", _text),
    Field("form", N_("form"), "capsule", _text),
    Field("lot", N_("lot as printed on the pack"), "LX2291", _text, required=True, synonyms=("batch", "lot number")),
    Field("expires_on", N_("expiry date"), "2028-06-30", _date, required=True, synonyms=("expiry", "expiry date")),
    Field("quantity", N_("how many units, not packs"), "600", _whole, required=True, synonyms=("count", "qty")),
    Field("gtin", N_("GTIN of the pack"), "", _text),
    Field("delivery", N_("delivery note or invoice number: the same row of the same delivery is taken once"), "DN-88",
          _text, synonyms=("delivery note", "reference")),
)  # fmt: skip

KINDS: Mapping[str, tuple[Field, ...]] = {
    "patients": PATIENTS, "prices": PRICES, "formulary": FORMULARY, "stock": STOCK,
}  # fmt: skip
