"""Hostile ZIPs are refused, with what and why, and nothing is written outside the destination."""

import os
import subprocess

import pytest
from harness import zips
from harness.zips import Entry

LINK = 0o120777
GOOD = Entry(b"good.txt", b"good")

HOSTILE = {
    "traversal": [GOOD, Entry(b"../outside/evil", b"evil")],
    "traversal in the middle": [GOOD, Entry(b"a/../../outside/evil", b"evil")],
    "absolute": [GOOD, Entry(b"/SPACE/outside/evil", b"evil")],
    "backslash traversal": [GOOD, Entry(b"..\\outside\\evil", b"evil")],
    "through a symlink out": [Entry(b"link", b"../outside", mode=LINK), Entry(b"link/evil", b"evil")],
    "through an absolute symlink": [Entry(b"link", b"/SPACE/outside", mode=LINK), Entry(b"link/evil", b"evil")],
    "over a symlink": [Entry(b"link", b"../outside/evil", mode=LINK), Entry(b"link", b"evil")],
    "folder over a symlink": [Entry(b"link", b"../outside", mode=LINK), Entry(b"link/", mode=0o40755), Entry(b"link/evil", b"evil")],
    "names differ": [GOOD, Entry(b"nice", b"evil", local_name=b"evil")],
    "overlapping": [Entry(b"one", b"x" * 100), Entry(b"two", b"x" * 100, offset=0)],
    "size lies, too large": [Entry(b"lie", b"x" * 100, size=200, packed_size=200)],
    "size lies, locally": [Entry(b"lie", b"x" * 100, local_size=7)],
    "inflates to more": [Entry(b"lie", b"x" * 100_000, deflated=True, size=100)],
    "inflates to less": [Entry(b"lie", b"x" * 100, deflated=True, size=100_000)],
    "wrong crc": [Entry(b"lie", b"x" * 100, crc=1)],
    "duplicate": [Entry(b"twice", b"one"), Entry(b"twice", b"two")],
    "duplicate by slash": [Entry(b"twice", b"one"), Entry(b"twice/", mode=0o40755)],
    "file that is a folder": [Entry(b"a", b"one"), Entry(b"a/b", b"two")],
    "encrypted": [Entry(b"secret", b"x" * 20, flags=1)],
    "unknown method": [Entry(b"odd", b"x" * 20, method=97)],
    "in our own folder": [Entry(b".haul/claim-000009.json", b"{}")],
    "empty element": [Entry(b"a//b", b"x")],
    "nul": [Entry(b"a\0b", b"x")],
    "empty name": [Entry(b"", b"x")],
    "offset behind the end": [Entry(b"far", b"x", offset=1 << 30)],
}
# Case -> what it must end with, and say. 1: valid, but not for us; 3: whole, but not all of it fits beside the rest; 5: it lies.
REFUSED = {
    "traversal": (5, "leads out of the destination"),
    "traversal in the middle": (5, "leads out of the destination"),
    "absolute": (5, "its name is absolute"),
    "backslash traversal": (5, "has a backslash"),
    "through a symlink out": (5, "through a symlink of the archive"),
    "through an absolute symlink": (5, "through a symlink of the archive"),
    "over a symlink": (5, "another entry has the same name"),
    "folder over a symlink": (5, "another entry has the same name"),
    "names differ": (5, "another name than the directory"),
    "overlapping": (5, "it overlaps the entry"),
    "size lies, too large": (5, "reach into the central directory"),
    "size lies, locally": (5, "other sizes than the directory"),
    "inflates to more": (5, "longer than its size says"),
    "inflates to less": (5, "more than deflate can make"),
    "wrong crc": (5, "not 00000001"),
    "duplicate": (5, "another entry has the same name"),
    "duplicate by slash": (5, "another entry has the same name"),
    "file that is a folder": (3, "something else of this name is there"),
    "encrypted": (1, "it is encrypted"),
    "unknown method": (1, "method 97"),
    "in our own folder": (5, "it would lie in .haul/"),
    "empty element": (5, "has an empty element"),
    "nul": (5, "has a NUL byte"),
    "empty name": (5, "its name is empty"),
    "offset behind the end": (5, "reach into the central directory"),
}


@pytest.fixture
def outside(space):
    folder = space / "outside"
    folder.mkdir()
    yield folder
    assert os.listdir(folder) == []


