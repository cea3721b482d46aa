"""A published recording as people read it: its words line by line, each with an address; the player is a click."""

from dataclasses import dataclass
from gettext import NullTranslations

from motion.acts.transcripts import cues_of
from motion.rules import captions
from motion.rules.captions import Cue, Cues
from motion.rules.contributions import FileKind
from motion.web.media_bytes import PREFIX, address
from motion.web.page import Page
from motion.web.reading import title_of
from motion.web.transcript_words import language_of, state_of
from motion.web.views import View, shown
from motion.web.weights import weight
from storage import contributions as rows
from storage.models import FileRendition, Transcript
from storage.transcripts import Testimony

_ = NullTranslations().gettext  # marks the sentences for the catalogues

LINES = 120  # of a page: with what stands beside them they keep it below nine hundred elements
SMALL_POSTER = 20_000  # bytes: a heavier picture would be most of the page
WAYS = {"video": _("Vidéo"), "son": _("Son seul"), "texte": _("Texte seul")}
_ROLES = {"video": ("video-360", "video-720"), "son": ("sound",)}
NAME = "[0-9a-f]{64}"


@dataclass(frozen=True, slots=True)
class LineView(View):
    """One line of what is said."""

    anchor: str = shown("Its name in the page, `t72`; another line of the same second is `t72-2`.")
    fragment: str = shown("Its address within the page, `t=72,81`.")
    clock: str = shown("When it is said, `1:12`.")
    start: int = shown("Second at which it starts.")
    end: int = shown("Second at which it has ended.")
    start_ms: int = shown("Milliseconds at which it starts.")
    end_ms: int = shown("Milliseconds at which it ends.")
    speaker: str = shown("Who speaks, when it is not the person of the line before; or empty.")
    text: str = shown("The words.")
    is_asked: bool = shown("Whether the address asks to play from here.")


@dataclass(frozen=True, slots=True)
class WayView(View):
    """One way to take it in: with pictures, by ear, by reading."""

    name: str = shown("`video`, `son` or `texte`.")
    said: str = shown("The way in words, with its weight and its length.")
    is_chosen: bool = shown("Whether the page is made for it.")


@dataclass(frozen=True, slots=True)
class TrackView(View):
    """Captions or subtitles of the player."""

    url: str = shown("Address of the WebVTT file.")
    language: str = shown("Code of the language.")
    name: str = shown("The language in words.")
    is_translation: bool = shown("Whether it is another language than what is spoken.")
    is_chosen: bool = shown("Whether it is the one that is read on the page.")


@dataclass(frozen=True, slots=True)
class TestimonyView(View):
    """A recording, as the page shows it."""

    code: str = shown("The contribution, `C12`.")
    number: int = shown("Which of its files.")
    here: str = shown("Address of the page of this transcript.")
    who: str = shown("Who speaks, with office and commune as they give them.")
    ways: tuple[WayView, ...] = shown("The ways to take it in; the chosen one decides the player.")
    way: str = shown("The name of the chosen way.")
    media: str = shown("Address of what is played; empty for reading alone.")
    media_type: str = shown("Its type.")
    is_video: bool = shown("Whether it has pictures.")
    poster: str = shown("Address of a light picture of it, or empty.")
    size: tuple[int, int] = shown("Width and height in pixels; zeros when not known.")
    tracks: tuple[TrackView, ...] = shown("What is said, in each language there is.")
    state: str = shown("How the transcript came to be and whether it was checked; empty when there is none.")
    is_checked: bool = shown("Whether a person has compared it with the recording.")
    language: str = shown("Code of the language of the lines.")
    direction: str = shown("`ltr` or `rtl`.")
    lines: tuple[LineView, ...] = shown("The lines of this part.")
    part: int = shown("Which part of the lines, from 1.")
    parts: int = shown("How many parts.")
    file: str = shown("Address of the lines as a file, without its ending; empty when there are none.")
    may_be_quoted: bool = shown("Whether its author has agreed to be quoted.")
    prefix: str = shown("What stands before the names of lines, where a page has several recordings.")


