"""Objects to pack and what is found of them in a bucket, read with the tests' own client."""

import hashlib
import subprocess
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from servers.s3client import S3Client

META = ("content-type", "content-disposition", "content-encoding", "content-language", "cache-control")


def address(client: S3Client, path: str = "") -> str:
    return f"s3://{client.bucket}" + (f"/{path}" if path else "")


def upload(client: S3Client, objects: dict[str, bytes], prefix: str = "", threads: int = 8) -> None:
    with ThreadPoolExecutor(threads) as crew:
        list(crew.map(lambda item: client.put(f"{prefix}{item[0]}", item[1]), objects.items()))


def put_again(client: S3Client, key: str) -> None:
    """The same bytes at a later time, as the service tells it."""
    data, before = client.get(key), client.head(key)["Last-Modified"]
    while client.head(key)["Last-Modified"] == before:
        client.put(key, data)


def contents(client: S3Client, prefix: str) -> dict[str, str]:
    """Key behind the prefix -> digest, of all that lies there, `.haul/` too."""
    return {key.removeprefix(prefix): hashlib.sha256(client.get(key)).hexdigest() for key in client.list(prefix)}


def digests(objects: dict[str, bytes]) -> dict[str, str]:
    return {key: hashlib.sha256(data).hexdigest() for key, data in objects.items()}


def meta_of(client: S3Client, key: str) -> dict[str, str]:
    """What a user gave the object when it was stored."""
    head = {name.lower(): value for name, value in client.head(key).items()}
    return {name: value for name, value in head.items() if name in META or name.startswith("x-amz-meta-")}


def download(client: S3Client, prefix: str, folder: Path) -> Path:
    folder.mkdir(parents=True)
    for key in client.list(prefix):
        (folder / key.removeprefix(prefix)).write_bytes(client.get(key))
    return folder


def members(folder: Path) -> dict[str, str]:
    """ZIP name -> digest of the files in all the parts there, which Info-ZIP and zipfile both find to be right."""
    found: dict[str, str] = {}
    for part in sorted(folder.glob("part-*.zip")):
        subprocess.run(["unzip", "-tqq", part], check=True, capture_output=True)
        with zipfile.ZipFile(part) as archive:
            assert archive.testzip() is None
            for one in archive.infolist():
                assert one.filename not in found
                found[one.filename] = hashlib.sha256(archive.read(one)).hexdigest()
    return found
