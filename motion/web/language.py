"""Which language a page speaks: the address, then the cookie, then the browser; French by default."""

from zoneinfo import ZoneInfo

from starlette.requests import Request

from motion.language import LANGUAGES, Language, Times, choose, language

COOKIE = "langue"
COOKIE_DAYS = 365
DEFAULT_ZONE = "Europe/Paris"


def language_of(request: Request, offered: str = ",".join(LANGUAGES)) -> Language:
    """Choose among the congress's languages, `offered` as the table keeps them: `fr,en`."""
    codes = tuple(code for code in offered.split(",") if code in LANGUAGES) or LANGUAGES
    wanted = (request.query_params.get("lang"), request.cookies.get(COOKIE))
    return language(choose(wanted, request.headers.get("accept-language", ""), codes))


def times_of(spoken: Language, time_zone: str = DEFAULT_ZONE) -> Times:
    """How this page says moments."""
    return Times(spoken.code, ZoneInfo(time_zone))
