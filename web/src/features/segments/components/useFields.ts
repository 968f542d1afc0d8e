import { useFormat } from "@/lib/useFormat";
import type { Vocabulary } from "../api";
import type { Field } from "./WhereFields";

/** The fields of a kind of event, in the reader's language. */
export function useFields(vocabulary: Vocabulary): (event: string) => Field[] {
  const { pick } = useFormat();
  return (event) => {
    const kind = vocabulary.events.find((one) => one.id === event);
    return (kind?.fields ?? []).map((field) => ({
      value: field.key,
      label: pick(field.name_zh, field.name_en),
    }));
  };
}
