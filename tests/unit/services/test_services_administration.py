"""Staff and their keys, prices, the formulary, the laboratory's ranges, settings."""

from collections.abc import Callable

import pytest

from clinic_desktop.clock import new_id
from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.services import administration, laboratory, reference, staff
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.administration import NewRange
from clinic_desktop.services.staff import NewStaff, StaffMember
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.journal import access

DeskFor = Callable[[str], Desk]


class Keys:
    """Key slots in a dictionary."""

    def __init__(self) -> None:
        self.slots: dict[str, str] = {}

    def give_key(self, user_id: str, username: str, password: str, display_name: str) -> None:
        if len(password) < 10:
            raise Refusal(f"weak password of {username} ({display_name})", field="password")
        self.slots[user_id] = password

    def take_key(self, user_id: str) -> None:
        self.slots.pop(user_id, None)


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def admin(store: Store, desk_for: DeskFor) -> Desk:
    with store.write(act=new_id(), session=None) as unit:
        reference.load_starter_pack(unit)
    return desk_for("administrator")


def member(admin: Desk, username: str) -> StaffMember:
    return next(one for one in staff.staff_members(admin) if one.username == username)


def test_somebody_taken_on_has_a_row_and_a_key_or_neither(admin: Desk, keys: Keys) -> None:
    person = staff.add_staff(admin, keys, NewStaff("Amina", "Amina Yusuf", "doctor", "green river forty two"))
    assert keys.slots == {person: "green river forty two"}
    with pytest.raises(Refusal):
        staff.add_staff(admin, keys, NewStaff("ben", "Ben", "nurse", "short"))
    assert "ben" not in {one.username for one in staff.staff_members(admin)}


def test_nobody_changes_their_own_role_or_closes_their_own_account(admin: Desk, keys: Keys) -> None:
    me = member(admin, "administrator")
    with pytest.raises(Refusal, match="own role"):
        staff.change_role(admin, me.id, "doctor", expect=me.revision)
    with pytest.raises(Refusal, match="own account"):
        staff.disable_staff(admin, keys, me.id, "leaving", expect=me.revision)


def test_one_administrator_always_remains(admin: Desk, keys: Keys) -> None:
    second = staff.add_staff(admin, keys, NewStaff("second", "Second", "administrator", "green river forty two"))
    third = staff.add_staff(admin, keys, NewStaff("third", "Third", "administrator", "green river forty two"))
    staff.change_role(admin, second, "doctor", expect=1)
    staff.disable_staff(admin, keys, third, "left", expect=1)
    assert third not in keys.slots
    left = [one.username for one in staff.staff_members(admin) if one.active and one.role == "administrator"]
    assert left == ["administrator"]
    me = member(admin, "administrator")
    with pytest.raises(Refusal):
        staff.disable_staff(admin, keys, me.id, "tired", expect=me.revision)


def test_a_closed_account_is_opened_with_a_new_password(admin: Desk, keys: Keys) -> None:
    nurse = member(admin, "nurse")
    staff.disable_staff(admin, keys, nurse.id, "left", expect=nurse.revision)
    with pytest.raises(Refusal, match="closed"):
        staff.set_password(admin, keys, nurse.id, "another green river")
    staff.enable_staff(admin, keys, nurse.id, "another green river", expect=nurse.revision + 1)
    assert keys.slots[nurse.id] == "another green river"
    assert member(admin, "nurse").active


def test_a_new_password_is_logged_and_never_written_down(store: Store, admin: Desk, keys: Keys) -> None:
    nurse = member(admin, "nurse")
    staff.set_password(admin, keys, nurse.id, "another green river")
    with store.read() as connection:
        rows = connection.execute(access.select()).all()
        dump = repr(rows) + repr(connection.exec_driver_sql("SELECT * FROM journal").all())
    assert [row.subject for row in rows if row.kind == "password.set"] == [nurse.id]
    assert "another green river" not in dump


def test_somebody_whose_role_changed_is_asked_to_sign_in_again(admin: Desk, desk_for: DeskFor) -> None:
    nurse = desk_for("nurse")
    person = member(admin, "nurse")
    staff.change_role(admin, person.id, "laboratory", expect=person.revision)
    with pytest.raises(Refusal, match="changed by an administrator"):
        laboratory.place_order(nurse, "p", tests=("crp",))


def test_two_administrators_changing_one_person_the_second_is_told(admin: Desk) -> None:
    nurse = member(admin, "nurse")
    staff.change_staff(admin, nurse.id, display_name="A", specialty=None, licence=None, expect=nurse.revision)
    with pytest.raises(Refusal, match="meanwhile"):
        staff.change_staff(admin, nurse.id, display_name="B", specialty=None, licence=None, expect=nurse.revision)


