"""The command line of every server: install, start, stop, env. Quiet unless something fails."""

import argparse
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from servers.install import InstallError
from servers.server import Server, ServerError, end_process


def main(kind: type[Server]) -> int:
    options = parsed(kind)
    try:
        if options.do == "install":
            kind.installed()
        elif options.do == "start":
            return start(options)
        elif options.do == "keep":
            return keep(kind, options)
        elif options.do == "stop":
            stop(options.folder)
        else:
            print((options.folder / "env").read_text(), end="")
    except (InstallError, ServerError, OSError) as error:
        print(f"{kind.name}: {error}", file=sys.stderr)
        return 1
    return 0


def parsed(kind: type[Server]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=kind.name, epilog="What stands behind -- is given to the server.")
    words = parser.add_subparsers(dest="do", required=True)
    words.add_parser("install", help="puts the program into ~/.cache/haul-tests")
    for do, text in (("start", "starts it over FOLDER and returns when it answers"), ("keep", "what start runs")):
        one = words.add_parser(do, help=text)
        one.add_argument("folder", type=Path, help="holds env, pid, log and data")
        one.add_argument("--tls", action="store_true", help="over TLS; FOLDER/ca.pem is its CA")
        one.add_argument("--with", type=int, dest="with_pid", default=os.getppid(), metavar="PID",
                         help="ends when this process ends; 0: only by stop; default: who calls this")
    for do, text in (("stop", "ends it and waits for that"), ("env", "prints how to reach it, for a shell to read")):
        words.add_parser(do, help=text).add_argument("folder", type=Path)
    own, further = sys.argv[1:], []
    if "--" in own:
        own, further = own[:own.index("--")], own[own.index("--") + 1:]
    options = parser.parse_args(own)
    options.further = tuple(further)
    return options


def start(options: argparse.Namespace) -> int:
    """The server is the child of a keeper, a process that waits for the end of any of them."""
    options.folder.mkdir(parents=True, exist_ok=True)
    words = [sys.executable, "-B", sys.argv[0], "keep", options.folder, "--with", options.with_pid,
             *(["--tls"] if options.tls else []), "--", *options.further]
    keeper = subprocess.Popen([str(word) for word in words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, start_new_session=True)
    said = keeper.stdout.read().decode(errors="replace")
    if said == "ready\n":
        return 0
    print(said or "the keeper ended", file=sys.stderr)
    return 1


def keep(kind: type[Server], options: argparse.Namespace) -> int:
    ended, tell_end = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(tell_end, b"x"))
    watched = [ended]
    if options.with_pid:
        watched.append(os.pidfd_open(options.with_pid))
    server = kind(options.folder, options.tls, options.further)
    (options.folder / "keeper").write_text(f"{os.getpid()}\n")
    try:
        with server:
            print("ready")
            let_go_of_output()
            select.select([*watched, os.pidfd_open(server.child.pid)], [], [])
    except (InstallError, ServerError, OSError) as error:
        print(f"{kind.name}: {error}")
        return 1
    finally:
        (options.folder / "keeper").unlink(missing_ok=True)
    return 0


def let_go_of_output() -> None:
    """`start` reads it until nobody holds it any more."""
    sys.stdout.flush()
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)


def stop(folder: Path) -> None:
    try:
        end_process(int((folder / "keeper").read_text()), 20)
    except FileNotFoundError:
        pass  # it is not running
