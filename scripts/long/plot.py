"""Small plots on logarithmic axes, as one SVG that needs nothing else and is readable on light and dark."""

import math
from xml.sax.saxutils import escape

WIDE, HIGH, LEFT, TOP, ACROSS = 300, 210, 52, 34, 3
INNER_WIDE, INNER_HIGH = WIDE - LEFT - 18, HIGH - TOP - 34
STYLE = """
text { font: 11px system-ui, sans-serif; fill: #333; }
.title { font-weight: 600; font-size: 12px; }
.grid { stroke: #ccc; stroke-width: .5; }
.frame { fill: none; stroke: #888; }
.one { stroke: #888; stroke-dasharray: 4 3; fill: none; }
.cost { stroke: #0b62c4; stroke-width: 1.8; fill: none; }
.dot { fill: #0b62c4; }
.back { fill: #fff; }
@media (prefers-color-scheme: dark) {
  text { fill: #ddd; } .grid { stroke: #444; } .back { fill: #14171a; }
  .cost { stroke: #6db3ff; } .dot { fill: #6db3ff; }
}
"""


def decades(values):
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return low, max(high, low + 1)


def power_of_ten(power, unit=""):
    if 0 <= power < 3:
        return f"{10**power:d}{unit}"
    if 3 <= power < 9:
        return f"{10 ** (power % 3):d}{'kM'[power // 3 - 1]}{unit}"
    return f"{10.0**power:g}{unit}"


def panel(x, y, title, unit, points, power):
    """Cost over work; dashed: what it would be if it grew exactly as the work does, from the last point back."""
    (left, right), (low, high) = decades([work for work, _ in points]), decades([cost for _, cost in points])

    def at(work, cost):
        across = (math.log10(work) - left) / (right - left) * INNER_WIDE
        up = (math.log10(cost) - low) / (high - low) * INNER_HIGH
        return x + LEFT + across, y + TOP + INNER_HIGH - up

    bottom, top, start, end = y + TOP + INNER_HIGH, y + TOP, x + LEFT, x + LEFT + INNER_WIDE
    parts = [f'<text class="title" x="{start}" y="{y + 18}">{escape(title)}</text>']
    parts.append(f'<text x="{end}" y="{y + 30}" text-anchor="end">exponent {power:.2f}</text>')
    for decade in range(left, right + 1):
        column = at(10.0**decade, 10.0**low)[0]
        parts.append(f'<path class="grid" d="M{column:.1f} {top}V{bottom}"/>')
        parts.append(f'<text x="{column:.1f}" y="{bottom + 14}" text-anchor="middle">{power_of_ten(decade)}</text>')
    for decade in range(low, high + 1):
        row = at(10.0**left, 10.0**decade)[1]
        parts.append(f'<path class="grid" d="M{start} {row:.1f}H{end}"/>')
        parts.append(f'<text x="{start - 5}" y="{row + 4:.1f}" text-anchor="end">{power_of_ten(decade, " s")}</text>')
    parts.append(f'<text x="{(start + end) / 2}" y="{bottom + 28}" text-anchor="middle">{escape(unit)}</text>')
    parts.append(f'<rect class="frame" x="{start}" y="{top}" width="{INNER_WIDE}" height="{INNER_HIGH}"/>')
    last_work, last_cost = points[-1]
    first = max(points[0][0], last_work * 10.0**low / last_cost)
    (x1, y1), (x2, y2) = at(first, last_cost * first / last_work), at(last_work, last_cost)
    parts.append(f'<path class="one" d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}"/>')
    spots = [at(work, cost) for work, cost in points]
    parts.append('<path class="cost" d="M' + "L".join(f"{a:.1f} {b:.1f}" for a, b in spots) + '"/>')
    parts.extend(f'<circle class="dot" cx="{a:.1f}" cy="{b:.1f}" r="3"/>' for a, b in spots)
    return "\n".join(parts)


def page(panels):
    rows = -(-len(panels) // ACROSS)
    wide, high = ACROSS * WIDE, rows * HIGH + 24
    drawn = [
        panel(number % ACROSS * WIDE, number // ACROSS * HIGH, *it) for number, it in enumerate(panels)
    ]
    note = "CPU seconds against work, both logarithmic; dashed: proportional to the work, through the last point"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img">\n'
        f"<title>{note}</title>\n<style>{STYLE}</style>\n"
        f'<rect class="back" width="{wide}" height="{high}"/>\n' + "\n".join(drawn)
        + f'\n<text x="{LEFT}" y="{high - 8}">{note}</text>\n</svg>\n'
    )
