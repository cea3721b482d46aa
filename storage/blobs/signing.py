"""Signed addresses of an S3-compatible store, as AWS Signature Version 4 describes them for query strings.

The client library signs an address without the parameters that fix the type and the name of what is answered, and they
have to be signed too; hence these lines. Pure: the hour comes in.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
MAX_SECONDS = 7 * 86400  # the protocol's


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, for which store.

    Attributes:
        base: Scheme, host and port of the store, as the one who follows the address reaches it.
        bucket: The store's, after the host in the path.
    """

    base: str
    bucket: str
    region: str
    key: str
    secret: str

    def address(self, method: str, name: str, query: Mapping[str, str], *, seconds: int, now: datetime) -> str:
        """An address for one method on one object (or on the bucket, with an empty name), for some seconds.

        Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)", Amazon S3 API reference.
        """
        at = now.astimezone(UTC)
        stamp, day = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
        scope = f"{day}/{self.region}/s3/aws4_request"
        path = f"/{_quoted(self.bucket)}" + (f"/{quote(name, safe='/-_.~')}" if name else "")
        said = dict(query) | {
            "X-Amz-Algorithm": ALGORITHM,
            "X-Amz-Credential": f"{self.key}/{scope}",
            "X-Amz-Date": stamp,
            "X-Amz-Expires": str(min(seconds, MAX_SECONDS)),
            "X-Amz-SignedHeaders": "host",
        }
        asked = "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in sorted(said.items()))
        host = self.base.partition("://")[2]
        request = "\n".join([method, path, asked, f"host:{host}", "", "host", "UNSIGNED-PAYLOAD"])
        text = "\n".join([ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
        signature = hmac.new(self._signing_key(day), text.encode(), hashlib.sha256).hexdigest()
        return f"{self.base}{path}?{asked}&X-Amz-Signature={signature}"

    def _signing_key(self, day: str) -> bytes:
        key = b"AWS4" + self.secret.encode()
        for part in (day, self.region, "s3", "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")
