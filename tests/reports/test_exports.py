"""Tables as files."""

import csv
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from openpyxl import load_workbook

from parking.reports.exports import csv_lines, harmless
from parking.reports.xlsx import xlsx_file

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


MISREAD = [
    "1-2", "01-02", "1/2", "3.4", "3.14.2", "1 1/2", "12:30", "9 a", "10 PM", "412345678901", "0042", "007/2026",
    "1,234.50", "1E5", "12e+3", "50%", "(5)", "₹50", ".5", "MAR-2024", "DEC-01", "SEP1", "1-Jan", "Mar 1",
    "3 march 2026", "TRUE", "false", " 1-2 ",
]  # fmt: skip
READ_RIGHT = [
    "A-001", "123", "Level 1", "December", "QR-7K3M9QX2T0ZC", "PK-1E5", "DL-01-AB-1234", "22-BH-1234-A", "order_1E5",
    "pay_29QQoUBi66xm2f", "Mary", "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21", "P1-2", "12 cars", "आशा 12", "१-२", '1"2', "",
]  # fmt: skip


@pytest.mark.parametrize("text", MISREAD)
def test_a_text_that_a_spreadsheet_would_misread_is_kept_for_excel_alone(text: str) -> None:
    (_, line), (_, raw) = (csv_lines(["n"], [[text]], for_excel=for_excel) for for_excel in (True, False))
    assert next(csv.reader([line])) == [f'="{text}"']
    assert next(csv.reader([raw])) == [text]


@pytest.mark.parametrize("text", READ_RIGHT)
def test_a_text_that_is_read_right_stays_as_it_is_for_excel(text: str) -> None:
    _, line = csv_lines(["n", ""], [[text, ""]], for_excel=True)
    assert next(csv.reader([line])) == [text, ""]


def test_the_bytes_for_excel_and_for_programs() -> None:
    row = [
        "1-2",
        "412345678901",
        "0042",
        "=1+1",
        "-5",
        -5,
        412345678901,
        Decimal("50.00"),
        7,
        MOMENT.date(),
        MOMENT,
        "A-001",
        None,
    ]
    mark = b"\xef\xbb\xbf"
    rest = b"'=1+1,'-5,-5,412345678901,50.00,7,2026-11-20,2026-11-21T00:10:05+05:30,A-001,\r\n"
    for_excel = "".join(csv_lines(["n"], [row], for_excel=True)).encode()
    assert for_excel == mark + b'n\r\n"=""1-2""","=""412345678901""","=""0042""",' + rest
    assert "".join(csv_lines(["n"], [row])).encode() == b"n\r\n1-2,412345678901,0042," + rest


def test_xlsx_has_the_same_texts_as_text() -> None:
    with xlsx_file("Slots", ["slot"], [["1-2"], ["412345678901"], ["0042"]]) as file:
        cells = [cell for (cell,) in load_workbook(file)["Slots"].iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type) for cell in cells] == [("1-2", "s"), ("412345678901", "s"), ("0042", "s")]


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
