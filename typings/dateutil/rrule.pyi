from collections.abc import Iterable, Iterator
from datetime import datetime

DAILY: int
WEEKLY: int
MONTHLY: int

class weekday:
    def __init__(self, weekday: int, n: int | None = None) -> None: ...

class rrule:
    def __init__(
        self,
        freq: int,
        dtstart: datetime | None = None,
        interval: int = 1,
        *,
        until: datetime | None = None,
        bysetpos: int | None = None,
        bymonthday: Iterable[int] | None = None,
        byweekday: Iterable[int] | weekday | None = None,
    ) -> None: ...
    def __iter__(self) -> Iterator[datetime]: ...
    def before(self, dt: datetime, inc: bool = False) -> datetime | None: ...
    def xafter(self, dt: datetime, count: int | None = None, inc: bool = False) -> Iterator[datetime]: ...
