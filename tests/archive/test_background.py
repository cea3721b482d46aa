"""The copy that the site offers: made at closing or when asked, given out until something of it is withdrawn."""

import hashlib
import io
import zipfile
from pathlib import Path

import bagit

from motion.rules.permissions import Actor
from motion.rules.vocabulary import Role
from motion.web import archives
from motion.work import jobs as work
from storage import copying, jobs, ledger
from storage.models import Secretary
from tests.archive.hall import FILE, PAGE, Hall
from tests.audit.world import Script, redact


def size(hall: Hall) -> int:
    """How many entries the record has."""
    return hall.script.store.read_now(ledger.size, hall.script.congress)


def test_the_secretariat_asks_and_everyone_downloads(hall: Hall, tmp_path: Path):
    """The page says the size before the click; the file is a whole bag; nobody else may ask."""
    assert "À la clôture" not in hall.public.get(PAGE).text and "à la clôture" in hall.public.get(PAGE).text
    assert "Préparer une copie" not in hall.public.get(PAGE).text
    assert hall.public.post(PAGE, follow_redirects=False).status_code == 403
    assert hall.public.get(FILE, follow_redirects=False).headers["location"] == PAGE
    assert "Préparer une copie" in hall.clerk.get(PAGE).text
    hall.clerk.post(PAGE)
    hall.clerk.post(PAGE)
    assert "Une copie se prépare" in hall.public.get(PAGE).text
    assert hall.copies.make_due() == 1
    said = hall.public.get(PAGE).text
    answer = hall.public.get(FILE)
    assert answer.headers["content-disposition"].endswith(f'"ormeline-{size(hall)}.zip"')
    assert f"{round(len(answer.content) / 1e3)}\u00a0ko" in said
    digest = archives.ready(hall.settings.data_dir, "ormeline").sha256
    assert hashlib.sha256(answer.content).hexdigest() == digest and digest in said
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path / "out")
    bagit.Bag(str(tmp_path / "out" / "ormeline")).validate()
    assert not (archives.place(hall.settings.data_dir, "ormeline") / "dossier").exists()


def test_closing_makes_one_and_a_withdrawal_another(hall: Hall):
    """In between the former one, which holds the words, is not given out."""
    assert hall.copies.make_due() == 0
    hall.close()
    assert hall.copies.make_due() == 1
    assert hall.copies.make_due() == 0
    assert hall.public.get(FILE, follow_redirects=False).status_code == 200
    clerk = hall.script.store.read_now(lambda db: db.get_one(Secretary, 1))
    secretary = Actor(hall.script.congress, Role.SECRETARIAT, secretary_id=clerk.id)
    redact(hall.script, secretary, [27], "effacement", "injure", None, 1)
    assert hall.public.get(FILE, follow_redirects=False).status_code == 303
    assert "sa copie se prépare" in hall.public.get(PAGE).text
    hall.script.sign()
    assert hall.copies.make_due() == 1
    assert hall.public.get(FILE).headers["content-disposition"].endswith(f'"ormeline-{size(hall)}.zip"')
    assert len(list(archives.place(hall.settings.data_dir, "ormeline").glob("*.zip"))) == 1


def test_one_at_a_time_and_apart_from_other_tasks(hall: Hall):
    """A copy under way is not begun by another process; what imports rosters leaves it alone."""
    script: Script = hall.script
    hall.clerk.post(PAGE)
    job = script.store.read_now(copying.last_job, script.congress, archives.KIND)
    assert work.run_due(script.store, lambda: script.at) == 0
    assert script.store.write_now(jobs.claim, job.id, "another process", script.at) is not None
    assert hall.copies.make_due() == 0
    assert "Une copie se prépare" in hall.public.get(PAGE).text


def test_one_that_fails_says_so_and_waits(hall: Hall):
    """Nobody tries again for ever."""
    hall.close()
    (archives.place(hall.settings.data_dir, "ormeline")).mkdir(parents=True)
    dossier = archives.place(hall.settings.data_dir, "ormeline") / "dossier"
    dossier.mkdir()
    (dossier / "photo.jpg").write_bytes(b"not ours")
    assert hall.copies.make_due() == 1
    assert "n’a pas pu être faite" in hall.public.get(PAGE).text
    assert hall.copies.make_due() == 0


def test_no_such_congress(hall: Hall):
    """Like any other page."""
    assert hall.public.get("/nulle-part/archive").status_code == 404
    assert hall.public.get("/nulle-part/archive.zip").status_code == 404
