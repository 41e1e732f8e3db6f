"""The six procedures as their papers describe them: which step follows which, where it is asked, where it ends.

Rows of one or two cells from top to bottom, then the arrows with their words. tests/engine/test_written_charts.py holds
that every line of the paper stands here and that every arrow can be walked by the declared steps.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from procedures.engine.written_chart import START, Arrow, Ask, End, PaperChart

YES, NO = _l("Ya"), _l("Tidak")

CHARTS: dict[str, PaperChart] = {
    "network_installation": PaperChart(
        (
            (START,), ("N1",), ("N2",),
            (Ask("N2?", _l("Lengkap dan diteruskan?")), End("refused", _l("Ditolak"))),
            ("N3",), ("N4",),
            (Ask("N4?", _l("Layak?")), End("infeasible", _l("Tidak layak"))),
            ("N5",), ("N6",),
            (Ask("N6?", _l("Disetujui Pustikom dan unit?")), End("declined", _l("Tidak disetujui"))),
            ("N7",),
            (Ask("N7?", _l("Uji lulus?")), "N9"),
            ("N8",), (End("end", _l("Lunas")),),
        ),
        (
            Arrow(START, "N1"), Arrow("N1", "N2"), Arrow("N2", "N2?"), Arrow("N2?", "refused", NO),
            Arrow("N2?", "N1", _l("dikembalikan")), Arrow("N2?", "N3", YES), Arrow("N3", "N4"), Arrow("N4", "N4?"),
            Arrow("N4?", "infeasible", NO), Arrow("N4?", "N5", YES), Arrow("N5", "N6"), Arrow("N6", "N6?"),
            Arrow("N6?", "declined", NO), Arrow("N6?", "N5", _l("diperbaiki")), Arrow("N6?", "N7", YES),
            Arrow("N7", "N7?"), Arrow("N7?", "N9", NO), Arrow("N9", "N7", _l("uji lagi")), Arrow("N7?", "N8", YES),
            Arrow("N8", "end"),
        ),
    ),
    "unit_email": PaperChart(
        (
            (START,), ("E1",), ("E2",), ("E3",),
            (Ask("E3?", _l("Dapat dipenuhi?")), End("refused", _l("Ditolak"))),
            ("E4",), (End("end", _l("Akun aktif")),),
        ),
        (
            Arrow(START, "E1"), Arrow("E1", "E2"), Arrow("E2", "E3"), Arrow("E3", "E3?"), Arrow("E3?", "refused", NO),
            Arrow("E3?", "E4", _l("ya, atau sesudah disesuaikan")), Arrow("E4", "end"),
        ),
    ),
    "password_change": PaperChart(
        (
            (START,), ("P1",), ("P2",), ("P3",),
            (Ask("P3?", _l("Cocok?")), End("refused", _l("Ditolak"))),
            ("P4",), ("P5",), (End("end", _l("Disampaikan")),),
        ),
        (
            Arrow(START, "P1"), Arrow("P1", "P2"), Arrow("P2", "P3"), Arrow("P3", "P3?"), Arrow("P3?", "refused", NO),
            Arrow("P3?", "P4", YES), Arrow("P4", "P5"), Arrow("P5", "end"),
        ),
    ),
    "network_outage": PaperChart(
        (
            (START,), ("L1",), ("L2",),
            (Ask("L2?", _l("Ping dijawab?")), End("unproven", _l("Tidak terbukti"))),
            ("L3",), (Ask("L3?", _l("Apa yang terganggu?")),),
            ("L4", "L6"), ("L5", "L7"), (None, "L8"), (None, "L9"),
            ("L10",), (End("end", _l("Pulih")),),
        ),
        (
            Arrow(START, "L1"), Arrow("L1", "L2"), Arrow("L2", "L2?"), Arrow("L2?", "unproven", YES),
            Arrow("L2?", "L3", NO), Arrow("L3", "L3?"), Arrow("L3?", "L4", _l("prasarana")),
            Arrow("L3?", "L6", _l("infrastruktur IT")), Arrow("L4", "L5"), Arrow("L5", "L10"), Arrow("L6", "L7"),
            Arrow("L7", "L8"), Arrow("L8", "L9"), Arrow("L9", "L10"), Arrow("L10", "end"),
        ),
    ),
    "server_outage": PaperChart(
        (
            (START,), ("W1",), ("W2",),
            (Ask("W2?", _l("Benar terganggu?")), End("false_alarm", _l("Alarm palsu"))),
            ("W3",), (Ask("W3?", _l("Dikelola siapa?")),),
            ("W4", "W7"), ("W5", None), ("W6", None), (End("end", _l("Berfungsi lagi")),),
        ),
        (
            Arrow(START, "W1"), Arrow("W1", "W2"), Arrow("W2", "W2?"), Arrow("W2?", "false_alarm", NO),
            Arrow("W2?", "W3", YES), Arrow("W3", "W3?"), Arrow("W3?", "W4", _l("Pustikom")),
            Arrow("W3?", "W7", _l("pihak lain")), Arrow("W4", "W5"), Arrow("W5", "W6"), Arrow("W6", "end"),
            Arrow("W7", "end"),
        ),
    ),
    "complaint": PaperChart(
        (
            (START,), ("C1", "C2"), ("C3",), ("C4",), ("C5",), ("C6",), (Ask("C6?", _l("Beres?")),),
            (End("end", _l("Ditutup")),),
        ),
        (
            Arrow(START, "C1", _l("daring")), Arrow(START, "C2", _l("telepon, surat")), Arrow("C1", "C3"),
            Arrow("C2", "C3"), Arrow("C3", "C4"), Arrow("C4", "C5"), Arrow("C5", "C6"), Arrow("C6", "C6?"),
            Arrow("C6?", "C5", _l("belum")), Arrow("C6?", "end", YES),
        ),
    ),
}  # fmt: skip
