"""ls and cat: what is in a set, and one file of it."""

import json

import pytest
from harness import make, sets


@pytest.fixture
def a_set(haul, space):
    make.files(space / "source", 20)
    make.file(space / "source" / "new\nline", b"odd name")
    haul.run("pack", space / "source", space / "out", "--part-size", "100kB", code=0)
    return space / "out" / "source"


def test_ls(haul, space, a_set):
    lines = haul.run("ls", a_set, code=0).out.splitlines()
    assert "folder 1/file-00001.bin" in lines and "link" in lines
    assert "new" not in lines, "a name with a newline must stay on one line"
    assert haul.run("ls", a_set, "folder 1/*", code=0).out.splitlines()


def test_ls_long(haul, a_set):
    line = next(l for l in haul.run("ls", "-l", a_set, code=0).out.splitlines() if "file-00001.bin" in l)
    assert "2021-01-01" in line


def test_ls_json(haul, space, a_set):
    found = {m["path"]: m for m in map(json.loads, haul.run("ls", "--json", a_set, code=0).out.splitlines()) if "path" in m}
    path = space / "source" / "folder 1" / "file-00001.bin"
    assert found["folder 1/file-00001.bin"]["size"] == path.stat().st_size
    assert "new\nline" in found


def test_cat(haul, space, a_set):
    path = space / "source" / "folder 1" / "file-00001.bin"
    child = haul.start("cat", a_set, "folder 1/file-00001.bin")
    assert child.communicate()[0] == path.read_bytes() and child.returncode == 0


def test_cat_of_what_is_not_there(haul, a_set):
    finished = haul.run("cat", a_set, "folder 1/nothing", code=4)
    assert "nothing" in finished.err and finished.out == ""


def test_cat_of_a_damaged_member(haul, a_set):
    part = next(p for p in sets.parts(a_set) if "folder 1/file-00001.bin" in sets.names(p))
    member = next(m for m in sets.manifest(part)[1] if m.get("path") == "folder 1/file-00001.bin")
    data = bytearray(part.read_bytes())
    data[member["offset"]] ^= 1
    part.write_bytes(data)
    child = haul.start("cat", a_set, "folder 1/file-00001.bin")
    assert child.communicate()[0] == b"" and child.returncode == 5


def test_ls_into_a_closed_pipe(haul, space, a_set):
    child = haul.start("ls", a_set)
    child.stdout.close()
    assert child.wait(20) in (0, 1, -13)


def test_a_set_without_record(haul, space, a_set):
    (a_set / "haul-00001.json").unlink()
    for command in (["verify"], ["ls"]):
        finished = haul.run(*command, a_set, code=4)
        assert "not complete" in finished.err and "again" in finished.err