def test_prices_are_added_and_changed(admin: Desk) -> None:
    price_id = administration.add_price(admin, "home_visit", "Home visit", "other", 4500, "USD")
    administration.change_price(admin, price_id, name="Home visit", amount=5000, active=True, expect=1)
    found = next(one for one in administration.price_list(admin) if one.code == "home_visit")
    assert (found.amount, found.revision) == (5000, 2)
    for code, name, kind, amount in (
        ("home_visit", "x", "other", 1), ("Home", "x", "other", 1), ("a", "", "other", 1), ("a", "x", "gift", 1),
        ("a", "x", "other", -1),
    ):  # fmt: skip
        with pytest.raises(Refusal):
            administration.add_price(admin, code, name, kind, amount, "USD")


def test_a_product_is_changed_only_with_a_price_that_is_there(admin: Desk) -> None:
    product = administration.formulary(admin)[0]
    changed = administration.change_product(
        admin, product.id, pack_size=30, reorder_level=10, price_code=product.price_code, controlled=True, active=False,
        expect=product.revision,
    )  # fmt: skip
    found = next(one for one in administration.formulary(admin) if one.id == product.id)
    assert (found.pack_size, found.controlled, found.active, found.revision) == (30, True, False, changed)
    with pytest.raises(Refusal, match="price list"):
        administration.change_product(
            admin, product.id, pack_size=30, reorder_level=10, price_code="nothing", controlled=False, active=True,
            expect=changed,
        )  # fmt: skip


def crp(**changes: object) -> NewRange:
    values: dict[str, object] = {
        "test_code": "crp", "sex": "any", "age_from_days": 0, "age_to_days": 28, "high": "1.6", "source": "A textbook",
    }  # fmt: skip
    return NewRange(**(values | changes))  # type: ignore[arg-type]  # each value is of its field's kind


def test_a_range_needs_a_source_and_room(admin: Desk) -> None:
    administration.add_range(admin, crp())
    for wrong, field in (
        (crp(source=" "), "source"),
        (crp(age_from_days=20, age_to_days=40), "age_from_days"),
        (crp(age_from_days=30, age_to_days=30), "age_to_days"),
        (crp(age_from_days=28, age_to_days=40, low="5", high="4"), "high"),
        (crp(age_from_days=28, age_to_days=40, high=""), "low"),
        (crp(age_from_days=28, age_to_days=40, high="many"), "high"),
        (crp(age_from_days=28, age_to_days=40, sex="other"), "sex"),
        (crp(test_code="blood_group"), "test_code"),
    ):
        with pytest.raises(Refusal) as refused:
            administration.add_range(admin, wrong)
        assert refused.value.field == field
    administration.add_range(admin, crp(age_from_days=28, age_to_days=40))


def test_a_changed_range_decides_from_then_on_and_a_retired_one_no_more(store: Store, admin: Desk) -> None:
    range_id = administration.add_range(admin, crp())
    administration.change_range(admin, range_id, crp(high="2"), expect=1)
    with store.read() as connection:
        ranges = laboratory.assays(connection, {"crp"})["crp"].ranges
    assert {str(row.high) for row in ranges if row.age_to_days == 28} == {"2"}
    administration.retire_range(admin, range_id, "Another analyser", expect=2)
    with store.read() as connection:
        ranges = laboratory.assays(connection, {"crp"})["crp"].ranges
    assert not [row for row in ranges if row.age_to_days == 28]


def test_a_test_is_changed_with_a_source(admin: Desk) -> None:
    test = next(one for one in administration.lab_catalogue(admin) if one.code == "crp")
    assert test.ranges
    administration.change_test(
        admin, test.id, name="CRP", plausible_low="0", plausible_high="500", price_code=None, active=True,
        source="Maker of the reagent", expect=test.revision,
    )  # fmt: skip
    with pytest.raises(Refusal, match="above the lower"):
        administration.change_test(
            admin, test.id, name="CRP", plausible_low="10", plausible_high="5", price_code=None, active=True,
            source="Maker of the reagent", expect=test.revision + 1,
        )  # fmt: skip


def test_settings_are_checked_and_kept(admin: Desk) -> None:
    administration.change_setting(admin, "currency", "KES")
    administration.change_setting(admin, "currency", "TZS")
    assert {one.name: one.value for one in administration.clinic_settings(admin)}["currency"] == "TZS"
    for name, value in (("currency", "shilling"), ("idle_lock_minutes", "0"), ("clinic_name", " ")):
        with pytest.raises(Refusal):
            administration.change_setting(admin, name, value)


@pytest.mark.parametrize("role", ["doctor", "nurse", "pharmacist", "laboratory", "front_desk", "cashier"])
def test_only_an_administrator_changes_anything(admin: Desk, desk_for: DeskFor, role: str) -> None:
    with pytest.raises(Refusal, match="role"):
        administration.change_setting(desk_for(role), "currency", "KES")
    assert admin.session.role == "administrator"
