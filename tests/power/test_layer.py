"""The forgetful disk itself: what was not synced is lost, what was is kept."""

import os
import subprocess
import sys

SCRIPT = """
import os
def write(path, data, sync_file=False, sync_folder=False):
    fd = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o640)
    os.write(fd, data)
    if sync_file: os.fsync(fd)
    os.close(fd)
    if sync_folder: sync(os.path.dirname(path))
def sync(folder):
    fd = os.open(folder, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
"""


def write(disk, text):
    subprocess.run([sys.executable, "-c", SCRIPT + text], cwd=disk.root, check=True, env={**os.environ, **disk.environment})


def test_nothing_synced_is_nothing_kept(disk):
    write(disk, 'write("./a", b"1"); os.mkdir("d"); write("d/b", b"2", sync_file=True)')
    disk.cut(None)
    assert os.listdir(disk.root) == []


def test_a_name_without_contents(disk):
    write(disk, 'write("./a", b"1", sync_folder=True)')
    disk.cut(None)
    assert (disk.root / "a").read_bytes() == b""


def test_contents_and_name(disk):
    write(disk, 'write("./a", b"1", sync_file=True, sync_folder=True)')
    disk.cut(None)
    assert (disk.root / "a").read_bytes() == b"1" and (disk.root / "a").stat().st_mode & 0o777 == 0o640


def test_what_was_written_after_the_sync(disk):
    write(disk, 'write("./a", b"old", sync_file=True, sync_folder=True); write("./a", b"new and longer")')
    disk.cut(None)
    assert (disk.root / "a").read_bytes() == b"old"


def test_a_rename_that_was_not_synced(disk):
    write(disk, 'write("./a", b"old", True, True); write("./b", b"new", True, True); os.rename("b", "a")')
    disk.cut(None)
    assert {p.name: p.read_bytes() for p in disk.root.iterdir()} == {"a": b"old", "b": b"new"}


def test_a_rename_that_was(disk):
    write(disk, 'write("./b", b"new", True); os.rename("b", "a"); sync(".")')
    disk.cut(None)
    assert {p.name: p.read_bytes() for p in disk.root.iterdir()} == {"a": b"new"}


def test_syncfs_keeps_everything(disk):
    write(disk, 'os.mkdir("d"); write("d/b", b"2"); os.symlink("x", "d/l")')
    disk.sync()
    disk.cut(None)
    assert (disk.root / "d" / "b").read_bytes() == b"2" and os.readlink(disk.root / "d" / "l") == "x"


def test_chance_keeps_some(disk):
    write(disk, 'for n in range(40): write(f"./{n}", b"x" * 9000, sync_folder=n == 39)')
    disk.cut(4)
    sizes = {len(p.read_bytes().replace(b"\0", b"")) for p in disk.root.iterdir()}
    assert 0 in sizes and 9000 in sizes and len(sizes) > 2
