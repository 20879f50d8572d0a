"""Rules: which requests are disturbed, and how. A rule is a JSON object:

    {"id": "cut", "action": "truncate", "after": 100, "method": "GET", "path": "/part-", "nth": 3}

Which: `method` and `path` (regular expressions; the path is searched in the target as sent, with its query), then of those that fit:
`nth` (a number or a list of them, from 1), `probability` with `seed`, and at most `times`. Without these: all, but one storm.
`id` is the name in GET /fired; by default the action. Every rule that fits acts; of two that end a request the first does.
"""

from __future__ import annotations

import random
import re
import time

WHICH = {"id", "action", "method", "path", "nth", "probability", "seed", "times"}
# Action -> its parameters with what they are when not given. `direction`: "up" is the request, "down" the answer. `after`: so many
# bytes of the body; null: before the first byte of the head.
ACTIONS: dict[str, dict] = {
    "reset": {"direction": "down", "after": None},  # RST to both sides
    "truncate": {"after": 0},  # the answer's body ends there, with FIN
    "delay": {"ms": 0, "direction": "up"},  # before the request or before the answer goes on
    "latency": {"ms": 0, "direction": "up"},  # the same
    "throttle": {"bytes_per_s": 1 << 20, "direction": "both"},
    "flip": {"direction": "down", "offset": 0, "mask": 1},  # one byte of the body; bodies that are shorter pass
    "lose_reply": {},  # the server does the work, the client gets a reset
    "storm": {"requests": None, "seconds": None, "status": 503, "code": "SlowDown"},  # begins with a request that fits
    "error_body_200": {"done": False, "code": "InternalError"},  # done: the server has done the work
    "duplicate_page": {},  # a listing's page before this one again
    "stale_page": {},  # the page as it was when it was first asked for
    "silence": {"seconds": 10, "direction": "up", "after": None},  # no byte moves for so long, then all goes on
}


class RuleError(Exception):
    pass


class Rule:
    """`seen`: requests that fit. `chosen`: those to be disturbed. `fired`: those that were; a flip beyond a body's end was not."""

    def __init__(self, said: dict):
        action = said.get("action")
        if action not in ACTIONS:
            raise RuleError(f"no action {action!r}; there are {', '.join(ACTIONS)}")
        if unknown := set(said) - WHICH - set(ACTIONS[action]):
            raise RuleError(f"{action} has no {sorted(unknown)}")
        if action == "storm" and (said.get("requests") is None) == (said.get("seconds") is None):
            raise RuleError("a storm lasts for so many requests or so many seconds")
        self.said, self.action, self.id = said, action, str(said.get("id", action))
        self.values = {**ACTIONS[action], **{name: value for name, value in said.items() if name not in WHICH}}
        self.method, self.path = re.compile(said.get("method", "")), re.compile(said.get("path", ""))
        nth = said.get("nth")
        self.nth = None if nth is None else {nth} if isinstance(nth, int) else set(nth)
        self.chance = random.Random(said.get("seed", 0))
        self.seen = self.chosen = self.fired = 0
        self.storm_left, self.storm_end = 0, 0.0

    def __getattr__(self, name: str):
        try:
            return self.__dict__["values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def chooses(self, method: str, target: str) -> bool:
        if not self.method.fullmatch(method) and self.method.pattern or not self.path.search(target):
            return False
        self.seen += 1
        if self.action == "storm" and self.storming():
            return True
        if self.nth is not None and self.seen not in self.nth:
            return False
        if self.chance.random() >= self.said.get("probability", 1):
            return False
        if self.chosen >= self.said.get("times", 1 if self.action == "storm" else self.chosen + 1):
            return False
        self.chosen += 1
        if self.action == "storm":
            self.storm_left = (self.requests or 1) - 1
            self.storm_end = time.monotonic() + (self.seconds or 0)
        return True

    def storming(self) -> bool:
        if self.seconds is not None:
            return time.monotonic() < self.storm_end
        self.storm_left -= 1
        return self.storm_left >= 0


class Rules:
    def __init__(self) -> None:
        self.all: list[Rule] = []

    def replace(self, said: list[dict]) -> None:
        """Counts begin anew. RuleError: all stays as it was."""
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            raise RuleError("rules are a list of objects")
        try:
            new = [Rule(one) for one in said]
        except re.error as error:
            raise RuleError(str(error)) from error
        if len({rule.id for rule in new}) < len(new):
            raise RuleError("two rules have one id")
        self.all = new

    def chosen(self, method: str, target: str) -> list[Rule]:
        return [rule for rule in self.all if rule.chooses(method, target)]

    def fired(self) -> dict[str, int]:
        return {rule.id: rule.fired for rule in self.all}
