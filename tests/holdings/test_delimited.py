"""Lists as they come: every one is read or refused in words, and nothing of it is lost without any."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from liaison.holdings import Read, read_people
from liaison.matching.columns import country_code, dob_code
from liaison.model.errors import BadSetting, UnusableFile


def reading(folder: Path, text: str | bytes, name: str = "list.csv", **said: object) -> Read:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_people(path, **said)  # type: ignore[arg-type]


def reasons(read: Read) -> list[tuple[int, str, str]]:
    return [(bad.row, bad.field, bad.reason) for bad in read.bad_rows]


def test_a_plain_list_becomes_columns(tmp_path: Path) -> None:
    read = reading(
        tmp_path, "pid,given,surname,dob,sex,nat,doc\n7,Ana,Gashi,1984-02-03,F,ALB,P1\n9,Ilir,Hoxha,,m,de,\n"
    )
    people = read.people
    assert list(people.ids) == ["7", "9"]
    assert list(people.given) == ["Ana", "Ilir"]
    assert list(people.surname) == ["Gashi", "Hoxha"]
    assert people.dob.tolist() == [dob_code(1984, 2, 3), 0]
    assert people.sex.tolist() == [2, 1]
    assert people.nationality.tolist() == [country_code("ALB"), country_code("DEU")]
    assert list(people.documents) == ["P1"]
    assert people.document_person.tolist() == [0]
    assert people.person.tolist() == [0, 1]
    assert people.lists == ("list",)
    assert read.bad_rows == []


def test_what_was_guessed_is_said(tmp_path: Path) -> None:
    read = reading(tmp_path, "Nachname;Vorname;Geburtsdatum;Ort\nMüller;Jörg;03.04.1984;Ulm\n")
    assert (
        "list.csv: UTF-8, separated by semicolons; given = Vorname, surname = Nachname, dob = Geburtsdatum"
        in read.notes
    )
    assert "list.csv: not read: Ort" in read.notes
    assert read.columns == {"given": "Vorname", "surname": "Nachname", "dob": "Geburtsdatum"}
    assert list(read.people.ids) == ["1"]


def test_the_mapping_can_be_said(tmp_path: Path) -> None:
    read = reading(tmp_path, "a,b,c\n1,Ana,Gashi\n", columns={"id": "a", "given": "2", "surname": "c"})
    assert (read.people.ids[0], read.people.given[0], read.people.surname[0]) == ("1", "Ana", "Gashi")


@pytest.mark.parametrize("said", [{"surname": "z"}, {"shoe size": "a"}])
def test_a_mapping_that_cannot_be_is_refused(tmp_path: Path, said: dict[str, str]) -> None:
    with pytest.raises(BadSetting):
        reading(tmp_path, "name,a\nAna,1\n", columns=said)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed(tmp_path: Path, sign: str) -> None:
    read = reading(
        tmp_path, "id,full name,date of birth\nx1,Ana Gashi,1984\nx2,Bo Li,1990\n".replace(",", sign)
    )
    assert list(read.people.full) == ["Ana Gashi", "Bo Li"]
    assert read.people.dob.tolist() == [dob_code(1984), dob_code(1990)]


def test_a_spreadsheets_own_word_on_the_delimiter_is_taken(tmp_path: Path) -> None:
    assert reading(tmp_path, "sep=;\r\nid;name\r\n1;Li, Bo\r\n").people.full[0] == "Li, Bo"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("\n\n  \n", "is empty"),
        ("id,name,dob\n", "a header and no rows"),
        ("id,name", "a header and no rows"),
        ("id^name^dob\n1^Ana^1984\n", "has one column"),
        ("1,Ana,Gashi,1984-02-03\n2,Bo,Li,1990-01-01\n", "names no column"),
    ],
)
def test_what_cannot_be_a_list_is_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(UnusableFile, match=words) as refused:
        reading(tmp_path, text)
    assert refused.value.file == "list.csv"
    assert "Ana" not in str(refused.value)
    assert refused.value.hint


def test_the_delimiter_can_be_said(tmp_path: Path) -> None:
    assert reading(tmp_path, "id^name\n1^Ana\n", delimiter="^").people.full[0] == "Ana"


def test_one_column_of_names_is_a_list(tmp_path: Path) -> None:
    assert list(reading(tmp_path, "name\nAna Gashi\nBo Li\n").people.full) == ["Ana Gashi", "Bo Li"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
def test_unicode_in_other_forms_is_detected_and_said(tmp_path: Path, encoding: str) -> None:
    text = "id,name,dob\n" + "".join(f"{row},Гаши Ана,1984\n" for row in range(30))
    read = reading(tmp_path, text.encode(encoding))
    assert set(read.people.full) == {"Гаши Ана"}
    assert len(read.people) == 30
    assert encoding.upper()[:6].rstrip("-S") in read.notes[0]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        (
            "cp1250",
            "Jiří Dvořák,Łukasz Wójcik,Zoltán Kovács,Ștefan".replace("Ș", "Ş") + " Ionuţ,Željko Šarić",
        ),
        ("cp1251", "Иван Петров,Олена Шевченко,Димитър Георгиев,Юлия Кузнецова"),
        ("cp1252", "Jörg Müller,François Lefèvre,José Muñoz,Søren Ångström"),
        ("cp1253", "Γιώργος Παπαδόπουλος,Ελένη Νικολάου,Κωνσταντίνος Αγγελής"),
        ("cp1254", "Ayşe Yıldız,Çağlar Öztürk,İsmail Güneş,Şükrü Doğan"),
        ("cp1256", "محمد أحمد,خالد الحسين,فاطمة الزهراء"),
        ("cp1257", "Žydrūnas Šarūnas,Jānis Bērziņš,Ģirts Kļaviņš,Eglė Petrauskaitė"),
    ],
)
def test_a_windows_encoding_is_guessed_and_said(tmp_path: Path, encoding: str, names: str) -> None:
    people = names.split(",")
    text = "id,name\n" + "".join(f"{row},{people[row % len(people)]}\n" for row in range(40))
    read = reading(tmp_path, text.encode(encoding))
    assert list(read.people.full) == [people[row % len(people)] for row in range(40)]
    assert f"{encoding.replace('cp', 'windows-')} by the look of 40 rows (a guess" in read.notes[0]
    assert read.bad_rows == []


def test_the_encoding_can_be_said(tmp_path: Path) -> None:
    read = reading(tmp_path, "id,name\n1,Иван\n".encode("koi8-r"), encoding="koi8-r")
    assert read.people.full[0] == "Иван"
    with pytest.raises(BadSetting):
        reading(tmp_path, "id,name\n1,A\n", encoding="nonsense-8")


def test_single_rows_in_another_encoding_are_read_and_reported(tmp_path: Path) -> None:
    rows = [f"{row},Jörg Müller\n".encode() for row in range(1, 101)]
    rows[49] = "50,Jörg Müller\n".encode("cp1252")
    read = reading(tmp_path, b"id,name\n" + b"".join(rows))
    assert set(read.people.full) == {"Jörg Müller"}
    assert [bad[0] for bad in reasons(read)] == [50]
    assert "not UTF-8 as other rows are" in read.bad_rows[0].reason


def test_a_field_of_ten_megabytes_costs_that_field_alone(tmp_path: Path) -> None:
    read = reading(tmp_path, f"id,name,dob,doc\n1,Ana,1984,{'x' * 10_000_000}\n2,Bo,1990,P2\n")
    assert list(read.people.full) == ["Ana", "Bo"]
    assert list(read.people.documents) == ["P2"]
    assert [(row, field) for row, field, _ in reasons(read)] == [(1, "doc")]
    assert "10,000,000 bytes" in read.bad_rows[0].reason


def test_a_nul_byte_is_taken_out_and_reported(tmp_path: Path) -> None:
    read = reading(tmp_path, b"id,name\n1,A\0na Gashi\n2,Bo Li\n")
    assert list(read.people.full) == ["Ana Gashi", "Bo Li"]
    assert reasons(read) == [(1, "", "a NUL byte, which was taken out")]


def test_rows_with_a_wrong_number_of_fields_are_reported(tmp_path: Path) -> None:
    read = reading(
        tmp_path,
        "id,given,surname,dob,sex\n1,Ana,Gashi\n2,Bo\n3,C,Li,1984,M,M,M\n4,Di,Wu,1990,M,,,\n5,Ed,Xu,1991,M\n",
    )
    assert list(read.people.ids) == ["1", "4", "5"]
    assert [(row, reason.split(";")[0].split(":")[0]) for row, _, reason in reasons(read)] == [
        (1, "3 fields where the header has 5"),
        (2, "2 fields where the header has 5"),
        (3, "7 fields where the header has 5"),
    ]
    assert "list.csv: 1 row with empty fields behind the last" in read.notes


@pytest.mark.parametrize("rows", [2_000, 300_000])
def test_a_long_list_with_one_row_in_a_hundred_broken(tmp_path: Path, rows: int) -> None:
    chance = random.Random(3)
    broken = [
        b"",
        b"x,y",
        b"1,2,3,4,5,6,7",
        b'7,"1984',
        b"8,\xff\xfe,Li,1984",
        b"9,A\0,Li,1984",
        b"10,Ana,Gashi,31.02.1984",
        b"11,,,1984",
    ]
    lines = [
        broken[row % 8] if chance.random() < 0.01 else "%d,Ana,Gërvalla,1984-02-03".encode() % row
        for row in range(rows)
    ]
    read = reading(tmp_path, b"id,given,surname,dob\n" + b"\n".join(lines) + b"\n")
    bad = [line for line in lines if line in broken]
    blank, left_out = (
        bad.count(b""),
        sum(map(bad.count, (b"x,y", b"1,2,3,4,5,6,7", b'7,"1984', b"11,,,1984"))),
    )
    misquoted = bad.count(b'7,"1984')
    assert len(read.people) + blank + left_out == rows
    assert len({row for row, field, _ in reasons(read) if field != "id"}) == len(bad) - blank
    assert sum("quotation mark" in reason for _, _, reason in reasons(read)) == misquoted


def test_duplicate_ids_are_reported_and_kept(tmp_path: Path) -> None:
    read = reading(tmp_path, "pid,name\n5,Ana\n4,Bo\n5,Cy\n5,Di\n")
    assert list(read.people.ids) == ["5", "4", "5", "5"]
    assert reasons(read) == [(row, "pid", "the id of row 1 once more; both rows are kept") for row in (3, 4)]


def test_a_row_without_an_id_gets_its_number(tmp_path: Path) -> None:
    read = reading(tmp_path, "id,name\nx,Ana\n,Bo\n")
    assert list(read.people.ids) == ["x", "2"]
    assert reasons(read) == [(2, "id", "no id; the number of the row stands for it")]


def test_five_formats_of_dates_in_one_column(tmp_path: Path) -> None:
    dates = ["1984-02-13", "13.02.1984", "13/02/1984", "02/13/1984", "19840213", "13-Feb-1984"]
    read = reading(
        tmp_path, "id,name,dob\n" + "".join(f"{row},A{row} B,{date}\n" for row, date in enumerate(dates))
    )
    assert set(read.people.dob.tolist()) == {dob_code(1984, 2, 13)}
    assert read.bad_rows == []


def test_an_ambiguous_date_is_taken_both_ways_and_said(tmp_path: Path) -> None:
    read = reading(tmp_path, "id,name,dob\n1,Ana Gashi,03/04/1984\n2,Bo Li,1984-05-06\n")
    assert read.people.dob.tolist() == [dob_code(1984, 4, 3), dob_code(1984, 5, 6)]
    assert read.people.dob_alt.tolist() == [dob_code(1984, 3, 4), 0]
    assert (
        "list.csv: dates in dob that can be read day first or month first: 1, "
        "taken both ways, day first and month first" in read.notes
    )


@pytest.mark.parametrize(
    ("proof", "expected"), [("25/12/1980", dob_code(1984, 4, 3)), ("12/25/1980", dob_code(1984, 3, 4))]
)
def test_a_column_can_settle_the_order_of_its_dates(tmp_path: Path, proof: str, expected: int) -> None:
    read = reading(
        tmp_path,
        "id,name,dob\n1,Ana Gashi,03/04/1984\n" + "".join(f"{row},Bo Li,{proof}\n" for row in range(2, 6)),
    )
    assert (read.people.dob[0], read.people.dob_alt[0]) == (expected, 0)
    assert any("as the other dates of the column are" in note for note in read.notes)


def test_a_bad_date_sex_or_country_costs_that_field_alone(tmp_path: Path) -> None:
    read = reading(
        tmp_path,
        "id,name,dob,sex,nat\n1,Ana Gashi,31.02.1984,?!,Atlantis\n2,Bo Li,03.02.84,M,Côte d'Ivoire\n",
    )
    assert list(read.people.full) == ["Ana Gashi", "Bo Li"]
    assert read.people.nationality.tolist() == [0, country_code("CIV")]
    assert {(row, field) for row, field, _ in reasons(read)} == {(1, "dob"), (1, "nat"), (2, "dob")}
    assert not any(
        value in reason for _, _, reason in reasons(read) for value in ("31.02", "Atlantis", ".84")
    )


def test_two_nationalities_are_both_kept(tmp_path: Path) -> None:
    read = reading(tmp_path, "name,nationality\nAna,ALB;XKX\nBo,Iran / Iraq\n")
    assert read.people.nationality.tolist() == [country_code("ALB"), country_code("IRN")]
    assert read.people.nationality_alt.tolist() == [country_code("XKX"), country_code("IRQ")]


def test_a_list_in_native_script_alone(tmp_path: Path) -> None:
    read = reading(tmp_path, "ид,фамилия,имя,дата рождения\n1,Шевченко,Олена,1984\n2,حسين,محمد,1990\n")
    assert list(read.people.surname) == ["Шевченко", "حسين"]
    assert list(read.people.given) == ["Олена", "محمد"]


def test_a_name_of_one_letter_is_kept_and_reported(tmp_path: Path) -> None:
    read = reading(tmp_path, "id,given,surname\n1,Q,\n2,Q,Li\n")
    assert list(read.people.given) == ["Q", "Q"]
    assert reasons(read) == [(1, "name", "a name of one letter; kept, but it can hardly be found")]


def test_a_name_without_a_letter_of_any_script_is_reported(tmp_path: Path) -> None:
    read = reading(tmp_path, "id,name\n1,\U0001f600\n2,١٢٣\n3,Олена\n4,陽一\n5,(Ägidius)\n6,\u202e\n")
    assert [row for row, _, reason in reasons(read) if reason.startswith("no letter of any script")] == [
        1,
        2,
        6,
    ]


def test_words_for_an_unknown_name_are_taken_out_and_reported(tmp_path: Path) -> None:
    read = reading(
        tmp_path,
        "id,given,surname,doc\n1,FNU,AHMED,\n2,FNU AHMED,LNU,\n3,FNU,LNU,\n4,UNKNOWN,N/A,P7\n5,XXX,Hoxha,\n",
    )
    assert list(read.people.ids) == ["1", "2", "4", "5"]
    assert list(read.people.given) == ["", "AHMED", "", ""]
    assert list(read.people.surname) == ["AHMED", "", "", "Hoxha"]
    assert (3, "", "no usable name: left out") in reasons(read)
    assert (4, "", "no usable name; kept for its document number") in reasons(read)
    assert {(row, field) for row, field, _ in reasons(read) if field} == {
        (1, "given"),
        (2, "given"),
        (2, "surname"),
        (3, "given"),
        (3, "surname"),
        (4, "given"),
        (4, "surname"),
        (5, "given"),
    }


def test_people_with_a_number_and_no_name_can_be_indexed_and_found(tmp_path: Path) -> None:
    from liaison.matching.index import Index

    read = reading(tmp_path, "id,given,surname,doc\n1,Ana,Gashi,P1234567\n2,FNU,LNU,Q7654321\n3,Bo,Li,\n")
    assert len(Index.build(read.people)) == 3


def test_a_row_that_holds_no_letter_where_names_stand_is_left_out(tmp_path: Path) -> None:
    read = reading(tmp_path, "id,given,surname\n1,1984,-\n2,Bo,2\n")
    assert list(read.people.ids) == ["2"]
    assert (1, "", "no usable name: left out") in reasons(read)


def test_a_ships_name_is_a_name(tmp_path: Path) -> None:
    assert reading(tmp_path, "id,name\n1,MV OCEAN STAR II\n").people.full[0] == "MV OCEAN STAR II"


def test_a_name_of_too_many_words_is_kept_and_reported(tmp_path: Path) -> None:
    read = reading(tmp_path, f"id,name\n1,{' '.join(['Abc'] * 30)}\n")
    assert len(read.people) == 1
    assert "more than 24 words" in read.bad_rows[0].reason


def test_full_names_stand_in_where_the_parts_are_missing(tmp_path: Path) -> None:
    read = reading(tmp_path, "full_name,first_name,last_name\nAna Gashi,Ana,Gashi\nBo Li,,\nCy Wu,,Wu\n")
    assert list(read.people.full) == ["", "Bo Li", "Cy Wu"]
    assert list(read.people.given) == ["Ana", "", ""]
    assert list(read.people.surname) == ["Gashi", "", ""]


def test_middle_names_follow_the_given_name(tmp_path: Path) -> None:
    assert reading(tmp_path, "middle,surname,first\nLuljeta,Gashi,Ana\n").people.given[0] == "Ana Luljeta"


def test_other_names_are_names_of_the_same_person(tmp_path: Path) -> None:
    read = reading(tmp_path, "id,name,aliases\n1,Ana Gashi,Anna G.; Hana\n2,Bo Li,\n3,Cy Wu,C. Wu\n")
    assert list(read.people.full) == ["Ana Gashi", "Anna G.", "Hana", "Bo Li", "Cy Wu", "C. Wu"]
    assert read.people.person.tolist() == [0, 0, 0, 1, 2, 2]


def test_several_document_columns_are_all_read(tmp_path: Path) -> None:
    read = reading(tmp_path, "name,passport,id_number\nAna,P1,\nBo,,I2\nCy,P3,I3\n")
    assert list(read.people.documents) == ["P1", "I2", "P3", "I3"]
    assert read.people.document_person.tolist() == [0, 1, 2, 2]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", [True, False])
def test_every_kind_of_line_end(tmp_path: Path, newline: str, end: bool) -> None:
    text = newline.join(["id,name", "1,Ana", "", "2,Bo"]) + newline * end
    read = reading(tmp_path, text)
    assert list(read.people.full) == ["Ana", "Bo"]
    assert "list.csv: 1 empty line" in read.notes


def test_progress_reaches_the_size_of_the_file(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    text = "id,name\n" + "1,Ana\n" * 300_000
    reading(tmp_path, text, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][1] == len(text)
    assert len(text) - 8 <= seen[-1][0] <= len(text)
