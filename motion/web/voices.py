"""Contributions in words and as views: a line of a list, and all that a page says of one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from urllib.parse import urlencode

from markupsafe import Markup

from motion.rules import communes
from motion.rules.contributions import (
    CHANNELS,
    FILES,
    REFUSALS,
    STATES,
    Channel,
    ContributionState,
    FileKind,
    Refusal,
    Use,
)
from motion.rules.differences import Kind, compare
from motion.rules.redactions import KEPT_DAYS
from motion.rules.register import Genre
from motion.rules.rendering import render, render_heading
from motion.rules.text import parse
from motion.web.page import Page
from motion.web.quotations import QuoteView, passages_of, quote_view, quoting_places, shortened
from motion.web.reading import title_of
from motion.web.testimonies import TestimonyView, length_of, media_url, testimony_view
from motion.web.tombstones import TombstoneView, tombstone_views
from motion.web.views import View, shown
from motion.web.weights import weight
from storage.contributions import code
from storage.models import ContributionFile, ContributionVersion, FileRendition
from storage.quoting import Quoting
from storage.refused_files import Kept
from storage.voices import FileShown, OneVoice, Voice
from storage.voices_counted import Heard

_ = NullTranslations().gettext  # marks the sentences for the catalogues

FIRST_WORDS = 110  # characters of a line without a title
PREVIEW = 220  # characters that other sites show of a contribution
CHECKED = {
    True: _("Saisie par le secrétariat, relue par une seconde personne."),
    False: _("Saisie par le secrétariat."),
}
ROLES = {
    "video-720": _("Vidéo, grande image"),
    "video-360": _("Vidéo, petite image"),
    "sound": _("Son seul"),
    "document": _("Document"),
    "photo": _("Photo ou dessin"),
    "page": _("Page numérisée"),
}


@dataclass(frozen=True, slots=True)
class LineView(View):
    """A contribution in a list."""

    code: str = shown("`C12`.")
    url: str = shown("The address of its page.")
    title: str = shown("Its title or its first words; empty when nobody may read it.")
    who: str = shown("The name or pseudonym, the mandate and the commune; empty likewise.")
    is_official: bool = shown("Whether its author is an elected official.")
    is_titled: bool = shown("Whether its author gave that title; else it is the first words.")
    language: str = shown("Code of the language of the title.")
    channel: str = shown("How it came, in words.")
    shape: str = shown("Its sign: `video`, `sound`, `paper`, `text`, or `none` when nobody may read it.")
    at: str = shown("When it was received, for `<time datetime>`.")
    day: str = shown("The same in words.")
    state: str = shown("The state in words; empty for what is published and there.")
    reason: str = shown("Why it was refused, in words; or empty.")
    files: tuple[str, ...] = shown("Kinds of its files, with their length.")
    themes: tuple[tuple[str, str], ...] = shown("Names and addresses of its themes.")


@dataclass(frozen=True, slots=True)
class MadeView(View):
    """Something made of a file, to be seen, heard or saved."""

    url: str = shown("Its address.")
    role: str = shown("`video-360`, `photo`…")
    said: str = shown("What it is, in words, with its weight.")
    media_type: str = shown("Its media type.")
    width: int | None = shown("In pixels.")
    height: int | None = shown("In pixels.")


@dataclass(frozen=True, slots=True)
class FileView(View):
    """A file of a contribution."""

    number: int = shown("Which of its files.")
    kind: str = shown("`photo`, `sound`, `video` or `document`.")
    said: str = shown("What it is, in words, with its length.")
    description: str = shown("What a photo shows, in words; may be empty.")
    made: tuple[MadeView, ...] = shown("What there is to open, the lightest first; pictures of a video are apart.")
    poster: str = shown("Address of a picture of the video; or empty.")
    waveform: str = shown("Address of the picture of the sound; or empty.")
    tracks: tuple[tuple[str, str], ...] = shown("Captions: language and address.")


@dataclass(frozen=True, slots=True)
class WordsView(View):
    """Neighbouring words of a comparison."""

    kind: str = shown("`same`, `added` or `removed`.")
    text: str = shown("The words.")


@dataclass(frozen=True, slots=True)
class VersionView(View):
    """A version of the words that is readable."""

    number: int = shown("1, 2, 3…")
    moment: str = shown("When it was received, in words.")
    url: str = shown("The address at which it is read.")
    is_shown: bool = shown("Whether it is the one on the page.")
    is_last: bool = shown("Whether it is the last one published.")


@dataclass(frozen=True, slots=True)
class VoiceView(View):
    """A contribution, as its page shows it."""

    line: LineView = shown("The contribution in a line.")
    heading: str = shown("The title of the page.")
    state: str = shown("`published`, `received`, `awaited`, `refused`, `withdrawn`, or `gone`.")
    html: Markup = shown("The words, as safe HTML.")
    language: str = shown("Code of their language.")
    preview: str = shown("The beginning of the words, for who links to the page; empty when nobody may read them.")
    moment: str = shown("When it was received, in words.")
    said_at: str = shown("When it was spoken or written, if it is said; else empty.")
    said_iso: str = shown("The same for `<time datetime>`.")
    places: tuple[tuple[str, str], ...] = shown("Its commune and its department: name, and address of what they say.")
    written_url: str = shown("The address of what its author wrote in the motions, when they are on the roster.")
    hands: str = shown("Who typed it and who compared it; empty for what its author sent.")
    versions: tuple[VersionView, ...] = shown("The versions, when there are several.")
    changed: tuple[tuple[WordsView, ...], ...] = shown("The lines that the version asked for changes, compared.")
    files: tuple[FileView, ...] = shown("Its files.")
    testimony: TestimonyView | None = shown("The first recording, with what is said in it.")
    replies: tuple[tuple[str, str, str, tuple[str, ...]], ...] = shown(
        "Right of reply: who, when for `<time datetime>` and in words, the paragraphs."
    )
    supports: tuple[str, str] | None = shown("The contribution that it supports: code and address.")
    supported_by: tuple[LineView, ...] = shown("Those who support it, with their reasons.")
    similar: tuple[LineView, ...] = shown("Those that stand with it.")
    entries: tuple[tuple[str, int, str], ...] = shown(
        "Its entries in the register: words, number, address; each has a receipt below that address."
    )
    tombstones: tuple[TombstoneView, ...] = shown("What was taken out of it.")
    basis: str = shown("The rule that a refusal relies on, in French.")
    remedy: str = shown("How to contest a refusal, in French.")
    kept: str = shown("Until when the files of what is refused are kept to be read, in words; or empty.")
    may_quote: bool = shown("Whether its author agrees to be quoted.")
    passages: tuple[tuple[str, str], ...] = shown("Paragraphs: first words, and address of the quotation.")
    quote: QuoteView | None = shown("The passage that is asked for.")
    quoted_in: tuple[tuple[str, str], ...] = shown("Where it is quoted: words and address, if its author agrees to be.")
    report_url: str = shown("Where it is reported.")


def who_of(version: ContributionVersion) -> str:
    """`Solène Marchebrune, maire de Valbrune`; who gives no mandate lives there: `Solène, Valbrune`."""
    return ", ".join(part for part in (version.author, title_of(version.mandate, version.commune)) if part)


def first_words(text: str, most: int = FIRST_WORDS) -> str:
    """The beginning of a text, on one line, without the signs of Markdown."""
    flat = " ".join(
        "".join(piece.text for piece in alinea.pieces) for section in parse(text).sections for alinea in section.alineas
    )
    return shortened(re.sub(r"[ \t\n]+", " ", flat).strip(), most)


def line_view(page: Page, voice: Voice) -> LineView:
    """Say a contribution in a line."""
    one, version = voice.contribution, voice.version
    name = code(one)
    is_gone = version is None and one.state == ContributionState.PUBLISHED
    state = page._(_("Retirée par une décision")) if is_gone else page._(STATES[ContributionState(one.state)])
    reason = page._(REFUSALS[Refusal(voice.reason)].said) if voice.reason in set(Refusal) else ""
    kinds = {file.kind for file in voice.files}
    shape = next((kind for kind in ("video", "sound") if kind in kinds), "")
    shape = shape or ("paper" if one.channel == Channel.PAPER else "text")
    title = ""
    if version is not None:
        title = version.title or (first_words(version.text) if version.text else "")
        title = title or page._(_("Contribution %(code)s"), code=name)
    return LineView(
        name,
        f"{page.home}/contributions/{name}",
        title,
        who_of(version) if version is not None else "",
        version is not None and version.is_official,
        version is not None and bool(version.title),
        version.language if version is not None else page.language.code,
        page._(CHANNELS[Channel(one.channel)]),
        shape if version is not None else "none",
        page.times.iso(one.received_at),
        page.times.day(one.received_at),
        "" if version is not None else state,
        reason if one.state == ContributionState.REFUSED else "",
        tuple(file_words(page, file) for file in voice.files),
        tuple((theme.name, f"{page.home}/contributions?theme=T{theme.number}") for theme in voice.themes),
    )


def file_words(page: Page, file: ContributionFile) -> str:
    """`vidéo, 2 min 5 s`."""
    said = page._(FILES[FileKind(file.kind)])
    if not file.duration_ms:
        return said
    return f"{said}, {length_of(page, file.duration_ms // 1000)}"


def words_html(text: str) -> Markup:
    """The small Markdown of a contribution as safe HTML; headings stand below the page's own."""
    found = []
    read = parse(text)
    if read.title is not None:
        found.append(f"<h2>{render_heading(read.title)}</h2>")
    for section in render(read):
        if section.heading:
            found.append(f"<h2>{section.heading}</h2>")
        found.append(section.body)
    return Markup("\n".join(found))  # built and cleaned by motion.rules.rendering


