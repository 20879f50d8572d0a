"""Signs requests as AWS Signature Version 4 says (Amazon S3 API reference, "Authenticating Requests"), with Python's library alone.

Written apart from the program's own signer: each checks the other through the servers.
"""

import hashlib
import hmac
import time
from urllib.parse import quote, quote_from_bytes

SAFE = "-._~"
Query = list[tuple[str, str]]


def escaped(text: str | bytes, safe: str = SAFE) -> str:
    """S3 escapes every byte but letters, digits and -._~ (and / in keys), once, and never shortens a path."""
    return quote_from_bytes(text, safe) if isinstance(text, bytes) else quote(text, safe, errors="surrogateescape")


def query_text(query: Query) -> str:
    """As it is sent: already in the order and form in which it is signed."""
    return "&".join(f"{name}={value}" for name, value in sorted((escaped(n), escaped(v)) for n, v in query))


def signature(secret: str, scope: list[str], to_sign: str) -> str:
    key = ("AWS4" + secret).encode()
    for step in scope:
        key = hmac.digest(key, step.encode(), "sha256")
    return hmac.digest(key, to_sign.encode(), "sha256").hex()


def canonical(method: str, path: str, query: str, headers: list[tuple[str, str]], payload: str) -> str:
    """`path` and `query`: as sent. `headers`: lower-case names, in order."""
    lines = [method, path, query, *(f"{name}:{' '.join(value.split())}" for name, value in headers), "",
             ";".join(name for name, _ in headers), payload]
    return "\n".join(lines)


def sign(method: str, path: str, query: str, headers: dict[str, str], payload: str, env: dict[str, str],
         now: float | None = None) -> dict[str, str]:
    """`headers` and what is to be sent beside them. They must hold `host`. `payload`: SHA-256 in hex or UNSIGNED-PAYLOAD."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    all_headers = {**{name.lower(): value for name, value in headers.items()},
                   "x-amz-date": stamp, "x-amz-content-sha256": payload}
    if env.get("AWS_SESSION_TOKEN"):
        all_headers["x-amz-security-token"] = env["AWS_SESSION_TOKEN"]
    signed = sorted(all_headers.items())
    scope = [stamp[:8], env.get("AWS_REGION", "us-east-1"), "s3", "aws4_request"]
    request = canonical(method, path, query, signed, payload)
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, "/".join(scope), hashlib.sha256(request.encode()).hexdigest()])
    all_headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={env['AWS_ACCESS_KEY_ID']}/{'/'.join(scope)}, "
        f"SignedHeaders={';'.join(name for name, _ in signed)}, "
        f"Signature={signature(env['AWS_SECRET_ACCESS_KEY'], scope, to_sign)}")
    return all_headers
