"""The days of a laboratory: people come, their results leave in parts, are corrected or cancelled, identities are put right.
Called by `traffic`."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from stream.synth.comments import comments, values
from stream.synth.episode import Episode, Status, episode, measured
from stream.synth.frames import CANCELLATIONS, CORRECTIONS
from stream.synth.label import Kind
from stream.synth.people import Person, ghost, person, physician, relative

_BEGIN = datetime(2026, 3, 2, 6, 30)  # noqa: DTZ001  # local time, as laboratories write it
_BUSY = {7: 2, 8: 2, 9: 2, 10: 3, 11: 4, 14: 6, 15: 6, 16: 7, 17: 8}
"""Minutes between two arrivals by the hour; by night only the wards send."""
_KNOWN = 60  # people who may come again
_PRESCRIBERS = 40


def days(random: Random) -> Iterator[Episode]:
    """Endless, in the order of sending, numbered from 0."""
    waiting: list[tuple[datetime, int, Episode]] = []
    known: list[Person] = []
    physicians = [physician(random) for _ in range(_PRESCRIBERS)]
    now, tie, number = _BEGIN, 0, 0
    for serial in count(1):
        ordered = episode(random, 0, now, _who(random, known), random.choice(physicians))
        numbered = ordered._replace(order=f"{now:%y%m%d}{serial % 10**5:05d}", sample=f"LAB-{now:%y%m%d}-{serial % 10**4:04d}")
        for each in _told(random, numbered):
            heappush(waiting, (each.sent, tie, each))
            tie += 1
        now += timedelta(seconds=int(random.expovariate(1 / (60 * _BUSY.get(now.hour, 20)))))
        while waiting and waiting[0][0] <= now:
            yield heappop(waiting)[2]._replace(number=number)
            number += 1


def _who(random: Random, known: list[Person]) -> Person:
    """Somebody new, somebody who comes again, a child of such a one, or now and then the test patient."""
    chance = random.random()
    if chance < 0.01:
        return ghost(random)
    if known and chance < 0.15:
        return random.choice(known)
    who = relative(random, random.choice(known)) if known and chance < 0.22 else person(random)
    known.append(who)
    del known[:-_KNOWN]
    return who


def _told(random: Random, final: Episode) -> Iterator[Episode]:
    """All that is sent about one order."""
    chance = random.random()
    if chance < 0.04:
        yield _cancelled(random, final)
        return
    if chance < 0.30 and len(final.panels) > 1:
        yield _preliminary(random, final)
    yield final
    if 0.30 <= chance < 0.36:
        yield _corrected(random, final)
    if 0.36 <= chance < 0.43:
        yield _moved(random, final)
    if 0.43 <= chance < 0.46:
        yield _merged(random, final)


def _preliminary(random: Random, final: Episode) -> Episode:
    """The first panel, before the others are done."""
    [(_, results), *_] = final.panels
    sent = final.drawn + (final.sent - final.drawn) * random.uniform(0.4, 0.9)
    early = tuple(result._replace(status=Status.PRELIMINARY) for result in results)
    return final._replace(results=early, comments=(), status=Status.PRELIMINARY, sent=sent.replace(microsecond=0))


def _corrected(random: Random, final: Episode) -> Episode:
    """One panel measured again; the others as they were."""
    again = final.results[random.randrange(len(final.results))].panel
    renewed = tuple(result._replace(status=Status.CORRECTED) for result in measured(random, again))
    results = tuple(result for panel, former in final.panels for result in (renewed if panel is again else former))
    said = comments(random, values(random, final.patient, final.prescriber, final.drawn, final.sent), 1, CORRECTIONS)
    return final._replace(results=results, comments=said, status=Status.CORRECTED, sent=_later(random, final.sent))


def _cancelled(random: Random, final: Episode) -> Episode:
    """No result, and why."""
    results = tuple(result._replace(value="", flag="", status=Status.CANCELLED) for result in final.results)
    said = comments(random, values(random, final.patient, final.prescriber, final.drawn, final.sent), 1, CANCELLATIONS)
    return final._replace(results=results, comments=said, kind=Kind.CANCELLATION, status=Status.CANCELLED)


def _moved(random: Random, final: Episode) -> Episode:
    """The patient has another address and telephone."""
    other = person(random)
    patient = final.patient._replace(street=other.street, postcode=other.postcode, city=other.city, phone=other.phone, mobile=other.mobile)
    return final._replace(kind=Kind.UPDATE, patient=patient, results=(), comments=(), sent=_later(random, final.sent))


def _merged(random: Random, final: Episode) -> Episode:
    """The patient had been filed twice."""
    former = final.patient._replace(ipp=person(random).ipp, family=final.patient.birth_family)
    return final._replace(kind=Kind.MERGE, former=former, results=(), comments=(), sent=_later(random, final.sent))


def _later(random: Random, sent: datetime) -> datetime:
    return sent + timedelta(minutes=random.randrange(10, 300), seconds=random.randrange(60))
