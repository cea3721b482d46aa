"""Documentation is tested: the README's table of settings, its commands, the rooms' READMEs, the changelog."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from motion.command_line import parser
from motion.language import language
from motion.settings import DEFAULTS, SETTINGS, SettingRefused, read

ROOT = Path(__file__).parent.parent
START = "<!-- settings: generated from motion/settings.py; tests/test_documentation.py compares -->\n"
END = "<!-- end of settings -->"


def settings_table() -> str:
    """The README's table, in English, from the one table of the program."""
    english = language("en").gettext
    lines = ["| name | default | unit | what |", "| --- | --- | --- | --- |"]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else "empty"
        lines.append(f"| `{setting.name}` | {default} | {english(setting.unit)} | {english(setting.help)} |")
    return "\n".join(lines) + "\n"


def test_the_readme_lists_every_setting() -> None:
    """The table in the README is the program's own; MOTION_UPDATE_README=1 in the environment rewrites it."""
    path = ROOT / "README.md"
    text = path.read_text()
    before, _, rest = text.partition(START)
    found, _, after = rest.partition(END)
    if os.environ.get("MOTION_UPDATE_README"):
        path.write_text(before + START + settings_table() + END + after)
        return
    assert found == settings_table()


def test_settings_are_spoken_in_english_too() -> None:
    """No help sentence is left in French in the README."""
    english = language("en").gettext
    assert [setting.name for setting in SETTINGS if english(setting.help) == setting.help] == []


def test_motion_settings_prints_every_setting(tmp_path: Path) -> None:
    """The command needs no database and names each variable."""
    environment = {"PATH": os.environ["PATH"], "LANG": "fr_FR.UTF-8"}
    command = [sys.executable, "-m", "motion", "settings"]
    printed = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in DEFAULTS if name not in printed] == []


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("MOTION_WINDOW_MS", "vite", "number"),
        ("MOTION_WINDOW_MS", "0", "number"),
        ("MOTION_BASE_URL", "motion.example", "url"),
        ("MOTION_TRUSTED_PROXIES", "10.0.0.1, mandataire.example", "addresses"),
        ("BLOBS_URL", "s3://nom:secret@hote", "store"),
        ("MOTION_MEDIA_URL", "http://127.0.0.1:8000", "url"),
        ("MOTION_MEDIA_URL", "https://media.example/dossier", "url"),
        ("MOTION_CAPTIONS_MODEL", "/nulle/part", "model"),
        ("MOTION_WINDOWS_MS", "30", "unknown"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(name: str, value: str, reason: str) -> None:
    """A misspelt variable is an error, not a silence."""
    with pytest.raises(SettingRefused) as refused:
        read({name: value})
    assert (refused.value.name, refused.value.reason) == (name, reason)


def test_the_readme_names_every_command() -> None:
    """And no command that does not exist."""
    actions = [action for action in parser(language("en"))._actions if hasattr(action, "choices") and action.choices]
    commands = set(actions[0].choices)
    named = set(re.findall(r"^\| `motion (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert named == commands


def test_links_of_the_readmes_lead_somewhere() -> None:
    """Every relative link of every README exists."""
    lost = []
    for page in [
        ROOT / "README.md",
        *(
            path
            for room in ("motion", "storage", "frontend", "tests")
            for path in (ROOT / room).rglob("README.md")
            if "node_modules" not in path.parts
        ),
    ]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text()):
            if not (page.parent / target).exists():
                lost.append(f"{page.relative_to(ROOT)}: {target}")
    assert lost == []


def test_only_the_agreed_names_stand_at_the_top() -> None:
    """Whoever opens the project meets the same few names."""
    allowed = {"motion", "frontend", "storage", "tests", "pyproject.toml", "Procfile", "README.md", "LICENSE"}
    allowed |= {"CHANGELOG.md", "uv.lock"}
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = {line.split("/")[0] for line in listed.splitlines()}
    assert {name for name in names if not name.startswith(".")} <= allowed
