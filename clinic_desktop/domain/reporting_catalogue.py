"""Every report there is, by its name."""

from clinic_desktop.domain.refusals import Refusal
from clinic_desktop.domain.reporting import Report
from clinic_desktop.domain.reporting_care import CARE
from clinic_desktop.domain.reporting_money import MONEY
from clinic_desktop.domain.reporting_stores import STORES
from clinic_desktop.domain.reporting_work import WORK

REPORTS: dict[str, Report] = {report.name: report for report in (*WORK, *MONEY, *STORES, *CARE)}


def report(name: str) -> Report:
    """A report by its name. Raises Refusal where there is none."""
    found = REPORTS.get(name)
    if found is None:
        raise Refusal("There is no report {name}.", field="name", name=name)
    return found
