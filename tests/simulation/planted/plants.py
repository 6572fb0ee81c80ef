"""The faults: each would lose, double, overwrite or hide something, and looks like something a person could write."""

from tests.simulation.planted.planting import Plant

PLANTS = (
    # What was sent, and what became of it
    Plant(
        "sent before it is written down",
        "telling:_commit",
        '"inflight", intent.attempts + 1',
        '"ready", intent.attempts + 1',
        seed=1,
    ),
    Plant(
        "a lost answer is sent again at once",
        "settling:settle",
        "doubt(desk, rows, intent, work)",
        "_not_now(desk, rows, intent, work, Unsent(came.call))",
        seed=5,
    ),
    Plant("no quiet time", "desk:QUIET_SECONDS", "", "0", seed=5),
    Plant(
        "write-only creates are sent again",
        "settling:doubt",
        'intent.state = "person"\n        rows.put(intent)\n        set_state(desk, rows, work, "person",',
        'intent.state = "ready"\n        rows.put(intent)\n        set_state(desk, rows, work, "waiting",',
        seed=1,
    ),
    Plant("an answer is proof", "settling:acknowledge", "if not shows(kp):", "if True:", seed=16),
    Plant(
        "money may be sent again",
        "plan:certain",
        "create not in {None, Create.WRITE_ONLY} and not money and not irreversible",
        "True",
        seed=1,
    ),
    Plant("a start forgets what was on its way", "settling:recover", 'state="inflight"', 'state="flying"', seed=1),
    Plant(
        "a start takes what was on its way for unsent",
        "settling:recover",
        "doubt(desk, rows, intent, work)",
        'intent.state = "ready"; set_state(desk, rows, work, "waiting")',
        seed=165,
    ),
    Plant(
        "an answer links nothing",
        "settling:acknowledge",
        'if found is None or found.status != "confirmed":',
        "if False:",
        seed=1,
    ),
    Plant(
        "a refusal is forgotten",
        "settling:_refused",
        'set_state(desk, rows, work, "refused", intent.said)',
        'set_state(desk, rows, work, "confirmed")',
        seed=13,
    ),
    # What comes from there
    Plant(
        "what may be ours is taken in as new",
        "taking:_arrival",
        "if any(one.state in UNSETTLED for one in ours):",
        "if False:",
        flow="lost_and_listed",
    ),
    Plant(
        "a second one of ours is taken in as new",
        "taking:same_as_sent",
        "if intent.marker and intent.marker in dumps(seen.body):\n        return True",
        "return False",
        seed=74,
    ),
    Plant(
        "what was gone comes back by itself",
        "taking:_came_back",
        "found = rows.find(",
        'link.status = "confirmed"; desk.log.linked(rows, desk.now(), link); found = rows.find(',
        seed=31,
    ),
    Plant("the first 404 makes it gone", "looking:STRIKES", "", "0", seed=65),
    Plant(
        "two looks on one day make it gone",
        "sweeping:_strike",
        "if shadow.strikes and desk.now() - shadow.struck_at < DAY:",
        "if False:",
        flow="lost_sight_of",
    ),
    Plant(
        "children of a stranger are taken in",
        "taking:_arrival",
        'owner is None or owner.status != "confirmed"',
        "owner is None",
        flow="perhaps_ours",
    ),
    # Where both sides meet
    Plant(
        "of two changes ours wins",
        "merge:_scalar",
        'Meeting(ours[1], others[1], "both changed it")',
        "Meeting(ours[1], ours[1])",
        seed=24,
    ),
    Plant(
        "of two changes theirs wins",
        "merge:_scalar",
        'Meeting(ours[1], others[1], "both changed it")',
        "Meeting(others[1], others[1])",
        seed=26,
    ),
    Plant(
        "an allergy is taken out like any word",
        "merge:meet",
        "if rule.removal and (kept",
        "if False and (kept",
        seed=111,
    ),
    Plant(
        "their addition to a note is dropped",
        "merge:_texts",
        'value = mine if tail in mine else f"{mine.rstrip()}\\n{tail}"',
        "value = mine",
        seed=30,
    ),
    Plant("their item of a list is dropped", "merge:_members", "chosen = b if by_them else a", "chosen = a", seed=5),
    Plant("a conflict moves the bases", "meeting:_agree", "if name in merged.conflicts:", "if False:", seed=9),
    Plant(
        "an older value of ours that comes late wins",
        "meeting:_late",
        "if not merged.adopt:",
        "if True:",
        flow="very_late",
    ),
    Plant(
        "any other value is taken for a form of ours",
        "meeting:_learned",
        'return not rule.removal and rule.way != "status" and normal_form(sent, got)',
        "return True",
        seed=26,
    ),
    Plant(
        "what is adopted is not written",
        "meeting:_adopt",
        "desk.chart.adopt(rows.unit, seen.kind, link.local_id, records, because)",
        "pass",
    ),
    Plant("their change is overlooked", "merge:merge", "if not _equal(found.here, ours, same):", "if False:"),
    Plant("our change is overlooked", "merge:merge", "if not _equal(found.there, theirs[name], same):", "if False:"),
    Plant(
        "nothing is read before it is written",
        "telling:_look_first",
        "seen = desk.remote.read(Kind(kind), link.remote_id, parent=(shadow.parent or None) if shadow else None)",
        "seen = Seen(Kind(kind), link.remote_id, dict(shadow.body))",
    ),
    Plant(
        "everything is written, not what was merged",
        "telling:_writable",
        "body = {name: there.get(name, seen.body.get(name))",
        "body = {name: mine.get(name, seen.body.get(name))",
        seed=24,
    ),
    Plant(
        "a mask is written back", "telling:_writable", "body[name] = mine[name]", "body[name] = seen.body[name]", seed=2
    ),
    Plant(
        "a decision is never carried out",
        "plan:_decided",
        'return any(one.sort == "field" for one in found)',
        "return False",
        seed=174,
    ),
    # Order, limits, time, the log
    Plant("what needs another goes first", "plan:blocked", "if known.there(kind, local_id) is not None:", "if True:"),
    Plant("what waited is not let go on", "desk:release", 'f"{kind}/{local_id}"', 'f"{local_id}/{kind}"', seed=7),
    Plant("places are not kept", "budgets:Budgets._take", "rows.put_all([", "list(["),
    Plant("one more than the limit", "budgets:Window._allowed", "else limit", "else limit + 1"),
    Plant(
        "a place is free too soon", "budgets:Window.age", "now - self.bucket.seconds", "now - self.bucket.seconds / 2"
    ),
    Plant(
        "a restart empties the limits", "budgets:Budgets.limit_to", "window.taken.append([place.n, place.at])", "pass"
    ),
    Plant(
        "the computer's clock is believed",
        "clock:Ticker.time",
        "self.started + (self.clock.steady() - self.begun)",
        "self.clock.now()",
        seed=8,
    ),
    Plant("a restored backup is not noticed", "run:Office._epoch", "there[1] > counter", "False", seed=56),
    Plant(
        "what was sent before a restore is sent again",
        "telling:_before_restore",
        "return bool(until) and work.seq <= int(until)",
        "return False",
        seed=56,
    ),
    Plant(
        "a restore forgets the limits",
        "run:Office._epoch",
        "desk.budgets.forgotten(rows)",
        "pass",
        flow="restored_at_the_limit",
    ),
    Plant(
        "the cursor runs ahead",
        "intake:Intake.take_in",
        'desk.keep(rows, "cursor", str(end))\n        self._cursor = end',
        'desk.keep(rows, "cursor", str(end + 1))\n        self._cursor = end + 1',
        seed=11,
    ),
    Plant("the log is no chain", "audit:Log.add", "digest(before, row)", "digest(START, row)"),
    Plant("a link is not logged", "audit:Log.linked", "self.add(", "(lambda *a, **k: None)("),
    Plant(
        "every look reads everything again", "sweeping:note_page", "if known.get(seen.remote_id) == found:", "if False:"
    ),
)
