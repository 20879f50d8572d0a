"""Which handler a request is for. A parameter that no handler reads is refused: a test must notice what we do not do."""

from __future__ import annotations

from argparse import Namespace

from servers.exact_server import listing, objects, uploads
from servers.exact_server.answer import Answer, document
from servers.exact_server.errors import Refused
from servers.exact_server.request import Request
from servers.exact_server.state import Bucket, State

KNOWN = {"list-type", "prefix", "continuation-token", "start-after", "max-keys", "encoding-type", "uploads", "max-uploads",
         "key-marker", "upload-id-marker", "uploadId", "partNumber", "max-parts", "part-number-marker", "delete", "location",
         "x-id", "fetch-owner"}


def answer(state: State, request: Request, options: Namespace) -> Answer:
    unknown = set(request.query) - KNOWN
    if unknown:
        raise Refused("NotImplemented", f"parameters {sorted(unknown)}")
    request.check_key()
    if request.key:
        with state.lock:
            state.bucket(request.bucket)
        return of_key(state, request, options)
    return of_bucket(state, request, options)


def of_key(state: State, request: Request, options: Namespace) -> Answer:
    query = request.query
    match request.method:
        case "PUT" if "uploadId" in query and "x-amz-copy-source" in request.headers:
            return uploads.copy_part(state, request)
        case "PUT" if "uploadId" in query:
            return uploads.put_part(state, request)
        case "PUT":
            return objects.put(state, request, options.if_none_match)
        case "GET" if "uploadId" in query:
            return listing.parts(state, request, options.max_keys_cap, not options.no_crc_in_list_parts)
        case "GET" | "HEAD":
            return objects.get(state, request)
        case "POST" if "uploads" in query:
            return uploads.create(state, request, options.no_full_object_crc)
        case "POST" if "uploadId" in query:
            return uploads.complete(state, request, options.min_part_size, options.if_none_match)
        case "DELETE" if "uploadId" in query:
            return uploads.abort(state, request)
        case "DELETE":
            return objects.delete(state, request)
    raise Refused("MethodNotAllowed")


def of_bucket(state: State, request: Request, options: Namespace) -> Answer:
    query = request.query
    match request.method:
        case "PUT":
            with state.lock:
                state.buckets.setdefault(request.bucket, Bucket(state.order))
            return Answer()
        case "HEAD":
            with state.lock:
                state.bucket(request.bucket)
            return Answer()
        case "DELETE":
            return remove_bucket(state, request)
        case "GET" if "uploads" in query:
            return listing.uploads(state, request, options.max_keys_cap)
        case "GET" if "location" in query:
            return document("LocationConstraint", options.region if options.region != "us-east-1" else "")
        case "GET" if query.get("list-type") == "2":
            return listing.objects(state, request, options.max_keys_cap)
        case "POST" if "delete" in query:
            return objects.delete_many(state, request)
    raise Refused("NotImplemented", f"{request.method} of a bucket")


def remove_bucket(state: State, request: Request) -> Answer:
    with state.lock:
        if state.bucket(request.bucket).objects:
            raise Refused("BucketNotEmpty")
        del state.buckets[request.bucket]
    return Answer(204)
