"""The report on a growth experiment: fans of the simulated runs, month by month."""

import math
from html import escape

from coalition.lab.report import plain
from coalition.lab.report.charts import Series, as_percent, bar_chart, both, fan_chart, short
from coalition.lab.report.page import bullets, page, section, table, tiles
from coalition.lab.scenario import Scenario
from coalition.lab.simulation.outcome import QUANTILES, Simulation
from coalition.lab.words import Words

LOW, QUARTER, MEDIAN, THREE_QUARTERS, HIGH = range(len(QUANTILES))
MONTH = Words("months", "月")
MIDDLE = Words("median of all runs", "中位数")
FAIR = Words("fixed-rate coalition", "固定比率联盟")


def growth_words(scenario: Scenario, simulation: Simulation) -> list[Words]:
    """What the experiment shows, in plain words."""
    growth = simulation.growth
    last = growth.count("months") - 1
    back, coverage = simulation.quantiles["got_back"][last], simulation.quantiles["coverage"][last]
    promise = scenario.model.promise
    members = round(sum(simulation.entrants))
    words = [
        Words(
            f"{growth.count('runs'):,} runs of {members:,} members on average over {last + 1} months.",
            f"{growth.count('runs'):,}次模拟，{last + 1}个月内平均{members:,}名会员。",
        ),
        Words(
            f"The promise is {promise.en}. In the median run {_percent(back[MEDIAN])} of members "
            f"ever got it; in the best twentieth of runs {_percent(back[HIGH])} or more.",
            f"承诺是：{promise.zh}。中位数情形下{_percent(back[MEDIAN])}的会员得到兑现；"
            f"最好的5%情形下为{_percent(back[HIGH])}或更多。",
        ),
        Words(
            f"At the end the money there covers {_percent(coverage[MEDIAN])} of what is promised "
            f"(median; a fixed-rate coalition: 100%).",
            f"期末现有资金覆盖承诺的{_percent(coverage[MEDIAN])}（中位数；固定比率联盟为100%）。",
        ),
    ]
    if stop := growth.count("stop_month"):
        words.append(
            Words(
                f"Nobody joins after month {stop}: from then on nothing comes in for those who wait.",
                f"第{stop}个月后无人加入：此后不再有资金进入，等待者只能继续等待。",
            )
        )
    if run := growth.count("run_month"):
        share = _percent(growth.share("run_share"))
        words.append(
            Words(
                f"In month {run}, {share} of holders sell everything.",
                f"第{run}个月，{share}的持有人全部卖出。",
            )
        )
    return words


def growth_report(scenario: Scenario, simulation: Simulation, lang: str = "en") -> str:
    """The whole page. `lang` (en or zh) is shown first."""
    name = plain.title(scenario)
    words = growth_words(scenario, simulation)
    last = {figure: values[-1] for figure, values in simulation.quantiles.items()}
    figures = [
        (
            Words("got back what was promised (median)", "兑现承诺（中位数）"),
            _percent(last["got_back"][MEDIAN]),
        ),
        (Words("in the best twentieth of runs", "最好的5%情形"), _percent(last["got_back"][HIGH])),
        (Words("coverage at the end (median)", "期末覆盖率（中位数）"), _percent(last["coverage"][MEDIAN])),
        (Words("price at the end (median)", "期末价格（中位数）"), _figure(last["price"][MEDIAN])),
    ]
    body = f'<section class="headline"><p class="big">{both(words[1])}</p>{tiles(figures)}</section>'
    body += _charts(simulation) + section(Words("In plain words", "结论"), bullets(words)) + _table(simulation)
    settings = [[escape(key), escape(value)] for key, value in simulation.growth.params.text.items()]
    body += section(
        Words("Settings", "设置"),
        table([Words("Setting", "设置"), Words("Value", "取值")], settings),
        note=Words("Simulation in floating point; not a book of money.", "浮点模拟，并非账簿。"),
    )
    return page(Words(f"{name.en}: growth", f"{name.zh}：增长实验"), scenario.model.about, body, lang)


def _charts(simulation: Simulation) -> str:
    parts = [
        section(
            Words("Members joining each month", "每月加入人数"),
            bar_chart(simulation.entrants, MONTH, len(simulation.entrants)),
        ),
        _fan(simulation, "got_back", Words("Who got back what was promised", "兑现承诺的比例")),
        _fan(simulation, "coverage", Words("Coverage of what is promised", "承诺的覆盖率")),
    ]
    if not all(math.isnan(row[MEDIAN]) for row in simulation.quantiles["price"]):
        parts.append(_fan(simulation, "price", Words("Price of a point", "积分价格")))
    return f'<div class="charts">{"".join(parts)}</div>'


def _fan(simulation: Simulation, figure: str, title: Words) -> str:
    rows = [(float(n), row) for n, row in enumerate(simulation.quantiles[figure], start=1)]
    there = [(n, row) for n, row in rows if not math.isnan(row[MEDIAN])]
    bands = [
        [(n, float(row[low]), float(row[high])) for n, row in there]
        for low, high in ((LOW, HIGH), (QUARTER, THREE_QUARTERS))
    ]
    lines = [
        Series(MIDDLE, "scheme", [(n, float(row[MEDIAN])) for n, row in there]),
        Series(FAIR, "fair", [(n, 1.0) for n, _ in there]),
    ]
    note = Words("Bands: half and nine tenths of all runs.", "色带：一半与九成的模拟结果。")
    return section(title, fan_chart(bands, lines, MONTH, short if figure == "price" else as_percent), note=note)


def _table(simulation: Simulation) -> str:
    head = [
        Words("Month", "月"),
        Words("Joining", "加入"),
        Words("Price", "价格"),
        Words("Coverage", "覆盖率"),
        Words("Got back", "兑现"),
        Words("Got back, 5 % to 95 % of runs", "兑现（5%–95%）"),
    ]
    rows = []
    for month, entrants in enumerate(simulation.entrants):
        price, coverage, back = (simulation.quantiles[name][month] for name in ("price", "coverage", "got_back"))
        spread = f"{_percent(back[LOW])} – {_percent(back[HIGH])}"
        cells = [str(month + 1), f"{entrants:,.1f}", _figure(price[MEDIAN]), _percent(coverage[MEDIAN])]
        rows.append([*cells, _percent(back[MEDIAN]), spread])
    return section(Words("Month by month", "逐月"), table(head, rows), "long")


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value * 100:.3g}%"


def _figure(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4g}"
