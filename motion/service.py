"""Everything built from the settings: the program and the tests share it.

Life of a process: settings → migrated store → keys → the record compared with its last signed roots, here and at
its witnesses → rooms → pages → the socket. Any step that fails stops the start with a sentence, before anybody is
served.
"""

import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import uvicorn

from motion.acts import phases
from motion.archive.background import Copies
from motion.live import relay
from motion.live.replaying import Histories
from motion.live.rooms import Rooms
from motion.live.server import ACCEPTED_AT_ONCE, configuration, lengthen_queue, spare_what_stays
from motion.media import speech_model
from motion.settings import Settings
from motion.web.routes import make_app
from motion.web.service import Service
from motion.work import doomed, jobs, mail, searches, withdrawals
from motion.work.captions import Captions
from motion.work.checkpoints import Checkpoints, load_key
from motion.work.incoming import Incoming
from motion.work.lookout import Lookout
from motion.work.loop import Turn, keep_turning
from motion.work.mailbox import Mailboxes
from motion.work.media import Conversions
from motion.work.publishing import Publisher
from motion.work.seals import Seals
from motion.work.signed_aside import SignedAside
from motion.work.timestamps import Timestamps
from storage import migrate, sign_in_key
from storage.store import Store

log = logging.getLogger("motion.work")

# Threads for what waits elsewhere: servers of mails, witnesses, an import. By itself Python gives a machine of one core
# five, which these alone can hold for minutes, and a signature would wait for them.
THREADS = 32
SOLEMN_MS = 100  # a freeze, an adoption, a phase: signed before the hall has stopped clapping
WITNESSES_MS = 250  # each is asked every ten seconds at most, at once when something solemn is signed
STAMPS_MS = 1_000  # hourly; within a second of something solemn
PHASES_MS = 1_000  # a phase opens within a second of its hour
MAILS_MS = 500  # somebody waits for a sign-in mail
SEALED_MS = 600_000  # days are long: what has reached its last day is sealed or destroyed ten minutes after midnight
HISTORY_MS = 5_000  # histories that are late: a minute, or 5,000 updates
JOBS_MS = 500  # somebody looks at the progress of an import
SCRUBS_MS = 10_000  # what a page that takes words out could not do for busy readers
SEARCHES_MS = 600_000  # what another version indexed: there is something to do at a start, and never after
UPLOADS_MS = 5_000  # what a crash, or a store that was away, left whole and not yet where it stays
MAILBOXES_MS = 30_000  # whoever writes a mail expects an answer within the minute
DOOMED_MS = 2_000  # what was taken back is gone from the disk before its author has closed the page
SEALS_MS = 5_000  # what was withdrawn is readable in the store of files until then
FILES_MS = 60_000  # what was begun and never finished
MEDIA_MS = 2_000  # somebody looks at the progress of their film
CAPTIONS_MS = 5_000  # a text takes minutes: it may begin a few seconds after its sound is there
READERS_NICE = 5  # where processors are few, whoever writes comes before whoever reads
COPIES_MS = 10_000  # a copy takes minutes: it may begin ten seconds after the closing


def utc_now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Started:
    """A service, what signs its record, and what shows it to witnesses."""

    service: Service
    checkpoints: Checkpoints
    publisher: Publisher


@asynccontextmanager
async def running(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> AsyncIterator[Started]:
    """Open a service for as long as the block lasts; what was accepted is committed before it closes.

    Raises:
        RecordRefused: The record is not the one that was signed; nothing was started.
    """
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "motion"))
    store = Store(settings.database_url)
    try:
        await asyncio.to_thread(migrate.upgrade, store)
        checkpoints = Checkpoints(store, load_key(store, settings.data_dir), SignedAside.beside(settings.data_dir))
        await asyncio.to_thread(checkpoints.verify)
        publisher = Publisher(store)
        await asyncio.to_thread(publisher.compare, checkpoints.signer, settings.mirror_url)
        rooms = Rooms(store, relay.from_url(settings.relay_url), clock, settings)
        await rooms.start()
        try:
            hears = speech_model.chosen(settings.captions_model, settings.data_dir) is not None
            service = Service(settings, store, rooms, clock, hears)
            try:
                yield Started(service, checkpoints, publisher)
            finally:
                service.blobs.close()
        finally:
            await rooms.close()
            publisher.close()
    finally:
        store.close()


