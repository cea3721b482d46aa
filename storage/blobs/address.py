"""Which store `BLOBS_URL` names.

    (empty)                                                   files in the data folder
    s3://KEY:SECRET@host:port/bucket?region=…&tls=no&public=https://host

`region` is `us-east-1` unless said; `tls=no` speaks http to the store; `public` is the origin at which browsers reach
the store, when it is another than the service's, and `public=no` sends no browser there: the service serves every byte
itself. Key and secret are percent-encoded where they hold `/`, `@`, `:` or `+`.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from storage.blobs.local import FOLDER, LocalBlobs
from storage.blobs.promise import Blobs

REGION = "us-east-1"


@dataclass
class BadAddress(Exception):
    """The address of the store can't be read; it is not repeated, for it holds a secret."""

    reason: str


@dataclass(frozen=True, slots=True)
class S3Address:
    """An S3-compatible store. `base` is where this service reaches it; `public` where browsers do, or empty."""

    base: str
    public: str
    bucket: str
    region: str
    key: str
    secret: str


def check(url: str) -> S3Address | None:
    """Read the setting; None when it is empty.

    Raises:
        BadAddress: It can't be read.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadAddress("port") from error
    said = dict(parse_qsl(parts.query, keep_blank_values=True))
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not parts.hostname:
        raise BadAddress("scheme")
    if not bucket or "/" in bucket:
        raise BadAddress("bucket")
    if not parts.username or not parts.password:
        raise BadAddress("credentials")
    if set(said) - {"region", "tls", "public"} or said.get("tls", "yes") not in {"yes", "no"}:
        raise BadAddress("parameters")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    scheme, usual = ("http", 80) if said.get("tls") == "no" else ("https", 443)
    # The host is signed as browsers say it: without the port that goes without saying.
    base = f"{scheme}://{host}" + (f":{port}" if port not in {None, usual} else "")
    return S3Address(
        base,
        _public(said.get("public", base)),
        bucket,
        said.get("region", REGION),
        unquote(parts.username),
        unquote(parts.password),
    )


def _public(said: str) -> str:
    """Read where browsers are sent."""
    if said == "no":
        return ""
    parts = urlsplit(said)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/") or parts.query:
        raise BadAddress("public")
    return said.rstrip("/")


def from_url(url: str, data_dir: Path) -> Blobs:
    """Open the store that the setting names; the network is asked at the first use.

    Raises:
        BadAddress: The setting can't be read.
        ModuleNotFoundError: An S3 store without the extra `scale`.
    """
    found = check(url)
    folder = data_dir / FOLDER
    if found is None:
        return LocalBlobs(folder)
    from storage.blobs.s3 import S3Blobs  # needs an optional dependency

    return S3Blobs(found, folder)
