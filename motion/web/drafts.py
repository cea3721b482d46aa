"""A contribution that is being written in this browser: who holds it, what was typed, and whether anyone listens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from gettext import NullTranslations

from starlette.requests import Request
from starlette.responses import Response

from motion.acts import deposits as acts
from motion.acts.contributions import OPEN
from motion.rules.contributions import ContributionState
from motion.rules.vocabulary import Phase
from motion.web import deposited_files, depots
from motion.web.depositing import Answers, read_answers
from motion.web.doors import congress_id
from motion.web.page import Page, read
from motion.web.pages.sign_in import key_of, network_of
from storage import contributions, deposits
from storage.models import Congress, Contribution
from storage.store import Session

_ = NullTranslations().gettext  # marks the sentences for the catalogues

_CODE = re.compile(r"C?([1-9][0-9]{0,8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody writes.

    Attributes:
        owner: What their browser is known by.
        secret: Its cookie's, when it has just been drawn; empty for a browser that had one.
        supported: The contribution that this one supports.
        territories: The places of the congress's roster.
    """

    page: Page
    owner: bytes
    secret: str
    answers: Answers
    supported: Contribution | None
    territories: Sequence[str]

    @property
    def is_known(self) -> bool:
        """Whether the browser brought its cookie."""
        return not self.secret

    @property
    def cookie(self) -> str:
        """The secret itself, of which rows know a hash."""
        return self.secret or self.page.request.cookies[depots.cookie_name(self.page.service.settings)]

    def answered(self, response: Response) -> Response:
        """An answer with the cookie, again at each visit."""
        depots.give(response, self.page.service.settings, self.cookie)
        return response

    async def keep(self, answers: Answers) -> bool:
        """Keep what was typed; False when too many others of this network have just begun to write."""
        page = self.page
        refusal = await page.service.store.write(
            acts.keep,
            congress_id(page),
            self.owner,
            network_of(page.request),
            answers.dumped(),
            key=key_of(page),
            now=page.now,
        )
        if refusal is None and answers.kinds:
            await deposited_files.keep_longer(page, congress_id(page), self.owner)
        return refusal is None


async def open_draft(request: Request) -> Draft:
    """Read what this browser's cookie names."""
    owner, secret = depots.of_browser(request), ""
    if owner is None:
        secret, owner = depots.new_depot()
    asked = number_of(request.query_params.get("soutient", ""))
    page, (row, supported, territories) = await read(request, _rows, owner, asked)
    answers = read_answers(row)
    if supported is not None:
        answers = replace(answers, supports=supported.number)
    return Draft(page, owner, secret, answers, supported, territories)


def number_of(code: str) -> int:
    """The number of a contribution that an address or a form names; 0 for none."""
    found = _CODE.fullmatch(code.strip())
    return int(found[1]) if found else 0


def _rows(
    db: Session, congress: Congress, owner: bytes, asked: int
) -> tuple[str | None, Contribution | None, Sequence[str]]:
    assert congress.id is not None
    row = deposits.of_owner(db, congress.id, owner)
    supported = published(db, congress.id, asked or read_answers(row.answers if row else None).supports)
    return row.answers if row is not None else None, supported, deposits.territories(db, congress.id)


def published(db: Session, congress_id: int, number: int) -> Contribution | None:
    """A published contribution, by its number."""
    found = contributions.numbered(db, congress_id, number) if number else None
    return found if found is not None and found.state == ContributionState.PUBLISHED else None


def is_open(page: Page) -> bool:
    """Whether the congress listens now."""
    assert page.congress is not None
    return page.congress.phase in OPEN


def closed(page: Page, status: int = 200) -> Response:
    """The page of a congress that does not listen: since when, or from when it will."""
    assert page.congress is not None
    order = list(Phase)
    is_ahead = order.index(Phase(page.congress.phase)) < order.index(Phase.COLLECTION)
    opens: datetime | None = None
    if is_ahead:
        opens = min(
            (one.opens_at for one in page.openings if one.phase in OPEN and one.opens_at > page.now), default=None
        )
    return page.render(
        "participer/ferme.html", status=status, is_ahead=is_ahead, opens=page.times.moment(opens) if opens else ""
    )
