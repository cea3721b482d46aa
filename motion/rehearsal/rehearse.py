"""`motion rehearse`: the evening before, on the server that will serve.

It makes a congress of its own (a copy of the roster and of one motion, with a record of its own), fills a hall,
and says in plain words whether this machine will do. The rehearsal congress is deleted afterwards, unless it
is asked to stay.
"""

import argparse
import asyncio
import secrets
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import psutil

from motion.acts import congresses, motions, phases, rehearsals
from motion.acts.congresses import NewCongress
from motion.demonstration.play import new_client
from motion.language import Language
from motion.rehearsal import seats
from motion.rehearsal.hall import Hall, Measures
from motion.rules.errors import NotFound
from motion.rules.permissions import Actor
from motion.rules.vocabulary import Phase, Role, Template
from motion.settings import Settings
from storage import queries
from storage.store import Session, Store

COMFORTABLE_MS, BEARABLE_MS = 150.0, 500.0  # p99: what people feel as immediate, and as slow
COMFORTABLE_CPU = 0.6  # of one core: the room's loop is one thread; above, there is no reserve
WRITERS_SHARE = 10  # one in ten writes at the same time


@dataclass(frozen=True, slots=True)
class Burden:
    """What the server spent: seconds of processor, bytes of memory at the end. None when it runs elsewhere."""

    cpu_s: float
    memory_bytes: int


def rehearse(
    store: Store, settings: Settings, options: argparse.Namespace, spoken: Language, now: Callable[[], datetime]
) -> int:
    """Run a rehearsal and print its report; 0 when this machine will do, 1 when it won't."""
    say = spoken.gettext
    if options.seats < 2 or options.minutes <= 0:
        print(say("Il faut au moins deux places, et une durée plus grande que zéro."), file=sys.stderr)
        return 2
    if not _answers(settings.base_url):
        print(
            say(
                "Rien ne répond à l’adresse {address}. Lancez d’abord le service («\u00a0motion serve\u00a0»), ou"
                " donnez son adresse dans MOTION_BASE_URL."
            ).format(address=settings.base_url),
            file=sys.stderr,
        )
        return 1
    writers = min(options.seats, options.writers or max(2, options.seats // WRITERS_SHARE))
    slug = store.write_now(_prepare, options.congress, settings.host, now())
    try:
        print(say("Congrès de répétition\u00a0: {slug}. Les personnes simulées entrent…").format(slug=slug), flush=True)
        taken = seats.take(store, settings, slug, "M1", options.seats, base_url=settings.base_url, now=now())
        hall = Hall(taken, writers, settings.base_url)
        process = _server(settings.base_url)
        before = process.cpu_times() if process else None
        measures = asyncio.run(hall.rehearse(options.minutes * 60))
        burden = None
        if process and before:
            after = process.cpu_times()
            burden = Burden(after.user + after.system - before.user - before.system, process.memory_info().rss)
        return _report(hall, measures, burden, options.minutes * 60, len(taken), writers, spoken)
    finally:
        if not options.keep:
            store.write_now(rehearsals.delete, slug)


def _answers(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/healthz", timeout=5) as answer:  # our own address, from the settings
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _server(base_url: str) -> psutil.Process | None:
    """Find the process that listens on the service's port, when it runs on this machine."""
    port = urlsplit(base_url).port or (443 if base_url.startswith("https") else 80)
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port and connection.pid:
                return psutil.Process(connection.pid)
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        pass  # then the report says that it could not measure
    return None


def _prepare(db: Session, slug: str, host: str, now: datetime) -> str:
    """Make the rehearsal congress: the roster's people, the first motion's text as it stands."""
    original = queries.congress_by_slug(db, slug)
    if original is None or original.id is None:
        raise NotFound("congress", slug)
    form = NewCongress(
        title=original.title,
        slug=f"{slug[:40]}-repetition-{secrets.token_hex(3)}",
        place=original.place,
        starts_on=original.starts_on,
        ends_on=original.ends_on,
        time_zone=original.time_zone,
    )
    copy = congresses.create(db, None, form, host=host, now=now, rehearsal_of=original.id)
    assert copy.id is not None
    rehearsals.copy_roster(db, original.id, copy.id, now=now)
    phases.open_phase(db, None, copy.id, Phase.DRAFTING, now=now)
    first = queries.motions(db, original.id)[:1]
    title, text = (first[0].title, first[0].text) if first else (original.title, "")
    salts = [secrets.token_bytes(32) for _ in motions.pieces(text)]
    secretariat = Actor(copy.id, Role.SECRETARIAT)
    motions.create(db, secretariat, copy.id, title, Template.BLANK, text, client=new_client(), salts=salts, now=now)
    return copy.slug


def _report(
    hall: Hall, measures: Measures, burden: Burden | None, seconds: float, count: int, writers: int, spoken: Language
) -> int:
    say = spoken.gettext
    p50, p99 = measures.percentile(0.5), measures.percentile(0.99)
    lost = hall.expected - measures.delivered
    print(
        say("{count} personnes connectées, {writers} écrivent en même temps, {typed} frappes.").format(
            count=count, writers=writers, typed=measures.typed
        )
    )
    print(
        say(
            "De la frappe à tous les autres écrans\u00a0: {p50}\u00a0ms le plus souvent (médiane),"
            " {p99}\u00a0ms au pire (99\u00a0%)."
        ).format(p50=round(p50), p99=round(p99))
    )
    print(
        say("Perdu\u00a0: {lost}.").format(lost=lost)
        + " "
        + say("Refusé\u00a0: {count}.").format(count=measures.refused)
    )
    print(
        say("Connexions coupées\u00a0: {cut}. Textes différents à la fin\u00a0: {different}.").format(
            cut=measures.cut, different=measures.different
        )
    )
    share = 0.0
    if burden is None:
        print(say("Processeur et mémoire du service\u00a0: non mesurés, il tourne sur une autre machine."))
    else:
        share = burden.cpu_s / seconds
        print(
            say("Processeur\u00a0: {share}\u00a0% d’un cœur. Mémoire\u00a0: {memory}\u00a0Mo.").format(
                share=round(share * 100), memory=round(burden.memory_bytes / 1e6)
            )
        )
    if lost or measures.cut or measures.different or measures.refused:
        print(
            say(
                "Non\u00a0: des mots ne sont pas arrivés partout. Ne tenez pas la séance ainsi\u202f; voyez le journal."
            )
        )
        return 1
    if p99 > BEARABLE_MS or share > 1:
        print(say("Non\u00a0: cette machine est trop lente pour autant de monde. Prenez-en une plus rapide."))
        return 1
    if p99 > COMFORTABLE_MS or share > COMFORTABLE_CPU:
        print(
            say("Oui, sans marge\u00a0: l’écriture restera juste, mais on sentira l’attente aux moments d’affluence.")
        )
        return 0
    print(say("Oui\u00a0: cette machine suffira, avec de la marge."))
    return 0
