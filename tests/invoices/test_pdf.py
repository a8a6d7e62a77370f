"""The PDF as a reader sees it: its words, its pages, its letters."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from pypdf import PdfReader

from parking.core.qr import qr_rows
from parking.invoices import fonts
from parking.invoices.fonts import FontMissing
from parking.invoices.letters import Letter, letter_pdf
from parking.invoices.models import TaxDocument
from parking.invoices.paper import A4, ROLL
from parking.invoices.pdf import pdf_of
from parking.invoices.press import CODE_SIDE, Press
from parking.invoices.sheets import Row, Sheet, sheet_of
from parking.invoices.snapshot import Details, Line, Money, Recipient, Snapshot, Supplier
from tests.invoices.conftest import GSTIN, LATER
from tests.moments import START

MILLIMETRE = 72 / 25.4
OWNER = "आशा क्षत्रिय श्रीवास्तव"


def sheet(owner: str = "Asha Rao", **changes: Any) -> Sheet:
    snapshot = Snapshot(
        supplier=Supplier("Namma Parking", "12 Kempegowda Road, Bengaluru", GSTIN, "29"),
        recipient=Recipient(owner),
        details=Details(123, "KA-01-AB-1234", "Main car park", "Zone A", "A-001", START, START + timedelta(hours=3)),
        lines=(Line("Parking", 3, Decimal("50.00"), Decimal("150.00")),),
        sac="996743",
        rate=Decimal("18.00"),
        payments=(Money(START, Decimal("150.00"), "CASH"),),
    )
    document = TaxDocument(
        number="KA1/2627/0000042",
        kind="TAX_INVOICE",
        issued_at=LATER,
        taxable=Decimal("127.12"),
        cgst=Decimal("11.44"),
        sgst=Decimal("11.44"),
        total=Decimal("150.00"),
        snapshot=snapshot.to_json(),
    )
    return replace(sheet_of(document), **changes)


def read(body: bytes) -> PdfReader:
    return PdfReader(BytesIO(body))


def glyphs_of(body: bytes) -> set[str]:
    """What each glyph that a PDF draws stands for: one letter, or the letters that are joined in it."""
    fonts_of_page: Any = read(body).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
    maps = [font.get_object()["/ToUnicode"].get_data().decode() for font in fonts_of_page.values()]
    codes = re.findall(r"<[0-9A-F]{4}> <([0-9A-F]+)>", "".join(maps))
    return {bytes.fromhex(code).decode("utf-16-be") for code in codes}


@pytest.mark.parametrize("paper", [A4, ROLL], ids=lambda paper: paper.name)
def test_all_that_the_law_asks_for_can_be_read(paper):
    text = read(pdf_of((sheet(),), paper)).pages[0].extract_text()
    for words in (
        "Tax invoice", "KA1/2627/0000042", "22 Nov 2026", "Namma Parking", "12 Kempegowda Road, Bengaluru",
        f"GSTIN {GSTIN}", "Asha Rao", "KA 01 AB 1234", "996743", "Karnataka (29)", "Reverse charge", "Taxable value",
        "127.12", "CGST 9%", "SGST 9%", "11.44", "₹150.00", "Paid 22 Nov 2026, cash",
    ):  # fmt: skip
        assert words in text


def test_a4_is_a4():
    box = read(pdf_of((sheet(),), A4)).pages[0].mediabox
    assert (round(box.width / MILLIMETRE), round(box.height / MILLIMETRE)) == (210, 297)


def test_the_roll_is_80_mm_wide_and_as_long_as_it_must():
    long = sheet(rows=(Row("Parking", "1", "50.00", "50.00"),) * 200)
    short, tall = (read(pdf_of((one,), ROLL)) for one in (sheet(), long))
    assert {round(page.mediabox.width / MILLIMETRE) for page in (*short.pages, *tall.pages)} == {80}
    assert (len(short.pages), len(tall.pages)) == (1, 1)
    assert 100 < short.pages[0].mediabox.height / MILLIMETRE < 200
    assert tall.pages[0].mediabox.height / MILLIMETRE > 900


def test_a_long_bill_goes_on_on_the_next_page_of_a4():
    pages = read(pdf_of((sheet(rows=(Row("Parking", "1", "50.00", "50.00"),) * 70),), A4)).pages
    assert len(pages) == 2
    assert "KA1/2627/0000042, page 2 of 2" in pages[1].extract_text()


def test_a_table_that_goes_on_has_its_head_on_each_page():
    pages = read(pdf_of((sheet(rows=(Row("Parking", "1", "50.00", "50.00"),) * 120),), A4)).pages
    assert [page.extract_text().count("Description") for page in pages] == [1, 1, 1]
    assert "Parking" in pages[-1].extract_text()


def test_taxes_and_total_are_not_parted_by_the_end_of_a_page():
    for rows in (25, 27, 29, 31):
        pages = read(pdf_of((sheet(rows=(Row("Booking fee", "1", "50.00", "50.00"),) * rows),), A4)).pages
        (last,) = [page.extract_text() for page in pages if "Taxable value" in page.extract_text()]
        assert all(words in last for words in ("CGST 9%", "Total", "Paid 22 Nov 2026"))
        # The head of the table stands over rows of it, not over the sums.
        assert ("Description" in last) == ("Booking fee" in last)


def test_a_row_of_several_lines_stays_on_one_page():
    long = "Parking by the day until the daily cap of the zone was reached, with the night rate after that " * 2
    for rows in (12, 13, 14):
        pages = read(pdf_of((sheet(rows=(Row(long, "1", "50.00", "50.00"),) * rows),), A4)).pages
        texts = [page.extract_text() for page in pages]
        # Its words are there twice, its amounts once.
        assert [text.count("Parking by the day") for text in texts] == [2 * text.count("50.00 50.00") for text in texts]


def test_each_document_of_a_file_counts_its_own_pages():
    note = sheet(title="Credit note", number="KA1C2627/0000001")
    long = sheet(rows=(Row("Parking", "1", "50.00", "50.00"),) * 70)
    pages = read(pdf_of((long, note), A4)).pages
    feet = [page.extract_text().splitlines()[-1] for page in pages]
    assert feet == [
        "KA1/2627/0000042, page 1 of 2",
        "KA1/2627/0000042, page 2 of 2",
        "KA1C2627/0000001, page 1 of 1",
    ]


@pytest.mark.parametrize("paper", [A4, ROLL], ids=lambda paper: paper.name)
def test_a_sum_of_lakhs_is_not_broken(paper):
    long = sheet(rows=(Row("Overstay", "12", "9,58,333.33", "1,15,00,000.00"),), total=("Total", "₹1,15,00,000.00"))
    text = read(pdf_of((long,), paper)).pages[0].extract_text()
    assert "Total ₹1,15,00,000.00" in text
    assert "1,15,00,000.00" in text.replace("₹1,15,00,000.00", "")


def test_a_long_name_keeps_clear_of_the_logo():
    written = BytesIO()
    Image.new("RGB", (300, 100), "#00aa44").save(written, "PNG")
    long = sheet(supplier="Namma Parking and Facility Management Services (South) Private Limited")
    lines = read(pdf_of((long,), A4, written.getvalue())).pages[0].extract_text().splitlines()
    assert lines[:2] == ["Namma Parking and Facility Management Services (South) Private", "Limited"]


def test_each_document_has_a_page_of_its_own():
    note = sheet(title="Credit note", number="KA1C2627/0000001")
    pages = read(pdf_of((sheet(), note), ROLL)).pages
    assert ["Credit note" in page.extract_text() for page in pages] == [False, True]


@pytest.mark.parametrize("owner", [OWNER, f"Asha {OWNER}", f"{OWNER} (Asha)"])
def test_a_hindi_name_is_shaped_whatever_stands_beside_it(owner):
    body = pdf_of((sheet(owner),), A4)
    glyphs = glyphs_of(body)
    assert {"क्ष", "श्र"} <= glyphs
    assert set(OWNER) <= set("".join(glyphs))
    text = read(body).pages[0].extract_text()
    assert "आशा" in text and "श्रीवास्तव" in text


# A name in each script, with letters that only a shaper joins, and which they are.
NAMES = {
    "Bengali": ("অনির্বাণ চট্টোপাধ্যায়", {"র্ব", "ট্ট"}),
    "Gujarati": ("ગુજરાતી શ્રીનિવાસ", {"શ્ર"}),
    "Gurmukhi": ("ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", {"੍ਰ"}),
    "Kannada": ("ಕನ್ನಡ ಶ್ರೀನಿವಾಸ", {"ಶ್ರ", "್ನ"}),
    "Malayalam": ("മലയാളം കൃഷ്ണൻ ശ്രീ", {"ശ്ര"}),
    "Odia": ("ଓଡ଼ିଆ ଜଗନ୍ନାଥ କ୍ଷ", {"ନ୍ନ", "କ୍ଷ"}),
    "Tamil": ("தமிழ் ரமேஷ் ஸ்ரீ", {"ஸ்ரீ", "மே"}),
    "Telugu": ("తెలుగు శ్రీనివాస్", {"శ్రీ"}),
    "Urdu": ("محمد اقبال ٹھاکر ڑے", set()),
}


@pytest.mark.parametrize(("name", "joined"), NAMES.values(), ids=NAMES)
def test_a_name_in_any_script_of_india_is_shaped_beside_others(name, joined):
    body = pdf_of((sheet(f"Asha {name} आशा", supplier=name),), A4)
    glyphs = glyphs_of(body)
    assert set(name) <= set("".join(glyphs))
    assert joined <= glyphs
    text = read(body).pages[0].extract_text()
    assert "?" not in text
    assert "Asha" in text and "आशा" in text


def test_what_follows_grey_words_in_another_script_keeps_its_size():
    """Grey words end with the font from before them: each text after them names its own."""
    letter = Letter("Asha", ["Small"], "सूचना", "1", [], [("पार्किंग", "Airport")] * 2, LATER)
    sizes: dict[str, float] = {}

    def see(text: str, _matrix: Any, _place: Any, _font: Any, size: float) -> None:
        sizes[text.strip()] = size

    read(letter_pdf(letter)).pages[0].extract_text(visitor_text=see)
    assert sizes["Airport"] == A4.normal


def test_amounts_below_each_other_have_digits_of_one_width():
    """Both have a one, which is narrower than other digits otherwise."""
    press = Press(A4, None)
    assert press.get_string_width("111.11") == press.get_string_width("444.44")


def test_urdu_is_written_from_right_to_left():
    text = read(pdf_of((sheet("محمد خان"),), A4)).pages[0].extract_text()
    # What stands further left comes first in the text of the page.
    assert "خان محمد" in text


def test_a_name_in_another_alphabet_of_the_font_is_written_beside_latin():
    text = read(pdf_of((sheet("Asha Δημήτρης Иван"),), A4)).pages[0].extract_text()
    assert "Asha Δημήτρης Иван" in text


def test_a_document_reads_only_the_part_of_the_font_that_draws_its_script():
    known = {script: TTFont(fonts.files_for(script)[""]).getBestCmap() for script in ("", "devanagari", "arabic")}
    assert {script: (ord("A") in codes, ord("आ") in codes, ord("خ") in codes) for script, codes in known.items()} == {
        "": (True, False, False),
        "devanagari": (False, True, False),
        "arabic": (False, False, True),
    }


def test_letters_that_no_font_has_become_question_marks():
    text = read(pdf_of((sheet("王\tKumar 😀"),), A4)).pages[0].extract_text()
    assert "? Kumar ?" in text


def test_a_script_whose_font_was_not_fetched_is_printed_as_question_marks(settings, tmp_path):
    settings.DOCUMENT_FONTS = tmp_path
    fonts.files_for.cache_clear()
    try:
        text = read(pdf_of((sheet("ரமேஷ் Kumar", number="KA1/2627/0000043"),), A4)).pages[0].extract_text()
    finally:
        fonts.files_for.cache_clear()
        pdf_of.cache_clear()
    assert "????? Kumar" in text


def test_the_same_sheet_gives_the_same_bytes():
    first = pdf_of((sheet(),), A4)
    pdf_of.cache_clear()
    assert pdf_of((sheet(),), A4) == first


def test_a_missing_font_says_what_to_do(monkeypatch):
    monkeypatch.setattr(fonts, "PACKAGE", "no_such_package")
    with pytest.raises(FontMissing, match="pymupdf-fonts"):
        fonts._font("FiraGO_Regular")


@pytest.mark.parametrize("paper", [A4, ROLL])
def test_the_logo_stands_on_top_and_moves_nothing_off_the_page(paper):
    written = BytesIO()
    Image.new("RGB", (300, 100), "#00aa44").save(written, "PNG")
    page = read(pdf_of((sheet(),), paper, written.getvalue())).pages[0]
    assert [picture.image.size for picture in page.images if picture.image] == [(300, 100)]
    assert "150.00" in page.extract_text()


# --- The code that opens /r/ -------------------------------------------------------------------------

ADDRESS = "https://parking.example.org/r/QR-46ZPY3641VXE"
RECTANGLE = re.compile(rb"([\d.]+) ([\d.]+) ([\d.]+) (-?[\d.]+) re f")


def code_on(page: Any) -> list[str]:
    """Return the QR code on a page, row by row as `qr_rows`, from the black that the PDF draws."""
    drawn = [[float(number) for number in found] for found in RECTANGLE.findall(page.get_contents().get_data())]
    if not drawn:
        return []
    # What is drawn begins and ends with the corners of the code, four cells from its border.
    left, top = min(x for x, *_ in drawn), max(y for _, y, *_ in drawn)
    cell = (CODE_SIDE * MILLIMETRE) / len(qr_rows(ADDRESS))
    side = len(qr_rows(ADDRESS))
    grid = [["0"] * side for _ in range(side)]
    for x, y, width, _ in drawn:
        row, first = round((top - y) / cell) + 4, round((x - left) / cell) + 4
        for at in range(first, first + round(width / cell)):
            grid[row][at] = "1"
    return ["".join(row) for row in grid]


@pytest.mark.parametrize("paper", [A4, ROLL], ids=lambda paper: paper.name)
def test_the_code_of_the_receipt_check_can_be_read_off_the_paper(paper):
    (page,) = read(pdf_of((sheet(check_address=ADDRESS),), paper)).pages
    assert code_on(page) == qr_rows(ADDRESS)
    assert "Scan this to compare the receipt with our books." in " ".join(page.extract_text().split())
    # Half a millimetre for each cell, which the cameras of cheap phones tell apart.
    assert CODE_SIDE / len(qr_rows(ADDRESS)) > 0.5


def test_the_code_is_not_cut_by_the_end_of_a_page():
    for rows in range(20, 45):
        long = sheet(check_address=ADDRESS, rows=(Row("Parking", "1", "50.00", "50.00"),) * rows)
        pages = read(pdf_of((long,), A4)).pages
        assert [code_on(page) for page in pages if code_on(page)] == [qr_rows(ADDRESS)]


def test_a_document_of_before_is_printed_as_it_was():
    """Its snapshot has no code of a ticket."""
    (page,) = read(pdf_of((sheet(),), A4)).pages
    assert code_on(page) == []
    assert "Scan this" not in page.extract_text()


def test_the_code_is_that_of_the_ticket(settings):
    settings.BASE_URL = "https://parking.example.org"
    details = Details(123, "KA-01-AB-1234", "Main car park", "Zone A", code="QR-46ZPY3641VXE")
    document = TaxDocument(
        number="1",
        kind="RECEIPT",
        issued_at=LATER,
        taxable=Decimal(50),
        cgst=Decimal(0),
        sgst=Decimal(0),
        total=Decimal(50),
        snapshot=Snapshot(Supplier("Namma"), Recipient(), details, (), "996743", Decimal(0)).to_json(),
    )
    assert sheet_of(document).check_address == ADDRESS
    del document.snapshot["details"]["code"]
    assert sheet_of(document).check_address == ""
