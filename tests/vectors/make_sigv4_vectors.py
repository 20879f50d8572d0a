"""Makes sigv4/requests.json: requests and their signatures as botocore, an implementation that is not ours, computes them.

Run by hand where the list changes; needs botocore. The tests read the file only (src/store/s3/sign_test.cc).
"""

import json
from pathlib import Path

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY, SECRET, TOKEN = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "AQoDYXdzEPT//////////wEXAMPLE+Token=="
TIMES = {"day": "20150830T123600Z", "leap": "20240229T235959Z"}
HOST = "https://example.amazonaws.com"
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# name, service, method, URL in canonical form, headers, body
ROWS = [
    ("nothing", "service", "GET", "/", [], ""),
    ("no path", "service", "GET", "", [], ""),
    ("unreserved path", "service", "GET", f"/{UNRESERVED}", [], ""),
    ("query", "service", "GET", "/?Param1=value1&Param2=value2", [], ""),
    ("query of unreserved", "service", "GET", f"/?{UNRESERVED}={UNRESERVED}", [], ""),
    ("query of UTF-8", "service", "GET", "/?%E1%88%B4=bar&a=%2F", [], ""),
    ("query key without value", "service", "POST", "/?Param1=", [], ""),
    ("one header twice", "service", "GET", "/", [("My-Header1", "value4"), ("My-Header1", "value1"), ("my-header1", "value3")], ""),
    ("spaces in headers", "service", "GET", "/", [("My-Header1", "  value1 "), ("My-Header2", '"a   b   c"')], ""),
    ("headers out of order", "service", "POST", "/", [("Zz", "1"), ("My-Header1", "VALUE1"), ("a", "x")], ""),
    ("form", "service", "POST", "/", [("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")], "Param1=value1"),
    ("port", "service", "GET", "http://localhost:9000/x", [], ""),
    ("port that is usual", "service", "GET", "https://localhost:443/x", [], ""),
    ("unsigned headers", "service", "GET", "/", [("User-Agent", "x"), ("Expect", "100-continue")], ""),
    ("s3 key escaped", "s3", "GET", "/a%20b/%2B%3D%28%40%29/%E1%88%B4/%25", [], ""),
    ("s3 dots and slashes stay", "s3", "GET", "//a/./b/../c//", [], ""),
    ("s3 put", "s3", "PUT", "/bucket/key", [("x-amz-checksum-crc32", "AAAAAA=="), ("If-None-Match", "*")], "some bytes"),
    ("s3 list", "s3", "GET", "/?continuation-token=a%2Fb%3D&list-type=2&prefix=a%2F", [], ""),
    ("s3 subresource", "s3", "POST", "/key?uploads=", [], ""),
]


def signature(row: tuple, token: bool, time: str) -> dict:
    name, service, method, path, headers, body = row
    url = path if path.startswith("http") else HOST + path
    request = AWSRequest(method=method, url=url, data=body.encode())
    for header, value in headers:
        request.headers.add_header(header, value)
    request.context["timestamp"] = time
    kind = S3SigV4Auth if service == "s3" else SigV4Auth
    auth = kind(Credentials(KEY, SECRET, TOKEN if token else None), service, "us-east-1")
    if service == "s3":
        auth.payload = lambda request: "UNSIGNED-PAYLOAD"
    auth._modify_request_before_signing(request)
    signed = auth.headers_to_sign(request)
    text = auth.string_to_sign(request, auth.canonical_request(request))
    authorization = (f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, SignedHeaders={auth.signed_headers(signed)}, "
                     f"Signature={auth.signature(text, request)}")
    return {"name": name, "service": service, "method": method, "url": url, "headers": headers, "body": body,
            "access_key": KEY, "secret_key": SECRET, "token": TOKEN if token else "", "region": "us-east-1", "time": time,
            "authorization": authorization}


if __name__ == "__main__":
    rows = [signature(row, token, TIMES["day"]) for row in ROWS for token in (False, True)] + [signature(ROWS[0], False, TIMES["leap"])]
    (Path(__file__).parent / "sigv4/requests.json").write_text(json.dumps(rows, indent=1) + "\n")
