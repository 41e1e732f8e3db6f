"""People at work while everything is killed: requesters file complaints, staff answer them; each presses until it is done."""

from __future__ import annotations

import random
import re
import secrets
import threading
import time
from dataclasses import dataclass, field

import httpx

from tests.conftest import PASSWORD

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
NUMBER = re.compile(r"PTK-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]")
CATEGORY = re.compile(r'<option value="(\d+)">Wi-Fi')
FORM_AGE = 3.2  # a form that is sent sooner looks machine-made
LONGEST = 120.0  # seconds of pressing again


@dataclass
class Crowd:
    """Threads that go on until `stop()`; what they were told is done stands in `numbers` and `replies`."""

    base: str
    seed: int
    requesters: int = 4
    staff: int = 2
    numbers: list[str] = field(default_factory=list)
    replies: dict[str, int] = field(default_factory=dict)  # our own mark of a reply: the ticket's id
    tries: int = 0
    answered: int = 0  # presses that met no fault
    faults: list[str] = field(default_factory=list)
    told: list[int] = field(default_factory=list)  # answers that ask to come back
    attaches: bool = False  # each complaint brings a file
    takes_steps: bool = False  # staff begin to follow up before they answer
    followed: set[int] = field(default_factory=set)  # tickets of which we were told that the step was taken

    def start(self) -> None:
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._file, args=(n,), daemon=True) for n in range(self.requesters)]
        self._threads += [threading.Thread(target=self._answer, args=(n,), daemon=True) for n in range(self.staff)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(LONGEST + 10)

    def _file(self, who: int) -> None:
        """Complaints from forms that were opened a while before, as people do."""
        chance = random.Random(self.seed * 1000 + who)
        client, forms = self._client(chance), []
        while not self._ended.is_set():
            page = self._press(lambda client=client: client.get("/pengaduan"))
            if page is None:
                break
            forms.append((time.monotonic(), page.text))
            if time.monotonic() - forms[0][0] < FORM_AGE:
                self._ended.wait(chance.uniform(0.1, 0.5))
                continue
            _opened, text = forms.pop(0)
            fields = dict(HIDDEN.findall(text))
            fields |= {
                "name": "Andi", "email": f"orang{who}-{len(self.numbers)}@x.example", "subject": f"Orang {who}",
                "category": CATEGORY.search(text)[1], "description": "Sambungan di perpustakaan mati.",
            }  # fmt: skip
            files = {"attachments": ("bukti.pdf", self._pdf(chance), "application/pdf")} if self.attaches else None
            sent = self._press(
                lambda c=client, f=fields, a=files: c.post("/pengaduan", data=f, files=a, follow_redirects=True)
            )
            if sent is not None and (found := NUMBER.search(sent.text)):
                self.numbers.append(found[0])
            elif sent is not None and self.attaches and sent.status_code == 422:
                self.told.append(422)  # the file cannot be stored now: the form is shown again with its words
            elif sent is not None:
                self.faults.append(f"complaint: {sent.status_code}")

    def _pdf(self, chance: random.Random) -> bytes:
        return b"%PDF-1.4\n%" + chance.randbytes(20_000).hex().encode() + b"\n%%EOF\n"

    def _answer(self, who: int) -> None:
        """Tono reads his list and replies; the form's own mark makes a second press the same reply."""
        chance = random.Random(self.seed * 1000 + 500 + who)
        client = self._client(chance)
        while not self._ended.is_set():
            found = self._press(lambda: client.get("/admin/ticket/?state=all"))
            if found is not None and "/admin/login" in str(found.url) or found is not None and found.status_code == 302:
                self._log_in(client)
                continue
            ids = re.findall(r'href="details/\?id=(\d+)"', found.text) if found is not None else []
            if not ids:
                self._ended.wait(0.3)
                continue
            ticket = chance.choice(ids)
            page = self._press(lambda t=ticket: client.get(f"/admin/ticket/details/?id={t}"))
            fields = dict(HIDDEN.findall(page.text)) if page is not None else {}
            if "csrf_token" not in fields:
                continue
            if self.takes_steps:
                self._follow_up(client, int(ticket), fields["csrf_token"])
            mark = secrets.token_hex(8)
            data = {"csrf_token": fields["csrf_token"], "once": mark, "text": f"Kami periksa. {mark}"}
            sent = self._press(lambda t=ticket, d=data: client.post(f"/admin/ticket/{t}/do/reply", data=d))
            if sent is not None and sent.status_code == 303:
                self.replies[mark] = int(ticket)
            self._ended.wait(chance.uniform(0.05, 0.2))

    def _follow_up(self, client: httpx.Client, ticket: int, token: str) -> None:
        data = {"csrf_token": token, "once": secrets.token_hex(8), "text": ""}
        sent = self._press(lambda: client.post(f"/admin/ticket/{ticket}/do/follow_up", data=data))
        if sent is not None and sent.status_code == 303:
            self.followed.add(ticket)

    def _client(self, chance: random.Random) -> httpx.Client:
        return httpx.Client(base_url=self.base, timeout=20)

    def _log_in(self, client: httpx.Client) -> None:
        page = self._press(lambda: client.get("/admin/login"))
        if page is not None:
            fields = {**dict(HIDDEN.findall(page.text)), "username": "tono", "password": PASSWORD}
            self._press(lambda: client.post("/admin/login", data=fields))

    def _press(self, request) -> httpx.Response | None:
        """Press until there is an answer that is no fault; None when the run is over meanwhile."""
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            try:
                self.tries += 1
                answer = request()
                if answer.status_code < 500:
                    self.answered += 1
                    return answer
                self.told.append(answer.status_code)
                if answer.status_code not in (503, 507):
                    self.faults.append(f"{answer.request.url.path}: {answer.status_code}")
            except httpx.HTTPError:
                pass
            if self._ended.wait(0.05):
                until = min(until, time.monotonic() + 20)  # the last press is carried to its end
                time.sleep(0.1)
        return None
