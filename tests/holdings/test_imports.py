"""Lists become records: what is refused, kept, changed and withdrawn."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from liaison.holdings import imports
from liaison.holdings.consult import Question, search
from liaison.holdings.imports import import_file
from liaison.model.categories import Category
from liaison.model.errors import Conflict, LedgerUnavailable, NotLawful
from liaison.model.holding import State
from liaison.storage.tables.holdings import HOLDINGS, SAFEGUARDED, VERSIONS
from tests.holdings import offices
from tests.holdings.offices import DESK, INVESTIGATOR, ROWS, an_order, ids, imported
from tests.node_fixtures import an_office, both_databases


def rows(office, table=HOLDINGS):
    return office.read(lambda connection: connection.execute(select(table)).all())


@both_databases
def test_a_list_becomes_records(tmp_path: Path, kind: str) -> None:
    with an_office(tmp_path, kind) as office:
        result = imported(office)
        assert (result.new, result.changed, result.refused) == (3, 0, 0)
        assert result.kept == ["Note"]
        assert {row.category for row in rows(office)} == {"suspect", "convicted", "contact"}
        assert {(row.version, row.state) for row in rows(office)} == {(1, "live")}


@both_databases
def test_a_second_import_changes_nothing_and_says_so(tmp_path: Path, kind: str) -> None:
    with an_office(tmp_path, kind) as office:
        imported(office)
        before = rows(office)
        again = imported(office)
        assert str(again) == "wanted: nothing changed, all 3 records stand as the file has them."
        assert rows(office) == before


@both_databases
def test_a_changed_file_makes_versions_of_what_changed_alone(tmp_path: Path, kind: str) -> None:
    with an_office(tmp_path, kind) as office:
        imported(office)
        again = imported(office, ROWS.replace(b"1990-05-06", b"1990-06-05"))
        assert (again.new, again.changed, again.unchanged) == (0, 1, 2)
        assert sorted(row.version for row in rows(office)) == [1, 1, 2]
        assert len(rows(office, VERSIONS)) == 4


def test_the_next_day_the_same_file_still_changes_nothing(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        office.clock.forward(days=40)
        assert imported(office, category=Category.SUSPECT).unchanged == 3


def test_a_date_in_a_column_of_the_file_is_part_of_what_it_says(tmp_path: Path) -> None:
    content = b"id,name,category,retention\n1,Ana Gashi,suspect,2027-05-05\n"
    with an_office(tmp_path) as office:
        imported(office, content)
        assert imported(office, content).unchanged == 1
        assert imported(office, content.replace(b"2027-05-05", b"2027-06-06")).changed == 1


def test_a_row_without_category_is_refused_and_the_others_stay(tmp_path: Path) -> None:
    content = b"id,name,category\n1,Ana Gashi,suspect\n2,Ben Hoxha,\n3,Cara Shehu,unknown\n"
    with an_office(tmp_path) as office:
        result = imported(office, content)
        assert (result.new, result.refused) == (1, 2)
        assert [(bad.file, bad.row, bad.field) for bad in result.bad_rows] == [
            ("wanted.csv", 2, "category"),
            ("wanted.csv", 3, "category"),
        ]


def test_the_database_itself_refuses_a_person_without_category(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        with pytest.raises(IntegrityError):
            office.write(lambda c: c.execute(HOLDINGS.update().values(category=None)))
        with pytest.raises(IntegrityError):
            office.write(lambda c: c.execute(HOLDINGS.update().values(category="victim")))


def test_the_importer_may_choose_the_category_of_the_whole_list(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        assert imported(office, b"id,name\n1,Ana Gashi\n", category=Category.CONVICTED).new == 1
        assert [row.category for row in rows(office)] == ["convicted"]


@pytest.mark.parametrize(
    "header", ["Category", "category of person", "Kategoria", "catégorie", "data_subject_category"]
)
def test_the_column_of_categories_has_several_names(tmp_path: Path, header: str) -> None:
    with an_office(tmp_path) as office:
        assert imported(office, f"id,name,{header}\n1,Ana Gashi,i dyshuar\n".encode()).new == 1
        assert [row.category for row in rows(office)] == ["suspect"]


def test_bad_rows_are_reported_each_and_the_rest_is_imported(tmp_path: Path) -> None:
    content = (
        b"id,name,category,handling,grade\n"
        b"1,Ana Gashi,suspect,H1,B2\n"
        b"2,Ben Hoxha,suspect,H9,B2\n"
        b"3,-,suspect,H1,B2\n"
        b"4,Cara Shehu,suspect,H1,Z9\n"
        b"4,Cara Shehu,suspect,H1,B2\n"
        b"5,Dora Prifti\n"
    )
    with an_office(tmp_path) as office:
        result = imported(office, content)
        assert result.new == 2
        told = {(bad.row, bad.field) for bad in result.bad_rows}
        assert {(2, "handling"), (4, "grade"), (5, "id"), (6, "category")} <= told
        assert any(row == 3 for row, _ in told)


def test_a_grade_that_cannot_be_read_counts_as_none_and_is_kept(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office, b"id,name,category,grade\n4,Cara Shehu,suspect,Z9\n")
        record = offices_record(office)
        assert record.graded.original == "X4"
        assert record.extra == {"grade": "Z9"}


def offices_record(office):
    from liaison.holdings.consult import inspect

    return inspect(office, DESK, ids(office)[0], "looking at the import").holding


def test_the_originals_of_grades_are_kept(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office, b"id,name,category,grade\n4,Cara Shehu,suspect,b24\n")
        graded = offices_record(office).graded
        assert (graded.original, graded.scale.value, str(graded.grade)) == ("B24", "5x5x5", "B2")


def test_retention_is_no_longer_than_the_law_allows(tmp_path: Path) -> None:
    import datetime as dt

    with an_office(tmp_path) as office:
        result = imported(office, retention_until=dt.date(2099, 1, 1), review_at=dt.date(2098, 1, 1))
        assert result.new == 3
        assert any("for less time" in note for note in result.notes)
        assert max(row.retention.date() for row in rows(office)) < dt.date(2037, 1, 1)


def test_an_expired_order_is_refused(tmp_path: Path) -> None:
    import datetime as dt

    with an_office(tmp_path) as office, pytest.raises(NotLawful):
        imported(office, retention_until=dt.date(2020, 1, 1), review_at=dt.date(2019, 1, 1))


@pytest.mark.parametrize("actor", [INVESTIGATOR, offices.ADMINISTRATOR, offices.AUDITOR])
def test_refused_to_who_may_not_import(tmp_path: Path, actor) -> None:
    with an_office(tmp_path) as office:
        with pytest.raises(NotLawful):
            import_file(office, actor, an_order())
        assert rows(office) == []


def test_missing_records_are_reported_and_stay(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        result = imported(office, ROWS.split(b"2,Ben")[0])
        assert (result.missing, result.withdrawn) == (2, 0)
        assert {row.state for row in rows(office)} == {"live"}


def test_missing_records_of_a_complete_list_are_withdrawn_and_come_back(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        result = imported(office, ROWS.split(b"2,Ben")[0], complete=True)
        assert (result.missing, result.withdrawn) == (2, 2)
        assert sorted(row.state for row in rows(office)) == ["live", "withdrawn", "withdrawn"]
        assert imported(office).changed == 2
        assert {row.state for row in rows(office)} == {"live"}


def test_nothing_is_withdrawn_where_rows_were_left_out(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        result = imported(office, ROWS.replace(b"convicted", b"unknown"), complete=True)
        assert (result.missing, result.withdrawn) == (1, 0)
        assert any("nothing was withdrawn" in note for note in result.notes)


def test_a_list_without_ids_is_recognised_by_what_it_says(tmp_path: Path) -> None:
    content = b"name,category\nAna Gashi,suspect\nBen Hoxha,contact\n"
    with an_office(tmp_path) as office:
        imported(office, content)
        again = imported(office, b"name,category\nNew One,suspect\nAna Gashi,suspect\nBen Hoxha,contact\n")
        assert (again.new, again.unchanged) == (1, 2)


def test_an_import_cut_short_goes_on_where_it_stopped(tmp_path: Path, monkeypatch) -> None:
    content = b"id,name,category\n" + b"".join(b"%d,Ana Gashi,suspect\n" % at for at in range(25))
    monkeypatch.setattr(imports, "BATCH", 10)
    with an_office(tmp_path) as office:
        done = []

        def stop(count: int, _total: int) -> None:
            done.append(count)
            if count == 20:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            import_file(office, DESK, an_order(content), stop)
        assert len(rows(office)) == 20
        again = imported(office, content)
        assert (again.new, again.unchanged) == (5, 20)


def test_nothing_is_kept_of_a_batch_that_the_ledger_cannot_record(tmp_path: Path, monkeypatch) -> None:
    with an_office(tmp_path) as office:
        imported(office, b"id,name,category\n9,Zoe Zeka,suspect\n", list_name="other")
        monkeypatch.setattr(type(office.log), "append_many", broken)
        with pytest.raises(LedgerUnavailable):
            imported(office)
        monkeypatch.undo()
        assert ids(office) == []
        assert imported(office).new == 3


def broken(*_args) -> None:
    raise LedgerUnavailable("the entry could not be written")


def test_each_batch_and_the_whole_are_in_the_ledger(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 2)
    with an_office(tmp_path) as office:
        imported(office)
        assert offices.said_in_ledger(office) == ["import-batch", "import-batch", "import"]


def test_a_file_on_disk_is_read_as_bytes_are(tmp_path: Path) -> None:
    (tmp_path / "wanted.csv").write_bytes(ROWS)
    with an_office(tmp_path) as office:
        assert imported(office, tmp_path / "wanted.csv").new == 3
        assert imported(office).unchanged == 3


def test_no_name_is_readable_in_the_database_or_key_ring(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert any(path.name == "node.db-wal" for path in files)
        for path in files:
            content = path.read_bytes()
            assert not any(word in content for word in (b"Gashi", b"Hoxha", b"1984-02-03", b"Vlor")), path


@both_databases
def test_no_name_is_in_clear_in_any_column(tmp_path: Path, kind: str) -> None:
    with an_office(tmp_path, kind) as office:
        imported(office, ROWS.replace(b"suspect", b"victim"))
        stored = offices.everything_stored(office)
        assert b"wanted" in stored
        assert not any(word in stored for word in (b"Gashi", b"Hoxha", b"1984-02-03", b"Vlor"))


def test_search_is_by_list_state_category_and_review(tmp_path: Path) -> None:
    import datetime as dt

    with an_office(tmp_path) as office:
        imported(office)
        found = search(office, DESK, Question(list_name="wanted", category=Category.SUSPECT))
        assert [entry.category for entry in found.entries] == [Category.SUSPECT]
        assert search(office, DESK, Question(state=State.WITHDRAWN)).entries == []
        assert len(search(office, DESK, Question(review_before=dt.date(2027, 1, 1))).entries) == 3
        page = search(office, DESK, Question(most=2))
        assert len(page.entries) == 2
        assert len(search(office, DESK, Question(most=2, after=page.next)).entries) == 1


def test_there_is_no_search_by_what_a_person_is() -> None:
    fields = set(Question.__slots__)
    assert fields == {"list_name", "state", "category", "review_before", "after", "most", "part"}


LINES = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.sampled_from(["Ana Gashi", "Ben Hoxha", "Cara Shehu"]),
        st.sampled_from(["suspect", "convicted", "victim", "nothing"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=LINES, second=LINES)
def test_importing_twice_is_importing_once(tmp_path_factory, first, second) -> None:
    def content(lines) -> bytes:
        told = ("".join(f"{at},{name},{category}\n" for at, name, category in lines)).encode()
        return b"id,name,category\n" + told

    with an_office(tmp_path_factory.mktemp("office")) as office:
        for lines in (first, second):
            imported(office, content(lines))
            before = rows(office), rows(office, SAFEGUARDED)
            again = imported(office, content(lines))
            assert (again.new, again.changed, again.withdrawn) == (0, 0, 0)
            assert (rows(office), rows(office, SAFEGUARDED)) == before


def test_two_imports_of_one_list_at_once_do_not_double_it(tmp_path: Path, monkeypatch) -> None:
    with an_office(tmp_path) as office:
        imported(office)
        monkeypatch.setattr(imports, "held", lambda *_: {})
        with pytest.raises(Conflict):
            imported(office)
        monkeypatch.undo()
        assert len(rows(office)) == len(rows(office, VERSIONS)) == 3
        assert imported(office).unchanged == 3
