"""Makes up texts for bulk data: Indonesian office words by Zipf's law, and rare words to search for.

It writes nothing and knows no table. One seed gives one text.
"""

from __future__ import annotations

import itertools
import random
from typing import Any

from jobs.bulk.matters import ANY, MATTERS


def _listed(text: str) -> list[str]:
    return text.split()


COMMON = _listed(
    "yang di dan tidak ke dari saya untuk dengan sudah ini pada jaringan wifi internet bisa ada kami akun portal "
    "sejak pagi mohon bantuan komputer laboratorium gedung lantai ruang kelas dosen mahasiswa masuk password email "
    "kampus fakultas tetapi belum karena setelah hari lagi masih saat akan juga terima kasih lambat putus sinyal "
    "perangkat layanan server halaman galat muncul pesan login gagal coba ulang semester nilai krs jadwal kuliah "
    "perpustakaan pegawai surat unit bagian data unduh unggah berkas dokumen printer kabel titik akses router "
    "sakelar listrik padam menyala lampu merah hijau indikator alamat ip dns koneksi terputus sambungan ponsel "
    "laptop aplikasi peramban chrome firefox versi pembaruan pasang instal lisensi antivirus virus proyektor layar "
    "papan tombol tetikus pengeras suara mikrofon kamera rapat daring zoom video ujian tugas dikumpulkan batas "
    "waktu besok kemarin siang sore malam senin selasa rabu kamis jumat sabtu minggu januari februari maret april "
    "mei juni juli agustus september oktober november desember ruangan pojok dekat tangga lift kantin aula masjid "
    "parkir pos satpam sekretariat himpunan organisasi dekan rektor wakil kepala staf operator teknisi petugas "
    "sebelum sesudah ketika selalu kadang sering jarang pernah hanya semua beberapa banyak sedikit satu dua tiga "
    "empat lima enam tujuh delapan sembilan sepuluh puluh ratus kali orang kursi meja rak panel kunci pintu jendela "
    "pendingin panas dingin basah kering bocor rusak patah hangus berbunyi berkedip mati hidup nyala normal pulih"
)
UNCOMMON = 1_500  # made-up words behind the common ones
RARE_HITS = 5  # texts that hold one rare word, however many texts there are
RARE_AT_ONCE = 1_000  # rare words among which the next text chooses, so that its fellows lie far from it
FRAGMENTS = 4_000
WORDS_A_FRAGMENT = 24
_BEGINNINGS, _ENDINGS = _listed("b c d g h j k l m n p r s t w y"), _listed("n ng r s t k h l m")
FIRST = _listed(
    "Andi Budi Citra Dewi Eka Fajar Gita Hadi Indah Joko Kartika Lestari Mega Nanda Oki Putri Rahmi Sinta Tari Yoga"
)
LAST = _listed(
    "Saputra Pratama Wijaya Anggraini Oktavia Maulana Hidayat Permata Kusuma Ramadhan Siregar Nasution Chaniago"
)
SUBJECTS = tuple(subject for matters in MATTERS.values() for subject in matters.subjects)  # of no kind in particular
PLACES = (
    "Gedung A",
    "Gedung B lantai 2",
    "Perpustakaan",
    "Laboratorium 3",
    "ruang dosen",
    "aula",
    "Kampus II",
    "asrama",
)


class Wording:
    """Texts from one random source; fragments are made once, so that a million bodies take seconds."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        words = COMMON + [self._made_up(self.random.randint(2, 4)) for _ in range(UNCOMMON)]
        weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(words))))
        self.fragments = [self._sentence(words, weights) for _ in range(FRAGMENTS)]
        self._rare: list[list[Any]] = []  # a word, and how many texts are still to hold it

    def _made_up(self, syllables: int) -> str:
        said = [self.random.choice(_BEGINNINGS) + self.random.choice("aiueo") for _ in range(syllables)]
        return "".join(said) + self.random.choice(_ENDINGS)

    def _rare_word(self) -> str:
        """One of five syllables, of which there are four milliards: two of one spelling are no danger."""
        while len(self._rare) < RARE_AT_ONCE:
            self._rare.append([self._made_up(5), RARE_HITS])
        place = self.random.randrange(len(self._rare))
        chosen = self._rare[place]
        chosen[1] -= 1
        if not chosen[1]:
            self._rare[place] = self._rare[-1]
            self._rare.pop()
        return str(chosen[0])

    def _sentence(self, words: list[str], weights: list[float]) -> str:
        return " ".join(self.random.choices(words, cum_weights=weights, k=WORDS_A_FRAGMENT)).capitalize() + "."

    def body(self, kind: str = "") -> str:
        """About a hundred words, one of them rare: it stands in RARE_HITS texts, however many texts there are.

        Of a kind of problem that has matters (jobs/bulk/matters.py) some of its sentences, and the rest in fewer words.
        """
        pick = self.random.choice
        rare = f"Kode {self._rare_word()}."
        if kind in MATTERS:
            said = self.random.sample(MATTERS[kind].sentences, self.random.randint(2, 4))
            return " ".join([*said, *self.random.sample(ANY, 3), rare])
        return " ".join([*(pick(self.fragments) for _ in range(4)), rare])

    def reply(self) -> str:
        return self.random.choice(self.fragments)

    def subject(self, kind: str = "") -> str:
        matters = MATTERS[kind].subjects if kind in MATTERS else SUBJECTS
        return f"{self.random.choice(matters)} di {self.random.choice(PLACES)}"

    def person(self) -> tuple[str, str, str]:
        """Name, mail address at a domain that is nobody's, telephone number."""
        first, last = self.random.choice(FIRST), self.random.choice(LAST)
        number = self.random.randrange(10_000)
        return f"{first} {last}", f"{first}.{last}{number}@mhs.example".lower(), f"0812-{number:04}-{number % 977:04}"
