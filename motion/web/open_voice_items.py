"""From rows to the views of what was said: the same for JSON and for tables."""

from motion.acts.transcripts import cues_of
from motion.rules.communes import departments
from motion.rules.contributions import REFUSALS, Channel, ContributionState, Refusal, Use
from motion.web import open_voices as shapes
from motion.web.open_data import Links, MotionRedaction
from motion.web.openapi import ROOT
from motion.web.page import Page
from motion.web.quotations import passages_of, place_of
from motion.web.testimonies import media_url
from motion.web.tombstones import json_of
from storage import contributions, open_voices
from storage.models import ContributionFile, ContributionVersion, FileRendition
from storage.open_voices import GONE, Whole
from storage.transcripts import Testimony
from storage.voices import FileShown, Voice
from storage.voices_counted import Figures


def state_of(voice: Voice) -> str:
    """What became of a contribution, for its readers."""
    state = voice.contribution.state
    return GONE if voice.version is None and state == ContributionState.PUBLISHED else state


def words_of(version: ContributionVersion) -> tuple[int, str, bool, str, str, str, str, str, str, str]:
    """The fields of `open_voices.VoiceWords`, in their order."""
    return (
        version.version,
        version.author,
        version.is_official,
        version.mandate,
        version.commune,
        version.commune_code,
        version.department_code,
        version.title,
        version.text,
        version.language,
    )


def voice_item(page: Page, voice: Voice, uses: frozenset[Use], supports: str | None) -> shapes.VoiceItem:
    """A contribution in the list."""
    one, shown = voice.contribution, voice.version
    base = page.service.settings.base_url
    name = contributions.code(one)
    api, address = f"{base}{ROOT}/congresses{page.home}/contributions/{name}", f"{base}{page.home}/contributions/{name}"
    reason = voice.reason if one.state == ContributionState.REFUSED and voice.reason else None
    return shapes.VoiceItem(
        name,
        state_of(voice),
        one.channel,
        page.times.iso(one.received_at),
        page.times.iso(one.published_at) if one.published_at else None,
        reason,
        shapes.VoiceWords(*words_of(shown)) if shown is not None else None,
        tuple(f"T{theme.number}" for theme in voice.themes),
        supports if shown is not None else None,
        tuple(use.value for use in Use if use in uses) if shown is not None else (),
        tuple(shapes.FileSort(*_sort(file)) for file in voice.files),
        shapes.VoiceLinks(api, address, f"{address}.md", f"{api}/transcripts"),
    )


def _sort(file: ContributionFile) -> tuple[int, str, int | None]:
    return file.number, file.kind, file.duration_ms


def voice_fields(page: Page, found: Whole) -> dict[str, object]:
    """What `open_voices.VoiceData` says beside the item of the list."""
    rows = found.voice
    one, shown = rows.voice.contribution, rows.voice.version
    base = page.service.settings.base_url
    url = f"{base}{page.home}/contributions/{contributions.code(one)}"
    quoted = shown if Use.QUOTE in rows.uses else None
    return {
        "said_at": page.times.iso(one.said_at) if one.said_at and shown is not None else None,
        "versions": tuple(
            shapes.VoiceVersion(*words_of(each), page.times.iso(each.at), each.published_entry or each.entry)
            for each in rows.versions
        ),
        "files": tuple(_file(page, file) for file in rows.files),
        "replies": tuple(shapes.Reply(each.author, page.times.iso(each.at), each.text) for each in rows.replies),
        "refusal": _refusal(page, found),
        "redactions": tuple(MotionRedaction(**stone) for stone in json_of(rows.tombstones)),  # type: ignore[arg-type]
        "supported_by": tuple(contributions.code(each.contribution) for each in rows.supported_by),
        "grouped_with": tuple(contributions.code(each.contribution) for each in rows.similar),
        "quotes": tuple(shapes.Passage(*each) for each in passages_of(url, quoted)) if quoted is not None else (),
        "quoted_in": tuple(
            shapes.QuotedIn(each.kind, each.code, each.who, each.title, base + place_of(page, each))
            for each in found.quoted_in
        ),
        "entries": tuple(shapes.VoiceEntry(kind, number) for kind, number in rows.entries),
    }


