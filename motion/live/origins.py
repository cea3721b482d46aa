"""Whether a browser's request comes from a page of ours: for sockets and for forms. Pure."""

from urllib.parse import urlsplit


def is_ours(origin: str, host: str | None, base_url: str) -> bool:
    """Say whether an `Origin` header names this service.

    Its public address always does. So does the host that was asked, for a service reached by several names; but where
    the public address is https, a page that came over http may have been written by anyone on the way, whatever
    its host.

    Args:
        origin: The header, such as `https://motion.example` or `null`.
        host: The header `Host` of the same request.
        base_url: The service's public address.
    """
    own, there = urlsplit(base_url), urlsplit(origin)
    if own.scheme == "https" and there.scheme != "https":
        return False
    return bool(there.netloc) and there.netloc in {own.netloc, host}
