"""What a setting's value must be beyond its type, and which settings must fit together.

A value that would only fail later, when a document is numbered or an address is checked, is refused when it is saved,
in a sentence that says how to mend it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from decimal import Decimal

from flask_babel import gettext as _

from gateways.pattern_trial import is_pattern, is_quick
from gateways.probes.addresses import AllowList
from models.base import setting
from models.base.columns.json_value import Json
from models.base.mail_address import BadMail, read_mail
from models.base.phone import BadPhone, read_phone
from models.base.setting import SPECS
from models.base.typed_number import Ambiguous, BadAmount, NotNumber, read_share, spelled
from models.organisation.document_number import BadPattern, checked_pattern

ORDINARY_NAMES = ("feb", "fakultas", "jurusan.sipil", "bem-feb", "himpunan2026")
DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")

# (what must be less, what must be more, may they be equal)
PAIRS = (
    ("opens_at", "closes_at", False),
    ("urgent_target_percent", "high_target_percent", True),
    ("warn_before_close_days", "close_after_days", False),
    ("file_megabytes", "form_megabytes", True),
    ("file_megabytes", "photo_megabytes", True),
    ("form_megabytes", "upload_megabytes_per_day", True),
    ("complaints_per_hour_per_address", "complaints_per_hour", True),
    ("guarded_changes_per_hour", "password_changes_per_hour", True),
    ("bill_remind_days", "bill_due_days", True),
)


class SettingRefused(ValueError):
    """The typed value is none of this setting; the text says what to do."""


def check(key: str, text: str) -> None:
    """SettingRefused where a text of the right type is still no value of this setting."""
    for pattern, rule in RULES.items():
        if re.fullmatch(pattern, key):
            rule(text)


def out_of_order(values: Mapping[str, Json]) -> dict[str, str]:
    """The sentence for each changed setting that contradicts another, with what the other is or is to become."""
    faults = {}
    for less, more, may_equal in PAIRS:
        if not {less, more} & set(values):
            continue
        low, high = (values.get(key, setting.get(key)) for key in (less, more))
        if low < high or (may_equal and low == high):
            continue
        labels = {"less": str(SPECS[less].label), "more": str(SPECS[more].label), "low": low, "high": high}
        sentence = (
            _("“%(less)s” (%(low)s) tidak boleh melebihi “%(more)s” (%(high)s). Ubah salah satunya.", **labels)
            if may_equal
            else _("“%(less)s” (%(low)s) harus kurang dari “%(more)s” (%(high)s). Ubah salah satunya.", **labels)
        )
        faults[less if less in values else more] = sentence
    return faults


def _number_pattern(needs_kind: bool) -> Callable[[str], None]:
    def rule(text: str) -> None:
        if not text:
            return  # the kind counts in the common sequence
        try:
            checked_pattern(text, needs_kind)
        except BadPattern as refused:
            raise SettingRefused(str(refused)) from None

    return rule


def _address_pattern(text: str) -> None:
    if not is_pattern(text):
        raise SettingRefused(_("Ini bukan ekspresi reguler yang utuh. Periksa kurung dan tanda ulangnya."))
    if not is_quick(text):
        raise SettingRefused(
            _("Pola ini dapat memakan waktu tanpa batas. Hindari tanda ulang di dalam tanda ulang, seperti (a+)+.")
        )
    if not any(re.fullmatch(text, name) for name in ORDINARY_NAMES):
        names = ", ".join(ORDINARY_NAMES)
        raise SettingRefused(_("Pola ini menolak semua nama yang lazim: %(names)s. Longgarkan polanya.", names=names))


def _decimal(text: str) -> Decimal:
    try:
        return spelled(text)
    except Ambiguous as asked:
        raise SettingRefused(str(asked)) from None
    except NotNumber:
        raise SettingRefused(_("Tulis bilangan, misalnya 2,5; atau kosongkan bila tidak dinilai.")) from None


def _between(least: int, most: int, whole: bool = False) -> Callable[[str], None]:
    def rule(text: str) -> None:
        if not text:
            return
        value = _decimal(text)
        if not least <= value <= most or (whole and value != value.to_integral_value()):
            kind = _("bilangan bulat") if whole else _("bilangan")
            raise SettingRefused(_("Tulis %(kind)s antara %(least)s dan %(most)s.", kind=kind, least=least, most=most))

    return rule


def _share(text: str) -> None:
    try:
        read_share(text)
    except BadAmount as bad:
        raise SettingRefused(str(bad)) from None


def _networks(text: str) -> None:
    parts = text.replace(",", " ").split()
    for part in parts:
        _network(part)
    if not parts:
        raise SettingRefused(_("Tulis paling sedikit satu jaringan, misalnya 10.0.0.0/8."))


def _network(part: str) -> None:
    try:
        AllowList.parse(part, "")
    except ValueError:
        pass
    else:
        return
    try:
        meant = str(ipaddress.ip_network(part, strict=False))
    except ValueError:
        raise SettingRefused(_("“%(part)s” bukan jaringan. Tulis seperti 10.0.0.0/8.", part=part[:60])) from None
    raise SettingRefused(
        _("“%(part)s” adalah alamat di dalam sebuah jaringan. Tulis jaringannya: %(meant)s.", part=part, meant=meant)
    )


def _ports(text: str) -> None:
    for part in text.replace(",", " ").split():
        try:
            AllowList.parse("", part)
        except ValueError:
            said = _("“%(part)s” bukan nomor porta. Tulis angka 1 sampai 65535, dipisah koma.", part=part[:60])
            raise SettingRefused(said) from None


def _domain(text: str) -> None:
    if not DOMAIN.fullmatch(text):
        raise SettingRefused(_("Tulis nama domain dengan huruf kecil, misalnya bunghatta.ac.id."))


def _email(text: str) -> str:
    try:
        return read_mail(text)
    except BadMail as bad:
        raise SettingRefused(str(bad)) from None


def _emails(text: str) -> str:
    """Each address once, in the order in which they were typed."""
    typed = [part.strip() for part in text.split(",") if part.strip()]
    return ", ".join(dict.fromkeys(_email(one).lower() for one in typed))


def _phone(text: str) -> str:
    try:
        return read_phone(text).text
    except BadPhone as bad:
        raise SettingRefused(str(bad)) from None


def _account_number(text: str) -> None:
    if text and not re.fullmatch(r"[0-9][0-9 .-]{4,29}", text):
        raise SettingRefused(_("Tulis nomor rekening dengan angka, misalnya 1001 2002 3003."))


def _on_behalf(text: str) -> None:
    if "{position}" not in text or re.search(r"[{}]", text.replace("{position}", "")):
        raise SettingRefused(_("Tulis {position} di tempat jabatan, dan tanpa kurung kurawal lain."))


def _public_key(text: str) -> None:
    from gateways.files.age import is_public_key  # noqa: PLC0415  # a library of a megabyte, for one setting

    if text.upper().startswith("AGE-SECRET-KEY"):
        raise SettingRefused(_("Ini kunci rahasia. Simpan di luar server, dan tulis di sini kunci publiknya (age1…)."))
    if text and not is_public_key(text):
        raise SettingRefused(_("Ini bukan kunci publik age. Salin seluruhnya, dari age1 sampai akhir."))


ONE_FORM: dict[str, Callable[[str], str]] = {
    "centre_email": _email,
    "centre_phone": _phone,
    "monthly_report_to": _emails,
}
"""Settings that are kept as their reader writes them, however they were pasted; SettingRefused otherwise."""

RULES: dict[str, Callable[[str], None]] = {
    "number_pattern_all": _number_pattern(needs_kind=False),
    r"number_pattern_(?!all$)\w+": _number_pattern(needs_kind=True),
    "address_pattern": _address_pattern,
    "account_domain": _domain,
    "backup_public_key": _public_key,
    "on_behalf_words": _on_behalf,
    "bank_account": _account_number,
    "watch_networks": _networks,
    "watch_ports": _ports,
    "ppn_percent": _between(0, 100),
    "ppn_base": _share,
    r"limit_\w+_percent": _between(0, 100),
    r"limit_\w+_packets_min": _between(1, 1_000_000, whole=True),
    r"limit_\w+_ms": _between(0, 60_000),
    r"limit_\w+_length_max_m": _between(0, 100_000),
    r"limit_\w+_signal_min_dbm": _between(-120, 0),
}
