"""Importing a roster from the command line: the same plan and the same act as on the page."""

import dataclasses
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from motion.acts import roster
from motion.acts.roster_sentences import DOUBTS, REFUSED, failure_sentence, failure_values
from motion.language import Language
from motion.rules.errors import NotFound, RosterUnreadable
from motion.rules.errors import TextChangedMeanwhile as PlanChangedMeanwhile
from motion.rules.roster import Plan
from motion.rules.roster_file import SAMPLE_BYTES, recognise
from storage import queries
from storage.store import Store

CHUNK_BYTES = 1 << 18
SHOWN_LINES = 20


def import_file(
    store: Store,
    slug: str,
    path: Path,
    *,
    department: str | None = None,
    confirm: Callable[[Plan], bool],
    progress: Callable[[int, int], None] = lambda done, total: None,
    now: Callable[[], datetime],
) -> tuple[Plan, bool]:
    """Import a file of any length in bounded memory, if `confirm` says yes to the plan.

    Doubtful lines are not imported: they are decided on the page.

    Args:
        progress: Told the bytes read and the bytes in all.

    Returns:
        The plan, and whether it was applied.

    Raises:
        NotFound, RosterUnreadable: Nothing was imported.
        OSError: The file can't be read.
    """
    congress = store.read_now(queries.congress_by_slug, slug)
    if congress is None or congress.id is None:
        raise NotFound("congress", slug)
    total = path.stat().st_size
    with path.open("rb") as file:
        dialect = recognise(file.read(SAMPLE_BYTES), filename=path.name)
        file.seek(0)

        def chunks() -> Iterator[bytes]:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk

        reading = roster.read_file(
            chunks(), dialect, department=department, progress=lambda done: progress(done, total)
        )
    plan = store.read_now(roster.preview, congress.id, reading)
    if plan.does_nothing or not confirm(plan):
        return plan, False
    digest = roster.plan_digest(plan)
    return store.write_now(roster.apply, None, congress.id, reading, expected=digest, now=now()), True


def import_by_hand(
    store: Store,
    slug: str,
    path: Path,
    *,
    department: str | None,
    yes: bool,
    language: Language,
    now: datetime,
) -> int:
    """Show the plan, ask, import: `motion roster import`. Return the exit status: 0 done, 1 refused.

    Progress and the question go to the standard error, what was done to the standard output.

    Raises:
        NotFound, OSError: Nothing was imported.
    """
    say = language.gettext

    def progress(done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(
                f"\r{done * 100 // max(total, 1):3d} %", end="\n" if done >= total else "", file=sys.stderr, flush=True
            )

    def confirm(plan: Plan) -> bool:
        if yes:
            return True
        print(say("Importer ? Tapez « oui » :"), end=" ", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in {"oui", "o", "yes", "y"}

    def shown(plan: Plan) -> bool:
        for line in lines_of(plan, language):
            print(line)
        return confirm(plan)

    try:
        plan, applied = import_file(
            store, slug, path, department=department, confirm=shown, progress=progress, now=lambda: now
        )
    except (RosterUnreadable, PlanChangedMeanwhile) as refusal:
        values = {field.name: getattr(refusal, field.name) for field in dataclasses.fields(refusal)}
        sentence = say(failure_sentence(type(refusal).__name__, values))
        told = sentence % failure_values(values) if "%(" in sentence else sentence
        print(f"{path}\u00a0: {told}", file=sys.stderr)
        return 1
    if plan.does_nothing:
        for line in lines_of(plan, language):
            print(line)
        print(say("Rien à importer : la liste est à jour."))
        return 0
    print(say("La liste est importée.") if applied else say("Rien n’a été importé."))
    return 0 if applied else 1


def lines_of(plan: Plan, language: Language) -> list[str]:
    """Say a plan: counts, then the first lines that were refused or that wait for a decision."""
    say = language.gettext
    lines = [
        say("À ajouter : %(number)s") % {"number": len(plan.added)},
        say("À modifier : %(number)s") % {"number": len(plan.changed)},
        say("Inchangées : %(number)s") % {"number": len(plan.unchanged)},
        say("Absentes du fichier (elles restent sur la liste) : %(number)s") % {"number": len(plan.absent)},
        say("Douteuses, à décider sur la page du secrétariat : %(number)s") % {"number": len(plan.doubtful)},
        say("Lignes refusées : %(number)s") % {"number": plan.refused_count},
    ]
    for refused in plan.refused[:SHOWN_LINES]:
        reason = say(REFUSED.get(refused.reason, refused.reason))
        lines.append("  " + say("ligne %(line)s : %(reason)s") % {"line": refused.number, "reason": reason})
    lines += _and_more(plan.refused_count - SHOWN_LINES, language)
    for doubtful in plan.doubtful[:SHOWN_LINES]:
        name = f"{doubtful.row.first_names} {doubtful.row.family_name}"
        lines.append(
            "  "
            + say("ligne %(line)s, %(name)s :") % {"line": doubtful.row.number, "name": name}
            + " "
            + say(DOUBTS[doubtful.reason])
        )
    return lines + _and_more(len(plan.doubtful) - SHOWN_LINES, language)


def _and_more(number: int, language: Language) -> list[str]:
    """The line that counts those that are not shown."""
    if number <= 0:
        return []
    return ["  " + language.ngettext("et %(num)d autre ligne", "et %(num)d autres lignes", number) % {"num": number}]
