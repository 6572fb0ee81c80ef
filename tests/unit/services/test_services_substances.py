"""Finding what somebody may be allergic to."""

from collections.abc import Callable

from clinic_desktop.clock import new_id
from clinic_desktop.services import substances
from clinic_desktop.services.acts import Desk
from clinic_desktop.services.reference import load_starter_pack
from clinic_desktop.store.engine import Store


def test_a_class_comes_before_its_ingredients_and_a_brand_finds_its_ingredient(
    store: Store, desk_for: Callable[[str], Desk]
) -> None:
    with store.write(act=new_id(), session=None) as unit:
        load_starter_pack(unit)
    nurse = desk_for("nurse")
    found = substances.find_substances(nurse, "penic")
    assert (found[0].code, found[0].kind) == ("penicillin", "class")
    assert "amoxicillin" in {each.code for each in substances.find_substances(nurse, "Amoxi")}
    assert substances.find_substances(nurse, "Penicilin")[0].code == "penicillin"
    assert "ibuprofen" in {each.code for each in substances.find_substances(nurse, "ibuprofin")}
    assert substances.find_substances(nurse, " ") == ()
    assert substances.find_substances(nurse, "zzzz") == ()
