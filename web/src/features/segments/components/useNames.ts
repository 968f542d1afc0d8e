import { useMemo } from "react";
import { useFormat } from "@/lib/useFormat";
import type { Vocabulary } from "../api";
import type { Names } from "../sentence";
import { useValueLabel } from "./useValueLabel";

type Named = { name_zh: string; name_en: string };

/** Looks names up in the vocabulary; what is not there keeps its id. */
export function useNames(vocabulary: Vocabulary | undefined): Names {
  const { pick } = useFormat();
  const label = useValueLabel();
  return useMemo(() => {
    const tags = new Map((vocabulary?.tags ?? []).map((one) => [one.id, one]));
    const attrs = new Map((vocabulary?.attrs ?? []).map((one) => [one.key, one]));
    const events = new Map((vocabulary?.events ?? []).map((one) => [one.id, one]));
    const segments = new Map(
      (vocabulary?.segments ?? []).map((one) => [one.value, pick(one.label, one.label_en)]),
    );
    const both = (one: Named | undefined, id: string) => (one ? pick(one.name_zh, one.name_en) : id);
    const field = (kind: string, name: string) => events.get(kind)?.fields.find(({ key }) => key === name);
    const attrValue = (id: string, value: string) =>
      label(id, attrs.get(id)?.values.find((one) => one.value === value)?.label ?? value);
    return {
      tag: (id) => both(tags.get(id), id),
      tagValue: (id, value) => {
        const found = tags.get(id)?.values.find((one) => one.value === value);
        return found ? pick(found.label_zh, found.label_en) || value : value;
      },
      attr: (id) => both(attrs.get(id), id),
      attrValue,
      event: (kind) => both(events.get(kind), kind),
      // Every event has a clinic and a source; the catalogue lists them for none.
      field: (kind, name) => both(field(kind, name) ?? attrs.get(name), name),
      fieldValue: (kind, name, value) => (field(kind, name) ? value : attrValue(name, value)),
      segment: (id) => segments.get(id) ?? id,
    };
  }, [vocabulary, pick, label]);
}