def voice_view(page: Page, rows: OneVoice, quoting: Sequence[Quoting] = ()) -> VoiceView:
    """Put the page of a contribution together."""
    voice = rows.voice
    one, line = voice.contribution, line_view(page, voice)
    asked = page.request.query_params.get("version", "")
    version = next((each for each in rows.versions if str(each.version) == asked), voice.version)
    quoted = version if Use.QUOTE in rows.uses else None
    is_gone = version is None and one.state == ContributionState.PUBLISHED
    ground = REFUSALS[Refusal(voice.reason)] if line.reason else None
    before = next((each for each in reversed(rows.versions) if version and each.version < version.version), None)
    name = page._(_("Contribution %(code)s"), code=line.code)
    return VoiceView(
        line,
        (version.title or who_of(version) if version is not None else "") or name,
        "gone" if is_gone else one.state,
        words_html(version.text) if version is not None else Markup(""),
        version.language if version is not None else page.language.code,
        first_words(version.text, PREVIEW) if version is not None else "",
        page.times.moment(one.received_at),
        page.times.moment(one.said_at) if one.said_at and version is not None else "",
        page.times.iso(one.said_at) if one.said_at and version is not None else "",
        places_of(page, version) if version is not None else (),
        written_by(page, version) if version is not None and one.official_id is not None else "",
        page._(CHECKED[one.checked_by is not None]) if one.typed_by is not None else "",
        versions_of(page, rows, line.url, version) if len(rows.versions) > 1 else (),
        changes_of(before.text, version.text) if before is not None and version is not None and asked else (),
        tuple(file_view(page, file) for file in rows.files),
        testimony_view(page, rows.testimony) if rows.testimony is not None else None,
        tuple(
            (each.author, page.times.iso(each.at), page.times.day(each.at), tuple(each.text.split("\n\n")))
            for each in rows.replies
        ),
        (code(rows.supports), f"{page.home}/contributions/{code(rows.supports)}") if rows.supports else None,
        tuple(line_view(page, each) for each in rows.supported_by),
        tuple(line_view(page, each) for each in rows.similar),
        tuple((page._(ENTRIES[kind]), number, f"{page.home}/registre/{number}") for kind, number in rows.entries),
        tombstone_views(page, rows.tombstones),
        ground.basis if ground else "",
        ground.remedy if ground else "",
        kept_words(page, rows.kept) if rows.kept is not None else "",
        quoted is not None,
        passages_of(line.url, quoted) if quoted is not None else (),
        quote_view(page, one, quoted, who_of(quoted)) if quoted is not None else None,
        quoting_places(page, quoting) if quoted is not None else (),
        f"{line.url}/signaler",
    )


