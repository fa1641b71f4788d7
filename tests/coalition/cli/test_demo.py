"""The demo: a year of a real town, summed up in both languages, and its book looked through afterwards."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from coalition.demo.journey import NAMES
from settlement.audit import all_checks
from tests.reference.year import FUNDINGS, stored
from tests.support.command import Command, Ran, check_complaint
from tests.support.printed import cells, check_layout


def figures(funding: str) -> dict[str, Any]:
    totals: dict[str, Any] = json.loads(stored("on_issue" if funding == "on_issue" else "on_redemption").read_text())
    nets: dict[str, int] = {}
    for window in totals["windows"]:
        for participant, minor in window["positions"].items():
            nets[participant] = nets.get(participant, 0) + minor
    return {**totals, "nets": nets}


def dollars(minor: int) -> str:
    return f"{minor / 100:,.2f} USD"


def test_the_demo_sums_up_the_year_in_english(demos: tuple[str, dict[str, Ran]]) -> None:
    ran, totals = demos[1]["on_redemption"], figures("on_redemption")
    assert (ran.code, ran.err) == (0, "")
    lines = [" ".join(line.replace("│", " ").split()) for line in ran.out.splitlines()]
    outstanding = sum(totals["outstanding"].values())
    largest, points = max(totals["outstanding"].items(), key=lambda item: (item[1], item[0]))
    assert lines[0].startswith("155,848 purchases in ")
    assert f"Complete Journey: {len(totals['windows'])} windows from 26 Dec 2016 00:00 to 1 Jan 2018 00:00" in lines
    for line in (
        f"Points earned {totals['earned']:,}",
        f"Points spent {totals['spent']:,}",
        f"Points expired {totals['expired']:,}",
        f"Points outstanding {outstanding:,} = {dollars(outstanding)}",
        f"Fees to the operator {dollars(totals['nets']['operator'])}",
    ):
        assert line in lines
    assert f"the largest: {largest} with {dollars(points)}" in " ".join(lines)
    assert any(line.startswith(f"Audit sound: {len(all_checks())} checks over ") for line in lines)
    check_largest(ran.out, totals)
    check_layout(ran.out)


def test_the_demo_sums_up_the_year_in_chinese(demos: tuple[str, dict[str, Ran]]) -> None:
    ran, totals = demos[1]["on_issue"], figures("on_issue")
    assert (ran.code, ran.err) == (0, "")
    lines = [" ".join(line.replace("│", " ").split()) for line in ran.out.splitlines()]
    outstanding = sum(totals["outstanding"].values())
    title = f"{NAMES['on_issue']}：2016年12月26日 00:00 至 2018年1月1日 00:00，共 {len(totals['windows'])} 个结算期"
    assert title in ran.out.replace("\n", "")
    for line in (
        f"获得的积分 {totals['earned']:,}",
        f"使用的积分 {totals['spent']:,}",
        f"过期积分 {totals['expired']:,}",
        f"未兑付的积分 {outstanding:,} = {dollars(outstanding)}",
        f"运营方手续费 {dollars(totals['nets']['operator'])}",
    ):
        assert line in lines
    # The year ends within a window, and each rounds the pool by less than a cent: it holds what is outstanding.
    assert abs(totals["nets"]["pool"] - outstanding) < len(totals["windows"])
    assert f"资金池持有 {dollars(totals['nets']['pool'])}" in "".join(lines).replace("\n", "")
    assert lines[0].startswith("155,848 笔消费，用时 ")
    assert "接下来可以查看" in lines
    assert any(line.startswith(f"审计 通过：{len(all_checks())} 项检查，核对 ") for line in lines)
    check_largest(ran.out, totals)
    check_layout(ran.out)


def check_largest(text: str, totals: dict[str, Any]) -> None:
    """The eight shops that owe most and the eight that get most, side by side, with the sum of the rest."""
    shops = {shop: minor for shop, minor in totals["nets"].items() if shop not in ("operator", "pool")}
    owe = sorted((minor, shop) for shop, minor in shops.items() if minor < 0)
    get = sorted((-minor, shop) for shop, minor in shops.items() if minor > 0)
    rows = re.findall(r"│ +(\S+) +│ +(\S+) USD │ +│ +(\S+) +│ +(\S+) USD │", text)
    assert rows == [
        (debtor, f"{owed / 100:,.2f}", creditor, f"{-due / 100:,.2f}")
        for (owed, debtor), (due, creditor) in zip(owe[:8], get[:8], strict=True)
    ]
    assert f"{sum(minor for minor, _ in owe[8:]) / 100:,.2f}" in text
    assert f"{-sum(minor for minor, _ in get[8:]) / 100:,.2f}" in text


@pytest.mark.parametrize(("funding", "language"), [("on_redemption", []), ("on_issue", ["--lang", "zh"])])
def test_what_the_demo_says_to_look_at_next_works_in_its_language(
    demos: tuple[str, dict[str, Ran]], command: Command, tmp_path: Path, funding: str, language: list[str]
) -> None:
    hints = [shlex.split(line) for line in demos[1][funding].out.splitlines() if line.startswith("  ")]
    recommended = [words[1:] for words in hints if words[1:2] and words[1] in ("statement", "windows", "audit")]
    assert [words[0] for words in recommended] == ["statement", "statement", "windows", "audit"]
    assert all(" ".join(language) in " ".join(words) for words in recommended[:3])
    for words in recommended:
        ran = command(*words)
        assert (ran.code, ran.err) == (0, "")
    assert (tmp_path / "statement.pdf").read_bytes().startswith(b"%PDF")


def test_several_alliances_in_one_database_need_a_name(demos: tuple[str, dict[str, Ran]], command: Command) -> None:
    url, _ = demos
    for words in (["windows"], ["audit"], ["shops"], ["plan"], ["statement", "319"]):
        ran = command(*words, "--database-url", url)
        complaint = (
            "has several alliances. Choose one with --alliance: Complete Journey, Complete Journey, paid on issue"
        )
        check_complaint(ran, f"error: {url} {complaint}")
    assert command("windows", "--database-url", url, "--alliance", NAMES["on_issue"]).code == 0
    ran = command("windows", "--database-url", url, "--alliance", "Elsewhere")
    check_complaint(ran, "error: No alliance 'Elsewhere' in this database. The alliances are: Complete Journey,")


def test_the_year_can_be_listed_and_looked_through(demos: tuple[str, dict[str, Ran]], command: Command) -> None:
    url, _ = demos
    for funding in FUNDINGS:
        arguments = ("--database-url", url, "--alliance", NAMES[funding])
        totals = figures(funding)
        rows = cells(command("windows", *arguments).out)
        assert [row[2:] for row in rows] == [
            [
                str(sum(minor < 0 for minor in window["positions"].values())),
                str(sum(minor > 0 for minor in window["positions"].values())),
                f"{sum(minor for minor in window['positions'].values() if minor > 0) / 100:,.2f}",
            ]
            for window in totals["windows"]
        ]
        assert len(cells(command("shops", *arguments).out)) == 457