def turns(started: Started) -> list[Turn]:
    """List what happens by itself, with its pace."""
    service, checkpoints = started.service, started.checkpoints
    settings = service.settings
    histories = Histories(service.store)
    lookout = Lookout(service.store, service.now)

    everything_at = 0.0

    async def sign() -> None:
        nonlocal everything_at
        at = asyncio.get_running_loop().time()
        solemn_only = at < everything_at
        if solemn_only and not (await lookout.look()).to_sign:
            return
        await asyncio.to_thread(checkpoints.sign_due, service.now(), solemn_only=solemn_only)
        if not solemn_only:
            everything_at = at + settings.checkpoint_ms / 1000

    async def publish() -> None:
        if (await lookout.look()).witnesses:
            await asyncio.to_thread(started.publisher.publish_due, service.now())

    stamps = Timestamps(service.store, settings.timestamp_url, lambda: secrets.randbits(64))

    async def stamp() -> None:
        if settings.timestamp_url:
            await asyncio.to_thread(stamps.stamp_due, service.now())

    async def open_phases() -> None:
        if not (await lookout.look()).phases:
            return
        for congress_id, phase in await service.store.read(phases.due_phases, now=service.now()):
            try:
                await service.rooms.run_congress_act(
                    congress_id, phases.open_phase, None, congress_id, phase, now=service.now()
                )
            except Exception:  # one congress whose texts can't be read holds up no other
                log.exception("couldn't open %s in congress %d; trying again", phase, congress_id)

    async def send_mails() -> None:
        await asyncio.to_thread(mail.send_due, service.store, settings, service.now)

    async def do_jobs() -> None:
        if (await lookout.look()).jobs:
            await asyncio.to_thread(jobs.run_due, service.store, service.now)

    copies = Copies(service.store, settings, service.now)

    async def replay() -> None:
        await histories.reach_late(service.now())

    async def erase_sealed() -> None:
        await withdrawals.seal_refused_due(service.store, settings.data_dir, service.now())
        await withdrawals.erase_due(service.store, service.now())

    async def index() -> None:
        await searches.renew(service.store)

    incoming = Incoming(service.store, service.blobs, settings.data_dir)

    async def move_files() -> None:
        await incoming.finish_due(service.now())

    async def forget_files() -> None:
        await incoming.forget_due(service.now())
        await incoming.forget_drafts(service.now())

    async def destroy() -> None:
        await doomed.destroy_due(service.store, service.blobs, service.now())

    mailboxes = Mailboxes(service.store, service.blobs, settings, sign_in_key.load(settings.data_dir), service.now)
    conversions = Conversions(service.store, service.blobs, settings.data_dir, service.now)

    async def make_ready() -> None:
        await conversions.make_due()

    model = speech_model.chosen(settings.captions_model, settings.data_dir)
    listening = []
    if model is not None:
        captions = Captions(service.store, service.blobs, settings.data_dir, service.now, model)
        listening.append(Turn("captions", CAPTIONS_MS, captions.hear_due))

    scrubs = withdrawals.Scrubs(service.store)
    seals = Seals(service.store, service.blobs, settings.data_dir, service.now)

    return [
        Turn("checkpoints", min(SOLEMN_MS, settings.checkpoint_ms), sign),
        Turn("witnesses", WITNESSES_MS, publish),
        Turn("timestamps", STAMPS_MS, stamp),
        Turn("phases", PHASES_MS, open_phases),
        Turn("mails", MAILS_MS, send_mails),
        Turn("jobs", JOBS_MS, do_jobs),
        Turn("copies", COPIES_MS, copies.turn),
        Turn("histories", HISTORY_MS, replay),
        Turn("searches", SEARCHES_MS, index),
        Turn("uploads", UPLOADS_MS, move_files),
        Turn("files", FILES_MS, forget_files),
        Turn("mailboxes", MAILBOXES_MS, mailboxes.read_due),
        Turn("media", MEDIA_MS, make_ready),
        Turn("seals", SEALS_MS, seals.seal_due),
        *listening,
        Turn("doomed", DOOMED_MS, destroy),
        Turn("sealed", SEALED_MS, erase_sealed),
        Turn("scrubs", SCRUBS_MS, scrubs.scrub_due),
    ]


async def serve(
    settings: Settings,
    host: str,
    port: int,
    *,
    before: Callable[[Service], Awaitable[None]],
    ready: Callable[[Service], None],
    for_readers: bool = False,
) -> None:
    """Serve until a signal says to stop; without a relay, this process does the work of `work` as well.

    Args:
        for_readers: Show pages and nothing else (`motion.web.for_readers`), beside a process that does all the rest.
        before: Awaited before the socket opens.
        ready: Called once the socket is open.
    """
    logs()
    async with running(settings) as started:
        await before(started.service)
        app = make_app(started.service, for_readers=for_readers)
        config = configuration(
            app,
            host=host,
            port=port,
            trusted_proxies=settings.trusted_proxies,
            log_config=None,
            backlog=ACCEPTED_AT_ONCE,
        )
        server = _Server(config, partial(ready, started.service))
        spare_what_stays()
        if for_readers:
            os.nice(READERS_NICE)
        works = not (settings.relay_url or for_readers)
        await _until_stopped(server.serve(), turns(started) if works else [])


async def work(settings: Settings) -> None:
    """Do what happens by itself, until a signal says to stop."""
    logs()
    async with running(settings) as started:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await _until_stopped(stop.wait(), turns(started))


class _Server(uvicorn.Server):
    """uvicorn, saying when it is ready, and without its way of dying: the rooms still have copies to write."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        lengthen_queue(self.servers)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self.handle_exit, number, None)
        yield


def logs() -> None:
    """Send one line for each event to the standard output."""
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
    for chatty in ("alembic", "uvicorn", "uvicorn.error"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


async def _until_stopped(main: Coroutine[Any, Any, object], turns: Sequence[Turn]) -> None:
    """Run `main` to its end, with the turns beside it."""
    beside = asyncio.create_task(keep_turning(turns))
    try:
        await main
    finally:
        beside.cancel()
        with suppress(asyncio.CancelledError):
            await beside
