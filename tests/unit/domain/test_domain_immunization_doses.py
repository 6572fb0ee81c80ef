"""Immunizations: histories worked by hand against the tables of the CDC and the WHO."""

from dataclasses import dataclass
from datetime import date

import pytest

from clinic_desktop.domain.immunization_doses import COUNTS
from clinic_desktop.domain.immunizations import Person
from tests.immunization_cases import CDC, WHO, Doses, given, stand


@dataclass(frozen=True)
class Case:
    """A history worked by hand: what the schedule must say of one antigen on one day; None is not asked."""

    holds: str
    schedule: str
    antigen: str
    born: str
    doses: Doses
    today: str
    state: str
    number: int | None = None
    earliest: str | None = None
    verdicts: str | None = None  # one letter for each dose: valid, late, invalid, extra
    of: int | None = None


JAN24, JAN25 = "2024-01-10", "2025-01-10"
INFANT = (("20", "2024-03-10"), ("20", "2024-05-10"), ("20", "2024-07-10"))

CASES = (
    # Hepatitis B
    Case("the birth dose is due at birth", CDC, "hepb", "2026-01-10", (), "2026-01-10", "due", 1, "2026-01-10"),
    Case("dose 3 waits for 24 weeks, 8 weeks and 16 weeks", CDC, "hepb", JAN25,
         (("08", "2025-01-10"), ("08", "2025-02-10")), "2025-06-01", "later", 3, "2025-06-27"),
    Case("dose 3 four days before 24 weeks counts", CDC, "hepb", JAN25,
         (("08", "2025-01-10"), ("08", "2025-02-10"), ("08", "2025-06-23")), "2025-08-01", "complete", verdicts="vvv"),
    Case("dose 3 five days before 24 weeks does not", CDC, "hepb", JAN25,
         (("08", "2025-01-10"), ("08", "2025-02-10"), ("08", "2025-06-22")), "2025-07-01", "later", 3, "2025-08-17",
         "vvi"),
    Case("two doses of the CpG vaccine are enough for the grown", CDC, "hepb", "1990-05-05",
         (("189", "2026-01-10"), ("189", "2026-02-07")), "2026-03-10", "complete", verdicts="vv"),
    # Diphtheria, tetanus, pertussis
    Case("dose 1 four days before 6 weeks counts", CDC, "dtp", JAN25, (("20", "2025-02-17"),), "2025-03-01", "later",
         2, verdicts="v"),
    Case("dose 1 five days before 6 weeks is given again 4 weeks later", CDC, "dtp", JAN25, (("20", "2025-02-16"),),
         "2025-03-01", "later", 1, "2025-03-16", "i"),
    Case("24 days after dose 1 counts", CDC, "dtp", JAN25, (("20", "2025-03-10"), ("20", "2025-04-03")), "2025-04-10",
         "later", 3, verdicts="vv"),
    Case("23 days after dose 1 does not", CDC, "dtp", JAN25, (("20", "2025-03-10"), ("20", "2025-04-02")),
         "2025-04-10", "later", 2, "2025-04-30", "vi"),
    Case("who is behind goes by 4 weeks", CDC, "dtp", JAN25, (("20", "2025-03-10"),), "2025-11-10", "overdue", 2,
         "2025-04-07"),
    Case("dose 4 at 12 months and 6 months after dose 3 counts", CDC, "dtp", JAN24, (*INFANT, ("20", "2025-01-12")),
         "2025-03-01", "later", 5, "2028-01-10", "vvvv"),
    Case("dose 4 is not offered before 15 months", CDC, "dtp", JAN24, INFANT, "2025-02-01", "later", 4, "2025-04-10"),
    Case("dose 4 four months after dose 3 counts once given", CDC, "dtp", JAN24,
         (("20", "2024-05-10"), ("20", "2024-07-10"), ("20", "2024-10-10"), ("20", "2025-02-10")), "2025-03-01",
         "later", 5, verdicts="vvvv"),
    Case("dose 4 a day before four months does not", CDC, "dtp", JAN24,
         (("20", "2024-05-10"), ("20", "2024-07-10"), ("20", "2024-10-10"), ("20", "2025-02-09")), "2025-03-01",
         "later", 4, "2025-08-09", "vvvi"),
    Case("one dose as an infant, the second at 9 years: the third after 4 weeks", CDC, "dtp", "2015-01-10",
         (("20", "2015-03-10"), ("115", "2024-02-10")), "2024-02-20", "later", 3, "2024-03-09", "vv"),
    Case("begun as an infant it takes four from 7 years on", CDC, "dtp", "2015-01-10",
         (("20", "2015-03-10"), ("115", "2024-02-10"), ("113", "2024-03-10")), "2024-04-01", "later", 4, "2024-09-10"),
    Case("and four are enough", CDC, "dtp", "2015-01-10",
         (("20", "2015-03-10"), ("115", "2024-02-10"), ("113", "2024-03-10"), ("113", "2024-09-10")), "2024-10-01",
         "complete", verdicts="vvvv"),
    Case("begun after the first birthday the last comes 6 months after the second", CDC, "dtp", "2015-01-10",
         (("20", "2016-03-10"), ("115", "2024-02-10")), "2024-02-20", "later", 4, "2024-08-10"),
    Case("and three are enough", CDC, "dtp", "2015-01-10",
         (("20", "2016-03-10"), ("115", "2024-02-10"), ("113", "2024-08-10")), "2024-10-01", "complete"),
    Case("a second varicella dose is not offered before 3 months", CDC, "varicella", "2018-01-10",
         (("21", "2026-02-10"),), "2026-03-20", "later", 2, "2026-05-10"),
    Case("no dose 5 where dose 4 was given at 4 years", CDC, "dtp", JAN24, (*INFANT, ("20", "2028-01-10")),
         "2028-02-01", "complete", verdicts="vvvv"),
    Case("dose 5 five days before 4 years does not count", CDC, "dtp", JAN24,
         (*INFANT, ("20", "2025-04-10"), ("20", "2028-01-05")), "2028-02-01", "later", 5, "2028-07-05", "vvvvi"),
    Case("from 7 years on three doses", CDC, "dtp", "2015-01-10", (), "2026-03-10", "overdue", 1, of=3),
    Case("from 7 years on dose 2 after 4 weeks", CDC, "dtp", "2015-01-10", (("115", "2026-03-10"),), "2026-03-11",
         "later", 2, "2026-04-07", "v"),
    Case("Tdap at 11 to 12 years", CDC, "tdap_td", "2014-01-10", (), "2026-03-10", "due", 1, "2024-01-10"),
    Case("ten years after Tdap", CDC, "tdap_td", "1980-02-02", (("115", "2016-05-01"),), "2026-05-02", "due", 2),
    Case("ten years are not over", CDC, "tdap_td", "1980-02-02", (("115", "2016-05-01"),), "2026-04-30", "later", 2),
    Case("Td stands for no Tdap", CDC, "tdap_td", "1980-02-02", (("113", "2020-05-01"),), "2026-05-02", "overdue", 1,
         verdicts="e"),
    # Rotavirus: 14 weeks 6 days is 24-Apr-2025, 8 months 0 days is 10-Sep-2025
    Case("begun on the last day", CDC, "rota", JAN25, (), "2025-04-24", "overdue", 1, "2025-02-21"),
    Case("not begun from 15 weeks on", CDC, "rota", JAN25, (), "2025-04-25", "too_late", 1),
    Case("a first dose at 15 weeks counts and the series goes on", CDC, "rota", JAN25, (("119", "2025-04-25"),),
         "2025-05-01", "later", 2, "2025-05-23", "l", of=2),
    Case("a third dose on the last day", CDC, "rota", JAN25, (("116", "2025-03-10"), ("116", "2025-05-10")),
         "2025-09-10", "overdue", 3),
    Case("none after 8 months", CDC, "rota", JAN25, (("116", "2025-03-10"), ("116", "2025-05-10")), "2025-09-11",
         "too_late", 3),
    Case("two doses of RV1 are the series", CDC, "rota", JAN25, (("119", "2025-03-10"), ("119", "2025-05-10")),
         "2025-06-01", "complete", verdicts="vv"),
    Case("with one of RV5 it takes three", CDC, "rota", JAN25, (("119", "2025-03-10"), ("116", "2025-05-10")),
         "2025-06-01", "later", 3, "2025-06-07", of=3),
    # Hib
    Case("the booster of a series begun in time", CDC, "hib", JAN24,
         (("48", "2024-03-10"), ("48", "2024-05-10"), ("48", "2024-07-10")), "2025-02-10", "due", 4, "2025-01-10"),
    Case("one dose at 2 months, now 13 months: the second at once", CDC, "hib", JAN24, (("48", "2024-03-10"),),
         "2025-02-10", "overdue", 2, "2024-04-07"),
    Case("two doses, now 13 months: the last after 8 weeks", CDC, "hib", JAN24,
         (("48", "2024-03-10"), ("48", "2025-02-10")), "2025-02-11", "later", 4, "2025-04-07"),
    Case("a second dose at 15 months is the last", CDC, "hib", JAN24, (("48", "2024-03-10"), ("48", "2025-04-10")),
         "2025-05-01", "complete"),
    Case("begun at 8 months: three doses, the last from 12 months", CDC, "hib", JAN24,
         (("48", "2024-09-10"), ("48", "2024-10-08")), "2024-11-01", "later", 3, "2025-01-10", of=3),
    Case("begun at 13 months: a second after 8 weeks", CDC, "hib", JAN24, (("48", "2025-02-10"),), "2025-02-11",
         "later", 2, "2025-04-07", of=2),
    Case("begun at 15 months: one dose", CDC, "hib", JAN24, (("48", "2025-04-10"),), "2025-05-01", "complete"),
    Case("none at 5 years", CDC, "hib", "2020-01-10", (), "2025-01-10", "too_late"),
    Case("two doses of PRP-OMP need no third before the booster", CDC, "hib", JAN24,
         (("49", "2024-03-10"), ("49", "2024-05-10")), "2024-08-01", "later", 3, "2025-01-10", of=3),
    # Pneumococcal, child
    Case("begun at 12 months: a second after 8 weeks", CDC, "pcv", JAN24, (("133", "2025-01-10"),), "2025-01-20",
         "later", 2, "2025-03-07", of=2),
    Case("begun at 24 months: one dose", CDC, "pcv", JAN24, (("133", "2026-01-10"),), "2026-02-01", "complete"),
    Case("a second dose at 8 months: the last at 12 months", CDC, "pcv", JAN24,
         (("133", "2024-03-10"), ("133", "2024-09-10")), "2024-10-01", "later", 4, "2025-01-10"),
    Case("begun at 10 months, second at 13 months: one more", CDC, "pcv", JAN24,
         (("133", "2024-11-10"), ("133", "2025-02-10")), "2025-02-11", "later", 3, "2025-04-07", of=3),
    # Polio
    Case("a third dose at 4 years and 6 months after the second is the last", CDC, "polio", JAN24,
         (("10", "2024-03-10"), ("10", "2024-05-10"), ("10", "2028-01-10")), "2028-02-01", "complete", verdicts="vvv"),
    Case("a third dose at 4 years, 2 months after the second, is not the last", CDC, "polio", JAN24,
         (("10", "2027-09-10"), ("10", "2027-11-10"), ("10", "2028-01-10")), "2028-02-01", "later", 4, "2028-07-10",
         "vvv"),
    Case("bivalent oral vaccine does not count in the United States", CDC, "polio", JAN25, (("178", "2025-03-10"),),
         "2025-03-20", "due", 1, verdicts="e"),
    # Measles, mumps, rubella; varicella
    Case("four days before 12 months counts", CDC, "mmr", JAN24, (("03", "2025-01-06"),), "2025-02-01", "later", 2,
         verdicts="v"),
    Case("five days before 12 months does not, and 28 days go by", CDC, "mmr", JAN24, (("03", "2025-01-05"),),
         "2025-01-12", "later", 1, "2025-02-02", "i"),
    Case("varicella 27 days after MMR is given again", CDC, "varicella", JAN24,
         (("03", "2025-01-10"), ("21", "2025-02-06")), "2025-02-10", "later", 1, "2025-03-06", "i"),
    Case("varicella 28 days after MMR counts", CDC, "varicella", JAN24, (("03", "2025-01-10"), ("21", "2025-02-07")),
         "2025-02-10", "later", 2, verdicts="v"),
    Case("varicella on the day of MMR counts", CDC, "varicella", JAN24, (("03", "2025-01-10"), ("21", "2025-01-10")),
         "2025-02-10", "later", 2, verdicts="v"),
    Case("varicella waits for 28 days after MMR", CDC, "varicella", JAN24, (("03", "2025-01-20"),), "2025-01-25",
         "later", 1, "2025-02-17"),
    Case("MMRV 26 days after MMR counts for measles by the grace", CDC, "mmr", JAN24,
         (("03", "2028-01-10"), ("94", "2028-02-05")), "2028-03-01", "complete", verdicts="vv"),
    Case("MMRV 26 days after MMR does not count for varicella", CDC, "varicella", JAN24,
         (("03", "2028-01-10"), ("94", "2028-02-05")), "2028-02-10", "later", 1, "2028-03-04", "i"),
    Case("a second varicella dose after 4 weeks counts under 13 years", CDC, "varicella", JAN24,
         (("21", "2025-02-10"), ("21", "2025-03-10")), "2025-04-01", "complete", verdicts="vv"),
    Case("one MMR is enough for the grown", CDC, "mmr", "1985-06-01", (("03", "2010-01-10"),), "2026-03-10",
         "complete"),
    # Hepatitis A
    Case("four days before 6 months counts", CDC, "hepa", JAN24, (("83", "2025-01-10"), ("83", "2025-07-06")),
         "2025-08-01", "complete", verdicts="vv"),
    Case("five days before 6 months does not", CDC, "hepa", JAN24, (("83", "2025-01-10"), ("83", "2025-07-05")),
         "2025-08-01", "later", 2, "2026-01-05", "vi"),
    # Human papillomavirus
    Case("two doses 5 months apart, begun at 13", CDC, "hpv", "2012-01-10",
         (("165", "2025-03-01"), ("165", "2025-08-01")), "2025-09-01", "complete", verdicts="vv"),
    Case("a second dose after 4 months is given again 12 weeks later", CDC, "hpv", "2012-01-10",
         (("165", "2025-03-01"), ("165", "2025-07-01")), "2025-08-10", "later", 2, "2025-09-23", "vi"),
    Case("begun at 15: three doses", CDC, "hpv", "2012-01-10", (("165", "2027-02-01"), ("165", "2027-03-01")),
         "2027-03-02", "later", 3, "2027-07-01", "vv", of=3),
    Case("begun at 14, the second at 15: two doses", CDC, "hpv", "2012-01-10",
         (("165", "2026-12-10"), ("165", "2027-05-10")), "2027-06-01", "complete"),
    Case("not begun at 27", CDC, "hpv", "1999-01-10", (), "2026-03-10", "too_late"),
    # Meningococcal ACWY
    Case("the booster at 16", CDC, "menacwy", "2012-01-10", (("203", "2023-06-01"),), "2026-03-10", "later", 2,
         "2028-01-10"),
    Case("begun at 16: one dose", CDC, "menacwy", "2008-01-10", (("203", "2024-06-01"),), "2026-03-10", "complete"),
    Case("MenB is by decision, never overdue", CDC, "menb", "2008-01-10", (), "2026-03-10", "decision", 1),
    # Influenza
    Case("a small child's first season takes two", CDC, "flu", JAN24, (), "2026-10-01", "due", 1, "2026-07-01", of=2),
    Case("the second after 4 weeks", CDC, "flu", JAN24, (("140", "2026-09-10"),), "2026-09-12", "later", 2,
         "2026-10-08"),
    Case("two doses before make one enough", CDC, "flu", JAN24,
         (("140", "2025-09-10"), ("140", "2025-10-10"), ("140", "2026-09-10")), "2026-09-12", "complete"),
    Case("overdue from November", CDC, "flu", "1970-01-10", (("140", "2025-10-01"),), "2026-11-05", "overdue", 1,
         of=1),
    Case("not yet in August", CDC, "flu", "1970-01-10", (("140", "2025-10-01"),), "2026-08-01", "later", 1),
    Case("the season of a January is last year's", CDC, "flu", "1970-01-10", (("140", "2025-10-01"),), "2026-01-15",
         "complete"),
    # Older adults
    Case("PCV20 completes", CDC, "pneumo", "1960-01-10", (("216", "2025-01-10"),), "2026-03-10", "complete"),
    Case("PCV15 is followed by PPSV23 after a year", CDC, "pneumo", "1960-01-10", (("215", "2025-09-01"),),
         "2026-03-10", "later", 2, "2026-09-01"),
    Case("a year after PPSV23", CDC, "pneumo", "1960-01-10", (("33", "2025-09-01"),), "2026-03-10", "later", 1,
         "2026-09-01"),
    Case("zoster from 50 years", CDC, "zoster", "1976-03-10", (), "2026-03-10", "due", 1, "2026-03-10"),
    Case("zoster's second dose", CDC, "zoster", "1970-03-10", (("187", "2026-01-10"),), "2026-03-09", "later", 2,
         "2026-02-07"),
    Case("RSV from 75 years", CDC, "rsv", "1950-03-10", (), "2026-03-10", "overdue", 1),
    # WHO
    Case("BCG at birth", WHO, "bcg", "2026-03-10", (), "2026-03-10", "due", 1),
    Case("a birth dose of OPV is none of the three", WHO, "polio", JAN25, (("178", "2025-01-11"),), "2025-02-01",
         "later", 1, "2025-02-21", "i"),
    Case("WHO knows no grace", WHO, "dtp", JAN25, (("198", "2025-02-20"),), "2025-02-21", "due", 1, "2025-02-21", "i"),
    Case("pentavalent counts for DTP", WHO, "dtp", JAN25, (("198", "2025-02-21"),), "2025-03-01", "later", 2,
         "2025-03-21", "v"),
    Case("pentavalent counts for Hib", WHO, "hib", JAN25, (("198", "2025-02-21"),), "2025-03-01", "later", 2,
         verdicts="v"),
    Case("birth dose and two pentavalent are three of hepatitis B", WHO, "hepb", JAN25,
         (("08", "2025-01-10"), ("198", "2025-02-21"), ("198", "2025-03-21")), "2025-04-01", "complete"),
    Case("a measles dose at 6 months is an extra one", WHO, "measles", JAN25, (("05", "2025-07-10"),), "2025-08-01",
         "later", 1, "2025-10-10", "i"),
    Case("the second measles dose at 15 months", WHO, "measles", JAN25, (("04", "2025-10-10"),), "2026-04-10", "due",
         2, "2025-11-10"),
    Case("one Hib dose from 12 months on", WHO, "hib", JAN25, (("48", "2026-03-10"),), "2026-03-20", "complete"),
    Case("rotavirus up to 24 months", WHO, "rota", JAN25, (("119", "2025-03-10"),), "2027-01-10", "overdue", 2),
    Case("no rotavirus after 24 months", WHO, "rota", JAN25, (("119", "2025-03-10"),), "2027-01-11", "too_late", 2),
    Case("IPV 4 months after the first", WHO, "ipv", JAN25, (("10", "2025-04-18"),), "2025-05-01", "later", 2,
         "2025-08-18"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.schedule[:3]}-{case.antigen}-{case.holds}")
def test_a_history_worked_by_hand(case: Case) -> None:
    found = stand(
        case.schedule, case.antigen, Person(date.fromisoformat(case.born), sex="female"), given(case.doses), case.today
    )
    assert (found.state, found.number) == (case.state, case.number), found
    if case.earliest is not None:
        assert found.earliest == date.fromisoformat(case.earliest)
    if case.verdicts is not None:
        assert "".join(one.state[0] for one in found.verdicts) == case.verdicts, found.verdicts
    if case.of is not None:
        assert found.of == case.of
    for one in found.verdicts:
        assert one.state in COUNTS or one.reason is not None
        assert str(one.reason or "") == str(one.reason or "").strip()
    assert str(found.reason)


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 80
