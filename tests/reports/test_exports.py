"""Tables as files."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from openpyxl import load_workbook

from parking.reports.exports import csv_lines, harmless, xlsx_file

MOMENT = datetime(2026, 11, 20, 18, 40, 5, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+91 98",
        "|calc",
        " %0A",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\x01=1",
        '=HYPERLINK("http://x","y")',
    ],
)
def test_a_text_that_would_run_is_made_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Asha Rao", "आशा राव", "A-001", "DL-01-AB-1234", "a=b", "", "'quoted"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_csv_cells() -> None:
    lines = "".join(
        csv_lines(["a", "b"], [["आशा, राव", Decimal("50.00")], ['say "x"', MOMENT], ["=1", None], [-5, ""]])
    )
    assert list(csv.reader(StringIO(lines, newline=""))) == [
        ["a", "b"],
        ["आशा, राव", "50.00"],
        ['say "x"', "2026-11-21T00:10:05+05:30"],
        ["'=1", ""],
        ["-5", ""],
    ]
    assert lines.startswith("a,b\r\n")


def test_csv_for_excel_says_that_it_is_utf_8() -> None:
    assert (
        "".join(csv_lines(["नाम"], [["आशा"]], for_excel=True)).encode() == b"\xef\xbb\xbf" + "नाम\r\nआशा\r\n".encode()
    )


def test_a_date_is_a_date_in_both() -> None:
    assert "".join(csv_lines(["day"], [[MOMENT.date()]])) == "day\r\n2026-11-20\r\n"
    with xlsx_file("Days", ["day"], [[MOMENT.date()]]) as file:
        cell = load_workbook(file)["Days"]["A2"]
    assert (cell.is_date, cell.value.date()) == (True, MOMENT.date())


def test_csv_lines_come_one_by_one() -> None:
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    lines = csv_lines(["n"], rows())
    assert next(lines) == "n\r\n"
    assert asked == []
    assert next(lines) == "0\r\n"
    assert asked == [0]


def test_xlsx_cells() -> None:
    with xlsx_file(
        "Sessions", ["a", "b"], [["आशा", Decimal("50.25")], ["=1+1", MOMENT], ["x\x07\uffffy", None]]
    ) as file:
        sheet = load_workbook(file)["Sessions"]
    cells = list(sheet.iter_rows())
    assert [[cell.value for cell in row] for row in cells] == [
        ["a", "b"],
        ["आशा", 50.25],
        ["'=1+1", datetime(2026, 11, 21, 0, 10, 5)],  # noqa: DTZ001 - a cell has no time zone
        ["xy", None],
    ]
    assert cells[2][0].data_type == "s"
    assert cells[1][1].data_type == "n"


def test_what_hides_a_formula_in_a_cell_is_taken_away_first() -> None:
    with xlsx_file("Sessions", ["a"], [["\x01=1+1"]]) as file:
        assert load_workbook(file)["Sessions"]["A2"].value == "'=1+1"


# --- What spreadsheets misread ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["412345678901", "0042", "1-2", "1/2", "12:30", "3.14.2", "1E5", "DEC-01", "Mar 1", "2-Jan"],
)
def test_the_offices_csv_keeps_a_text_that_looks_like_a_number_or_a_day(text: str) -> None:
    [_, line] = csv_lines(["slot"], [[text]], for_excel=True)
    assert line == f'"=""{text}"""\r\n'
    assert list(csv_lines(["slot"], [[text]])) == ["slot\r\n", f"{text}\r\n"]


@pytest.mark.parametrize("text", ["A-001", "123", "DL-01-AB-1234", "PK-1E5", "Level 1", "December", "22-BH-1234-A"])
def test_other_texts_are_written_alone(text: str) -> None:
    assert list(csv_lines(["slot"], [[text]], for_excel=True))[1] == f"{text}\r\n"


def test_numbers_stay_numbers_and_formulas_stay_harmless() -> None:
    [_, line] = csv_lines(["a", "b", "c"], [[412345678901, Decimal("50.00"), "=1-2"]], for_excel=True)
    assert line == "412345678901,50.00,'=1-2\r\n"
