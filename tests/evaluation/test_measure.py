"""One record, measured: what is a leak and what is none, what went for nothing, what is held and why."""

from collections.abc import Iterable

from schemas.labels import LabelledRecord, PlantedValue
from schemas.vocabulary import Category, Verdict
from stream.evaluation.measure import Measured, measure
from tests.support.rulesets import ruleset

NAME, RESULT = Category.PERSON_NAME, Category.HEALTH_RESULT
KEEPS_NAMES = "allow:\n  - {category: person.name}\n  - {category: health}\nunknown_structure: inspect\ndefault: remove\n"
HOLDS_NAMES = "when_found: {person.name: quarantine}\nallow:\n  - {category: health}\nunknown_structure: inspect\ndefault: remove\n"


def measured(
    text: str, policy: str, planted: Iterable[tuple[str, Category]], show: bool = True, kind: str = "report", charset: str = "utf-8"
) -> Measured:
    """A record with these values planted, each where it stands first behind the one before."""
    labels, at = [], 0
    for value, category in planted:
        start = text.index(value, at)
        at = start + len(value)
        begin, end = len(text[:start].encode(charset)), len(text[:at].encode(charset))
        labels.append(PlantedValue(category=category, path="as they say", start=begin, end=end, subject="", value=value))
    record = LabelledRecord(name="DURANDEL.json", format="json", charset=charset, kind=kind, sent="", labels=tuple(labels))
    return measure(1, record, text.encode(charset), ruleset(policy), show)


def test_a_value_that_went_is_no_leak() -> None:
    found = measured('{"nom": "DURANDEL", "commentaire": "Mme DURANDEL rappellera"}', "research", [("DURANDEL", NAME)] * 2)

    assert (2, ()) == (found.due[NAME], found.leaks)
    assert (Verdict.REDACT, 0) == (found.verdict, found.needless)


def test_a_value_that_still_stands_there_is_a_leak_with_its_place() -> None:
    found = measured('{"nom": "DURANDEL", "commentaire": "le lapin bleu"}', "research", [("DURANDEL", NAME), ("lapin bleu", NAME)])

    assert [(NAME, "commentaire", "lapin bleu")] == [(leak.category, leak.path, leak.excerpt[1]) for leak in found.leaks]


def test_a_leak_is_seen_in_another_spelling() -> None:
    text = '{"commentaire": "le lapin bleu, LAPIN-BLEU"}'

    assert 1 == len(measured(text, "research", [("lapin bleu", NAME)]).leaks)
    assert 2 == len(measured(text, "research", [("lapin bleu", NAME), ("LAPIN-BLEU", NAME)]).leaks)


def test_the_same_word_elsewhere_is_no_leak() -> None:
    found = measured('{"nom": "FERRITINE", "examens": [{"libelle": "Ferritine"}]}', "research", [("FERRITINE", NAME)])

    assert () == found.leaks


def test_what_the_policy_keeps_is_not_due() -> None:
    found = measured('{"nom": "DURANDEL"}', KEEPS_NAMES, [("DURANDEL", NAME)])

    assert (0, (), Verdict.CLEAR) == (found.due.total(), found.leaks, found.verdict)


def test_text_that_need_not_go_is_told_by_what_took_it() -> None:
    found = measured('{"nom": "MARTIN", "commentaire": "Mme DURANDEL rappellera"}', "research", [("MARTIN", NAME)])

    assert (NAME, "DURANDEL") in [(spot.category, spot.excerpt[1]) for spot in found.spots]
    assert found.needless == found.idle.total() >= len("DURANDEL")
    assert found.removed - found.needless == len("MARTIN")


def test_a_result_is_kept_or_lost() -> None:
    kept = measured('{"resultats": [{"libelle": "Glucose", "valeur": "12.5"}]}', "research", [("12.5", RESULT)])
    lost = measured('{"resultats": [{"libelle": "Glucose", "valeur": "vu Mme DURANDEL"}]}', "research", [("vu Mme DURANDEL", RESULT)])

    assert (1, 1, ()) == (kept.results, kept.kept, kept.lost)
    assert (1, 0) == (lost.results, lost.kept)
    assert lost.held or [RESULT] == [spot.category for spot in lost.lost]


def test_a_record_is_held_for_a_label_or_needlessly() -> None:
    text = '{"nom": "DURANDEL"}'

    assert not measured(text, HOLDS_NAMES, [("DURANDEL", NAME)]).needlessly_held
    assert measured(text, HOLDS_NAMES, []).needlessly_held
    assert measured('{"nom": "a", "nom": "b"}', "research", []).needlessly_held


def test_a_held_record_leaks_and_loses_nothing() -> None:
    found = measured('{"nom": "DURANDEL", "commentaire": "le lapin bleu"}', HOLDS_NAMES, [("DURANDEL", NAME), ("lapin bleu", NAME)])

    assert (True, (), 0, 2) == (found.held, found.leaks, found.removed, found.due.total())


def test_a_clean_record_is_touched_when_it_loses_something() -> None:
    text = '{"lot": "12345", "commentaire": "%s"}'

    assert measured(text % "Mme DURANDEL rappellera", "research", [], kind="log").touched
    assert not measured(text % "blanc conforme", "research", [], kind="log").touched


def test_nothing_of_the_content_is_kept_unless_it_is_asked_for() -> None:
    text = '{"nom": "MARTIN", "commentaire": "le lapin bleu, Mme DURANDEL"}'
    found = measured(text, "research", [("MARTIN", NAME), ("lapin bleu", NAME)], show=False)

    assert found.leaks
    assert found.spots
    for spot in (*found.leaks, *found.spots):
        assert ("", "", "") == spot.excerpt
        assert "they say" not in spot.path
    assert "" == found.name


def test_a_record_in_another_charset_is_judged_by_the_places_in_it() -> None:
    policy = KEEPS_NAMES.replace("{category: person.name}", "{category: person.name, where: {format: json, place: nom}}")
    text = '{"nom": "DURANDEL", "prescripteur": {"nom": "MARTIN"}, "commentaire": "é"}'

    for charset in ("utf-8", "utf-16-le"):
        found = measured(text, policy, [("DURANDEL", NAME), ("MARTIN", NAME)], charset=charset)
        assert (1, ()) == (found.due[NAME], found.leaks), charset


def test_what_goes_with_a_result_that_goes_went_for_its_place() -> None:
    text = '{"resultats": [{"libelle": "Glucose", "valeur": 12.5, "unite": "mmol/L", "commentaire": "prélèvement lactescent"}]}'
    found = measured(text, "allow:\n  - {category: health.text}\nunknown_structure: remove\ndefault: remove\n", [("12.5", RESULT)])

    assert found.removed > len("12.5lactescent")
    assert 0 == found.needless


def test_values_within_a_document_in_a_document_count_as_well() -> None:
    inner = '{"commentaire": "Mme DURANDEL"}'.replace('"', '\\"')
    found = measured(f'{{"nom": "DURANDEL", "message": "{inner}"}}', "research", [("DURANDEL", NAME)] * 2)

    assert ((), 0) == (found.leaks, found.needless)