ENTRIES = {
    "receive": _("Reçue"),
    "publish": _("Publiée"),
    "correct": _("Correction reçue"),
    "republish": _("Correction publiée"),
    "refuse": _("Refusée"),
    "withdraw": _("Retirée"),
}


def kept_words(page: Page, kept: Kept) -> str:
    """Say until when the files of what is refused are kept to be read."""
    if kept.until is None:
        return page._(
            _(
                "Ses fichiers d’origine ne sont pas publiés. Ils sont gardés tant qu’une réponse au refus attend sa "
                "décision."
            )
        )
    return page._(
        _(
            "Ses fichiers d’origine ne sont pas publiés. Ils sont gardés jusqu’au %(day)s, le temps de répondre au "
            "refus ou de corriger\u202f; puis ils sont mis sous scellé, et détruits au bout de %(days)s jours."
        ),
        day=page.times.day(kept.until),
        days=KEPT_DAYS,
    )


def places_of(page: Page, version: ContributionVersion) -> tuple[tuple[str, str], ...]:
    """The commune and the department of a contribution, each with the address of what is said there."""
    found, department = [], version.department_code
    if version.commune:
        found.append((version.commune, place_url(page, department, version.commune)))
    if department:
        found.append((communes.departments().get(department, department), place_url(page, department)))
    return tuple(found)


