"""Two machines with web and worker each over one PostgreSQL: one is cut off and comes back, the database dies, all under writes.

It runs in a network of its own: `hosts(...)` starts this file there as a program, which says what it found.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import httpx

from tests.chaos import network
from tests.chaos.house import ROOT, ChaosHouse, kill
from tests.chaos.network import HUB, Machine
from tests.chaos.people import CATEGORY, FORM_AGE, HIDDEN, NUMBER, Crowd
from tests.chaos.run import Report, _asked, _let_some_through, _look_up, _settle
from tests.conftest import PASSWORD
from tests.own_postgres import Postgres

NAME = "Two machines on one database"
AWAY, FAR_AWAY = (2.0, 8.0), (25.0, 40.0)  # seconds without cable; the second is longer than every lease and time-out
FAR_EACH = 8  # every so many times it is far away
LONGEST_RETURN = 45.0  # seconds after which a machine that is back answers
LONGEST_LOCK = 15.0  # seconds that a machine without cable may hold up the other
LONGEST_ALONE = 60.0  # seconds after which the machine that is left must have acknowledged something
WRONG = "salah-sama-sekali"
HOLDS = """
import os, time
import sqlalchemy as sa
from models.base.db import engine_options
with sa.create_engine(os.environ["DATABASE_URL"], **engine_options(os.environ["DATABASE_URL"])).connect() as connection:
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(77)"))
    print("held", flush=True)
    time.sleep(600)
"""


def hosts(place: Path, cycles: int, seed: int) -> Report:
    """In a network of its own; where none may be made the report says so."""
    if why := network.why_not():
        return Report(NAME, {"left out": why})
    command = [*network.alone(), sys.executable, "-m", "tests.chaos.hosts", str(place), str(cycles), str(seed)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if ended.returncode:
        return Report(NAME, wrong=[f"the run itself failed: {ended.stderr[-2000:]}"])
    return Report(**json.loads(ended.stdout.splitlines()[-1]))


class Balanced(httpx.BaseTransport):
    """Sends each press to one machine by chance, as the proxy in front of two does that does not know which is away."""

    def __init__(self, machines: list[Machine], chance: random.Random) -> None:
        self.machines, self.chance = machines, chance
        self.lines = {one.name: httpx.HTTPTransport(limits=httpx.Limits(keepalive_expiry=2)) for one in machines}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        one = self.chance.choice(self.machines)
        there = request.url.copy_with(host=one.address, port=network.PORT)
        sent = httpx.Request(
            request.method, there, headers=request.headers, stream=request.stream, extensions=request.extensions
        )
        return self.lines[one.name].handle_request(sent)


class CrowdOfTwo(Crowd):
    """People who do not know that there are two machines."""

    machines: list[Machine]

    @property
    def acknowledged(self) -> int:
        return len(self.numbers) + len(self.replies)

    def _client(self, chance: random.Random) -> httpx.Client:
        line = Balanced(self.machines, random.Random(chance.random()))
        return httpx.Client(base_url=self.base, transport=line, timeout=httpx.Timeout(8, connect=2))


class TwoHosts(ChaosHouse):
    """`north` and `south`, each with gunicorn and one worker; PostgreSQL and the mail server stand at the switch."""

    @property
    def base(self) -> str:
        return "http://helpdesk.example"

    def _postgres(self) -> str:
        self.server = Postgres(self.place / "pg", HUB).make()
        self.server.start()
        self.machines = [Machine("north", "192.0.2.11"), Machine("south", "192.0.2.12")]
        return self.server.url()

    def __enter__(self) -> TwoHosts:
        self.webs: dict[str, subprocess.Popen[bytes]] = {}
        self.nurseries: dict[str, subprocess.Popen[str]] = {}
        super().__enter__()
        return self

    def _start_nursery(self) -> None:
        for one in self.machines:
            self.nurseries[one.name] = subprocess.Popen(
                one.inside(sys.executable, "-m", "tests.chaos.nursery"), cwd=ROOT, env=self.env_of(one), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log(f"workers-{one.name}"),
            )  # fmt: skip

    def start_web(self) -> None:
        for one in self.machines:
            self.start_web_of(one)

    def start_web_of(self, one: Machine) -> None:
        words = one.inside(*self.web_command(f"{one.address}:{network.PORT}"))
        self.webs[one.name] = subprocess.Popen(
            words, cwd=ROOT, env=self.env_of(one), stderr=self._log(f"web-{one.name}")
        )

    def keep_web(self) -> None:
        for one in self.machines:
            if self.webs[one.name].poll() is not None:
                self.start_web_of(one)

    def _wait_for_web(self) -> None:
        for one in self.machines:
            if seconds_until_it_answers(one) > LONGEST_RETURN:
                raise RuntimeError(f"{one.name} did not start")

    def env_of(self, one: Machine) -> dict[str, str]:
        """One shelf of files for both, as a network file system gives it; what is a machine's own stands apart."""
        own = self.place / one.name
        own.mkdir(exist_ok=True)
        return {**self.env(), "RUNTIME_DIRECTORY": str(own), "METRICS_FOLDER": str(own / "metrics")}

    def worker_of(self, one: Machine) -> int:
        return self.worker_from(self.nurseries[one.name])

    def restart_database(self) -> None:
        self.server.restart()

    def __exit__(self, *_error: object) -> None:
        for web in self.webs.values():
            self.kill_web_of(web)
        for nursery in self.nurseries.values():
            nursery.kill()
            nursery.wait()
        self.close_mail()
        for one in self.machines:
            one.end()
        self.server.stop("immediate")


