"""Settings: one table, read from the environment.

Every setting has a name, a default, a unit and a help sentence. `motion settings` prints the table and
the README holds the same one; a test compares them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from gettext import NullTranslations
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

_ = NullTranslations().gettext  # marks the sentences for the catalogues


NO_MODEL = "none"
"""Of `MOTION_CAPTIONS_MODEL`: nothing is transcribed by itself, whatever is installed."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table. `name` is the environment variable; `unit` is empty for words and paths."""

    name: str
    default: str
    unit: str
    help: str


SETTINGS = (
    Setting("MOTION_DATA", "./data", "", _("Dossier des données\u00a0: base SQLite, clé du registre.")),
    Setting(
        "DATABASE_URL",
        "",
        "",
        _("Adresse PostgreSQL (postgresql://…). Vide\u00a0: SQLite dans le dossier des données."),
    ),
    Setting(
        "RELAY_URL",
        "",
        "",
        _("Adresse NATS (nats://…), nécessaire dès que plusieurs processus servent. Vide\u00a0: un seul processus."),
    ),
    Setting(
        "MOTION_BASE_URL",
        "http://127.0.0.1:8000",
        "",
        _("Adresse publique du service. Elle figure dans les courriels, les cartes et l’origine des registres."),
    ),
    Setting(
        "MOTION_TRUSTED_PROXIES",
        "",
        "",
        _(
            "Adresses des serveurs mandataires placés devant le service, séparées par des virgules, ou «\u00a0*\u00a0»."
            " Leur en-tête X-Forwarded-For dit d’où l’on vient, pour compter les essais. Vide\u00a0: aucun."
        ),
    ),
    Setting(
        "MOTION_SMTP_URL",
        "",
        "",
        _("Serveur de courriel (smtp://nom:secret@hote:587?tls=starttls ou smtps://…). Vide\u00a0: journal et page."),
    ),
    Setting(
        "MOTION_IMAP_URL",
        "",
        "",
        _(
            "Boîte aux lettres des contributions (imaps://nom:secret@hote/INBOX?congress=nom-du-congres), plusieurs"
            " séparées par une espace. Vide\u00a0: aucune."
        ),
    ),
    Setting("MOTION_MAIL_FROM", "motion@localhost", "", _("Adresse d’expédition des courriels.")),
    Setting(
        "MOTION_WINDOW_MS",
        "30",
        "ms",
        _("Durée d’une fenêtre d’écriture\u00a0: au plus ce temps avant l’enregistrement."),
    ),
    Setting(
        "MOTION_BUSY_WINDOW_MS",
        "75",
        "ms",
        _("La même, quand il y a foule\u00a0: moins d’envois, moins de calcul."),
    ),
    Setting("MOTION_BUSY_CONNECTIONS", "200", _("connexions"), _("À partir de combien de connexions il y a foule.")),
    Setting(
        "MOTION_UPDATES_PER_S",
        "20",
        _("par seconde"),
        _("Modifications lues par connexion. Au-delà, elles attendent\u202f; aucune n’est perdue."),
    ),
    Setting("MOTION_SESSION_DAYS", "3", _("jours"), _("Durée d’une connexion. Un congrès dure deux ou trois jours.")),
    Setting("MOTION_EMAIL_LINK_MINUTES", "15", "min", _("Durée de validité d’un lien de connexion reçu par courriel.")),
    Setting(
        "MOTION_MAX_UPLOAD_BYTES",
        "100000000",
        _("octets"),
        _("Taille du plus grand fichier reçu. Le fichier national des conseillers municipaux en fait 65 millions."),
    ),
    Setting(
        "BLOBS_URL",
        "",
        "",
        _(
            "Où sont gardés les photos, sons et vidéos : une adresse S3"
            " (s3://nom:secret@hote:port/seau?region=…), nécessaire dès que plusieurs machines servent."
            " Vide : dans le dossier des données."
        ),
    ),
    Setting(
        "MOTION_MEDIA_URL",
        "",
        "",
        _(
            "Adresse séparée pour les fichiers des contributions (https://media.exemple.fr), servie par le même"
            " service : un fichier piégé n’y trouve la connexion de personne. Vide : l’adresse publique du service."
        ),
    ),
    Setting(
        "MOTION_MAX_MEDIA_BYTES",
        "4000000000",
        _("octets"),
        _("Taille du plus grand fichier d’une contribution."),
    ),
    Setting(
        "MOTION_PERSON_MEDIA_BYTES",
        "8000000000",
        _("octets"),
        _("Place des fichiers d’une même personne dans un congrès."),
    ),
    Setting(
        "MOTION_CONGRESS_MEDIA_BYTES",
        "200000000000",
        _("octets"),
        _("Place de tous les fichiers reçus par un congrès."),
    ),
    Setting(
        "MOTION_UPLOAD_HOURS",
        "24",
        _("heures"),
        _("Temps pendant lequel un envoi interrompu peut reprendre."),
    ),
    Setting(
        "MOTION_CAPTIONS_MODEL",
        "",
        "",
        _(
            "Dossier d’un modèle Whisper au format CTranslate2, pour une première transcription automatique des"
            " enregistrements. Vide\u00a0: le petit modèle de l’option «\u00a0captions\u00a0», si elle est installée."
            " «\u00a0none\u00a0»\u00a0: aucune."
        ),
    ),
    Setting(
        "MOTION_CHECKPOINT_MS",
        "1000",
        "ms",
        _("Intervalle entre deux états signés du registre, quand il y a du nouveau."),
    ),
    Setting(
        "MOTION_MIRROR_URL",
        "",
        "",
        _(
            "Adresse d’une copie publique des registres, interrogée au démarrage\u00a0: une base restaurée d’une"
            " sauvegarde ancienne est alors reconnue. Vide\u00a0: aucune."
        ),
    ),
    Setting(
        "MOTION_TIMESTAMP_URL",
        "",
        "",
        _("Service d’horodatage (RFC 3161) des états signés, chaque heure et aux actes solennels. Vide\u00a0: aucun."),
    ),
)

DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


@dataclass(frozen=True)
class SettingRefused(Exception):
    """A setting's value can't be read; `reason` is a code of `motion.commands`: `number`, `url`, `mailbox`…"""

    name: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class MailboxAddress:
    """A mailbox whose messages are contributions to one congress. Without TLS, on the same machine only."""

    host: str
    port: int
    is_secure: bool
    user: str
    secret: str
    folder: str
    congress: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force; units are at the end of the names."""

    data_dir: Path
    database_url: str
    relay_url: str
    base_url: str
    has_public_address: bool
    trusted_proxies: tuple[str, ...]
    smtp_url: str
    mailboxes: tuple[MailboxAddress, ...]
    mail_from: str
    window_ms: int
    busy_window_ms: int
    busy_connections: int
    updates_per_s: int
    session_days: int
    email_link_minutes: int
    max_upload_bytes: int
    blobs_url: str
    media_url: str
    max_media_bytes: int
    person_media_bytes: int
    congress_media_bytes: int
    upload_hours: int
    captions_model: str
    checkpoint_ms: int
    mirror_url: str
    timestamp_url: str

    @property
    def host(self) -> str:
        """The public host with its port, as it stands in the origin of each log."""
        return urlsplit(self.base_url).netloc

    @property
    def is_secure(self) -> bool:
        """Whether the public address is https: then cookies are `__Host-` and Secure."""
        return self.base_url.startswith("https://")


def read(environment: Mapping[str, str]) -> Settings:
    """Read the settings from an environment.

    Raises:
        SettingRefused: A value can't be read, or a variable starts with MOTION_ and is not in the table.
    """
    for name in environment:
        if name.startswith("MOTION_") and name not in DEFAULTS:
            raise SettingRefused(name, environment[name], "unknown")
    values = {name: environment.get(name) or default for name, default in DEFAULTS.items()}
    data_dir = Path(values["MOTION_DATA"])
    base_url = values["MOTION_BASE_URL"].rstrip("/")
    if urlsplit(base_url).scheme not in {"http", "https"} or not urlsplit(base_url).netloc:
        raise SettingRefused("MOTION_BASE_URL", base_url, "url")

    def number(name: str) -> int:
        try:
            value = int(values[name])
        except ValueError as error:
            raise SettingRefused(name, values[name], "number") from error
        if value <= 0:
            raise SettingRefused(name, values[name], "number")
        return value

    return Settings(
        data_dir=data_dir,
        database_url=values["DATABASE_URL"] or f"sqlite:///{(data_dir / 'motion.sqlite').absolute()}",
        relay_url=values["RELAY_URL"],
        base_url=base_url,
        has_public_address=bool(environment.get("MOTION_BASE_URL")),
        trusted_proxies=_addresses("MOTION_TRUSTED_PROXIES", values["MOTION_TRUSTED_PROXIES"]),
        smtp_url=values["MOTION_SMTP_URL"],
        mailboxes=_mailboxes(values["MOTION_IMAP_URL"]),
        mail_from=values["MOTION_MAIL_FROM"],
        window_ms=number("MOTION_WINDOW_MS"),
        busy_window_ms=number("MOTION_BUSY_WINDOW_MS"),
        busy_connections=number("MOTION_BUSY_CONNECTIONS"),
        updates_per_s=number("MOTION_UPDATES_PER_S"),
        session_days=number("MOTION_SESSION_DAYS"),
        email_link_minutes=number("MOTION_EMAIL_LINK_MINUTES"),
        max_upload_bytes=number("MOTION_MAX_UPLOAD_BYTES"),
        blobs_url=_blobs(values["BLOBS_URL"]),
        media_url=_origin("MOTION_MEDIA_URL", values["MOTION_MEDIA_URL"], base_url),
        max_media_bytes=number("MOTION_MAX_MEDIA_BYTES"),
        person_media_bytes=number("MOTION_PERSON_MEDIA_BYTES"),
        congress_media_bytes=number("MOTION_CONGRESS_MEDIA_BYTES"),
        upload_hours=number("MOTION_UPLOAD_HOURS"),
        captions_model=_model(values["MOTION_CAPTIONS_MODEL"]),
        checkpoint_ms=number("MOTION_CHECKPOINT_MS"),
        mirror_url=_other("MOTION_MIRROR_URL", values["MOTION_MIRROR_URL"]),
        timestamp_url=_other("MOTION_TIMESTAMP_URL", values["MOTION_TIMESTAMP_URL"]),
    )


def _other(name: str, value: str) -> str:
    """Read the address of another server, which is asked over the network."""
    if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).netloc):
        raise SettingRefused(name, value, "url")
    return value.rstrip("/")


def _origin(name: str, value: str, base_url: str) -> str:
    """Read the address of another host that leads to this service."""
    said = _other(name, value)
    parts = urlsplit(said)
    if said and (parts.path or parts.query or parts.netloc == urlsplit(base_url).netloc):
        raise SettingRefused(name, value, "url")
    return said


def _blobs(value: str) -> str:
    """Read the address of a store of files; an error does not repeat the secret in it."""
    if value:
        parts = urlsplit(value)
        if parts.scheme != "s3" or not parts.netloc or not parts.path.strip("/"):
            raise SettingRefused("BLOBS_URL", "…", "store")
    return value


def _model(value: str) -> str:
    """Read the folder of a model, which is of no use without the recogniser."""
    if value in ("", NO_MODEL):
        return value
    if not (Path(value) / "model.bin").is_file():
        raise SettingRefused("MOTION_CAPTIONS_MODEL", value, "model")
    if find_spec("faster_whisper") is None:
        raise SettingRefused("MOTION_CAPTIONS_MODEL", value, "captions")
    return value


def _mailboxes(value: str) -> tuple[MailboxAddress, ...]:
    """Read the addresses of mailboxes; an error does not repeat the secret in them."""
    found = []
    for said in value.split():
        try:
            parts = urlsplit(said)
            port = parts.port
        except ValueError as error:
            raise SettingRefused("MOTION_IMAP_URL", "…", "mailbox") from error
        congress = dict(parse_qsl(parts.query)).get("congress", "")
        if parts.scheme not in {"imap", "imaps"} or not (parts.hostname and parts.username and congress):
            raise SettingRefused("MOTION_IMAP_URL", "…", "mailbox")
        is_secure = parts.scheme == "imaps"
        found.append(
            MailboxAddress(
                parts.hostname,
                port or (993 if is_secure else 143),
                is_secure,
                unquote(parts.username),
                unquote(parts.password or ""),
                unquote(parts.path.strip("/")) or "INBOX",
                congress,
            )
        )
    return tuple(found)


def _addresses(name: str, value: str) -> tuple[str, ...]:
    """Read addresses and networks; a name would be compared with an address and never match."""
    said = tuple(part.strip() for part in value.split(",") if part.strip())
    try:
        for part in said:
            if part != "*":
                ip_network(part)
    except ValueError as error:
        raise SettingRefused(name, value, "addresses") from error
    return ("*",) if "*" in said else said
