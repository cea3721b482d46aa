"""A congress that was played, who reads it and who runs it: what asks for copies."""

from pathlib import Path

from starlette.testclient import TestClient

from motion.acts.sign_in import open_session
from motion.archive.background import Copies
from motion.web.identity import cookie_name, hash_token
from motion.web.routes import make_app
from motion.web.service import Service
from storage.models import Congress
from tests.audit.world import play

PAGE = "/ormeline/archive"
FILE = "/ormeline/archive.zip"


class Hall:
    """A congress, who reads it and who runs it, and what makes its copies."""

    def __init__(self, folder: Path) -> None:
        self.script, rooms = play(folder)
        self.settings = rooms.settings
        service = Service(rooms.settings, self.script.store, rooms, lambda: self.script.at)
        self.public = TestClient(make_app(service), base_url="https://motion.example")
        self.clerk = TestClient(make_app(service), base_url="https://motion.example")
        self.copies = Copies(self.script.store, rooms.settings, lambda: self.script.at)

        def sign_in(db: object) -> None:
            open_session(
                db,
                self.script.congress,
                secretary_id=1,
                token_hash=hash_token("a token of the clerk"),
                way="mail",
                device="",
                now=self.script.now(),
                expires_at=self.script.at.replace(year=2032),
            )

        self.script.store.write_now(sign_in)
        self.script.sign()
        self.clerk.cookies.set(cookie_name(rooms.settings), "a token of the clerk")

    def close(self) -> None:
        """Close the congress."""

        def end(db: object) -> None:
            congress = db.get_one(Congress, self.script.congress)
            congress.phase = "closed"
            db.add(congress)

        self.script.store.write_now(end)