def attack(haul, space, data: bytes, *more):
    (space / "hostile.zip").write_bytes(data)
    return haul.run("unpack", space / "hostile.zip", space / "back", *more)


def assert_harmless(space, finished, code: int, reason: str):
    assert finished.code == code and reason in finished.err, finished
    assert set(os.listdir(space)) <= {"back", "hostile.zip", "outside", "state-home"}


@pytest.mark.parametrize("case", HOSTILE)
def test_it_is_refused(haul, space, outside, case):
    entries = [Entry(**{**vars(e), "name": e.name.replace(b"/SPACE", os.fsencode(space)),
                        "data": e.data.replace(b"/SPACE", os.fsencode(space))}) for e in HOSTILE[case]]
    assert_harmless(space, attack(haul, space, zips.build(entries)), *REFUSED[case])


def test_a_symlink_already_in_the_destination_is_not_followed(haul, space, outside):
    (space / "back").mkdir()
    (space / "back" / "link").symlink_to("../outside")
    assert_harmless(space, attack(haul, space, zips.build([Entry(b"link/evil", b"evil")])), 3, "link")


def test_a_ratio_bomb_needs_the_users_word(haul, space, outside):
    bomb = zips.build([Entry(b"bomb", bytes(1_200_000_000), deflated=True)])
    finished = attack(haul, space, bomb)
    assert finished.code in (3, 5) and "--max-ratio" in finished.err, finished
    assert not (space / "back" / "bomb").exists()
    assert attack(haul, space, bomb, "--max-ratio", "2000").code == 0
    assert (space / "back" / "bomb").stat().st_size == 1_200_000_000


def test_truncated_at_every_length(haul, space, outside, full):
    whole = zips.build([GOOD, Entry(b"more.txt", b"more and more" * 10, deflated=True), Entry(b"d/", mode=0o40755)])
    for length in range(0, len(whole), 1 if full else 7):
        finished = attack(haul, space, whole[:length])
        assert finished.code == 5, f"cut at {length}: {finished}"


def test_good_members_pass(haul, space, outside):
    finished = attack(haul, space, zips.build([GOOD, Entry(b"link", b"../outside", mode=LINK), Entry(b"d/e", b"x")], b"comment"))
    assert finished.code == 0, finished
    assert os.readlink(space / "back" / "link") == "../outside"


def test_symlinks_that_lead_out_can_be_refused(haul, space, outside):
    data = zips.build([GOOD, Entry(b"in", b"good.txt", mode=LINK), Entry(b"d/out", b"../../outside", mode=LINK)])
    finished = attack(haul, space, data, "--symlinks", "inside")
    assert_harmless(space, finished, 3, "d/out")
    assert "d/out" in finished.err and not (space / "back" / "d" / "out").is_symlink()


def test_lines_of_the_screen_hold_no_control_bytes(haul, space, outside):
    finished = attack(haul, space, zips.build([Entry(b"\x1b[2Jevil\r\n", b"x", crc=1)]))
    assert finished.code in (3, 5)
    assert "\x1b" not in finished.err


def test_a_name_of_sixteen_thousand_folders(haul, space, outside):
    finished = attack(haul, space, zips.build([GOOD, Entry(b"a/" * 16_000 + b"deep", b"x")]))
    try:
        assert finished.code == 0, finished
        assert (space / "back" / "good.txt").read_bytes() == b"good"
    finally:
        # Deeper than what removes the other tests' folders goes.
        subprocess.run(["rm", "-rf", space / "back"], check=True)


def test_a_chain_of_symlinks_that_leads_out_can_be_refused(haul, space, outside):
    """Each alone seems to stay inside: `..` behind a symlink is the parent of what that points to."""
    good = {b"a/b/up": b"../..", b"a/b/near": b"./../c/d", b"same": b"a/./b"}
    bad = {b"l3": b"a/b/up/..", b"a/l4": b"b/up/../outside", b"l5": b"a/.."}
    links = [Entry(name, target, mode=LINK) for name, target in {**good, **bad}.items()]
    finished = attack(haul, space, zips.build([GOOD, *links]), "--symlinks", "inside")
    assert finished.code == 3, finished
    for name in bad:
        assert name.decode() in finished.err and not os.path.lexists(os.fsencode(space / "back") + b"/" + name)
    for name, target in good.items():
        assert os.readlink(os.fsencode(space / "back") + b"/" + name) == target
