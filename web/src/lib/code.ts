type Labelled = { value: string; label_zh: string; label_en: string };

/** The code behind a value that people know by a proper name, which is the same in both languages: a clinic's. */
export function codeOf({ value, label_zh, label_en }: Labelled): string | undefined {
  return label_zh === label_en && label_zh !== value ? value : undefined;
}
