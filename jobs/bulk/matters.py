"""What the made-up complaints of each kind of problem speak of, by the names of the shipped categories.

A kind that the centre added itself, or renamed, has no matters here: its complaints are made of common words alone.
"""

from __future__ import annotations

from typing import NamedTuple


class Matters(NamedTuple):
    """Subjects, and sentences of which a text takes some."""

    subjects: tuple[str, ...]
    sentences: tuple[str, ...]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.strip().splitlines())


ANY = _lines("""
    Mohon bantuannya, terima kasih.
    Sudah dicoba berkali-kali, hasilnya sama.
    Kejadiannya sejak Senin dan belum berubah sampai sekarang.
    Teman-teman satu kelas mengalami hal yang sama.
    Minggu lalu masih normal.
    Mohon diperiksa sebelum jam kuliah besok.
    Saya sudah menanyakan ke tata usaha dan diarahkan ke Pustikom.
    Kalau perlu saya dapat datang ke meja layanan.
""")
MATTERS: dict[str, Matters] = {
    "Wi-Fi dan internet": Matters(
        _lines("""
            Wi-Fi tidak tersambung
            Internet lambat
            Sinyal Wi-Fi lemah
            Titik jaringan mati
            Koneksi sering terputus
            Eduroam menolak
            Tidak dapat alamat IP
            Kabel LAN tidak berfungsi
            Jaringan ruang dosen padam
            Zoom putus-putus karena jaringan
            Hotspot kampus tidak muncul
            VPN tidak tersambung
        """),
        _lines("""
            Wi-Fi hanya menampilkan tanda seru dan tertulis tanpa internet.
            Sinyal hilang begitu pindah ke dekat jendela.
            Kecepatan unduh di bawah satu Mbps, padahal biasanya dua puluh.
            Kabel LAN sudah diganti tetapi lampu di soket tetap mati.
            Laptop mendapat alamat 169.254 dan gateway tidak menjawab.
            Ping ke luar kampus lebih dari empat ratus milidetik dan sering hilang paket.
            Nama jaringan eduroam tidak muncul di ponsel.
            Access point di langit-langit lampunya merah.
            Video konferensi terputus setiap beberapa menit karena koneksi tidak stabil.
            Router di lorong mati setelah listrik padam.
            Sakelar di rak jaringan berbunyi dan semua titik di lantai itu terputus.
            Browsing lemot sekali dan YouTube buffering terus.
            Hotspot kampus minta sambung ulang setiap pindah gedung.
            DNS tidak menjawab sehingga tidak ada situs yang terbuka.
            Bandwidth habis pada jam istirahat.
            Modem dan kabel fiber di gedung kami digigit tikus.
            Koneksi wireless putus saat ruangan penuh.
            VPN dari rumah gagal dengan pesan waktu habis.
            Perangkat tersambung ke Wi-Fi tetapi tidak dapat membuka halaman apa pun.
            Jangkauan sinyal di ruang sidang sangat lemah, hanya satu batang.
            Semua koneksi internet di lantai ini mati total.
            Game dan streaming tersendat, upload juga lambat.
        """),
    ),
    "Akun dan password": Matters(
        _lines("""
            Password tidak diterima
            Lupa password
            Akun terkunci
            Email tidak masuk
            Akun belum aktif
            Kode verifikasi tidak sampai
            Ganti kata sandi gagal
            Nama pengguna tidak dikenal
            Email kampus penuh
            Akun dipakai orang lain
            Minta akun untuk mahasiswa baru
            Reset password email
        """),
        _lines("""
            Kata sandi saya lupa dan nomor telepon sudah ganti.
            Tertulis username atau password salah padahal tidak pernah diubah.
            Akun terkunci setelah beberapa kali salah memasukkan kata sandi.
            Kode OTP tidak terkirim ke nomor ponsel saya.
            Tautan reset password kedaluwarsa waktu dibuka.
            Email kampus tidak menerima surat dari luar sejak kemarin.
            Akun email saya dinonaktifkan karena kuota penyimpanan penuh.
            Saya mahasiswa baru dan belum mendapat akun maupun email.
            Sepertinya akun saya diretas karena ada login dari kota lain.
            Verifikasi dua langkah meminta kode dari ponsel lama.
            Nama di akun salah eja dan perlu diperbaiki.
            Dosen luar biasa ini belum mempunyai email institusi.
            Akun pegawai yang pensiun masih aktif, mohon ditutup.
            Saya diminta memperbarui sandi tetapi sandi baru selalu ditolak.
            Kontak pemulihan masih alamat lama sehingga saya tidak bisa memulihkan akun.
            Ada surel penipuan yang meminta password dan terlanjur saya isi.
            Tidak bisa login dengan NIM dan tanggal lahir seperti petunjuk.
            Akun himpunan dikelola pengurus lama dan sandinya tidak diserahkan.
            Username saya tidak terdaftar.
            Email spam banyak sekali masuk ke kotak masuk saya.
            Minta buatkan alamat email untuk panitia seminar.
            Akun saya di-suspend tanpa pemberitahuan.
        """),
    ),
    "Portal dan aplikasi": Matters(
        _lines("""
            Portal tidak terbuka
            Nilai tidak tampil
            Aplikasi berhenti sendiri
            KRS tidak tersimpan
            Jadwal kuliah kosong
            Tagihan uang kuliah salah
            E-learning tidak dapat unggah tugas
            Transkrip salah cetak
            Situs fakultas galat
            Data mahasiswa keliru di sistem
            Kuesioner dosen tidak dapat diisi
            Absen daring tidak tercatat
        """),
        _lines("""
            Portal menampilkan halaman putih dan tulisan error 500.
            Nilai mata kuliah semester lalu tidak muncul di KHS.
            KRS sudah disetujui dosen wali tetapi statusnya masih menunggu.
            Tombol simpan di sistem akademik tidak bereaksi.
            Tugas tidak dapat diunggah ke e-learning karena berkas dianggap terlalu besar.
            Absensi kuliah daring tidak tercatat walau saya hadir.
            Mata kuliah pilihan tidak muncul waktu mengisi KRS.
            Tagihan UKT di sistem keuangan tidak sesuai dengan golongan saya.
            Pembayaran sudah lunas tetapi status di portal belum berubah.
            Transkrip menampilkan nama dan NIM yang keliru.
            Katalog perpustakaan daring tidak dapat dicari.
            Situs program studi tidak dapat diakses dan sertifikatnya kedaluwarsa.
            Aplikasi presensi di ponsel selalu menutup sendiri setelah pembaruan.
            Jadwal ujian yang tampil bentrok dan ruangannya salah.
            Kuis di Moodle hilang dan nilainya nol.
            Form pendaftaran wisuda tidak dapat disubmit.
            Dosen tidak dapat mengisi nilai karena kelasnya tidak tampil.
            Data beasiswa di sistem tidak dapat diperbarui.
            Judul skripsi di sistem bimbingan tidak dapat diubah.
            Laporan kinerja dosen gagal diekspor ke PDF.
            Kuesioner evaluasi dosen tidak dapat dikirim.
            Sertifikat seminar tidak dapat dicetak dari aplikasi.
        """),
    ),
    "Komputer laboratorium": Matters(
        _lines("""
            Komputer tidak menyala
            Printer tidak mencetak
            Proyektor tidak menampilkan gambar
            Mouse dan keyboard rusak
            Perangkat lunak praktikum belum terpasang
            Layar biru di laboratorium
            Komputer lab lambat sekali
            Lisensi perangkat lunak habis
            Virus di komputer praktikum
            Monitor bergaris
        """),
        _lines("""
            Komputer di meja tiga tidak menyala walau kabel daya sudah dipasang.
            Layar biru muncul waktu membuka AutoCAD.
            Keyboard dan mouse di lab multimedia banyak yang rusak.
            Proyektor di laboratorium berwarna kuning dan gambarnya kabur.
            SPSS di komputer praktikum meminta lisensi.
            Windows minta aktivasi dan layar menjadi hitam.
            Printer lab macet kertas dan tintanya habis.
            Komputer lab penuh virus dan flashdisk ikut terjangkit.
            CPU berbunyi keras lalu mati sendiri karena panas.
            Monitor bergaris dan berkedip.
            Harddisk penuh sehingga file praktikum tidak dapat disimpan.
            RAM kurang sehingga Matlab tidak dapat dijalankan.
            Microsoft Office belum terpasang di dua puluh PC.
            Headset lab bahasa tidak mengeluarkan suara.
            AC di lab mati dan komputer kepanasan.
            Android Studio dan XAMPP perlu dipasang untuk praktikum pemrograman.
            Port USB komputer praktikum tidak membaca flashdisk.
            PC booting sangat lama lalu restart terus.
            Jam praktikum terganggu karena sepuluh unit komputer mati.
            Scanner di lab tidak terdeteksi.
            Colokan listrik di meja lab tidak ada arus.
            Deep Freeze menghapus tugas mahasiswa di lab.
        """),
    ),
    "Lainnya": Matters(
        _lines("""
            Permintaan peminjaman alat
            Tanya jam layanan
            Permintaan dokumentasi acara
            Usul perbaikan ruang
            Kartu mahasiswa hilang
            Izin memakai aula
            Barang tertinggal
            Saran untuk layanan
            Permintaan narasumber pelatihan
            Permohonan magang
        """),
        _lines("""
            Apakah Pustikom meminjamkan kamera dan sound system untuk acara?
            Kami mengundang narasumber untuk pelatihan desain.
            Kartu mahasiswa saya hilang, ke mana mengurusnya?
            Dompet saya tertinggal di ruang tunggu kemarin.
            Sampai jam berapa meja layanan buka pada bulan puasa?
            Kami ingin meminjam aula dan kursi untuk seminar.
            Saran saya, sediakan tempat duduk dan nomor antrean di loket.
            Siswa SMK ingin magang tiga bulan di Pustikom.
            Mohon surat keterangan bebas pinjam alat.
            Berapa biaya sewa laboratorium untuk umum?
            Lampu parkiran di belakang gedung tidak menyala.
            Kami butuh dokumentasi foto untuk acara wisuda.
            Kucing masuk ke ruang kelas dan mengotori meja.
            Toilet di lantai satu bocor dan airnya tidak jalan.
            Ke mana mengirim undangan untuk kepala pusat?
            Bagaimana cara kerja sama penelitian dengan Pustikom?
            Ada pungutan parkir yang tidak resmi.
            Petugas tadi kurang ramah di loket.
            Kami ingin memasang spanduk dan poster kegiatan.
            Mohon informasi lowongan kerja paruh waktu.
        """),
    ),
}
