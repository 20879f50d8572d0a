"""A server in the shape of a PeerTube instance, from the public description of its REST API (docs.joinpeertube.org/api-rest-reference):
search/videos, video-channels/NAME@HOST/videos, videos/UUID, and the files that these name, with ranges."""

import hashlib
import json
import re
import uuid
from pathlib import Path
from typing import Callable
from urllib.parse import parse_qs, unquote, urlsplit

from harness.web_site import Answer, WebSite

HOST = "peertube.test"
LICENCES = {1: "Attribution", 4: "Attribution - Non Commercial", 7: "Public Domain Dedication"}


class PeerTube(WebSite):
    """`videos`: what an instance has, oldest first. `after_page(start)` may change them while they are paged through."""

    def __init__(self):
        self.videos: list[dict] = []
        self.after_page: Callable[[int], None] = lambda start: None
        super().__init__()

    def add(self, channel: str, name: str, /, media: Path | None = None, licence: int | None = 1, words: str = "", **changed) -> dict:
        """`words`: by which a search finds it. `changed`: fields that are otherwise; None: missing."""
        video = self.described(channel, name, media, licence)
        video.update(changed)
        video = {field: value for field, value in video.items() if value is not None}
        self.videos.append({**video, "words": words})
        return video

    def described(self, channel: str, name: str, media: Path | None, licence: int | None) -> dict:
        identity = str(uuid.UUID(hashlib.sha256(f"{channel} {name}".encode()).hexdigest()[:32]))
        files = []
        if media:
            body = media.read_bytes()
            files = [{"fileUrl": self.serve(f"/static/web-videos/{identity}{media.suffix}", body), "size": len(body),
                      "resolution": {"id": 0, "label": "Audio only"}, "hasAudio": True, "hasVideo": False}]
        return {"id": len(self.videos) + 1, "uuid": identity, "name": name, "url": f"{self.url}/w/{identity}", "duration": 8,
                "publishedAt": "2026-03-01T10:00:00.000Z", "language": {"id": "nl", "label": "Nederlands"},
                "licence": {"id": licence, "label": LICENCES[licence]} if licence else None, "isLive": False,
                "privacy": {"id": 1, "label": "Public"},
                "channel": {"name": channel, "host": HOST, "displayName": channel.title()},
                "account": {"name": channel, "host": HOST}, "files": files, "streamingPlaylists": []}

    def answer(self, path: str) -> Answer:
        asked = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path == "/api/v1/search/videos":
            return self.page([one for one in self.videos if query["search"] in one["words"]], query)
        if listed := re.fullmatch(r"/api/v1/video-channels/([^/]+)/videos", asked.path):
            name = unquote(listed[1]).removesuffix(f"@{HOST}")
            return self.page([one for one in self.videos if one.get("channel", {}).get("name") == name], query)
        if wanted := re.fullmatch(r"/api/v1/videos/([^/]+)", asked.path):
            found = [one for one in self.videos if one.get("uuid") == wanted[1]]
            return in_json(shown(found[0])) if found else in_json({"error": "Video not found"}, 404)
        return super().answer(path)

    def page(self, videos: list[dict], query: dict[str, str]) -> Answer:
        assert query["sort"] == "publishedAt" and int(query["count"]) <= 100, query
        start = int(query["start"])
        answer = in_json({"total": len(videos), "data": [summary(one) for one in videos[start:start + int(query["count"])]]})
        self.after_page(start)
        return answer


def shown(video: dict) -> dict:
    return {field: value for field, value in video.items() if field != "words"}


def summary(video: dict) -> dict:
    """What lists say of a video: its files are in its details alone."""
    return {field: value for field, value in shown(video).items() if field not in ("files", "streamingPlaylists")}


def in_json(value: dict, status: int = 200) -> Answer:
    return Answer(json.dumps(value).encode(), "application/json; charset=utf-8", status)
