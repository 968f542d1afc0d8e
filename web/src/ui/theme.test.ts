// @vitest-environment node
import { expect, test } from "vitest";
import { colours, series } from "./theme";

function luminance(hex: string): number {
  const part = (at: number) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

test("every text colour reads on every ground it is used on (WCAG AA)", () => {
  const texts = [
    colours.ink,
    colours.inkSoft,
    colours.inkFaint,
    colours.accent,
    colours.good,
    colours.warn,
    colours.bad,
  ];
  for (const text of texts) {
    for (const ground of [colours.paper, colours.ground]) {
      expect(contrast(text, ground), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  }
  expect(contrast(colours.accentDark, colours.accentSoft)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(colours.good, colours.goodSoft)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(colours.warn, colours.warnSoft)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(colours.bad, colours.badSoft)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(colours.paper, colours.accent)).toBeGreaterThanOrEqual(4.5);
});

test("chart series stand out from the paper (3:1 for graphics)", () => {
  for (const colour of series) expect(contrast(colour, colours.paper), colour).toBeGreaterThanOrEqual(3);
});
