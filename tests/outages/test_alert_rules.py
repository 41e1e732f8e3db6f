"""What is done with an alert by its name and severity: built-in rules as monitors name things, and rules of the panel."""

import pytest

from procedures.outages.alert_rules import LabelRule, judge, lines_of, severities_of


@pytest.mark.parametrize(
    ("name", "severity", "act"),
    [
        ("InstanceDown", "critical", "outage"), ("HostDown", "", "outage"), ("host_down", "warning", "outage"),
        ("Unavailable by ICMP ping", "High", "outage"), ("Device Down! Due to no ICMP response.", "critical", "outage"),
        ("BlackboxProbeFailed", "page", "outage"), ("Down", "", "outage"), ("UplinkDown", "", "outage"),
        ("Portal akademik down", "", "outage"), ("Sakelar tidak menjawab", "", "outage"), ("Host mati", "", "outage"),
        ("SwitchUnreachable", "none", "outage"), ("Sesuatu", "Disaster", "outage"), ("", "critical", "outage"),
        ("", "", "outage"),
        ("HostHighCpuLoad", "warning", "note"), ("CPUUsageHigh", "critical", "note"), ("cpu warning", "", "note"),
        ("High CPU utilization", "Average", "note"), ("Suhu tinggi", "critical", "note"), ("DiskFull", "critical", "note"),
        ("Interface eth0(): Link down", "Average", "note"), ("Port status up/down", "critical", "note"),
        ("High ICMP ping loss", "Warning", "note"), ("BlackboxSslCertificateWillExpireSoon", "critical", "note"),
        ("DatasourceNoData", "critical", "note"), ("Zabbix agent is not available (for 3m)", "Average", "note"),
        ("Device rebooted", "critical", "note"), ("Sesuatu", "warning", "note"), ("Sesuatu", "", "note"),
        ("Sesuatu", "entah", "note"), ("", "info", "note"), ("Watchdog", "none", "note"),
    ],
)  # fmt: skip
def test_built_in_rules_tell_an_outage_from_a_part_or_a_warning(name, severity, act):
    assert judge(name, severity, None, []).act == act


def rule(names="", severities="", act="ignore", source_id=None):
    return LabelRule(lines_of(names), severities_of(severities), act, "", source_id, 1)


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        (rule("host down"), True), (rule("down host"), False), (rule("HostDown"), True), (rule("own"), False),
        (rule("h*t"), True), (rule("lain\n\nhost"), True), (rule("*"), True), (rule(), True),
        (rule("host", "critical"), True), (rule("host", "info, CRITICAL ; x"), True), (rule("host", "info"), False),
        (rule("", "critical"), True), (rule("host down now"), False), (rule("host", source_id=4), True),
        (rule("host", source_id=5), False),
    ],
)  # fmt: skip
def test_rule_of_the_panel_fits_whole_words_severities_and_its_own_monitor(given, fits):
    assert (judge("HostDown", "Critical", 4, [given]) is given) == fits


def test_first_rule_that_fits_decides():
    first, second = rule("host", act="note"), rule("down", act="ignore")
    assert [judge(name, "", None, [first, second]).act for name in ("HostDown", "NodeDown", "Gone")] == [
        "note", "ignore", "note",
    ]  # fmt: skip
