"""Administration: the clinic's settings, the price list, the formulary, the laboratory's catalogue with its ranges."""

import itertools
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlalchemy import select

from clinic_desktop.domain import coding
from clinic_desktop.domain.clinic_settings import SETTING_WORDS, SETTINGS
from clinic_desktop.domain.counting import money, whole
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.i18n import N_
from clinic_desktop.services.acts import Act, Read, command, query
from clinic_desktop.services.immunization_reference import SETTING, schedule_ids
from clinic_desktop.store.tables.billing import prices
from clinic_desktop.store.tables.journal import settings
from clinic_desktop.store.tables.laboratory import lab_ranges, lab_tests
from clinic_desktop.store.tables.pharmacy import products

# What may be set, and what each value has to look like.
PRICE_KINDS = ("consultation", "test", "medicine", "procedure", "other")
FOREVER_DAYS = 54750  # 150 years of 365 days: "from then on", as the starter pack writes it


@dataclass(frozen=True)
class Setting:
    """One setting of the clinic."""

    name: str
    value: str
    revision: int


@dataclass(frozen=True)
class Price:
    """One line of the price list; `amount` in minor units."""

    id: str
    revision: int
    code: str
    name: str
    kind: str
    amount: int
    currency: str
    active: bool
    procedure_code: str = ""


@dataclass(frozen=True)
class FormularyProduct:
    """One product that the pharmacy may stock."""

    id: str
    revision: int
    medicine_code: str | None
    name: str
    form: str
    strength: str
    unit: str
    pack_size: int
    reorder_level: int
    price_code: str | None
    controlled: bool
    active: bool
    ndc: str = ""


@dataclass(frozen=True)
class ReferenceRange:
    """One reference range of a test, numbers as they are written."""

    id: str
    revision: int
    test_code: str
    sex: str
    age_from_days: int
    age_to_days: int
    low: str | None
    high: str | None
    critical_low: str | None
    critical_high: str | None
    source: str


@dataclass(frozen=True)
class CatalogueEntry:
    """One test of the laboratory with its ranges."""

    id: str
    revision: int
    code: str
    name: str
    loinc: str | None
    unit: str | None
    specimen: str
    section: str
    kind: str
    choices: str | None
    plausible_low: str | None
    plausible_high: str | None
    price_code: str | None
    active: bool
    source: str
    ranges: tuple[ReferenceRange, ...]


@dataclass(frozen=True)
class NewRange:
    """A reference range as it is typed; empty limits are none."""

    test_code: str
    sex: str
    age_from_days: int
    age_to_days: int
    low: str = ""
    high: str = ""
    critical_low: str = ""
    critical_high: str = ""
    source: str = ""


@query
def clinic_settings(read: Read) -> tuple[Setting, ...]:
    """The clinic's settings, by name; what was never set is not there."""
    rows = read.conn.execute(select(settings).where(settings.c.name.in_(list(SETTINGS))).order_by(settings.c.name))
    return tuple(Setting(row.name, row.value, row.revision) for row in rows)


@command
def change_setting(act: Act, name: str, value: str) -> None:
    """Set one setting of the clinic."""
    if name not in SETTINGS:
        raise ValueError("no such setting")
    if not SETTINGS[name].fullmatch(value.strip()):
        raise Refusal(SETTING_WORDS.get(name, N_("Please fill this in.")), field=name)
    if name == SETTING and value.strip() not in schedule_ids(act.conn):
        raise Refusal(N_("There is no schedule “{id}”."), field=name, id=value.strip())
    known = act.conn.execute(select(settings.c.id).where(settings.c.name == name)).scalar_one_or_none()
    if known is None:
        act.create(settings, {"name": name, "value": value.strip()}, kind="setting.made")
    else:
        act.change(settings, known, {"value": value.strip()}, kind="setting.changed")


@query
def price_list(read: Read) -> tuple[Price, ...]:
    """Every price, the ones in force first, by kind and name."""
    rows = read.conn.execute(select(prices).order_by(prices.c.active.desc(), prices.c.kind, prices.c.name))
    return tuple(
        Price(row.id, row.revision, row.code, row.name, row.kind, row.amount, row.currency, bool(row.active),
              row.procedure_code or "")
        for row in rows
    )  # fmt: skip


