"""Reads what people write into the roots of its words: without slang, endings and doubled letters.

"Wifi nya ga bs konek" and "Wi-Fi tidak dapat tersambung" have roots in common. Articles, searches and the counted
words of complaints are compared by them. It is a rough reading on purpose: what is cut off the same way on both sides
need not be a word.
"""

from __future__ import annotations

import re

from models.base.search.folding import fold

LONGEST_ROOT = 30
MOST_ROOTS = 400  # of one text
_ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")
_JOINT = re.compile(r"[-'.](?=\w)")
_WORD = re.compile(r"[a-z]{2,}")
_REPEATED = re.compile(r"(.)\1{2,}")

# How it is written in haste, and the word that is meant; "" says nothing about a matter.
_MEANT = {
    wrong: right
    for right, written in {
        "": "yang yg dan dn di ke dari dr untuk utk buat bwt dengan dgn pada itu ini tu nih sih deh dong kok kak bang"
        " min admin pak bu bapak ibu saya sy aku gw gue kami kita mohon tolong tlg pls please bantu bantuan terima"
        " kasih makasih thanks thx permisi maaf assalamualaikum selamat pagi siang sore malam halo hai juga jg"
        " lagi lg sudah sdh udah udh dah telah akan mau ingin ada adalah jadi jd karena krn karna atau tapi tp"
        " tetapi kalau klo kalo bila jika saat pas waktu sejak sampai smp hari jam kemarin besok tadi td terus"
        " trus trs sekali banget bgt aja saja sj cuma hanya semua lain masih msh belum blm oleh para sebagai"
        " secara supaya agar dalam luar bagaimana gimana gmn kenapa knp kapan apa apakah apaan mana the is are my"
        " to in on of and it for at with can cannot not have has this that from be am was when help hi hello dear"
        " sir mam we you your me our but so do does did nya si ya iya yaa kan pun lah kah loh lho mas mbak mba dek"
        " gan bro",
        "tidak": "tidak tdk ga gak gk nggak ngga enggak engga kagak kaga tak ndak ngak dont doesnt cant wont no",
        "bisa": "bisa bs bsa dapat dpt",
        "sambung": "konek connect connected connecting konek koneksi connection connects terkonek connectnya nyambung"
        " tersambung sambungan nyambungnya terhubung hubung",
        "putus": "putus disconnect disconnected dc ngedrop drop diskonek",
        "wifi": "wifi wipi wfi wi hotspot eduroam ssid wlan wireless",
        "internet": "internet inet inetnya intrnet jaringan jaringannya network jringan",
        "lambat": "lambat lemot lelet slow lama lamban ngelag lag lola",
        "password": "password pw pass pwd passwd paswd pasword passwrd sandi katasandi passwordnya",
        "lupa": "lupa forgot forget forgotten lp",
        "akun": "akun account acount akunnya acc accountnya",
        "login": "login masuk log signin loginnya masuknya logon",
        "email": "email e-mail mail imel surel emailnya gmail outlook",
        "komputer": "komputer computer pc kompi komp komputernya kompnya cpu",
        "laboratorium": "laboratorium lab labor labkom laboratory labnya labor",
        "portal": "portal siakad sia krs khs portalnya",
        "aplikasi": "aplikasi app apps aplikasinya sistem system software",
        "galat": "error eror errornya galat failed gagal fail erorr",
        "mati": "mati off dead padam",
        "nyala": "nyala hidup menyala ngidup idup on",
        "cetak": "print printer ngeprint cetak printing printernya",
        "laptop": "laptop laptopnya notebook leptop",
        "ponsel": "hp ponsel handphone hape smartphone android iphone hpku",
        "ganti": "ganti ubah rubah change reset riset gantiin",
        "unggah": "upload unggah uplod ngupload",
        "unduh": "download unduh donlot",
        "website": "website web situs laman",
    }.items()
    for wrong in written.split()
}
_ENDINGS = ("nya", "kah", "lah", "kan", "ku", "mu", "an", "in", "i")
_BEGINNINGS = (
    "menye",
    "meng",
    "meny",
    "peng",
    "peny",
    "mem",
    "men",
    "pem",
    "pen",
    "ber",
    "ter",
    "per",
    "me",
    "di",
    "ng",
)
_SHORTEST = 4  # of what is left


def roots_of(*texts: str) -> list[str]:
    """The roots of texts, each once, in their order; addresses, figures and words that say nothing are left out."""
    found: dict[str, None] = {}
    for text in texts:
        plain = _JOINT.sub("", _ADDRESS.sub(" ", fold(text)))
        for word in _WORD.findall(plain):
            if root := root_of(_REPEATED.sub(r"\1", word)):
                found[root] = None
                if len(found) == MOST_ROOTS:
                    return list(found)
    return list(found)


def root_of(word: str) -> str:
    """The root of one folded word; "" where it tells nothing of a matter."""
    if word in _MEANT:
        return _MEANT[word]
    bare = _without_ending(word)
    if bare in _MEANT:
        return _MEANT[bare]
    stem = _without_ending(_without_beginning(bare))
    return _MEANT.get(stem, stem)[:LONGEST_ROOT]


def _without_ending(word: str) -> str:
    return next(
        (word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= _SHORTEST), word
    )


def _without_beginning(word: str) -> str:
    for begin in _BEGINNINGS:
        if word.startswith(begin) and len(word) - len(begin) >= _SHORTEST:
            return word[len(begin) :]
    return word
