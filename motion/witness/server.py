"""A witness as a service: `POST /add-checkpoint` (C2SP tlog-witness), and a page that says whose it is."""

import asyncio
import logging
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from motion import outgoing
from motion.record.checkpoint import VerifierKey
from motion.record.errors import MalformedProof
from motion.record.witnessing import MAX_REQUEST_BYTES, PATH, SIZE_TYPE, Verdict
from motion.witness.state import State

log = logging.getLogger("motion.witness")

STATUS = {
    Verdict.COSIGN: 200,
    Verdict.MALFORMED: 400,
    Verdict.UNSIGNED: 403,
    Verdict.UNKNOWN_LOG: 404,
    Verdict.ANOTHER_SIZE: 409,
    Verdict.ANOTHER_ROOT: 422,
    Verdict.NOT_PROVEN: 422,
}

Logs = dict[str, tuple[VerifierKey, ...]]
"""The keys of the logs that are witnessed, by origin."""


def by_origin(keys: list[VerifierKey]) -> Logs:
    """Group the keys that were named; a log may have several."""
    found: Logs = {}
    for key in keys:
        found[key.name] = (*found.get(key.name, ()), key)
    return found


def make_app(state: State, logs: Logs, now: Callable[[], int]) -> Starlette:
    """Build the application; `now` gives seconds since 1970."""
    one_at_a_time = asyncio.Lock()  # the state is one connection

    async def add_checkpoint(request: Request) -> Response:
        body = await request.body()
        try:
            async with one_at_a_time:
                decision = await asyncio.to_thread(state.decide, body, logs, now())
        except MalformedProof:
            return PlainTextResponse("malformed\n", 400)
        status = STATUS[decision.verdict]
        log.info("%s %s %s", request.method, status, decision.verdict)
        if decision.verdict is Verdict.COSIGN:
            return PlainTextResponse(decision.line)
        if decision.verdict is Verdict.ANOTHER_SIZE:
            return Response(f"{decision.size}\n", status, media_type=SIZE_TYPE)
        return PlainTextResponse(f"{decision.verdict}\n", status)

    async def about(request: Request) -> Response:
        async with one_at_a_time:
            sizes = {origin: state.last(origin) for origin in logs}
        lines = [state.signer.verifier.encode()]
        lines += [f"{origin} {last.size if last else 0}" for origin, last in sizes.items()]
        return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": "no-store"})

    return Starlette(
        routes=[Route(f"/{PATH}", add_checkpoint, methods=["POST"]), Route("/", about)],
        middleware=[Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_REQUEST_BYTES)],
    )


def compare_with_logs(state: State, logs: Logs) -> None:
    """Look at what each log publishes, and refuse a state that is older than our own cosignature there.

    A log that can't be reached is passed over: it would also be able to hide what it has.

    Raises:
        StateOld: The state is an old copy.
    """
    for origin, keys in logs.items():
        host = origin.partition("/")[0].partition(":")[0]
        scheme = "http" if host in outgoing.LOOPBACK else "https"
        try:
            answer = outgoing.ask(f"{scheme}://{origin}/checkpoint")
        except outgoing.NoAnswer as error:
            log.warning("couldn't compare the state with %s: %s", origin, error.reason)
            continue
        if answer.status == 200:
            state.check_shown(answer.content, keys)


def serve(state: State, logs: Logs, host: str, port: int, *, now: Callable[[], int]) -> None:
    """Serve until a signal says to stop."""
    app = make_app(state, logs, now)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, server_header=False)
