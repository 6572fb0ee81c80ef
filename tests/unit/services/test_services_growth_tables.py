"""The growth references give what their owners' own cases and tables say."""

import json
import math
import os
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desktop.domain import growth
from clinic_desktop.domain.growth import Measure, Standard
from clinic_desktop.services.growth_tables import growth_tables

TOLERANCE = 0.001  # z-scores; the owners' cases are rounded to 0.0001
CORPUS = os.environ.get("CLINIC_CORPUS")

# WHO, simplified field tables (2006), z-scores at birth, at 1 and at 2 years: -2, median, +2 as they print them.
PRINTED = [
    ("weight", "male", 0, (2.5, 3.3, 4.4)),
    ("weight", "female", 0, (2.4, 3.2, 4.2)),
    ("weight", "male", 365, (7.7, 9.6, 12.0)),
    ("weight", "female", 365, (7.0, 8.9, 11.5)),
    ("height", "male", 0, (46.1, 49.9, 53.7)),
    ("height", "female", 365, (68.9, 74.0, 79.2)),
    ("head", "male", 365, (43.5, 46.1, 48.6)),
    ("head", "female", 0, (31.5, 33.9, 36.2)),
]


@pytest.mark.parametrize(("measure", "sex", "days", "values"), PRINTED)
def test_the_values_are_those_that_who_prints(
    measure: Measure, sex: str, days: int, values: tuple[float, float, float]
) -> None:
    found = [growth.curve(growth_tables(), "who", measure, sex, z, [days])[0][1] for z in (-2, 0, 2)]
    assert found == [pytest.approx(value, abs=0.051) for value in values]


@pytest.mark.skipif(CORPUS is None, reason="CLINIC_CORPUS names no folder of reference cases")
@pytest.mark.parametrize(
    ("file", "months"),
    [("validation_cdc_bmi_height_weight_validation.json", "age"),
     ("validation_cdc_height_weight_validation.json", "age_months")],
)  # fmt: skip
def test_the_cases_of_cdc_are_met_to_a_thousandth(file: str, months: str) -> None:
    cases: list[dict[str, Any]] = json.loads((Path(CORPUS or "") / "growth" / file).read_text())
    asked = [case for case in cases if "z_score" in case]
    assert len(asked) > 500
    far = []
    for case in asked:
        measure = cast("Measure", case["measurement_method"])
        days = round(case[months] * growth.DAYS_IN_MONTH)
        found = growth.score(growth_tables(), "cdc", measure, case["sex"], days, case["observation_value"])
        if found is None or abs(found.z - case["z_score"]) > TOLERANCE:
            far.append((case, found))
    assert far == []


@pytest.mark.skipif(CORPUS is None, reason="CLINIC_CORPUS names no folder of reference cases")
def test_the_rows_of_who_are_those_of_another_copy() -> None:
    place = Path(CORPUS or "") / "growth" / "lms_who_infants.json"
    tables: dict[str, Any] = json.loads(place.read_text())["measurement"]
    compared = 0
    for theirs, ours in (("weight", "weight"), ("height", "height"), ("bmi", "bmi"), ("ofc", "head")):
        for sex in ("male", "female"):
            for row in tables[theirs][sex]:
                if row.get("interval") != "weeks" or row["value"] > 13:
                    continue
                table = growth_tables()["who", cast("Measure", ours), sex]
                found = table.find(row["value"] * 7)
                assert found is not None
                assert (found.l, found.m, found.s) == pytest.approx((row["L"], row["M"], row["S"]), abs=1e-4)
                compared += 1
    assert compared > 80


MEASURES: list[tuple[Standard, Measure, int, int]] = [
    ("who", "weight", 0, 1856), ("who", "height", 0, 1856), ("who", "bmi", 0, 1856), ("who", "head", 0, 1856),
    ("cdc", "weight", 0, 7300), ("cdc", "height", 0, 7300), ("cdc", "bmi", 731, 7300), ("cdc", "head", 0, 1090),
]  # fmt: skip


@given(
    which=st.sampled_from(MEASURES),
    sex=st.sampled_from(["male", "female"]),
    share=st.floats(0, 1),
    z=st.floats(-2.9, 1.6),
)
def test_a_value_taken_from_a_curve_has_the_z_score_of_the_curve(
    which: tuple[Standard, Measure, int, int], sex: str, share: float, z: float
) -> None:
    standard, measure, first, last = which
    days = round(first + share * (last - first))
    ((_day, value),) = growth.curve(growth_tables(), standard, measure, sex, z, [days])
    found = growth.score(growth_tables(), standard, measure, sex, days, value)
    assert found is not None
    assert math.isclose(found.z, z, abs_tol=1e-6)


@given(
    which=st.sampled_from(MEASURES), sex=st.sampled_from(["male", "female"]), share=st.floats(0, 1),
    low=st.floats(0.2, 3), more=st.floats(1.001, 2),
)  # fmt: skip
def test_a_larger_value_never_scores_lower(
    which: tuple[Standard, Measure, int, int], sex: str, share: float, low: float, more: float
) -> None:
    standard, measure, first, last = which
    days = round(first + share * (last - first))
    ((_day, median),) = growth.curve(growth_tables(), standard, measure, sex, 0, [days])
    found = [growth.score(growth_tables(), standard, measure, sex, days, median * low * by) for by in (1, more)]
    assert found[0] is not None
    assert found[1] is not None
    assert found[0].z <= found[1].z
