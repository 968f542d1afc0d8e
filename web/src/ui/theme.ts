import type { ThemeConfig } from "antd";

/**
 * The product's colours. One accent; everything else is ink on paper. Each pair that carries text has a
 * contrast of at least 4.5:1, which `theme.test.ts` computes.
 */
export const colours = {
  accent: "#0f766e",
  accentDark: "#115e59",
  accentSoft: "#e6f4f2",
  ink: "#16211f",
  inkSoft: "#4b5b58",
  inkFaint: "#5f6f6b",
  line: "#e0e7e5",
  lineStrong: "#c7d2cf",
  paper: "#ffffff",
  ground: "#f4f7f6",
  good: "#1b7340",
  goodSoft: "#e7f5ec",
  warn: "#8a5300",
  warnSoft: "#fdf3e1",
  bad: "#b42330",
  badSoft: "#fdecee",
} as const;

/** Series of a chart: the accent first, then hues told apart without red and green side by side. */
export const series = [
  "#0f766e",
  "#3b6fb6",
  "#c27c1a",
  "#7a5aa8",
  "#b4506b",
  "#5c7d2b",
  "#4a6c78",
  "#9a6a45",
];

/** Latin fonts first: in a Chinese one the quotation marks of English are as wide as a Chinese character. */
export const font =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif';

export const theme: ThemeConfig = {
  token: {
    colorPrimary: colours.accent,
    colorPrimaryHover: colours.accentDark,
    colorPrimaryActive: "#134e4a",
    colorInfo: colours.accent,
    colorLink: colours.accent,
    colorLinkHover: colours.accentDark,
    colorLinkActive: "#134e4a",
    colorSuccess: colours.good,
    colorWarning: colours.warn,
    colorError: colours.bad,
    // The pale grounds of notices; derived ones turn muddy from colours this dark.
    colorPrimaryBg: colours.accentSoft,
    colorPrimaryBgHover: "#d5ebe8",
    colorPrimaryBorder: "#a8d5cf",
    colorInfoBg: colours.accentSoft,
    colorInfoBorder: "#a8d5cf",
    colorSuccessBg: colours.goodSoft,
    colorSuccessBorder: "#a9d8bb",
    colorWarningBg: colours.warnSoft,
    colorWarningBorder: "#eccb8f",
    colorErrorBg: colours.badSoft,
    colorErrorBorder: "#f0b6bc",
    colorText: colours.ink,
    colorTextSecondary: colours.inkSoft,
    colorTextTertiary: colours.inkFaint,
    colorTextDescription: colours.inkFaint,
    colorTextPlaceholder: "#66736f",
    // What cannot be changed can still be read.
    colorTextDisabled: "#7a8783",
    colorBorder: colours.lineStrong,
    colorBorderSecondary: colours.line,
    colorBgLayout: colours.ground,
    fontFamily: font,
    fontSize: 14,
    borderRadius: 6,
    wireframe: false,
    motionDurationMid: "0.12s",
    motionDurationSlow: "0.16s",
  },
  components: {
    Table: {
      headerBg: "#f8faf9",
      headerColor: colours.inkSoft,
      cellPaddingBlockMD: 9,
      cellPaddingInlineMD: 12,
      headerSplitColor: "transparent",
      rowHoverBg: "#f3f9f8",
    },
    Menu: { itemHeight: 36, itemSelectedBg: colours.accentSoft, itemSelectedColor: colours.accentDark },
    Tabs: { horizontalItemPadding: "10px 0" },
    Tag: { defaultBg: "#f1f5f4", defaultColor: colours.ink },
    Segmented: { trackBg: "#e2eae8" },
    Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none" },
  },
};
