"""What the commands `demo` and `replay` say while they work and when they are done, in each language."""

from collections.abc import Mapping
from dataclasses import dataclass

from coalition.demo.journey import Step
from coalition.locale.formats import Lang


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. `reading` and `replaying` have a place for a file, `done` for what was done."""

    steps: Mapping[Step, str]
    reading: str
    replaying: str
    done: str
    look_next: str


WORDS: Mapping[Lang, Words] = {
    "en": Words(
        steps={
            Step.DOWNLOAD: "Downloading a real year of purchases (31 MB)",
            Step.CHECK: "Checking the download",
            Step.WRITE: "Writing the purchases",
        },
        reading="Reading {file}",
        replaying="Replaying {file}",
        done="{count} purchases in {seconds} s",
        look_next="Where to look next",
    ),
    "zh": Words(
        steps={
            Step.DOWNLOAD: "正在下载一整年的真实消费记录（31 MB）",
            Step.CHECK: "正在校验下载的文件",
            Step.WRITE: "正在写入消费记录",
        },
        reading="正在读取 {file}",
        replaying="正在重放 {file}",
        done="{count} 笔消费，用时 {seconds} 秒",
        look_next="接下来可以查看",
    ),
}