@dataclass(frozen=True, slots=True)
class QuoteView(View):
    """A verbatim: the words, the person, the seconds."""

    words: str = shown("The words.")
    who: str = shown("Who says them.")
    span: str = shown("From when to when, in words.")
    source: str = shown("The contribution and the congress, with the day.")
    url: str = shown("The address of these seconds.")
    plain: str = shown("All of it as one text, to be copied.")
    state: str = shown("Whether the transcript was checked.")


def asked_second(page: Page) -> int | None:
    """The second that `?t=72` names; None when there is none."""
    first = page.request.query_params.get("t", "").partition(",")[0]
    return int(first) if first.isascii() and first.isdigit() and len(first) < 6 else None


def testimony_view(page: Page, one: Testimony, *, part: int = 0, prefix: str = "") -> TestimonyView:
    """Show a recording.

    Args:
        part: Which part of the lines, from 1; 0 for the one with the second that the address names, or the first.
        prefix: Stands before the names of lines.
    """
    code = rows.code(one.contribution)
    here = f"{page.home}/contributions/{code}/transcription/{one.file.number}"
    cues, second = cues_of(one.chosen), asked_second(page)
    parts = max(1, -(-len(cues) // LINES))
    if not part:
        before = sum(cue.start_ms // 1000 <= (second or 0) for cue in cues)
        part = max(before - 1, 0) // LINES + 1
    part = min(part, parts)
    ways = ways_of(page, one)
    way = next(each.name for each in ways if each.is_chosen)
    played = _played(one, way)
    poster = next((made for made in one.made if made.role == "poster" and made.size <= SMALL_POSTER), None)
    start = f"#t={second}" if second is not None else ""
    return TestimonyView(
        code=code,
        number=one.file.number,
        here=here,
        who=who_of(one),
        ways=ways,
        way=way,
        media=media_url(page, played.name) + start if played else "",
        media_type=played.media_type if played else "",
        is_video=played is not None and played.role != "sound",
        poster=media_url(page, poster.name) if poster and way == "video" else "",
        size=(played.width or 0, played.height or 0) if played else (0, 0),
        tracks=tuple(_track(page, one, said) for said in one.transcripts),
        state=state_of(page, one.chosen) if one.chosen else "",
        is_checked=one.chosen is not None and one.chosen.is_checked,
        language=one.chosen.language if one.chosen else "",
        direction="rtl" if one.chosen and one.chosen.language in captions.RIGHT_TO_LEFT else "ltr",
        lines=lines_of(cues, (part - 1) * LINES, second, prefix),
        part=part,
        parts=parts,
        file=f"{page.home}/transcriptions/{one.chosen.name}" if one.chosen else "",
        may_be_quoted=one.may_be_quoted,
        prefix=prefix,
    )


def media_url(page: Page, name: str) -> str:
    """Where a published rendition is, by the name of its object: on the host of media when there is one."""
    assert page.congress is not None
    if page.service.settings.media_url:
        return address(page.service.settings, f"{PREFIX}{page.congress.slug}/{name}")
    return f"{page.home}/medias/{name}"


def who_of(one: Testimony) -> str:
    """The person, as they present themselves: name, office, commune."""
    version = one.version
    return ", ".join(part for part in (version.author, title_of(version.mandate, version.commune)) if part)


def ways_of(page: Page, one: Testimony) -> tuple[WayView, ...]:
    """The ways that there are, with their weights: nobody has to open what they can't afford."""
    there = [name for name in WAYS if name == "texte" or _played(one, name)]
    asked = page.request.query_params.get("media", "")
    chosen = asked if asked in there else there[0]
    found = []
    for name in there:
        played, said = _played(one, name), page._(WAYS[name])
        if played is not None:
            colon = "\u00a0:" if page.language.code == "fr" else ":"
            said += f"{colon} {weight(page.language, played.size)}"
            if one.file.duration_ms:
                said += f", {length_of(page, one.file.duration_ms // 1000)}"
        found.append(WayView(name, said, name == chosen))
    return tuple(found)


def _played(one: Testimony, way: str) -> FileRendition | None:
    made = {each.role: each for each in one.made}
    found = next((made[role] for role in _ROLES.get(way, ()) if role in made), None)
    return found if way != "video" or one.file.kind == FileKind.VIDEO else None


def _track(page: Page, one: Testimony, said: Transcript) -> TrackView:
    return TrackView(
        f"{page.home}/transcriptions/{said.name}.vtt",
        said.language,
        language_of(page, said.language),
        said.language != one.version.language,
        one.chosen is not None and said.language == one.chosen.language,
    )


def lines_of(cues: Cues, first: int, second: int | None, prefix: str) -> tuple[LineView, ...]:
    """The lines of a part; a speaker is named where they begin."""
    found, taken, speaker = [], dict[int, int](), ""
    for cue in cues[first : first + LINES]:
        start, end = captions.seconds(cue)
        taken[start] = taken.get(start, 0) + 1
        again = f"-{taken[start]}" if taken[start] > 1 else ""
        found.append(
            LineView(
                anchor=f"{prefix}t{start}{again}",
                fragment=f"t={start},{end}" if not prefix and not again else "",
                clock=captions.clock(cue.start_ms),
                start=start,
                end=end,
                start_ms=cue.start_ms,
                end_ms=cue.end_ms,
                speaker=cue.speaker if cue.speaker != speaker else "",
                text=cue.text,
                is_asked=second is not None and start <= second < end,
            )
        )
        speaker = cue.speaker
    return tuple(found)


def length_of(page: Page, seconds: int) -> str:
    """`1 min 12 s`."""
    minutes, seconds = divmod(seconds, 60)
    return (f"{minutes}\u00a0min " if minutes else "") + f"{seconds}\u00a0s"


def quote_view(page: Page, one: Testimony, start: int, end: int) -> QuoteView | None:
    """The verbatim of these seconds; None when nothing is said there, or its author has not agreed to be quoted."""
    cues = cues_of(one.chosen)
    said = captions.said_between(cues, start, end)
    if not said or not one.may_be_quoted or one.chosen is None:
        return None
    code = rows.code(one.contribution)
    assert page.congress is not None
    part = cues.index(said[0]) // LINES + 1
    query = [("langue", one.chosen.language)] if one.chosen is not one.transcripts[0] else []
    query += [("partie", str(part))] if part > 1 else []
    suffix = "?" + "&".join(f"{name}={value}" for name, value in query) if query else ""
    url = f"{page.service.settings.base_url}{page.home}/contributions/{code}/transcription/{one.file.number}{suffix}"
    url += f"#t={start},{end}"
    names = list(dict.fromkeys(cue.speaker for cue in said if cue.speaker))
    who = ", ".join(names) if names and names != [one.version.author] else who_of(one)
    span = page._(_("de %(start)s à %(end)s"), start=length_of(page, start), end=length_of(page, end))
    day = page.times.day(one.contribution.said_at or one.contribution.received_at)
    source = page._(_("Contribution %(code)s, %(congress)s, %(day)s"), code=code, congress=page.congress.title, day=day)
    words = _words(said)
    plain = page._(_("«\u00a0%(words)s\u00a0»"), words=words) + f"\n{who}, {span}\n{source}\n{url}"
    return QuoteView(words, who, span, source, url, plain, state_of(page, one.chosen))


def _words(said: tuple[Cue, ...]) -> str:
    """The words; a change of speaker is a new line with a dash."""
    text, speaker = "", said[0].speaker
    for cue in said:
        text += ("\n– " if cue.speaker != speaker else " " if text else "") + cue.text
        speaker = cue.speaker
    return text
