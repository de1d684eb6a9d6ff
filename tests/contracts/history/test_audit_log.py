"""The audit log: an entry for each save, one for a job, by day, with filters."""

from app.contracts.history import AuditEntry, AuditQuery
from app.history.changes import Author, Through, Via, Write
from tests.contracts.history.test_changes import ANA, save
from tests.support.stores.people import add, person

EVERYTHING = AuditQuery()
BO = Author("Bo Li", "a2")


def entry(number: int, day: str = "2026-11-29", **fields: object) -> AuditEntry:
    """The entry of a job of this second of the day."""
    moment = f"{day}T10:{number // 60:02}:{number % 60:02}.000Z-{number:04x}"
    return AuditEntry(**{"moment": moment, "event": "import", **fields})  # type: ignore[arg-type]


def events(history, query=EVERYTHING, cursor=None, limit=50):
    return [(one.event, one.full_name) for one in history.audit(query, cursor, limit).entries]


def test_saves_and_erasures_have_an_entry_and_parts_of_jobs_have_none(store, history):
    add(store, person("ada"))
    save(store, "ada", Write("w1", ANA, Through(request_id="r1")), about="x", location="Oslo")
    save(store, "ada", Write("w2", ANA, Through(Via.IMPORT, job="j1")), about="y")
    list(store.add_many([person("bob", "Bob")], Write("", ANA)))
    saved = history.audit(EVERYTHING).entries[0]
    assert (saved.event, saved.fields, saved.author) == ("changed", ("location", "about"), ANA)
    assert (saved.through.request_id, saved.employee_id) == ("r1", "ada")
    assert events(history) == [("changed", "Ada Lovelace"), ("added", "Ada Lovelace")]
    store.delete("ada", None, Write("w3", ANA))
    (erased,) = history.audit(EVERYTHING).entries
    assert (erased.event, erased.employee_id, erased.full_name) == ("erased", "", "")
    assert erased.author == ANA


def test_the_last_day_of_somebody_is_told(store, history):
    add(store, person("ada"))
    save(store, "ada", left_on="2026-11-01")
    save(store, "ada", left_on="")
    assert [event for event, _ in events(history)] == ["restored", "left", "added"]


def test_pages_have_every_entry_once_over_days(history):
    everything = [entry(number, day) for day in ("2026-11-29", "2026-11-20") for number in range(9)]
    for each in everything:
        history.note(each)
    seen, cursor = [], None
    while True:
        page = history.audit(EVERYTHING, cursor, 5)
        assert page.examined is None
        seen += page.entries
        cursor = page.older
        if cursor is None:
            break
    assert seen == sorted(everything, key=lambda one: one.moment, reverse=True)
    assert history.audit(EVERYTHING, "no cursor", 1).entries == (seen[0],)


def test_a_note_keeps_what_it_has_and_is_replaced(history):
    first = entry(1, counts=(("added", 3),), author=BO)
    full = entry(
        1,
        counts=(("added", 4), ("rejected", 1)),
        details=(("file", "people.csv"),),
        author=BO,
        through=Through(Via.IMPORT, source="people.csv", job="j1", request_id="r"),
    )
    history.note(first)
    history.note(full)
    assert history.audit(EVERYTHING).entries == (full,)
    assert [one for batch in history.iter_audit() for one in batch] == [full]


def test_filters_are_joined(history):
    one = entry(1, author=ANA, through=Through(Via.IMPORT, source="Café.csv"))
    two = entry(2, "2026-11-28", author=BO, event="bulk", through=Through(Via.BULK))
    three = entry(3, "2026-11-27", author=BO, through=Through(request_id="r-77"))
    for each in (one, two, three):
        history.note(each)

    def found(**filters: str) -> tuple[AuditEntry, ...]:
        return history.audit(AuditQuery(**filters)).entries

    assert found(words="cafe") == (one,)
    assert found(words="r-77") == (three,)
    assert found(account_id="a2") == (two, three)
    assert found(author="Ana Ruiz") == (one,)
    assert found(via="bulk") == (two,)
    assert found(event="import") == (one, three)
    assert found(since="2026-11-28") == (one, two)
    assert found(until="2026-11-28") == (two, three)
    assert found(since="2026-11-28", until="2026-11-28", account_id="a2") == (two,)
    assert found(words="cafe", account_id="a2") == ()
    assert found(since="2026-11-29", until="2026-11-27") == ()
    older = history.audit(EVERYTHING, None, 1).older
    assert history.audit(AuditQuery(since="2026-11-30"), older).entries == ()
    assert history.audit(AuditQuery(since="2026-11-27"), older).entries == (two, three)


def test_a_rare_filter_looks_at_no_more_than_it_may(history, monkeypatch, room):
    import importlib

    for name in ("app.storage.dynamodb.history.audit", "app.storage.sql.history.audit",
                 "tests.support.history_in_memory"):  # fmt: skip
        module = importlib.import_module(name)
        if hasattr(module, "MAX_ENTRIES_EXAMINED"):
            monkeypatch.setattr(module, "MAX_ENTRIES_EXAMINED", 10)
    for number in range(25):
        history.note(entry(number, event="bulk" if number in (1, 12) else "import"))
    query, seen, pages, cursor = AuditQuery(event="bulk"), [], 0, None
    while True:
        page = history.audit(query, cursor)
        seen += page.entries
        pages += 1
        assert page.examined in (None, 10)
        cursor = page.older
        if cursor is None:
            break
    assert [one.moment for one in seen] == [entry(12).moment, entry(1).moment]
    assert pages == 3
