"""A congress with a testimony and its transcript, served for a browser."""

import contextlib
import io
import math
import struct
import threading
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as WebRoute

from motion.acts.transcripts import cues_of
from motion.live.server import configuration
from motion.rules.captions import Cue
from motion.web import media_bytes
from storage import contributions
from storage.models import Transcript
from tests.databases import free_port
from tests.frontend.desk import until
from tests.web.secretariat_world import rows
from tests.web.test_testimonies import say
from tests.web.voices import recorded
from tests.web.world import Hall, served

DESK = "/ormeline/secretariat/transcriptions/C1/1?langue=fr"
PAGE = "/ormeline/contributions/C1/transcription/1"
CUES = (
    Cue(0, 2_000, "Le car ne passe plus le jeudi.", "Solène Marchebrune"),
    Cue(2_000, 4_000, "Le marché est le jeudi.", "Solène Marchebrune"),
    Cue(4_500, 7_000, "Alors on reste chez soi.", "Armel Costenoire"),
)


def tone(seconds: int = 8) -> bytes:
    """A sound that any browser plays."""
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(8_000)
        waves = (int(9_000 * math.sin(at / 6)) for at in range(8_000 * seconds))
        made.writeframes(b"".join(struct.pack("<h", one) for one in waves))
    return file.getvalue()


async def shown(request: Request) -> Response:
    """What was made of a recording, by the name of its object."""
    service = request.app.state.service
    made = await service.store.read(contributions.shown, 1, request.path_params["name"])
    return media_bytes.serve(request, service.blobs, made.blob, made.size, made.media_type, "voix", inline=True)


@dataclass
class Served:
    """A congress with a testimony, at an address."""

    hall: Hall
    url: str

    def last(self) -> list[str]:
        """The words of the last state."""
        said = sorted(rows(self.hall, Transcript), key=lambda one: one.version)[-1]
        return [cue.text for cue in cues_of(said)]


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """Serve it for a browser."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with served(folder, environment={"MOTION_BASE_URL": url}) as hall:
        recorded(hall, sound=tone(), media_type="audio/wav")
        say(hall, CUES)
        app = hall.client.app
        app.router.routes.insert(0, WebRoute("/ormeline/medias/{name}", shown))
        server = uvicorn.Server(configuration(app, host="127.0.0.1", port=port, lifespan="off", log_config=None))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        until(lambda: server.started)
        yield Served(hall, url)
        server.should_exit = True
        thread.join(30)
