"""The definition of each measure in one line, as an explanation shows it."""

from types import MappingProxyType

FORMULAS = MappingProxyType(
    {
        "actual": "V: full year, trailing four quarters, total since the start, or level",
        "gap": "d(X - V); d = +1 increase, -1 decrease",
        "gap_percent": "100 gap / abs(X)",
        "attainment_percent": "increase: 100 V/X; decrease: 100 X/V",
        "progress_percent": "100 (V - B)/(X - B)",
        "elapsed_percent": "100 (t - t0)/(T - t0), within 0 and 100",
        "schedule_variance": "progress_percent - elapsed_percent",
        "schedule_index": "progress_percent / elapsed_percent",
        "path_value": "linear B + (X - B)e; geometric B(X/B)^e; milestones interpolated",
        "path_progress_percent": "100 (path_value - B)/(X - B)",
        "path_gap": "d(path_value - V)",
        "achieved_rate": "linear (V - B)/(t - t0); geometric 100((V/B)^(1/(t - t0)) - 1)",
        "required_rate": "linear (X - V)/(T - t); geometric 100((X/V)^(1/(T - t)) - 1)",
        "acceleration": "required_rate / achieved_rate",
        "growth_ratio": "d CAGR(B to V) / abs(CAGR(B to X))",
        "projection": "y + hc, c = (y_n - y_1)/(t_n - t_1); geometric on logarithms",
        "projection_low": "projection - t(n-2) sigma_h, nominal 80 %",
        "projection_high": "projection + t(n-2) sigma_h, nominal 80 %",
        "projection_prudent": "y + c(1 + 0.9 + ... + 0.9^(h-1))",
        "probability": "P(the projection meets the comparator)",
        "projected_gap": "d(X - projection)",
        "eta": "linear t + (X - V)/rate; geometric t + ln(X/V)/ln(1 + CAGR)",
        "rating": "the first rule that matches: achieved, missed, then bands on the index",
    }
)
