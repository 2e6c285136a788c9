#!/usr/bin/env python3
"""picture.py LABTOP OUT.svg [labtop snapshot options...] - one frame as an SVG picture, colours and all (make pictures).

Every run of cells is stretched to its columns, and braille is drawn dot by dot: fonts differ in both.
"""
import html
import re
import subprocess
import sys

CELL_W, CELL_H, PAD = 8.4, 17, 12
FRONT, BACK = "#d8dee9", "#11151c"
ANSI16 = ["#2e3440", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#d8dee9",
          "#5c6370", "#ff7a85", "#b5e890", "#ffd787", "#7fc1ff", "#dd9bf0", "#7fdbe6", "#ffffff"]


def colour256(n):
    if n < 16:
        return ANSI16[n]
    if n >= 232:
        v = 8 + 10 * (n - 232)
        return f"#{v:02x}{v:02x}{v:02x}"
    levels = (0, 95, 135, 175, 215, 255)
    n -= 16
    return "#%02x%02x%02x" % (levels[n // 36], levels[n // 6 % 6], levels[n % 6])


class Style:
    def __init__(self):
        self.fg = self.bg = None
        self.bold = self.dim = self.reverse = self.underline = False

    def take(self, codes):
        codes = [int(c or 0) for c in codes.split(";")]
        while codes:
            c = codes.pop(0)
            if c == 0:
                self.__init__()
            elif c in (1, 2, 4, 7):
                setattr(self, {1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[c], True)
            elif c in (22, 24, 27):
                for name in {22: ("bold", "dim"), 24: ("underline",), 27: ("reverse",)}[c]:
                    setattr(self, name, False)
            elif c in (38, 48):
                kind = codes.pop(0)
                value = colour256(codes.pop(0)) if kind == 5 else "#%02x%02x%02x" % tuple(codes.pop(0) for _ in range(3))
                setattr(self, "fg" if c == 38 else "bg", value)
            elif c in (39, 49):
                setattr(self, "fg" if c == 39 else "bg", None)
            elif 30 <= c <= 37 or 90 <= c <= 97:
                self.fg = ANSI16[c - 30 if c < 40 else c - 82]
            elif 40 <= c <= 47 or 100 <= c <= 107:
                self.bg = ANSI16[c - 40 if c < 50 else c - 92]

    def colours(self):
        fg, bg = self.fg or FRONT, self.bg or BACK
        return (bg, fg) if self.reverse else (fg, bg)


def cells(line, style):
    """(character, foreground, background, bold, dim) of each cell."""
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        if part.startswith("\x1b["):
            style.take(part[2:-1])
            continue
        for ch in part:
            yield (ch, *style.colours(), style.bold, style.dim)


def braille(px, py, bits):
    """The dots of one cell as little squares: fonts differ too much."""
    order = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
    return "".join(f"M{px + CELL_W * (0.28 + 0.5 * x) - 0.9:.1f} {py + CELL_H * (0.125 + 0.25 * y) - 0.9:.1f}h1.8v1.8h-1.8z"
                   for i, (x, y) in enumerate(order) if bits >> i & 1)


def main():
    labtop, out, options = sys.argv[1], sys.argv[2], sys.argv[3:]
    text = subprocess.run([labtop, "snapshot", "--demo", "--ansi", *options], capture_output=True, text=True, check=True).stdout
    lines = text.rstrip("\n").split("\n")
    width = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines)
    w, h = width * CELL_W + 2 * PAD, len(lines) * CELL_H + 2 * PAD
    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w:.0f} {h:.0f}" width="{w:.0f}" height="{h:.0f}" '
           f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="14">',
           f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>']
    style = Style()
    for y, line in enumerate(lines):
        runs, dots = [], {}
        for x, (ch, fg, bg, bold, dim) in enumerate(cells(line, style)):
            px, py = PAD + x * CELL_W, PAD + y * CELL_H
            if bg != BACK:
                svg.append(f'<rect x="{px:.1f}" y="{py:.1f}" width="{CELL_W + 0.2:.1f}" height="{CELL_H}" fill="{bg}"/>')
            key = (fg, bold, dim, 0x2800 <= ord(ch) < 0x2900)
            if ch == " ":
                continue
            if key[3]:
                dots.setdefault((fg, dim), []).append(braille(px, py, ord(ch) - 0x2800))
                continue
            if not runs or runs[-1][0] != key or runs[-1][1] + len(runs[-1][2]) != x:
                runs.append((key, x, []))
            runs[-1][2].append(ch)
        for (fg, dim), paths in dots.items():
            extra = ' opacity="0.6"' if dim else ""
            svg.append(f'<path d="{"".join(paths)}" fill="{fg}"{extra}/>')
        for (fg, bold, dim, _), x, chars in runs:
            extra = (' font-weight="bold"' if bold else "") + (' opacity="0.6"' if dim else "")
            svg.append(f'<text x="{PAD + x * CELL_W:.1f}" y="{PAD + (y + 0.76) * CELL_H:.1f}" fill="{fg}"{extra} '
                       f'textLength="{len(chars) * CELL_W:.1f}" lengthAdjust="spacingAndGlyphs">'
                       f'{html.escape("".join(chars))}</text>')
    svg.append("</svg>")
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(svg) + "\n")


if __name__ == "__main__":
    main()