def run(place: Path, cycles: int, seed: int) -> Report:
    """Cut off and plugged in again under traffic, the database killed now and then; then what was promised is looked up."""
    chance, report, done, began = random.Random(seed), Report(NAME), Counter[str](), time.monotonic()
    meanwhile, longest_return = 0, 0.0
    network.make_switch()
    with TwoHosts(place, "postgresql", here=HUB) as house:
        _share_sessions(house, report)
        lock = _seconds_a_lock_outlives_its_machine(house)
        report.must(lock < LONGEST_LOCK, f"what a machine without cable held came free after {lock:.0f} s")
        crowd = CrowdOfTwo(house.base, seed, takes_steps=True)
        crowd.machines = house.machines
        workers = [house.worker_of(one) for one in house.machines]
        crowd.start()
        time.sleep(FORM_AGE + 1)  # the first forms are ripe
        for cycle in range(cycles):
            house.keep_web()
            _let_some_through(crowd)
            if cycle % 3 == 2:
                house.restart_database()
                done["database killed"] += 1
            else:
                one, is_far = house.machines[done["cut off"] % 2], done["cut off"] % FAR_EACH == 3
                before = crowd.acknowledged
                one.cut_off()
                time.sleep(chance.uniform(*(FAR_AWAY if is_far else AWAY)))
                _let_one_through(crowd, before)
                meanwhile += crowd.acknowledged - before
                one.plug_in()
                longest_return = max(longest_return, seconds_until_it_answers(one))
                done["cut off"] += 1
            time.sleep(chance.uniform(0.5, 2))
        house.keep_web()
        crowd.stop()
        _both_work_again(house, report)
        for pid in workers:
            kill(pid)
        house.shift = 2 * 3600.0  # what waits after a cut waits no longer
        workers = [house.worker_of(one) for one in house.machines]
        _settle(house, report)
        report.must(bool(crowd.numbers and crowd.replies and crowd.followed), "no traffic came through")
        report.must(meanwhile > 0, "nothing was acknowledged while one machine was away")
        report.must(longest_return < LONGEST_RETURN, f"a machine that was back answered after {longest_return:.0f} s")
        _look_up(house, crowd, report, workers_killed=done.total() + len(workers))
        _steps_taken_once(house, crowd, report)
        _share_limits(house, report)
        for pid in workers:
            kill(pid)
        report.figures |= {
            "cycles": cycles, "of these": dict(done), "complaints acknowledged": len(crowd.numbers),
            "replies acknowledged": len(crowd.replies), "steps acknowledged": len(crowd.followed),
            "complaints and replies while one was away": meanwhile, "presses": crowd.tries,
            "told to press again": dict(Counter(crowd.told)),
            "mails taken": sum(house.mails.taken.values()), "mails double": house.mails.doubles,
            "longest until a machine that was back answered, s": round(longest_return, 1),
            "until what a machine without cable held came free, s": round(lock, 1),
            "minutes": round((time.monotonic() - began) / 60, 1),
        }  # fmt: skip
    return report


def _let_one_through(crowd: CrowdOfTwo, before: int) -> None:
    """Whoever asked the machine that is away waits, and then asks the other."""
    until = time.monotonic() + LONGEST_ALONE
    while crowd.acknowledged == before and time.monotonic() < until:
        time.sleep(0.1)


def seconds_until_it_answers(one: Machine) -> float:
    """A page that asks the database, from this very machine."""
    began = time.monotonic()
    while (waited := time.monotonic() - began) < LONGEST_RETURN:
        try:
            if httpx.get(f"{one.base}/pengaduan", headers={"Host": "helpdesk.example"}, timeout=5).status_code == 200:
                break
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    return waited


