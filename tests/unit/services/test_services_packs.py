"""Packs and codes beside what is stocked and known: the right product, lot and record, and nothing by a guess."""

from datetime import date

import pytest

from clinic_desktop.devices.gs1.simulator import GTIN
from clinic_desktop.domain.cards import CardCode
from clinic_desktop.domain.gs1_checks import check_digit
from clinic_desktop.domain.packs import Pack
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import packs, prescribing, scanning, stock
from clinic_desktop.services.stock import NewProduct
from clinic_desktop.store.engine import Store
from tests.conftest import DeskFor
from tests.medicines import World, amoxicillin, world

CODE = "amoxicillin_500_cap"
UNTIL = date(2027, 6, 30)


@pytest.fixture
def clinic(store: Store, desk_for: DeskFor) -> World:
    return world(store, desk_for)


def seen(clinic: World, pack: Pack) -> packs.SeenPack:
    return packs.seen_pack(clinic.pharmacist, pack)


def test_a_number_is_known_once_it_is_remembered_and_no_longer_when_it_is_forgotten(clinic: World) -> None:
    desk, product = clinic.pharmacist, clinic.product(CODE)
    assert seen(clinic, Pack(GTIN)).product_id == ""
    packs.remember_pack(desk, product, GTIN)
    assert seen(clinic, Pack(GTIN)).product_id == product
    with pytest.raises(Refusal, match="remembered for this product already"):
        packs.remember_pack(desk, product, GTIN[1:])
    other = clinic.product("amoxicillin_125_liq")
    with pytest.raises(Refusal, match="remembered for"):
        packs.remember_pack(desk, other, GTIN)
    with pytest.raises(Refusal, match="Say why"):
        packs.forget_pack(desk, GTIN, " ")
    packs.forget_pack(desk, GTIN, "typed for the wrong strength")
    assert seen(clinic, Pack(GTIN)).product_id == ""


@pytest.mark.parametrize("number", ["", "95011015300", "09501101530004", "=1+1", "../x", "\0" * 14])
def test_what_is_no_item_number_is_not_remembered(clinic: World, number: str) -> None:
    with pytest.raises(Refusal) as caught:
        packs.remember_pack(clinic.pharmacist, clinic.product(CODE), number)
    assert caught.value.field == "gtin"


def test_a_national_drug_code_in_a_number_finds_its_one_product(clinic: World) -> None:
    ten = "0093721401"
    gtin = "003" + ten + check_digit("003" + ten)
    assert seen(clinic, Pack(gtin)).product_id == ""
    new = NewProduct("Amlodipine", "tablet", "5 mg", "tablet", ndc="00093-7214-01")
    one = stock.add_product(clinic.pharmacist, new)
    assert seen(clinic, Pack(gtin)).product_id == one
    # The same ten digits, parted another way, are another product: then neither is meant.
    stock.add_product(clinic.pharmacist, NewProduct("Another", "tablet", "5 mg", "tablet", ndc="00937-0214-01"))
    assert seen(clinic, Pack(gtin)).product_id == ""


def test_a_lot_is_said_with_what_speaks_against_it(clinic: World) -> None:
    desk = clinic.pharmacist
    packs.remember_pack(desk, clinic.product(CODE), GTIN)
    lot = clinic.receive(CODE, "AB12", UNTIL, 30)
    good = seen(clinic, Pack(GTIN, "ab12", UNTIL))
    assert (good.lot_id, good.held, packs.problem_of(good)) == (lot, 30, None)
    assert "look at it again" in str(packs.problem_of(seen(clinic, Pack(GTIN, "AB12", date(2027, 6, 29)))))
    assert "expired" in str(packs.problem_of(seen(clinic, Pack(GTIN, "NEW", date(2026, 3, 9)))))
    assert packs.problem_of(seen(clinic, Pack(GTIN, "NEW", date(2026, 3, 10)))) is None
    stock.recall_lot(desk, lot, "the maker said so")
    assert "recalled" in str(packs.problem_of(seen(clinic, Pack(GTIN, "AB12", UNTIL))))


def test_each_code_leads_to_its_record_by_role(clinic: World, desk_for: DeskFor) -> None:
    signed = prescribing.sign_prescription(clinic.doctor, clinic.patient, None, [amoxicillin()])
    lot = clinic.receive(CODE, "AB12", UNTIL, 30)
    prescription = (("patient_id", clinic.patient), ("prescription_id", signed.prescription_id))
    number, label = signed.number, CardCode("medicine", signed.prescription_id)
    assert scanning.place_of_number(clinic.pharmacist, number) == scanning.Place("pharmacy", prescription)
    assert scanning.place_of_code(clinic.pharmacist, label) == scanning.Place("pharmacy", prescription)
    patient = scanning.Place(scanning.PATIENT, (("patient_id", clinic.patient),))
    assert scanning.place_of_number(clinic.doctor, number.lower()) == patient
    found = scanning.place_of_code(clinic.pharmacist, CardCode("lot", lot))
    assert found is not None
    assert (found.screen, dict(found.arguments)["lot_id"]) == ("stock", lot)
    for nothing in ("", "9" * 60, "MRN-A7-999999-9", "'; drop table patients", "\0"):
        assert scanning.place_of_number(desk_for("front_desk"), nothing) is None
    assert scanning.place_of_code(clinic.doctor, CardCode("specimen", "S-A7-000001-1")) is None
