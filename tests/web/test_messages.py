"""The catalogue of Hindi messages: what is gathered, what is refused, and that ours is complete in form."""

import gettext

import pytest

from deploy import messages
from deploy.messages import Place, Problem, places_in
from tests.languages import catalogue

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext
_("Leave")
pgettext("month", "May")
ngettext("%(count)s car", "%(count)s cars", 2)
"""
PAGE = """{% load i18n %}
   {# Indented as no Python is. #}
 <h1>{% translate "Slots" %}</h1> {% translate "Leave" %}
{% blocktranslate count n=free trimmed %}
  One slot in {{ zone }}
{% plural %}
  {{ n }} slots in {{ zone }}
{% endblocktranslate %}
"""
HINDI = {
    "Leave": "बाहर जाएँ",
    "month\x04May": "मई",
    "%(count)s car": ["%(count)s गाड़ी", "%(count)s गाड़ियाँ"],
    "Slots": "जगहें",
    "One slot in %(zone)s": ["%(zone)s में एक जगह", "%(zone)s में %(n)s जगहें"],
}


@pytest.fixture
def place(tmp_path):
    (tmp_path / "parking" / "web" / "templates").mkdir(parents=True)
    (tmp_path / "parking" / "web" / "pages.py").write_text(CODE)
    (tmp_path / "parking" / "web" / "templates" / "page.html").write_text(PAGE)
    return Place(tmp_path)


@pytest.fixture
def filled(place):
    messages.fill(place, HINDI)
    return place


def problems(place):
    with pytest.raises(Problem) as caught:
        messages.check(place)
    return str(caught.value).splitlines()


def test_messages_come_from_code_and_templates(place):
    messages.update(place)
    assert {key: len(files) for key, files in messages.gather(place).items()} == {
        (None, ("Leave",)): 2,
        ("month", ("May",)): 1,
        (None, ("%(count)s car", "%(count)s cars")): 1,
        (None, ("Slots",)): 1,
        (None, ("One slot in %(zone)s", "%(n)s slots in %(zone)s")): 1,
    }
    assert len(problems(place)) == 5
    assert all(line.startswith("not translated") for line in problems(place))


def test_a_complete_catalogue_passes_and_the_server_can_read_it(filled):
    messages.check(filled)
    messages.compile_(filled)
    with filled.compiled.open("rb") as file:
        hindi = gettext.GNUTranslations(file)
    assert hindi.gettext("Leave") == "बाहर जाएँ"
    assert hindi.pgettext("month", "May") == "मई"
    assert hindi.ngettext("%(count)s car", "%(count)s cars", 3) == "%(count)s गाड़ियाँ"


def test_nothing_is_written_when_nothing_has_changed(filled):
    messages.compile_(filled)
    before = filled.catalogue.stat().st_mtime_ns, filled.compiled.stat().st_mtime_ns
    messages.update(filled)
    messages.compile_(filled)
    assert (filled.catalogue.stat().st_mtime_ns, filled.compiled.stat().st_mtime_ns) == before


def test_a_new_message_is_missed(filled):
    (filled.root / "parking" / "web" / "new.py").write_text('from gettext import gettext\ngettext("New")\n')
    assert problems(filled) == ["not in the catalogue: New"]
    messages.update(filled)
    assert problems(filled) == ["not translated: New"]


def test_what_is_no_longer_said_is_kept_until_it_is_pruned(filled):
    page = filled.root / "parking" / "web" / "pages.py"
    page.write_text("")
    messages.update(filled)
    assert problems(filled) == ["no source says it: %(count)s car", "no source says it: [month] May"]
    page.write_text(CODE)
    messages.update(filled)
    messages.check(filled)
    page.write_text("")
    messages.prune(filled)
    messages.check(filled)


def test_a_fuzzy_message_is_refused(filled):
    text = filled.catalogue.read_text()
    filled.catalogue.write_text(text.replace('msgid "Slots"', '#, fuzzy\nmsgid "Slots"'))
    assert problems(filled) == ["fuzzy: Slots"]


@pytest.mark.parametrize(
    ("original", "hindi"),
    [
        ("%(count)s car", ["गाड़ी", "%(number)s गाड़ियाँ"]),
        ("One slot in %(zone)s", ["एक जगह", "%(zone)s में %(n)s जगहें"]),
        ("Slots", "<b>जगहें</b>"),
        ("Slots", "जगहें "),
        ("Slots", ""),
    ],
)
def test_a_translation_that_does_not_fit_is_refused(filled, original, hindi):
    with pytest.raises(Problem, match=r": (%\(count\)s car|One slot|Slots)"):
        messages.fill(filled, {original: hindi})


def test_filling_enters_what_it_can_and_names_the_rest(place):
    with pytest.raises(Problem, match="no source says: Nonsense"):
        messages.fill(place, HINDI | {"Nonsense": "बकवास"})
    messages.check(place)


# --- The operator's folder ------------------------------------------------------------------------------


def own(filled, code, texts):
    """Return the place of an operator's catalogue beside ours, which is Hindi."""
    folder = filled.root / "own"
    catalogue(folder, code, texts)
    ours, theirs = places_in(filled.root, folder)
    assert (ours, theirs) == (filled, Place(filled.root, code, folder))
    return theirs


def test_a_language_of_the_operators_is_to_be_complete(filled):
    place = own(filled, "kn", {"Leave": "ಹೊರಡಿ"})
    messages.update(place)
    assert problems(place) == [
        "not translated: %(count)s car",
        "not translated: [month] May",
        "not translated: One slot in %(zone)s",
        "not translated: Slots",
    ]


def test_an_operator_may_say_a_few_things_otherwise(filled):
    place = own(filled, "hi", {"Leave": "चलें"})
    messages.check(place)
    messages.update(place)
    messages.check(place)


def test_what_an_operator_says_otherwise_is_checked_too(filled):
    place = own(filled, "hi", {"Leave": "चलें", "Nonsense": "बकवास", "Slots": "<b>जगहें</b>"})
    assert problems(place) == [
        "no source says it: Nonsense",
        "placeholders or markup differ (</b>, <b>): Slots",
    ]


def test_a_translation_that_does_not_fit_is_left_out_of_what_the_server_reads(filled):
    place = own(filled, "kn", {"Leave": "ಹೊರಡಿ", "One slot in %(zone)s": "%(zona)s"})
    messages.compile_(place)
    with place.compiled.open("rb") as file:
        kannada = gettext.GNUTranslations(file)
    assert kannada.gettext("Leave") == "ಹೊರಡಿ"
    assert kannada.gettext("One slot in %(zone)s") == "One slot in %(zone)s"


def test_a_language_has_as_many_plurals_as_it_needs(filled):
    place = Place(filled.root, "pl")
    polish = {"%(count)s car": ["%(count)s auto", "%(count)s auta", "%(count)s aut"]}
    messages.fill(place, polish)
    assert "not translated: %(count)s car" not in problems(place)
    with pytest.raises(Problem, match="not translated: %"):
        messages.fill(place, {"%(count)s car": ["%(count)s auto", "%(count)s auta"]})


def test_a_folder_that_is_no_language_is_named(tmp_path, monkeypatch, capsys):
    catalogue(tmp_path, "xx", {})
    monkeypatch.setenv("SMART_PARKING_LANGUAGES", str(tmp_path))
    assert messages.main(["compile"]) == 1
    assert capsys.readouterr().err == "xx: no language that pages can have\n"
