"""Where somebody who just signed in goes: back where they came from, else to what they most likely want.

The address to go back to travels as the parameter `suite`, from page to form to mail. Anyone can write it in a
link, so it is followed only to pages of the same congress that a GET shows and that change nothing.
"""

import re
from urllib.parse import quote

from motion.rules.phases import writable
from motion.rules.vocabulary import MotionState, Phase
from motion.web.page import Page
from storage import pages
from storage.models import LoginSession

SUITE = "suite"
MAX_CHARACTERS = 200
# After the address of the congress: no second slash, no dots, no scheme, no sign-in by address.
_INNER = re.compile(r"/(?:motions|secretariat|mes-connexions)(?:/[A-Za-z0-9_-]+)*(?:\?[A-Za-z0-9_=&-]*)?")


def wanted(page: Page) -> str:
    """The page to go back to; empty when none is asked for, or none of ours."""
    asked = page.request.query_params.get(SUITE, "")
    if page.congress is None or len(asked) > MAX_CHARACTERS or not asked.startswith(page.home):
        return ""
    return asked if _INNER.fullmatch(asked.removeprefix(page.home)) else ""


def carrying(address: str, suite: str) -> str:
    """An address of the sign-in that keeps in mind where to go afterwards."""
    return f"{address}?{SUITE}={quote(suite)}" if suite else address


async def place_of(page: Page, session: LoginSession) -> str:
    """Where a new session starts: what was asked for, the secretariat's home, or the text to write in."""
    asked = wanted(page)
    office = f"{page.home}/secretariat"
    is_office = asked.startswith(office)
    if session.secretary_id is not None:
        return asked or office
    if asked and not is_office:
        return asked
    assert page.congress is not None
    found, _last = await page.service.store.read(pages.motions, page.congress)
    phase = Phase(page.congress.phase)
    codes = [motion.code for motion in found if writable(phase, MotionState(motion.state))]
    return f"{page.home}/motions/{codes[0]}/rediger" if len(codes) == 1 else f"{page.home}/motions"