def _seconds_a_lock_outlives_its_machine(house: TwoHosts) -> float:
    """A machine takes a lock as the product's connections do, and its cable is pulled."""
    one = house.machines[0]
    holder = subprocess.Popen(
        one.inside(sys.executable, "-c", HOLDS), cwd=ROOT, env=house.env_of(one), stdout=subprocess.PIPE
    )
    assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
    one.cut_off()
    began = time.monotonic()
    with _asked(house) as ask:
        while not ask("SELECT pg_try_advisory_xact_lock(77)")[0][0] and time.monotonic() - began < 3 * LONGEST_LOCK:
            time.sleep(0.2)
    waited = time.monotonic() - began
    holder.kill()
    holder.wait()
    one.plug_in()
    return waited


def _share_sessions(house: TwoHosts, report: Report) -> None:
    """A login on one machine holds on the other, and so does its end."""
    north, south = house.machines
    chance = random.Random(1)
    with httpx.Client(base_url=house.base, transport=Balanced([north], chance), timeout=20) as client:
        _try_login(client, "lina", PASSWORD)
        client._transport = Balanced([south], chance)  # the same cookies, the other machine
        page = client.get("/admin/ticket/")
        report.must(page.status_code == 200, "a login on one machine does not hold on the other")
        fields = dict(HIDDEN.findall(page.text))
        client.post("/admin/logout", data={"csrf_token": fields.get("csrf_token", "")})
        client._transport = Balanced([north], chance)
        report.must(client.get("/admin/ticket/").status_code == 302, "a logout on one machine is not one on the other")


def _share_limits(house: TwoHosts, report: Report) -> None:
    """Wrong passwords and complaints are counted together, wherever they came in."""
    chance = random.Random(2)
    clients = [
        httpx.Client(base_url=house.base, transport=Balanced([one], chance), timeout=20) for one in house.machines
    ]
    answers = [_try_login(clients[turn % 2], "wati", WRONG) for turn in range(6)]
    report.must(answers[:5] == [401] * 5 and answers[5] == 429, f"wrong passwords on two machines: {answers}")
    with _asked(house) as ask:
        count = ask("SELECT max(count) FROM rate WHERE key LIKE 'sent:%' AND key <> 'sent:all'")[0][0]
        held = ask("SELECT count(*) FROM ticket WHERE state = 'screening'")[0][0]
        house.set_limit(count + 2)
        forms = [clients[turn % 2].get("/pengaduan").text for turn in range(4)]
        time.sleep(FORM_AGE)
        for turn, text in enumerate(forms):
            sent = clients[turn % 2].post("/pengaduan", data=_complaint(text, turn), follow_redirects=True)
            report.must(bool(NUMBER.search(sent.text)), f"the form was answered with {sent.status_code}")
        now_held = ask("SELECT count(*) FROM ticket WHERE state = 'screening'")[0][0] - held
        report.must(now_held == 2, f"of four forms with two allowed on two machines {now_held} were held")
    for client in clients:
        client.close()


def _complaint(text: str, turn: int) -> dict[str, str]:
    found = CATEGORY.search(text)
    assert found is not None
    return {
        **dict(HIDDEN.findall(text)), "name": "Andi", "email": f"batas{turn}@x.example", "subject": "Batas",
        "category": found[1], "description": "Sambungan di aula mati.",
    }  # fmt: skip


def _try_login(client: httpx.Client, username: str, password: str) -> int:
    fields = dict(HIDDEN.findall(client.get("/admin/login").text))
    return client.post("/admin/login", data={**fields, "username": username, "password": password}).status_code


def _steps_taken_once(house: TwoHosts, crowd: Crowd, report: Report) -> None:
    with _asked(house) as ask:
        taken = Counter(ticket for (ticket,) in ask("SELECT ticket_id FROM event WHERE step = 'follow_up'"))
    report.must(max(taken.values(), default=1) == 1, "a step was taken twice")
    report.must(not crowd.followed - set(taken), "an acknowledged step is lost")


def _both_work_again(house: TwoHosts, report: Report) -> None:
    """The worker of the machine that was away says again that it lives, and none of its lanes hangs."""
    until = time.monotonic() + LONGEST_RETURN
    wanted = {one.name for one in house.machines}
    with _asked(house) as ask:
        while time.monotonic() < until:
            rows = ask(
                "SELECT worker FROM heartbeat WHERE beat_at > now() - interval '40 seconds' AND ended_at IS NULL"
            )
            alive = {name.partition(":")[0] for (name,) in rows}
            if alive >= wanted:
                return
            time.sleep(1)
    report.wrong.append(f"of the workers only {', '.join(sorted(alive)) or 'none'} came back")


if __name__ == "__main__":
    done = run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(asdict(done)) + "\n")
