"""What of a source is packed, also when a listing goes on after a kill: nothing twice, nothing silently left out."""

import os
import signal

import pytest
from harness import make, sets
from harness.program import NOBODY, wait, wait_until_stopped

LISTED = "pack.list.after_write"


def paths_in(packed) -> list[bytes]:
    return [sets.path_of(member) for part in sets.parts(packed) for member in sets.manifest(part)[1]]


def files_beneath(source) -> list[bytes]:
    return sorted(os.fsencode(path.relative_to(source)) for path in source.rglob("*") if path.is_file())


def for_nobody(space) -> None:
    for place in (space, space / "out", space / "state-home"):
        place.mkdir(exist_ok=True)
        os.chown(place, 65534, 65534)


@pytest.mark.parametrize("nth", [1, 4, 9])
@pytest.mark.parametrize("state", ["kept", "lost"])
def test_a_listing_goes_on_among_names_that_sort_before_a_dot(haul, space, nth, state):
    source = space / "source"
    for number in range(60):
        for name in (f"#{number:03}-a", f"#{number:03}-c", f"({number:03}).jpg", f"+{number:03}", f"b{number:03}"):
            make.file(source / name, bytes([number]) * 100)
        os.mkfifo(source / f"#{number:03}-b")
    command = ["pack", source, space / "out", "--part-size", "4kB"]
    haul.killed_at(LISTED, *command, nth=nth, code=-9)
    again = command if state == "kept" else [*command, "--state", space / "another"]
    haul.run(*again, code=0)
    packed = space / "out" / "source"
    assert sorted(path for path in paths_in(packed) if path != b".") == files_beneath(source)
    haul.run("verify", packed, "--against", source, code=0)
    haul.run(*again, code=0)


@pytest.mark.parametrize("rule", ["include", "files-from"])
def test_a_closed_folder_that_may_hold_what_is_wanted_is_failed(haul, space, rule):
    source = space / "source"
    make.file(source / "open" / "f.jpg", b"f")
    make.file(source / "closed" / "g.jpg", b"g")
    make.file(space / "names", b"open/f.jpg\nclosed/g.jpg\n")
    for_nobody(space)
    (source / "closed").chmod(0o700)
    words = ["--include", "*.jpg"] if rule == "include" else ["--files-from", space / "names"]
    finished = haul.run("pack", source, space / "out", *words, before=NOBODY, code=3)
    assert "closed" in finished.err
    excluded = haul.run("pack", source, space / "out", "--name", "other", "--exclude", "closed", before=NOBODY, code=0)
    assert "closed" not in excluded.err


def test_a_closed_folder_is_packed_once_it_is_open(haul, space):
    source = make.files(space / "source", 20)
    make.file(source / "closed" / "deep" / "g", b"g")
    for_nobody(space)
    (source / "closed").chmod(0o700)
    haul.run("pack", source, space / "out", before=NOBODY, code=3)
    (source / "closed").chmod(0o755)
    haul.run("pack", source, space / "out", before=NOBODY, code=0)
    assert sets.set_record(space / "out" / "source", 2)["failed"]["count"] == 0
    haul.run("pack", source, space / "out", before=NOBODY, code=0)
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
    haul.run("unpack", space / "out" / "source", space / "back", code=0)
    assert (space / "back" / "closed" / "deep" / "g").read_bytes() == b"g"


def test_names_that_are_not_there_are_failed(haul, space):
    source = make.files(space / "source", 20)
    make.file(space / "names", b"folder 1/\n./folder 2/missing\nfolder 3/file-00003.bin/no folder\nlink\n")
    finished = haul.run("pack", source, space / "out", "--files-from", space / "names", code=3)
    assert "folder 2/missing" in finished.err
    failed = sets.set_record(space / "out" / "source")["failed"]["items"]
    assert sorted(item["path"] for item in failed) == ["folder 2/missing", "folder 3/file-00003.bin/no folder"]
    packed = [path for path in paths_in(space / "out" / "source") if path.startswith(b"folder 1/")]
    assert len(packed) == 4
    assert b"link" in paths_in(space / "out" / "source")


@pytest.mark.parametrize("name", ["../up", "a//b", "/absolute", "a/../b"])
def test_names_outside_the_source_are_refused(haul, space, name):
    make.files(space / "source", 5)
    make.file(space / "names", name.encode())
    finished = haul.run("pack", space / "source", space / "out", "--files-from", space / "names", code=2)
    assert name in finished.err


def test_a_late_member_that_cannot_be_looked_at_fails_alone(haul, space):
    source = make.files(space / "source", 20)
    make.file(source / "zz" / "late", b"late")

    def replace():
        (source / "zz").rename(space / "elsewhere")
        (source / "zz").symlink_to(space / "elsewhere")
    child = haul.start("pack", source, space / "out", env={"HAUL_FAULT": f"stop:{LISTED}"})
    wait_until_stopped(child)
    replace()
    child.send_signal(signal.SIGCONT)
    finished = wait(child)
    assert finished.code == 3, finished
    assert [item["path"] for item in sets.set_record(space / "out" / "source")["failed"]["items"]] == ["zz/late"]


def test_a_cancelled_pack_can_be_run_again(haul, space):
    source = make.files(space / "source", 60)
    command = ["pack", source, space / "out", "--part-size", "100kB", "--jobs", "1"]
    haul.killed_at("pack.part.before_publish", *command, nth=3, code=-9)
    job = haul.run("jobs", "--json", code=0).events()[0]
    haul.run("cancel", job.get("id") or job["job"], code=0)
    assert [path for path in (space / "out").rglob("*") if path.is_file()] == []
    haul.run(*command, code=0)
    haul.run("verify", space / "out" / "source", "--against", source, code=0)


def test_times_that_do_not_fit_are_the_nearest_that_do(haul, space):
    source = make.files(space / "source", 5)
    for name, second in (("far", 13_569_465_600), ("long ago", -2_000_000_000)):
        os.utime(make.file(source / name, b"x"), (second, second))
    if os.stat(source / "far").st_mtime != 13_569_465_600:
        os.utime(source / "far", (9_000_000_000, 9_000_000_000))  # this file system ends earlier
    haul.run("pack", source, space / "out", code=0)
    haul.run("unpack", space / "out" / "source", space / "back", code=0)
    assert int(os.stat(space / "back" / "far").st_mtime) == min(int(os.stat(source / "far").st_mtime), 2**63 // 10**9)
    assert os.stat(space / "back" / "long ago").st_mtime == os.stat(source / "long ago").st_mtime


def test_verify_against_finds_what_the_set_lacks(haul, space):
    source = make.files(space / "source", 20)
    haul.run("pack", source, space / "out", "--exclude", "*.tmp", code=0)
    make.file(source / "left out.tmp", b"x")
    haul.run("verify", space / "out" / "source", "--against", source, code=0)
    make.file(source / "folder 1" / "later", b"x")
    (source / "folder 2" / "file-00002.bin").chmod(0o600)
    finished = haul.run("verify", space / "out" / "source", "--against", source, code=5)
    assert "folder 1/later" in finished.out and "0600" in finished.out


def test_what_cannot_be_read_is_said_item_by_item(haul, space):
    source = make.files(space / "source", 20)
    make.file(source / "secret", b"x", mode=0o600)
    for_nobody(space)
    finished = haul.run("pack", source, space / "out", "--json", before=NOBODY, code=3)
    failed = [event["subject"] for event in finished.events() if event["event"] == "item_failed"]
    assert failed == ["secret"]
    assert finished.events()[-1]["failed_items"] != []