def _file(page: Page, shown: FileShown) -> shapes.VoiceFile:
    made = tuple(_rendition(page, each) for each in sorted(shown.made, key=lambda made: made.size))
    return shapes.VoiceFile(*_sort(shown.file), shown.file.description, made)


def _rendition(page: Page, made: FileRendition) -> shapes.Rendition:
    address = media_url(page, made.name)
    url = page.service.settings.base_url + address if address.startswith("/") else address
    assert made.entry is not None  # only what is published is read
    return shapes.Rendition(made.role, made.media_type, made.size, made.width, made.height, made.name, made.entry, url)


def _refusal(page: Page, found: Whole) -> shapes.RefusalData | None:
    decision = found.decision
    if decision is None or decision.reason not in set(Refusal):
        return None
    ground = REFUSALS[Refusal(decision.reason)]
    at = page.times.iso(decision.at)
    return shapes.RefusalData(decision.entry, at, decision.reason, page._(ground.said), ground.basis, ground.remedy)


def transcript_items(page: Page, one: Testimony) -> tuple[shapes.TranscriptData, ...]:
    """What is said in a recording, in each language there is."""
    home = page.service.settings.base_url + page.home
    here = f"{home}/contributions/{contributions.code(one.contribution)}/transcription/{one.file.number}"
    found = []
    for said in one.transcripts:
        assert said.entry is not None  # only what is published is read
        cues = tuple(shapes.CueData(cue.start_ms, cue.end_ms, cue.speaker, cue.text) for cue in cues_of(said))
        address = f"{home}/transcriptions/{said.name}"
        query = f"?langue={said.language}" if said is not one.transcripts[0] else ""
        found.append(
            shapes.TranscriptData(
                one.file.number,
                said.language,
                said.version,
                said.how,
                said.is_checked,
                said.name,
                said.entry,
                cues,
                shapes.TranscriptLinks(here + query, f"{address}.vtt", f"{address}.srt"),
            )
        )
    return tuple(found)


def theme_items(page: Page, found: open_voices.Themes) -> tuple[shapes.ThemeData, ...]:
    """The themes."""
    base = page.service.settings.base_url
    api, address = f"{base}{ROOT}/congresses{page.home}/contributions", f"{base}{page.home}/contributions"
    return tuple(
        shapes.ThemeData(
            f"T{theme.number}",
            theme.name,
            theme.is_used,
            count,
            Links(f"{api}?theme=T{theme.number}", f"{address}?theme=T{theme.number}"),
        )
        for theme, count in found.themes
    )


def department_items(found: open_voices.Places) -> tuple[shapes.DepartmentData, ...]:
    """The departments heard, each with its communes."""
    named = departments()
    of: dict[str, list[shapes.CommuneData]] = {}
    for place in found.places:
        of.setdefault(place.department, []).append(shapes.CommuneData(place.commune, place.commune_code, place.count))
    return tuple(
        shapes.DepartmentData(code, named.get(code, ""), sum(one.contributions for one in listed), tuple(listed))
        for code, listed in of.items()
    )


def figures_of(page: Page, found: Figures, links: Links, licence: str) -> shapes.Figures:
    """The figures, with every channel and the states that there are."""
    days = found.by_day(page.times.local)
    return shapes.Figures(
        licence,
        found.received,
        tuple(shapes.ChannelCount(str(channel), found.channels.get(channel, 0)) for channel in Channel),
        tuple(shapes.StateCount(state, found.states[state]) for state in shapes.STATES if state in found.states),
        found.officials,
        found.others,
        tuple(shapes.DayCount(day.isoformat(), count) for day, count in days.items()),
        links,
    )
