"""Checks signatures as AWS Signature Version 4 says, from the raw request, strictly. Shares nothing with the clients' signers."""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time
from collections import Counter

from servers.exact_server import clock
from servers.exact_server.errors import Refused
from servers.exact_server.request import Request

FORM = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/, ]+)/(\d{8})/([^/, ]+)/s3/aws4_request, ?"
                  r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})")
UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
MOST_SKEW = 15 * 60


class Auth:
    def __init__(self, access: str, secret: str, region: str, expire_after: int | None, expire_on: list[str]):
        """`expire_after`: so many requests each session token is good for; no token counts as one.
        `expire_on`: then each ends at its first request of another of these methods, in turn; none: at its next request."""
        self.access, self.secret, self.region = access, secret, region
        self.expire_after, self.expire_on = expire_after, expire_on
        self.uses: Counter[str] = Counter()
        self.ended: set[str] = set()

    def check(self, request: Request) -> None:
        parsed = FORM.fullmatch(request.headers.get("Authorization", ""))
        if not parsed:
            raise Refused("AccessDenied", "no Authorization that we understand")
        access, day, region, names, signature = parsed.groups()
        if access != self.access:
            raise Refused("InvalidAccessKeyId")
        stamp = request.headers.get("x-amz-date", "")
        # Buckets are made by whoever starts the server, who knows nothing of our clock and our tokens.
        makes_bucket = request.method == "PUT" and not request.key
        self.check_time(stamp, day, time.time() if makes_bucket else clock.now())
        if region != self.region:
            raise Refused("SignatureDoesNotMatch", f"the region is {self.region}")
        check_names(request, names)
        self.check_signature(request, stamp, day, names, signature)
        check_payload(request)
        if self.expire_after is not None and not makes_bucket:
            token = request.headers.get("x-amz-security-token", "")
            self.uses[token] += 1
            if self.uses[token] > self.expire_after and self.ends(token, request.method):
                raise Refused("ExpiredToken", "The provided token has expired.")

    def ends(self, token: str, method: str) -> bool:
        if token not in self.ended and self.expire_on and method != self.expire_on[len(self.ended) % len(self.expire_on)]:
            return False
        self.ended.add(token)
        return True

    def check_time(self, stamp: str, day: str, now: float) -> None:
        try:
            then = calendar.timegm(time.strptime(stamp, "%Y%m%dT%H%M%SZ"))
        except ValueError as error:
            raise Refused("AccessDenied", "x-amz-date is missing or no time") from error
        if stamp[:8] != day:
            raise Refused("SignatureDoesNotMatch", "the day of the scope is not that of x-amz-date")
        if abs(now - then) > MOST_SKEW:
            raise Refused("RequestTimeTooSkewed")

    def check_signature(self, request: Request, stamp: str, day: str, names: str, signature: str) -> None:
        headers = "".join(f"{name}:{' '.join(request.headers.get(name, '').split())}\n" for name in names.split(";"))
        text = "\n".join([request.method, encoded(request.path, slash=True), canonical_query(request), headers, names,
                          request.headers["x-amz-content-sha256"]])
        scope = f"{day}/{self.region}/s3/aws4_request"
        # The header parser gives each byte as one character.
        digest = hashlib.sha256(text.encode("latin-1")).hexdigest()
        key = b"AWS4" + self.secret.encode()
        for word in [*scope.split("/"), f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"]:
            key = hmac.new(key, word.encode(), hashlib.sha256).digest()
        if not hmac.compare_digest(key.hex(), signature):
            raise Refused("SignatureDoesNotMatch", f"we would have signed:\n{text}")


def check_names(request: Request, names: str) -> None:
    if names.split(";") != sorted(set(names.split(";"))):
        raise Refused("SignatureDoesNotMatch", "SignedHeaders are not in order")
    if "x-amz-content-sha256" not in request.headers:
        raise Refused("InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
    must = {"host"} | {name.lower() for name in request.headers if name.lower().startswith("x-amz-")}
    if missing := must - set(names.split(";")):
        raise Refused("AccessDenied", f"There were headers present in the request which were not signed: {sorted(missing)}")


def check_payload(request: Request) -> None:
    claimed = request.headers["x-amz-content-sha256"]
    if claimed == "UNSIGNED-PAYLOAD":
        return
    if not re.fullmatch("[0-9a-f]{64}", claimed):
        raise Refused("NotImplemented", f"x-amz-content-sha256: {claimed}")
    if claimed != request.sha256.hex():
        raise Refused("XAmzContentSHA256Mismatch")


def canonical_query(request: Request) -> str:
    pairs = sorted((encoded(name), encoded(value)) for name, value in request.query_bytes())
    return "&".join(f"{name}={value}" for name, value in pairs)


def encoded(data: bytes, slash: bool = False) -> str:
    return "".join(chr(byte) if byte in UNRESERVED or (slash and byte == 0x2F) else f"%{byte:02X}" for byte in data)
