"""Files that mean harm, or are only broken: the parent lives, nothing hangs, and nothing beside the file is touched."""

import os
import random
import re
import socket
import struct

import pytest

from harness import listener, recordings
from harness.recordings import damaged

SEED = 20
MEMORY = 512 << 20

pytestmark = pytest.mark.xdist_group("models")  # what they share is built or read once


@pytest.fixture(scope="session")
def models():
    """All: the limit on memory is for who uses each of them."""
    return listener.all_models()


@pytest.fixture
def damaged_files(kinds, space, full):
    """500 in turn over all kinds; without `full` a fifth of them."""
    dice = random.Random(SEED)
    made = []
    for number in range(500):
        path = list(kinds.values())[number % len(kinds)]
        data = damaged(path.read_bytes(), dice)
        if full or number % 5 == 0:
            made.append(space / f"{number}-{path.name}")
            made[-1].write_bytes(data)
    return made


@pytest.fixture
def outside(space):
    """What nothing may touch: a file with audio in it, and a server. Says whether somebody connected."""
    recordings.write_wav(space / "secret.wav", recordings.sound(0.5))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield space / "secret.wav", server


def lists(secret, server) -> dict[str, bytes]:
    """Playlists and descriptions, each with names of a file and of an address."""
    address = f"http://127.0.0.1:{server.getsockname()[1]}/a"
    made = {}
    for number, target in enumerate((str(secret), f"file:{secret}", address + ".wav", address + ".ts", f"concat:{secret}|{secret}")):
        made |= {
            f"{number}.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:9,\n{target}\n#EXT-X-ENDLIST\n",
            f"{number}-key.m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXT-X-KEY:METHOD=AES-128,URI=\"{target}\"\n#EXTINF:9,\n{target}\n",
            f"{number}-master.m3u8": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9\n{target}\n",
            f"{number}.ffconcat": f"ffconcat version 1.0\nfile '{target}'\n",
            f"{number}.mpd": f'<?xml version="1.0"?><MPD type="static"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" '
                             f'bandwidth="9"><BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>',
            f"{number}.sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns={target}\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio "
                             f"{server.getsockname()[1]} RTP/AVP 0\na=rtpmap:0 PCMU/8000\n",
            f"{number}.asx": f'<asx version="3.0"><entry><ref href="{target}"/></entry></asx>',
            f"{number}.pls": f"[playlist]\nFile1={target}\nNumberOfEntries=1\n",
            f"{number}.imf": f'<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016">{target}'
                             "</CompositionPlaylist>",
        }
    return {name: text.encode() for name, text in made.items()}


