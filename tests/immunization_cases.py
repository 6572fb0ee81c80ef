"""The reference data of immunizations as the rules take it, and histories written in short."""

import csv
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from clinic_desktop.domain.immunization_forecast import Forecast, forecast
from clinic_desktop.domain.immunizations import Declined, Given, Person, Rule, Vaccine, rule_of, vaccine_of
from clinic_desktop.paths import resources

CDC, WHO = "cdc-2025", "who-epi-2022"
Doses = Sequence[tuple[str, str]]


@lru_cache(maxsize=1)
def vaccines() -> dict[str, Vaccine]:
    with (resources() / "immunizations" / "vaccines.csv").open(encoding="utf-8", newline="") as file:
        return {row["cvx"]: vaccine_of(row) for row in csv.DictReader(file)}


@lru_cache(maxsize=4)
def rules(schedule: str) -> tuple[Rule, ...]:
    with (resources() / "immunizations" / "schedule.csv").open(encoding="utf-8", newline="") as file:
        return tuple(rule_of(row) for row in csv.DictReader(file) if row["schedule"] == schedule)


def given(doses: Doses) -> tuple[Given, ...]:
    return tuple(
        Given(f"d{place}", cvx, date.fromisoformat(on), name=vaccines()[cvx].display if cvx in vaccines() else cvx)
        for place, (cvx, on) in enumerate(doses)
    )


def stand(
    schedule: str,
    antigen: str,
    person: Person,
    doses: Sequence[Given],
    today: str,
    declined: Sequence[Declined] = (),
) -> Forecast:
    """How somebody stands with one antigen."""
    found = forecast(rules(schedule), vaccines(), person, doses, declined, date.fromisoformat(today))
    return next(one for one in found if one.antigen == antigen)
