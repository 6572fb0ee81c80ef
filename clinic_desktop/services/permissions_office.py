"""The part of the table of permissions that is about the office: reports, systems, devices, research."""

from clinic_desktop.services.roles import (
    ADMINISTRATOR,
    CASHIER,
    CLINICAL,
    DOCTOR,
    EVERYONE,
    FRONT_DESK,
    LABORATORY,
    NURSE,
    PHARMACIST,
)

_DEVICES = (
    "receive_message", "file_message", "set_aside", "unfiled_messages", "device_counts",
)  # fmt: skip
# Which messages of the list each of them decides about is in services.device_desks: who takes vital signs, those.
_REVIEWING = ("review_list", "raw_message", "file_item", "reject_item")

_REGISTRATIONS = ("told_registrations", "register_told", "take_over_told", "merge_told")

OFFICE: dict[str, frozenset[str]] = {
    # anonymised exports for research
    "research.willing": frozenset({DOCTOR, ADMINISTRATOR}),
    "research.research_record": frozenset({DOCTOR, ADMINISTRATOR}),
    "research.known_words": frozenset({DOCTOR, ADMINISTRATOR}),
    "research.traces": frozenset({DOCTOR, ADMINISTRATOR}),
    "research.note_export": frozenset({DOCTOR, ADMINISTRATOR}),
    "research.exports_made": frozenset({DOCTOR, ADMINISTRATOR}),
    # remote systems
    "remotes.add_remote": frozenset({ADMINISTRATOR}),
    "remotes.set_remote": frozenset({ADMINISTRATOR}),
    "remotes.decide_untold": frozenset({ADMINISTRATOR}),
    "remotes.give_secrets": frozenset({ADMINISTRATOR}),
    "remotes.webhook_address": frozenset({ADMINISTRATOR}),
    "remotes.remove_remote": frozenset({ADMINISTRATOR}),
    "remotes.remote_systems": EVERYONE,
    "remotes.whom": frozenset({ADMINISTRATOR}),
    "remotes.last_change": frozenset({ADMINISTRATOR}),
    "remotes.told_apart": frozenset({ADMINISTRATOR}),
    # reports: which of them a role runs is in domain.reporting_catalogue
    "reporting.open_report": frozenset({PHARMACIST, LABORATORY, CASHIER, ADMINISTRATOR}),
    "reporting_behind.open_behind": frozenset({PHARMACIST, LABORATORY, CASHIER, ADMINISTRATOR}),
    **dict.fromkeys(
        (
            "report_queries.open_query",
            "report_queries.save_query",
            "report_queries.drop_query",
            "report_queries.kept_queries",
        ),
        frozenset({ADMINISTRATOR}),
    ),
    "report_queries.open_any": frozenset({PHARMACIST, LABORATORY, CASHIER, ADMINISTRATOR}),
    "report_desk.lend": frozenset({PHARMACIST, LABORATORY, CASHIER, ADMINISTRATOR}),
    "report_queries.begun_any": frozenset({PHARMACIST, LABORATORY, CASHIER, ADMINISTRATOR}),
    "reporting.begun": frozenset({PHARMACIST, LABORATORY, CASHIER, ADMINISTRATOR}),
    "reporting.reports_for": EVERYONE,
    # templates of letters, and the head of the clinic's papers
    "templates.templates": frozenset({DOCTOR, NURSE, ADMINISTRATOR}),
    "templates.template_versions": frozenset({ADMINISTRATOR}),
    "templates.add_template": frozenset({ADMINISTRATOR}),
    "templates.change_template": frozenset({ADMINISTRATOR}),
    "templates.retire_template": frozenset({ADMINISTRATOR}),
    "templates.filled_template": CLINICAL,
    "logos.set_logo": frozenset({ADMINISTRATOR}),
    "logos.remove_logo": frozenset({ADMINISTRATOR}),
    "reporting.filter_choices": frozenset({PHARMACIST, LABORATORY, CASHIER, ADMINISTRATOR}),
    # what the background process does by itself
    "jobs.job_history": frozenset({ADMINISTRATOR}),
    "jobs.set_downtime_password": frozenset({ADMINISTRATOR}),
    "downtime.todays_patients": CLINICAL,
    # dashboards: which numbers a role sees is in domain.dashboard
    **dict.fromkeys(("dashboard.today_numbers", "dashboard.trend", "dashboard_office.note_speeds"), EVERYONE),
    "dashboard_now.queue_now": frozenset({DOCTOR, NURSE, FRONT_DESK, ADMINISTRATOR}),
    "dashboard_now.laboratory_now": frozenset({DOCTOR, NURSE, LABORATORY, ADMINISTRATOR}),
    "dashboard_now.pharmacy_now": frozenset({PHARMACIST, ADMINISTRATOR}),
    "dashboard_now.money_now": frozenset({CASHIER, ADMINISTRATOR}),
    "dashboard_quality.quality_now": frozenset({DOCTOR, NURSE, ADMINISTRATOR}),
    "dashboard_office.jobs_health": frozenset({ADMINISTRATOR}),
    "dashboard_office.newest_backup": frozenset({ADMINISTRATOR}),
    "dashboard_office.screen_speeds": frozenset({ADMINISTRATOR}),
    # devices and what they send
    "device_orders.work_for": frozenset({LABORATORY}),
    # printers of labels and receipts: anybody prints what they may read, an administrator sets up and sees the log
    "printing.add_printer": frozenset({ADMINISTRATOR}),
    "printing.change_printer": frozenset({ADMINISTRATOR}),
    "printing.printers": frozenset({ADMINISTRATOR}),
    "printing.printer_for": EVERYONE,
    "printing.printed_before": EVERYONE,
    "printing.begin_print": EVERYONE,
    "printing.end_print": EVERYONE,
    "station_prints.hand_to_station": EVERYONE,
    "station_prints.waiting_prints": frozenset({FRONT_DESK}),
    "station_prints.print_content": frozenset({FRONT_DESK}),
    "station_prints.take_print": frozenset({FRONT_DESK}),
    "station_prints.end_station_print": frozenset({FRONT_DESK}),
    "printing.prints": frozenset({ADMINISTRATOR}),
    "device_alarms.report_lost": frozenset({LABORATORY}),
    # devices that are let in; `~devices`, the account that redeems a code, has the laboratory's role
    "pairing.pair_device": frozenset({ADMINISTRATOR}),
    "pairing.offer_code": frozenset({ADMINISTRATOR}),
    "pairing.revoke_device": frozenset({ADMINISTRATOR}),
    "local_network.choose_network": frozenset({ADMINISTRATOR}),
    "local_network.leave_network": frozenset({ADMINISTRATOR}),
    "pairing.paired": frozenset({ADMINISTRATOR}),
    "pairing.redeem_code": frozenset({LABORATORY, ADMINISTRATOR}),
    # what paired devices tell and ask: the role is that of the kind's account (domain.pairing.KINDS)
    "device_intake.take_vitals": frozenset({NURSE}),
    "device_intake.take_paper": frozenset({FRONT_DESK}),
    "device_intake.keep_results": frozenset({LABORATORY}),
    "device_scans.take_scan": frozenset({FRONT_DESK}),
    "device_scans.scan": EVERYONE,
    "device_views.person_by_number": frozenset({NURSE, LABORATORY, FRONT_DESK}),
    "device_views.waiting": EVERYONE,
    "device_views.called": EVERYONE,
    "pairing.note_seen": frozenset({NURSE, LABORATORY, FRONT_DESK, ADMINISTRATOR}),
    # looking at what devices sent, and deciding about it
    "device_reviewing.evidence": frozenset({LABORATORY, FRONT_DESK, ADMINISTRATOR, *CLINICAL}),
    "device_reviewing.compared": frozenset({LABORATORY, FRONT_DESK, ADMINISTRATOR, *CLINICAL}),
    "device_health.senders": frozenset({ADMINISTRATOR}),
    "device_health.sent_by": frozenset({ADMINISTRATOR}),
    "listeners.choose_listeners": frozenset({ADMINISTRATOR}),
    "device_reviewing.waiting": frozenset({LABORATORY, FRONT_DESK, ADMINISTRATOR, *CLINICAL}),
    "device_reviewing.reject_told": frozenset({FRONT_DESK, ADMINISTRATOR}),
    **{f"devices.{act}": frozenset({LABORATORY, ADMINISTRATOR}) for act in _DEVICES},
    **{f"devices.{act}": frozenset({LABORATORY, ADMINISTRATOR, *CLINICAL}) for act in _REVIEWING},
    "device_controls.control_log": frozenset({LABORATORY, ADMINISTRATOR}),
    **{f"device_registrations.{act}": frozenset({FRONT_DESK, ADMINISTRATOR}) for act in _REGISTRATIONS},
}