def place_url(page: Page, department: str, commune: str = "") -> str:
    """The address of what is said from a place: a commune is named with its department, for it may have namesakes."""
    asked = {"departement": department, "commune": commune}
    return f"{page.home}/contributions?" + urlencode({name: value for name, value in asked.items() if value})


def written_by(page: Page, version: ContributionVersion) -> str:
    """The address of what an official wrote in the motions, in the register."""
    return f"{page.home}/registre?" + urlencode({"personne": version.author, "genre": Genre.WRITING})


def versions_of(page: Page, rows: OneVoice, url: str, version: ContributionVersion | None) -> tuple[VersionView, ...]:
    """Say which versions are readable, and where."""
    last = rows.versions[-1]
    return tuple(
        VersionView(
            each.version,
            page.times.moment(each.at),
            f"{url}?version={each.version}",
            version is not None and each.version == version.version,
            each is last,
        )
        for each in rows.versions
    )


def changes_of(before: str, after: str) -> tuple[tuple[WordsView, ...], ...]:
    """The lines that differ between two versions, word by word."""
    return tuple(
        tuple(WordsView(str(Kind(words.kind)), words.text) for words in line.words)
        for line in compare(before, after).lines
        if line.is_changed
    )


def file_view(page: Page, one: FileShown) -> FileView:
    """Show a file: each way of opening it says its weight before the click."""
    aside = {made.role: media_url(page, made.name) for made in one.made if made.role in ("poster", "waveform")}
    colon = "\u00a0: " if page.language.code == "fr" else ": "

    def made_view(made: FileRendition) -> MadeView:
        said = page._(ROLES.get(made.role, ROLES["document"])) + colon + weight(page.language, made.size)
        return MadeView(media_url(page, made.name), made.role, said, made.media_type, made.width, made.height)

    opened = sorted((made for made in one.made if made.role not in aside), key=lambda made: made.size)
    return FileView(
        one.file.number,
        one.file.kind,
        file_words(page, one.file),
        one.file.description,
        tuple(made_view(made) for made in opened),
        aside.get("poster", ""),
        aside.get("waveform", ""),
        tuple((said.language, f"{page.home}/transcriptions/{said.name}.vtt") for said in one.transcripts),
    )


@dataclass(frozen=True, slots=True)
class HeardView(View):
    """What the home of a congress says of contributions."""

    lines: tuple[LineView, ...] = shown("The last ones.")
    said: str = shown("How many there are, and from how many communes.")


def heard_view(page: Page, heard: Heard) -> HeardView:
    """Say what was said lately."""
    count = page.language.ngettext("%(num)s contribution", "%(num)s contributions", heard.published)
    said = count % {"num": page.times.number(heard.published)}
    if heard.places:
        places = page.language.ngettext("%(num)s commune entendue", "%(num)s communes entendues", heard.places)
        said += ", " + places % {"num": page.times.number(heard.places)}
    return HeardView(tuple(line_view(page, voice) for voice in heard.recent), said)