@command
def add_price(act: Act, code: str, name: str, kind: str, amount: int, currency: str, procedure_code: str = "") -> str:
    """Put something on the price list; returns its id."""
    if not re.fullmatch(r"[a-z0-9_]+", code):
        raise Refusal(N_("A code has small letters, figures and _ only."), field="code")
    if act.conn.execute(select(prices.c.id).where(prices.c.code == code)).first() is not None:
        raise Refusal(N_("This code is on the price list already."), field="code")
    if kind not in PRICE_KINDS:
        raise Refusal(N_("Choose a kind."), field="kind")
    _require_price(name, amount)
    values = {"code": code, "name": name.strip(), "kind": kind, "amount": amount, "currency": currency}
    values["procedure_code"] = coding.procedure(procedure_code) or None
    return act.create(prices, values, kind="price.added")


@command
def change_price(
    act: Act, price_id: str, *, name: str, amount: int, active: bool, procedure_code: str | None = None, expect: int
) -> int:
    """Change a price from now on: what was charged stays as it was charged. Returns the new revision."""
    _require_price(name, amount)
    changes: dict[str, object] = {"name": name.strip(), "amount": amount, "active": int(active)}
    if procedure_code is not None:
        changes["procedure_code"] = coding.procedure(procedure_code) or None
    return act.change(prices, price_id, changes, kind="price.changed", expect=expect)


@query
def formulary(read: Read) -> tuple[FormularyProduct, ...]:
    """Every product, the ones in use first, by name."""
    rows = read.conn.execute(select(products).order_by(products.c.active.desc(), products.c.name, products.c.strength))
    return tuple(
        FormularyProduct(
            row.id, row.revision, row.medicine_code, row.name, row.form, row.strength, row.unit, row.pack_size,
            row.reorder_level, row.price_code, bool(row.controlled), bool(row.active), coding.ndc_words(row.ndc or ""),
        )
        for row in rows
    )  # fmt: skip


@command
def change_product(
    act: Act,
    product_id: str,
    *,
    pack_size: int,
    reorder_level: int,
    price_code: str | None,
    controlled: bool,
    active: bool,
    ndc: str | None = None,
    expect: int,
) -> int:
    """Change how a product is stocked and charged. What it is (name, strength, form) is another product."""
    whole(pack_size, field="pack_size", least=1)
    whole(reorder_level, field="reorder_level", least=0)
    _require_known_price(act, price_code)
    changes = {
        "pack_size": pack_size,
        "reorder_level": reorder_level,
        "price_code": price_code or None,
        "controlled": int(controlled),
        "active": int(active),
    } | ({} if ndc is None else {"ndc": coding.ndc(ndc) or None})
    return act.change(products, product_id, changes, kind="product.changed", expect=expect)


@query
def lab_catalogue(read: Read) -> tuple[CatalogueEntry, ...]:
    """Every test of the laboratory with its ranges, by section and name."""
    ranges: dict[str, list[ReferenceRange]] = {}
    in_force = select(lab_ranges).where(lab_ranges.c.active == 1)
    for row in read.conn.execute(in_force.order_by(lab_ranges.c.age_from_days, lab_ranges.c.sex)):
        ranges.setdefault(row.test_code, []).append(
            ReferenceRange(
                row.id, row.revision, row.test_code, row.sex, row.age_from_days, row.age_to_days, row.low, row.high,
                row.critical_low, row.critical_high, row.source,
            )
        )  # fmt: skip
    rows = read.conn.execute(select(lab_tests).order_by(lab_tests.c.section, lab_tests.c.name))
    return tuple(
        CatalogueEntry(
            row.id, row.revision, row.code, row.name, row.loinc, row.unit, row.specimen, row.section, row.kind,
            row.choices, row.plausible_low, row.plausible_high, row.price_code, bool(row.active), row.source,
            tuple(ranges.get(row.code, ())),
        )
        for row in rows
    )  # fmt: skip


@command
def change_test(
    act: Act,
    test_id: str,
    *,
    name: str,
    plausible_low: str,
    plausible_high: str,
    price_code: str | None,
    active: bool,
    source: str,
    expect: int,
) -> int:
    """Change what a test is called, costs and may yield; its unit and code are another test. Needs a source."""
    if not name.strip():
        raise Refusal(N_("Please fill this in."), field="name")
    low, high = _limit(plausible_low, "plausible_low"), _limit(plausible_high, "plausible_high")
    if low is not None and high is not None and low >= high:
        raise Refusal(N_("The upper limit has to be above the lower one."), field="plausible_high")
    _require_known_price(act, price_code)
    changes = {
        "name": name.strip(),
        "plausible_low": _written(low),
        "plausible_high": _written(high),
        "price_code": price_code or None,
        "active": int(active),
        "source": _sourced(source),
    }
    return act.change(lab_tests, test_id, changes, kind="lab_test.changed", expect=expect)


