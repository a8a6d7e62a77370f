"""The catalogue of translations: gathered, filled, checked, compiled. GNU gettext is not needed.

    python -m deploy.messages update      bring the catalogue of each language into line with the sources
    python -m deploy.messages fill FILE [CODE]
                                          enter translations from a file: {"English": "हिन्दी", ...}; CODE is hi unless
                                          given, and begins a language that has no catalogue yet
    python -m deploy.messages prune       delete translations of messages that no source has any more
    python -m deploy.messages check       fail if anything is missing, and list it
    python -m deploy.messages compile     write the file that the server reads

The catalogues are those in locale/, and the operator's in the folder SMART_PARKING_LANGUAGES (docs/languages.md).

In FILE a plural has its singular as key and a list [one, other]; a message with a context has the key
"context\\u0004message".
"""

import fcntl
import io
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.utils.translation.template import templatize

from deploy.words import refused
from smart_parking.environment import read
from smart_parking.languages import own_name

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "hi"

KEYWORDS = {
    "_": None,
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
# Without dates and names of tools: they would differ in every branch.
HEADER = """\
msgid ""
msgstr ""
"Language: LOCALE\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: PLURALS\\n"

"""
# What a translation must keep: `%(name)s`, `%s`, `{name}`, markup. `%%` is a per cent sign.
KEPT = re.compile(r"%%|%\(\w+\)[a-z]|%[a-z]|\{\w*\}|<[^<>]+>")
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
CONTEXT_MARK = "\x04"

Id = tuple[str | None, tuple[str, ...]]  # context; singular, and plural if there is one
Strings = tuple[str, ...]


class Problem(Exception):
    """An error that the person at the terminal has to correct."""


@dataclass(frozen=True)
class Place:
    """The folders of sources and catalogue; tests have their own."""

    root: Path
    locale: str = LOCALE
    own_folder: Path | None = None  # the operator's; None: ours

    @property
    def catalogue(self) -> Path:
        return (self.own_folder or self.root / "locale") / self.locale / "LC_MESSAGES" / "django.po"

    @cached_property
    def plurals(self) -> int:
        """Return how many forms the language has for one thing and for several."""
        return Catalog(locale=self.locale).num_plurals

    @property
    def changes_ours(self) -> bool:
        """Return whether the operator says some things otherwise in a language that we have; it need not be whole."""
        return self.own_folder is not None and Place(self.root, self.locale).catalogue.exists()

    @property
    def compiled(self) -> Path:
        return self.catalogue.with_suffix(".mo")

    @property
    def lock(self) -> Path:
        return self.root / ".cache" / "messages.lock"


def places_in(root: Path, own_folder: Path | None = None) -> list[Place]:
    """Return the place of each language that has a catalogue, ours first."""
    return [
        Place(root, path.parent.parent.name, folder)
        for folder in ([None, own_folder] if own_folder else [None])
        for path in sorted((folder or root / "locale").glob("*/LC_MESSAGES/django.po"))
    ]


# --- Sources -----------------------------------------------------------------------------------------


def gather(place: Place) -> dict[Id, set[str]]:
    """Return each message in the sources, with the files that have it."""
    found: dict[Id, set[str]] = {}
    for path, text in _sources(place.root / "parking"):
        for _, message, _, context in extract("python", io.BytesIO(text.encode()), KEYWORDS):
            ids = (message,) if isinstance(message, str) else tuple(message)
            found.setdefault((context, ids), set()).add(path.relative_to(place.root).as_posix())
    return _with_plurals_only(found)


def _with_plurals_only(found: dict[Id, set[str]]) -> dict[Id, set[str]]:
    """Merge a message used both with and without a plural into one entry, the one with the plural."""
    plurals = {(context, ids[0]): (context, ids) for context, ids in found if len(ids) > 1}
    merged: dict[Id, set[str]] = {}
    for (context, ids), files in found.items():
        merged.setdefault(plurals.get((context, ids[0]), (context, ids)), set()).update(files)
    return merged


def _sources(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the files that may have messages, as Python."""
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text()
        if "gettext" in text and not {"tests", "migrations"} & set(path.relative_to(folder).parts):
            yield path, text
    for path in sorted(folder.glob("*/templates/**/*")):
        if path.is_file():
            # Django leaves the page's own indentation, which is none of Python's.
            yield path, re.sub(r"(?m)^[ \t]+", "", templatize(path.read_text(), origin=str(path)))


# --- Catalogue ---------------------------------------------------------------------------------------


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Hold a lock: several people may fill the catalogue at the same time."""
    place.lock.parent.mkdir(exist_ok=True)
    with place.lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def load(place: Place) -> Catalog:
    if not place.catalogue.exists():
        return Catalog(locale=place.locale)
    try:
        with place.catalogue.open("rb") as file:
            return read_po(file, locale=place.locale, abort_invalid=True)
    except PoFileError as error:
        raise Problem(f"{place.catalogue}: {error}") from error


def translations(catalog: Catalog) -> dict[Id, Strings]:
    """Return the translations, also of messages that no source has any more; without fuzzy ones."""
    every = [message for message in catalog if message.id] + list(catalog.obsolete.values())
    return {
        (message.context, _texts(message.id)): _texts(message.string)
        for message in every
        if _is_whole(message.string) and not message.fuzzy
    }


def _texts(given: str | Sequence[str] | None) -> tuple[str, ...]:
    return (given or "",) if isinstance(given, str) or given is None else tuple(given)


def _is_whole(string: str | Sequence[str] | None) -> bool:
    return all(_texts(string))


def write(place: Place, found: dict[Id, set[str]], known: dict[Id, Strings]) -> bool:
    """Write the catalogue in its one form; return whether it has changed."""
    catalog = Catalog(locale=place.locale, charset="utf-8")
    for (context, ids), files in found.items():
        strings = known.get((context, ids), ("",) * len(ids))
        _add(catalog, context, ids, strings, files)
    gone = Catalog(locale=place.locale)
    for context, ids in sorted(known.keys() - found.keys(), key=lambda key: (key[1], key[0] or "")):
        _add(gone, context, ids, known[context, ids], set())
    catalog.obsolete.update(gone._messages)  # noqa: SLF001 - Babel has no other way to set what is obsolete
    text = io.BytesIO()
    write_po(text, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return _replace(place.catalogue, _header(catalog).encode() + text.getvalue().strip() + b"\n")


def _header(catalog: Catalog) -> str:
    return HEADER.replace("LOCALE", str(catalog.locale)).replace("PLURALS", catalog.plural_forms)


def _add(catalog: Catalog, context: str | None, ids: tuple[str, ...], strings: Strings, files: set[str]) -> None:
    one = len(ids) == 1
    locations = [(file, 0) for file in sorted(files)]
    catalog.add(ids[0] if one else ids, strings[0] if one else strings, locations, context=context)


def _replace(path: Path, content: bytes) -> bool:
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(content)
    new.replace(path)
    return True


# --- Commands ----------------------------------------------------------------------------------------


def update(place: Place) -> None:
    """Add new messages without translation; keep those that are gone as comments."""
    with alone(place):
        write(place, gather(place), translations(load(place)))


def prune(place: Place) -> None:
    with alone(place):
        found = gather(place)
        known = translations(load(place))
        write(place, found, {key: strings for key, strings in known.items() if key in found})


def fill(place: Place, given: Mapping[str, str | Sequence[str]]) -> None:
    """Enter translations. Raises Problem for messages that no source has and for placeholders that differ."""
    with alone(place):
        found = gather(place)
        by_key = {_key(key): key for key in found}
        new = {by_key[name]: _texts(text) for name, text in given.items() if name in by_key}
        write(place, found, translations(load(place)) | new)
    problems = [f"no source says: {name}" for name in given if name not in by_key]
    problems += [line for key, strings in new.items() for line in _faults(key, strings, place.plurals)]
    _refuse(problems)


def check(place: Place) -> None:
    """Raise Problem listing all that is missing, fuzzy, no longer said, or does not fit its original."""
    found, catalog = gather(place), load(place)
    entries = {(message.context, _texts(message.id)): message for message in catalog if message.id}
    if place.changes_ours:
        entries = {key: message for key, message in entries.items() if any(_texts(message.string))}
        found = {key: files for key, files in found.items() if key in entries}
    problems = [f"not in the catalogue: {_shown(key)}" for key in sorted(found.keys() - entries.keys(), key=_shown)]
    problems += [f"no source says it: {_shown(key)}" for key in sorted(entries.keys() - found.keys(), key=_shown)]
    problems += [
        f"no source says it: {_shown((message.context, _texts(message.id)))}" for message in catalog.obsolete.values()
    ]
    for key, message in entries.items():
        problems += [f"fuzzy: {_shown(key)}"] if message.fuzzy else []
        problems += _faults(key, _texts(message.string), place.plurals)
        problems += refused(key[1], _texts(message.string) if place.locale == LOCALE else ())
    _refuse(problems)


def compile_(place: Place) -> None:
    """Write the `.mo` file, if anything has changed; without what does not fit: that is said in English."""
    with alone(place):
        catalog = load(place)
        for message in [message for message in catalog if message.id]:
            if _faults((message.context, _texts(message.id)), _texts(message.string), place.plurals):
                catalog.delete(message.id, message.context)
        catalog.creation_date = catalog.revision_date = NO_DATE
        text = io.BytesIO()
        write_mo(text, catalog)
        _replace(place.compiled, text.getvalue())


def _refuse(problems: list[str]) -> None:
    if problems:
        raise Problem("\n".join(problems))


def _faults(key: Id, strings: Strings, plurals: int) -> list[str]:
    _, ids = key
    if len(strings) != (plurals if len(ids) > 1 else 1) or not all(strings):
        return [f"not translated: {_shown(key)}"]
    return [
        f"{fault}: {_shown(key)}" for fault in sorted({_fault(ids, n, text) for n, text in enumerate(strings)} - {""})
    ]


def _fault(ids: tuple[str, ...], number: int, text: str) -> str:
    """Return what is wrong with a translation's placeholders; the singular of a plural may leave the number out."""
    own = ids[min(number, len(ids) - 1)]
    if all(_kept(text) != _kept(original) for original in (own, *ids[number:])):
        return f"placeholders or markup differ ({', '.join(sorted(_kept(text) ^ _kept(own)))})"
    if (text[0].isspace(), text[-1].isspace()) != (own[0].isspace(), own[-1].isspace()):
        return "begins or ends with a space, unlike its original, or the other way round"
    return ""


def _kept(text: str) -> set[str]:
    return set(KEPT.findall(text)) - {"%%"}


def _key(key: Id) -> str:
    context, ids = key
    return ids[0] if context is None else f"{context}{CONTEXT_MARK}{ids[0]}"


def _shown(key: Id) -> str:
    context, ids = key
    return (f"[{context}] " if context else "") + ids[0]


def fill_from(file: str) -> Callable[[Place], None]:
    return lambda place: fill(place, json.loads(Path(file).read_text()))


def main(arguments: list[str]) -> int:
    commands: dict[str, Callable[[Place], None]] = {
        "update": update,
        "prune": prune,
        "check": check,
        "compile": compile_,
    }
    match arguments:
        case ["fill", file]:
            command, places = fill_from(file), [Place(ROOT)]
        case ["fill", file, code]:
            command, places = fill_from(file), [Place(ROOT, code)]
        case [name] if name in commands:
            command, places = commands[name], places_in(ROOT, _own_folder())
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    failed = False
    for place in places:
        try:
            _refuse([] if own_name(place.locale.replace("_", "-").lower()) else ["no language that pages can have"])
            command(place)
        except (Problem, OSError) as problem:
            print(f"{place.locale}: {problem}", file=sys.stderr)
            failed = True
    return int(failed)


def _own_folder() -> Path | None:
    folder = read().languages
    return Path(folder) if folder else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
