"""An article from a resolved ticket to the visitor whom it helped: written, published, suggested, counted, reviewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from models.base.db import db
from models.base.wording import today
from models.organisation.audit import AuditEntry
from models.tickets.knowledge.article import Article, PublishedArticle
from models.tickets.ticket import Ticket
from tests.browse import Person
from tests.tickets.test_workbench import Statements
from tests.walk import complaint_at, complaint_fields, file_complaint, take

TITLE = "Wi-Fi tersambung tetapi portal tidak terbuka"
TEXT = "## Yang dilakukan\n1. Lupakan jaringan eduroam.\n2. Sambungkan lagi dengan alamat email kampus.\n\nMatikan VPN dulu."


def owner_id(username: str = "tono") -> int:
    from models.organisation.staff import Staff

    return db.session.scalars(select(Staff.id).where(Staff.username == username)).one()


def fields(**changes):
    said = {"title": TITLE, "text": TEXT, "language": "id", "is_public": "y", "category_id": 0, "owner_id": owner_id()}
    return {**said, **changes}


def write(person: Person, **changes) -> int:
    answer = person.post("/admin/article/new/", fields(**changes))
    assert answer.status_code == 303, answer.text
    db.session.rollback()
    return int(answer.location.rpartition("=")[2])


def press(person: Person, act: str, article_id: int, number: int = 1):
    answer = person.post(f"/admin/article/{act}/", {"id": article_id, "number": number})
    db.session.rollback()
    return answer


def publish(article_id: int, number: int = 1) -> None:
    from flask import current_app

    sari = Person(current_app, "sari")
    assert press(sari, "publish", article_id, number).status_code == 303
    assert db.session.get(PublishedArticle, article_id) is not None


def row(article_id: int) -> Article:
    db.session.rollback()
    return db.session.get_one(Article, article_id)


def test_an_article_is_written_published_suggested_while_typing_and_counted_once_a_day(app, cast):
    tono, visitor = Person(app, "tono"), Person(app)
    article_id = write(tono)
    assert visitor.get(f"/panduan/{article_id}").status_code == 404
    assert TITLE not in visitor.get("/panduan").text
    publish(article_id)
    assert TITLE in visitor.get("/panduan").text
    assert "<li>Lupakan jaringan eduroam.</li>" in visitor.get(f"/panduan/{article_id}").text

    token = visitor.token("/pengaduan")
    words = {"subject": "wifi ga bs konek", "description": "portal nya ga kebuka padahal udh tersambung"}
    part = visitor.client.post("/pengaduan/saran", data={"csrf_token": token, **words})
    assert part.status_code == 200
    assert f'href="/panduan/{article_id}"' in part.text
    assert "<html" not in part.text

    page = f"/panduan/{article_id}"
    for _press in range(2):
        assert visitor.post(f"{page}/menolong", token=visitor.token(page)).status_code == 303
    assert row(article_id).helped_public == 1
    another = Person(app)
    another.post(f"{page}/menolong", token=another.token(page))
    assert (row(article_id).helped_public, row(article_id).helped_staff) == (2, 0)


def test_browsers_made_up_by_one_network_count_no_further_than_a_hall_of_people(app, cast, monkeypatch):
    monkeypatch.setattr("public.tickets.articles.HELPED_AN_HOUR", 3)
    article_id = write(Person(app, "tono"))
    publish(article_id)
    page = f"/panduan/{article_id}"
    for _browser in range(5):
        fresh = Person(app)
        assert fresh.post(f"{page}/menolong", token=fresh.token(page)).status_code == 303
    assert row(article_id).helped_public == 3


def test_without_a_script_the_form_shows_suggestions_and_keeps_all_that_was_typed(app, cast):
    article_id = write(Person(app, "tono"))
    publish(article_id)
    visitor, before = Person(app), db.session.query(Ticket).count()
    typed = complaint_fields(
        category=0, subject="Wifi tidak tersambung", description="Portal tidak terbuka sama sekali."
    )
    answer = visitor.post("/pengaduan", {**typed, "suggest": "1"}, token=visitor.token("/pengaduan"))
    assert answer.status_code == 200
    assert f'href="/panduan/{article_id}"' in answer.text
    for value in (
        "Andi Saputra",
        "andi@mhs.example",
        "0812-1111-2222",
        "Wifi tidak tersambung",
        "Portal tidak terbuka",
    ):
        assert value in answer.text
    assert 'role="alert"' not in answer.text
    assert db.session.query(Ticket).count() == before


def test_a_proposed_kind_of_problem_is_chosen_by_a_press_without_a_script(app, cast):
    visitor = Person(app)
    typed = complaint_fields(category=0, subject="Lupa password akun", description="Sudah dicoba.")
    answer = visitor.post("/pengaduan", {**typed, "suggest": "1"}, token=visitor.token("/pengaduan"))
    place = answer.text.index('name="propose"')
    pressed = answer.text[place:].split('value="')[1].split('"')[0]
    again = visitor.post("/pengaduan", {**typed, "propose": pressed}, token=visitor.token("/pengaduan"))
    assert f'<option selected value="{pressed}">Akun dan password</option>' in again.text
    foreign = visitor.post("/pengaduan", {**typed, "propose": "99999"}, token=visitor.token("/pengaduan"))
    assert foreign.status_code == 200


def test_what_was_changed_after_publishing_is_read_by_nobody_until_it_is_published_again(app, cast):
    tono, visitor = Person(app, "tono"), Person(app)
    article_id = write(tono)
    publish(article_id)
    page = tono.get(f"/admin/article/edit/?id={article_id}").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    tono.post(f"/admin/article/edit/?id={article_id}", fields(text="Kata baru.", seen=seen, is_public="n"))
    assert "Kata baru" not in visitor.get(f"/panduan/{article_id}").text
    assert [v.number for v in row(article_id).versions] == [2, 1]
    assert press(Person(app, "sari"), "publish", article_id, 1).status_code == 303  # of a version that nobody saw
    assert row(article_id).published_number == 1
    publish(article_id, 2)
    assert visitor.get(f"/panduan/{article_id}").status_code == 404  # for staff alone now


def test_whoever_may_not_publish_is_refused_and_a_draft_is_seen_by_its_owner_and_publishers_alone(app, cast):
    tono, lina, rina = (Person(app, name) for name in ("tono", "lina", "rina"))
    article_id = write(tono)
    assert press(tono, "publish", article_id).status_code == 403
    assert db.session.get(PublishedArticle, article_id) is None
    here = f"/admin/article/details/?id={article_id}"
    assert [person.get(here).status_code for person in (tono, lina, rina)] == [200, 404, 200]
    assert TITLE not in lina.get("/admin/article/").text
    publish(article_id)
    assert lina.get(here).status_code == 200
    assert lina.get(f"/admin/article/edit/?id={article_id}").status_code == 403


def test_an_internal_article_is_found_by_staff_and_by_nobody_else(app, cast):
    article_id = write(Person(app, "tono"), is_public="n")
    publish(article_id)
    visitor = Person(app)
    assert visitor.get(f"/panduan/{article_id}").status_code == 404
    assert "Tidak ada yang cocok" in visitor.get("/panduan?cari=eduroam").text
    ticket_id = file_complaint().id
    found = Person(app, "tono").get(f"/admin/article_help/?id={ticket_id}").text
    assert TITLE in found
    assert "Tautkan" not in found


def test_beside_a_ticket_an_article_is_linked_in_the_reply_and_counted_for_staff_once(app, cast):
    article_id = write(Person(app, "tono"))
    publish(article_id)
    ticket_id = file_complaint().id
    tono = Person(app, "tono")
    part = tono.client.get(f"/admin/article_help/?id={ticket_id}&part=1").text
    assert TITLE in part
    answer = tono.post("/admin/article_help/insert", {"id": ticket_id, "article": article_id})
    assert f"/panduan/{article_id}" in tono.get(answer.location).text
    for _press in range(2):
        tono.post("/admin/article_help/solved", {"id": ticket_id, "article": article_id})
    assert (row(article_id).helped_public, row(article_id).helped_staff) == (0, 1)


def test_articles_stand_beside_a_ticket_only_for_whoever_sees_the_ticket(app, cast):
    ticket_id = file_complaint().id
    assert Person(app, "lina").get(f"/admin/article_help/?id={ticket_id}").status_code == 404


def test_a_draft_from_a_resolved_ticket_carries_no_person_and_says_what_was_left_out(app, cast):
    ticket = file_complaint(subject="Wi-Fi Andi di lantai 2 putus")
    take(ticket, "follow_up", "tono", text="Dicek.")
    cause = "Titik akses mati, lapor andi@mhs.example, 0812-1111-2222."
    take(ticket, "resolve", "tono", cause=cause, solution="Pak Saputra: titik akses dinyalakan kembali.")
    ticket_id = ticket.id
    page = Person(app, "tono").get(f"/admin/article/new/?ticket={ticket_id}").text
    box = page.split('name="text"')[1].split("</textarea>")[0]
    assert "titik akses dinyalakan kembali" in box
    for word in ("andi", "saputra", "0812", "mhs.example", "Rabu sore"):
        assert word not in box.lower()
    assert 'value="Wi-Fi … di lantai 2 putus"' in page
    assert "4 bagian yang tampak seperti data orang" in page
    assert db.session.query(Article).count() == 0


def test_a_draft_is_made_of_no_ticket_that_is_open_or_not_seen(app, cast):
    open_id, done_id = file_complaint().id, complaint_at("resolved").id
    assert Person(app, "tono").get(f"/admin/article/new/?ticket={open_id}").status_code == 404
    assert Person(app, "lina").get(f"/admin/article/new/?ticket={done_id}").status_code == 404


def test_a_look_before_saving_keeps_the_words_and_saves_nothing(app, cast):
    answer = Person(app, "tono").post("/admin/article/new/", fields(preview="1"))
    assert answer.status_code == 200
    assert "<li>Lupakan jaringan eduroam.</li>" in answer.text
    assert db.session.query(Article).count() == 0


def test_a_withdrawn_article_is_gone_from_pages_and_search(app, cast):
    article_id = write(Person(app, "tono"))
    publish(article_id)
    sari = Person(app, "sari")
    assert press(sari, "withdraw", article_id).status_code == 303
    visitor = Person(app)
    assert visitor.get(f"/panduan/{article_id}").status_code == 404
    assert "Tidak ada yang cocok" in visitor.get("/panduan?cari=eduroam").text
    acts = db.session.scalars(select(AuditEntry.act).where(AuditEntry.object_kind == "Article").order_by(AuditEntry.id))
    assert list(acts) == ["create", "publish", "withdraw"]


def test_a_year_after_publishing_the_owner_looks_again(app, cast):
    tono = Person(app, "tono")
    article_id = write(tono)
    publish(article_id)
    assert row(article_id).review_on == today() + timedelta(days=365)
    row(article_id).review_on = today()
    db.session.commit()
    assert "Waktunya ditinjau" in tono.get(f"/admin/article/details/?id={article_id}").text
    assert TITLE in tono.get("/admin/article/?standing=due").text
    press(tono, "reviewed", article_id)
    assert row(article_id).review_on == today() + timedelta(days=365)


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        "![x](javascript:alert(1))",
        "[x](javascript:alert(1))",
        "<img src=x onerror=alert(1)>",
        "![x](/admin/logout)",
        "![x](https://elsewhere.example/pixel.png)",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "<svg/onload=alert(1)>",
        "<iframe src=//elsewhere.example></iframe>",
        '<a href="x" onclick="alert(1)">x</a>',
        "<style>body{display:none}</style>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "<math><mtext><script>alert(1)</script>",
        "<form action=//elsewhere.example><input name=p></form>",
    ],
)
def test_d11_the_markdown_of_an_article_runs_nothing_and_fetches_nothing_from_elsewhere(app, cast, payload):
    import re

    article_id = write(Person(app, "tono"), text=payload, title=f"Judul {payload}"[:150])
    publish(article_id)
    page = Person(app).get(f"/panduan/{article_id}").text
    shown = page.split('<article class="pk-text pk-article"')[1].split("</article>")[0].lower()
    assert not re.search(r"<(script|svg|iframe|style|form|input|math|img)|\son\w+=|href=\"(javascript|data):", shown)
    panel = Person(app, "sari").get(f"/admin/article/details/?id={article_id}").text
    shown = panel.split('id="h-tampil"')[1].split("</section>")[0].lower()
    assert not re.search(r"<(script|svg|iframe|style|form|input|math|img)|\son\w+=|href=\"(javascript|data):", shown)


def test_suggestions_ask_two_statements_and_a_count_whatever_the_number_of_articles(app, cast):
    tono = Person(app, "tono")
    for number in range(6):
        publish(write(tono, title=f"{TITLE} {number}"))
    visitor = Person(app)
    token = visitor.token("/pengaduan")
    with Statements(app) as asked:
        visitor.client.post("/pengaduan/saran", data={"csrf_token": token, "subject": "wifi", "description": "portal"})
    assert len([one for one in asked.found if one.lstrip().upper().startswith(("SELECT", "WITH"))]) <= 2


def test_above_the_hours_limit_nothing_is_looked_up_and_the_form_goes_on(app, cast):
    from models.base import setting

    setting.put("suggestions_per_hour", 10)
    db.session.commit()
    visitor = Person(app)
    token = visitor.token("/pengaduan")
    words = {"csrf_token": token, "subject": "wifi", "description": "portal"}
    answers = [visitor.client.post("/pengaduan/saran", data=words).status_code for _time in range(11)]
    assert answers == [200] * 10 + [429]
    assert visitor.post("/pengaduan", {**complaint_fields(), "suggest": "1"}, token=token).status_code == 200


def test_a_due_review_stands_on_the_owners_desk_alone_and_is_mailed_once(app, cast):
    from jobs.tickets.remind_articles import remind_articles
    from models.tickets.outbox import Mail

    tono = Person(app, "tono")
    article_id = write(tono)
    publish(article_id)
    assert remind_articles() == 0
    assert "perlu ditinjau" not in tono.get("/admin/").text
    row(article_id).review_on = today()
    db.session.commit()
    assert "1 panduan Anda perlu ditinjau" in tono.get("/admin/").text
    assert "panduan Anda" not in Person(app, "rina").get("/admin/").text
    assert (remind_articles(), remind_articles()) == (1, 0)
    mails = list(db.session.scalars(select(Mail).where(Mail.notice == "article_review")))
    assert [(mail.recipient, mail.facts["titles"]) for mail in mails] == [(cast["tono"].email, [TITLE])]
    row(article_id).review_on = today() + timedelta(days=1)  # the next year's look is asked for again
    row(article_id).review_asked_on = today()
    db.session.commit()
    assert remind_articles() == 0


def test_the_review_of_somebody_who_left_is_asked_of_the_head_of_the_centre(app, cast):
    from jobs.tickets.remind_articles import remind_articles
    from models.organisation.staff import Staff
    from models.tickets.outbox import Mail

    article_id = write(Person(app, "tono"))
    publish(article_id)
    row(article_id).review_on = today()
    db.session.get_one(Staff, owner_id()).is_active = False
    db.session.commit()
    remind_articles()
    mail = db.session.scalars(select(Mail).where(Mail.notice == "article_review")).one()
    assert mail.recipient == cast["budi"].email


def test_a_picture_is_seen_by_the_public_only_while_its_article_is_published(app, cast):
    import io

    from PIL import Image

    from models.tickets.knowledge.article import ArticlePicture

    made = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(made, "PNG")
    made.seek(0)
    tono, visitor = Person(app, "tono"), Person(app)
    article_id = write(tono, pictures=(made, "langkah.png"))
    picture = db.session.scalars(select(ArticlePicture)).one()
    address, panel, code = f"/panduan/gambar/{picture.id}", f"/admin/article/picture/{picture.id}", picture.markdown
    assert visitor.get(address).status_code == 404
    assert [Person(app, name).get(panel).status_code for name in ("tono", "lina")] == [200, 404]
    page = tono.get(f"/admin/article/edit/?id={article_id}").text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    tono.post(f"/admin/article/edit/?id={article_id}", fields(text=f"Lihat: {code}", seen=seen))
    publish(article_id, 2)
    answer = visitor.get(address)
    assert (answer.status_code, answer.mimetype.split("/")[0]) == (200, "image")
    assert f'src="{address}"' in visitor.get(f"/panduan/{article_id}").text
    refused = tono.post("/admin/article/new/", fields(pictures=(io.BytesIO(b"%PDF-1.4 no picture"), "a.pdf")))
    assert refused.status_code == 422


def test_every_service_has_a_card_and_the_settings_word_it(app, cast):
    from models.base import setting
    from procedures.engine import catalog
    from procedures.tickets.service_card import SHIPPED, key_of

    assert set(SHIPPED) == set(catalog.PROCEDURES)
    visitor = Person(app)
    for procedure in catalog.PROCEDURES.values():
        page = visitor.get(f"/prosedur/{procedure.slug}").text
        assert str(SHIPPED[procedure.key][2]) in page
    setting.put(key_of("unit_email", "cost"), "Rp10.000 untuk materai <b>")
    setting.put(key_of("unit_email", "needs"), "Surat; ; Cap basah")
    db.session.commit()
    page = visitor.get("/prosedur/email-unit").text
    assert "Rp10.000 untuk materai &lt;b&gt;" in page
    assert "<li>Surat</li><li>Cap basah</li>" in page