def atom(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def outward(data: bytes, target: str) -> bytes:
    """An mp4 whose samples lie in another file: its data reference becomes an alias with an absolute path."""
    name = target.encode()
    record = bytes(10) + bytes([4]) + b"disk".ljust(27, b"\0") + bytes(12) + bytes([10]) + b"secret.wav".ljust(63, b"\0") + bytes(16)
    record += struct.pack(">HH", 1, 1) + bytes(16)
    record += struct.pack(">HH", 2, len(name)) + name + bytes(len(name) % 2) + struct.pack(">HH", 0xFFFF, 0)
    reference = atom(b"dref", struct.pack(">II", 0, 1) + atom(b"alis", struct.pack(">I", 0) + record))

    def rebuilt(part: bytes) -> bytes:
        made = b""
        while part:
            size, kind = struct.unpack(">I4s", part[:8])
            body, part = part[8:size], part[size:]
            if kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
                body = rebuilt(body)
            made += reference if kind == b"dref" else atom(kind, body)
        return made
    changed = rebuilt(data)
    assert name in changed
    return changed


def claims(kinds) -> dict[str, bytes]:
    """Heads that promise more than any disk holds."""
    wav = bytearray(kinds["plain.wav"].read_bytes())
    wav[wav.index(b"data") + 4:wav.index(b"data") + 8] = b"\xf0\xff\xff\xff"
    flac = bytearray(kinds["lossless.flac"].read_bytes())
    flac[21] |= 0x0F
    flac[22:26] = b"\xff" * 4  # the number of samples, 36 bits
    mp4 = kinds["aac.m4a"].read_bytes()
    huge = re.sub(rb"(mdhd.{16}).{4}", lambda m: m[1] + b"\x7f\xff\xff\xff", mp4, flags=re.S)
    stts = re.sub(rb"(stts.{8}).{4}", lambda m: m[1] + b"\x7f\xff\xff\xff", mp4, flags=re.S)
    entries = re.sub(rb"(stsz.{8}).{4}", lambda m: m[1] + b"\x7f\xff\xff\xff", mp4, flags=re.S)
    rate = bytearray(kinds["plain.wav"].read_bytes())
    slow = bytes(rate[:24]) + struct.pack("<I", 1) + bytes(rate[28:])
    many = bytes(rate[:22]) + struct.pack("<H", 65535) + bytes(rate[24:])
    assert huge != mp4 and stts != mp4 and entries != mp4
    return {"huge.wav": bytes(wav), "huge.flac": bytes(flac), "huge.m4a": huge, "stts.m4a": stts, "stsz.m4a": entries,
            "one-hertz.wav": slow, "channels.wav": many}


TRACE = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=%file,%network,execve,seccomp,clone,clone3,fork,vfork", "-e", "signal=none", "-o"]


def calls_of(log: str) -> tuple[list[str], list[str]]:
    """Lines of strace by who made them: our program, and its children once they are confined."""
    confined: set[str] = set()
    parent: list[str] = []
    children: list[str] = []
    for line in log.splitlines():
        pid, call = line.split(maxsplit=1)
        if call.startswith("seccomp(SECCOMP_SET_MODE_FILTER") and call.endswith("= 0"):
            confined.add(pid)
        elif pid in confined:
            children.append(call)
        else:
            parent.append(call)
    assert confined
    return parent, children


def assert_stays_inside(log: str, files: int) -> None:
    parent, children = calls_of(log)
    # Packets over its socket, and nothing else, not even an attempt that failed.
    others = [call for call in children if not re.match(r"(<\.\.\. )?(sendmsg|recvmsg)\b|\+\+\+ ", call)]
    assert len(children) > files and not others, others[:5]
    reached = [call for call in parent if re.match(r"(<\.\.\. )?(socket|connect|bind|listen|accept4?|sendto|recvfrom|sendmmsg)\b", call)]
    assert not reached, reached[:5]
    written = [call for call in parent if re.search(r"O_WRONLY|O_RDWR|O_CREAT|\b(unlink|mkdir|rename|link)", call) and '"/dev/null"' not in call]
    assert not written, written[:5]
    # Where it is started may lie what strangers made: no library is looked for there.
    relative = [call for call in parent if re.match(r'(openat|newfstatat|execve)\((AT_FDCWD, )?"[^/"]', call)]
    assert not relative, relative[:5]


def mixed(hostile: list, good: list) -> list:
    """All in their order, the good ones spread evenly among the others."""
    every = len(hostile) // len(good)
    return [path for number, one in enumerate(good) for path in (*hostile[number * every:(number + 1) * every], one)] \
        + hostile[len(good) * every:]


def test_good_files_among_hostile_ones(listens, kinds, damaged_files, outside, space, full):
    secret, server = outside
    special = lists(secret, server) | claims(kinds) | {"empty": b"", "outward.m4a": outward(kinds["aac.m4a"].read_bytes(), str(secret))}
    for name, data in special.items():
        (space / name).write_bytes(data)
    good = list(kinds.values())
    paths = mixed(damaged_files + [space / name for name in special], good)
    heard = listens.watched(paths, before=[*TRACE, space / "calls"], limit=600)
    assert heard.code == 3
    log = (space / "calls").read_text()
    assert_stays_inside(log, len(paths))
    assert str(secret) not in log
    with pytest.raises(BlockingIOError):
        server.accept()
    assert heard.peak < MEMORY
    by_path = dict(zip(paths, heard.lines))
    assert by_path[space / "empty"]["error"]["code"] == "corrupt"
    for name in lists(secret, server):
        assert by_path[space / name]["error"]["code"] == "unsupported", by_path[space / name]
    # Some of each were heard in part, some not at all: the damage is of all degrees.
    wrong = [by_path[path] for path in damaged_files if "error" in by_path[path]]
    assert any("segments" in one for one in wrong) and any("segments" not in one for one in wrong)
    for path in good if full else good[::11]:
        assert listens.watched([path]).lines == [by_path[path]]
        assert "error" not in by_path[path]


def test_what_a_trace_shows(listens, kinds, space):
    """The test above can fail: our own program's calls are in the trace, with the file's name."""
    listens.watched([kinds["plain.wav"]], before=[*TRACE, space / "calls"])
    parent, _ = calls_of((space / "calls").read_text())
    assert any("plain.wav" in call and "openat(" in call for call in parent)


@pytest.mark.timeout(1800)  # ten hours take five minutes where others compute, too
def test_hours_of_silence_take_no_more_memory(listens, space, full):
    seconds = 36000 if full else 600
    short = listens.watched([recordings.silence(space / "short.wav", 10)])
    long = listens.watched([recordings.silence(space / "long.wav", seconds)], limit=900)
    assert long.lines[0]["duration"] == seconds and not long.why()
    assert long.peak < min(MEMORY, short.peak + (16 << 20))


def test_packets_larger_than_they_may_be(listens, kinds, space, full):
    """One that is there, and one of 4 GB that is not; the file after them is fine."""
    large = 140_000_000 if full else 10_000_000
    for name, size, there in (("large.avi", large, large + 1_000_000), ("huge.avi", 0xFFFFFFF0, 1_000_000)):
        data = bytearray(kinds["video.avi"].read_bytes())
        at = data.index(b"00wb") + 4
        data[at:at + 4] = struct.pack("<I", size)
        (space / name).write_bytes(data)
        os.truncate(space / name, there)
    heard = listens.watched([space / "large.avi", space / "huge.avi", kinds["plain.wav"]])
    assert heard.lines[2]["duration"] == 3 and not heard.why(2)
    assert heard.peak < MEMORY


@pytest.mark.timeout(1800)
def test_endless_files_end_at_a_limit(listens, kinds, space, full):
    """A terabyte of silence; and after a real beginning, more zeros than anybody waits for."""
    recordings.silence(space / "endless.wav", 40_000_000 if full else 40_000)
    zeros = []
    for name in ("constant.mp3", "vorbis.ogg", "video.ts", "stream.aac", "lossless.flac", "opus.webm"):
        zeros.append(space / name)
        zeros[-1].write_bytes(kinds[name].read_bytes())
        os.truncate(zeros[-1], (4 << 30) if full else (32 << 20))
    minutes = 30 if full else 5
    heard = listens.watched([space / "endless.wav", *zeros], "--max-duration", f"{minutes}m", limit=600)
    assert f"longer than {minutes}:00" in heard.why()
    assert heard.lines[0]["duration"] == minutes * 60
    for one in heard.lines[1:]:
        assert one.get("duration", 0) >= 2.5, one
    assert heard.peak < MEMORY