@command
def add_range(act: Act, new: NewRange) -> str:
    """Add a reference range; it may not overlap another of the same test and sex. Returns its id."""
    values = _sound_range(new)
    _require_room(act, new, but=None)
    known = select(lab_tests.c.id).where(lab_tests.c.code == new.test_code, lab_tests.c.kind == "numeric")
    if act.conn.execute(known).first() is None:
        raise Refusal(N_("Only a test that yields numbers has ranges."), field="test_code")
    return act.create(lab_ranges, values | {"test_code": new.test_code}, kind="lab_range.added")


@command
def change_range(act: Act, range_id: str, new: NewRange, *, expect: int) -> int:
    """Change a reference range from now on: results keep the range they were judged by. Returns the new revision."""
    values = _sound_range(new)
    _require_room(act, new, but=range_id)
    return act.change(lab_ranges, range_id, values, kind="lab_range.changed", expect=expect)


@command
def retire_range(act: Act, range_id: str, reason: str, *, expect: int) -> int:
    """Take a reference range out of use."""
    if not reason.strip():
        raise Refusal(N_("Say why."), field="reason")
    return act.change(lab_ranges, range_id, {"active": 0}, kind="lab_range.retired", reason=reason.strip(),
                      expect=expect)  # fmt: skip


def _require_price(name: str, amount: int) -> None:
    if not name.strip():
        raise Refusal(N_("Please fill this in."), field="name")
    money(amount)


def _require_known_price(act: Act, price_code: str | None) -> None:
    if price_code and act.conn.execute(select(prices.c.id).where(prices.c.code == price_code)).first() is None:
        raise Refusal(N_("This code is not on the price list."), field="price_code")


def _sourced(source: str) -> str:
    if len(source.strip()) < 3:
        raise Refusal(N_("Say where this is from: a book, a guideline, the maker of the reagent."), field="source")
    return source.strip()


def _limit(text: str | None, field: str) -> Decimal | None:
    if not (text or "").strip():
        return None
    try:
        number = Decimal((text or "").strip().replace(",", "."))
    except InvalidOperation:
        raise Refusal(N_("This is not a number."), field=field) from None
    if not number.is_finite():
        raise Refusal(N_("This is not a number."), field=field)
    return number


def _written(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"


def _sound_range(new: NewRange) -> dict[str, object]:
    """The columns of a range, or a refusal that names what cannot be."""
    if new.sex not in {"any", "female", "male"}:
        raise Refusal(N_("Choose any, female or male."), field="sex")
    if not 0 <= new.age_from_days < new.age_to_days <= FOREVER_DAYS:
        raise Refusal(N_("The ages have to go upwards."), field="age_to_days")
    names = ("critical_low", "low", "high", "critical_high")
    limits = {name: _limit(str(getattr(new, name)), name) for name in names}
    given = [(name, limit) for name, limit in limits.items() if limit is not None]
    if not given:
        raise Refusal(N_("Give at least one limit."), field="low")
    for (_lower, below), (name, above) in itertools.pairwise(given):
        if above <= below:
            raise Refusal(N_("The limits have to go upwards: critical, low, high, critical."), field=name)
    return {
        "sex": new.sex,
        "age_from_days": new.age_from_days,
        "age_to_days": new.age_to_days,
        "source": _sourced(new.source),
        **{name: _written(limit) for name, limit in limits.items()},
    }


def _require_room(act: Act, new: NewRange, *, but: str | None) -> None:
    overlap = select(lab_ranges.c.id).where(
        lab_ranges.c.test_code == new.test_code,
        lab_ranges.c.sex == new.sex,
        lab_ranges.c.active == 1,
        lab_ranges.c.age_from_days < new.age_to_days,
        lab_ranges.c.age_to_days > new.age_from_days,
        lab_ranges.c.id != (but or ""),
    )
    if act.conn.execute(overlap.limit(1)).first() is not None:
        raise Refusal(
            N_("The ages overlap another range of this test and sex: change that one first."), field="age_from_days"
        )
