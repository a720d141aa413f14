"""What the simulated office writes: in both languages, and each text says that it is simulated."""

from app.schemas.progress import ProgressStatus


def _say(chinese: str, english: str) -> str:
    return f"{chinese}（模拟） / {english} (simulated)"


SPLIT = _say("规划目标分解到各区", "The plan's target, split over its areas")
EXPLANATION = _say("已与台账核对", "Checked against the books")
CORRECTION = _say("漏报一家企业，现予补报", "One enterprise had been left out")
REACHED = _say("目标已实现", "The goal has been reached")

_DONE = _say("已完成并通过验收", "Completed and accepted")
HALFWAY = {
    ProgressStatus.IN_PROGRESS: _say("按计划推进，阶段任务已完成", "On schedule for this stage"),
    ProgressStatus.DELAYED: _say("进度慢于计划，已重新排定时间", "Behind schedule, new dates set"),
    ProgressStatus.COMPLETED: _DONE,
}
AT_THE_END = {
    ProgressStatus.IN_PROGRESS: _say(
        "主要工作已完成，其余工作在规划期后继续推进",
        "Mainly done, the rest continues after the plan",
    ),
    ProgressStatus.DELAYED: _say("规划期内未完成", "Not completed within the plan"),
    ProgressStatus.COMPLETED: _DONE,
}


def too_large(name_zh: str, name_en: str) -> str:
    """Why a figure with a digit too many is returned."""
    return _say(
        f"{name_zh}明显高于以往各期，请核对是否多写一位数",
        f"{name_en}: far above earlier figures, please check for an extra digit",
    )


def results(year: int) -> str:
    """What a year's publication is for."""
    return _say(f"{year}年度监测结果", f"Results for {year}")


def revised(year: int) -> str:
    """What a second publication of a year is for."""
    return _say(f"更正后的{year}年度监测结果", f"Results for {year} after a correction")


def final(first: int, last: int) -> str:
    """What the publication at the plan's end is for."""
    return _say(f"{first}-{last}年规划终期结果", f"Final results of the plan for {first}-{last}")
