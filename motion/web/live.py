"""The door of the drafting rooms: the live protocol's routes, with our cookie."""

from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute

from motion.live import listener
from motion.live.callers import Caller
from motion.web.identity import login_name, token_hash, visitor_of
from motion.web.language import COOKIE
from motion.web.service import Service
from motion.web.sightings import Sightings
from storage import pages


def routes(service: Service, sightings: Sightings) -> list[BaseRoute]:
    """Return `/live/{congress}/{code}` and its HTTP fallback."""

    async def identify(connection: HTTPConnection) -> Caller | None:
        token = token_hash(connection, service.settings)
        found = await service.store.read(pages.signed_in, token, service.now())
        visitor = visitor_of(found)
        if found is None or visitor.actor is None:
            return None
        # A page of ours says for which login it was made: whoever signed in since on the same device does not send
        # the words of the one before. A standard client says nothing.
        if connection.query_params.get("login", "") not in {"", login_name(found.session.token_hash)}:
            return None
        sightings.see(found.session, service.now())
        return Caller(visitor.actor, visitor.name, connection.cookies.get(COOKIE, "fr"))

    return listener.routes(service.rooms, identify, base_url=service.settings.base_url)
