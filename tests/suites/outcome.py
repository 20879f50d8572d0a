"""What a suite came to: counts, and what there is to say about failures."""

from dataclasses import dataclass, field


@dataclass
class Outcome:
    passed: int = 0
    failed: int = 0
    notes: list[str] = field(default_factory=list)  # shown under the suite's line

    def ok(self, count: int = 1) -> "Outcome":
        self.passed += count
        return self

    def bad(self, note: str, count: int = 1) -> "Outcome":
        self.failed += count
        self.notes.append(note)
        return self

    def add(self, other: "Outcome") -> "Outcome":
        self.passed += other.passed
        self.failed += other.failed
        self.notes += other.notes
        return self
