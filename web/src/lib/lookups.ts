import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "./api";
import { useSession } from "./session";
import { useFormat } from "./useFormat";

const LONG = { staleTime: 5 * 60_000 };

/** The clinics the reader may see, for filters. */
export function useClinicOptions(): { value: string; label: string }[] {
  const { session } = useSession();
  return session.clinics.map(({ id, name }) => ({ value: id, label: name }));
}

/** Colleagues, for owners and assignees; oneself first. */
export function useStaffOptions(): { value: string; label: string }[] {
  const { session } = useSession();
  const { data } = $api.useQuery("get", "/api/staff", { params: { query: { limit: 200 } } }, LONG);
  const self = { value: session.staff.id, label: session.staff.name };
  const others = (data?.items ?? []).filter((one) => !one.archived && one.id !== self.value);
  return [self, ...others.map(({ id, name }) => ({ value: id, label: name }))];
}

export function useSegmentOptions(): { value: string; label: string }[] {
  const { can } = useSession();
  const { pick } = useFormat();
  const { data } = $api.useQuery("get", "/api/segments", {}, { enabled: can("segments.read") });
  return (data?.items ?? [])
    .filter((one) => !one.archived)
    .map(({ id, name, name_en }) => ({ value: id, label: pick(name, name_en) }));
}

/** A person's tags, each with its reason. */
export const usePersonTags = (id: string) =>
  $api.useQuery("get", "/api/people/{id}/tags", { params: { path: { id } } });

/** Names of event kinds and their fields in the reader's language; an unregistered one keeps its own. */
export function useEventNames() {
  const { pick } = useFormat();
  const { t } = useTranslation("values");
  const { data } = $api.useQuery("get", "/api/event-kinds", {}, LONG);
  const segments = useTranslatedSegments();
  return useMemo(() => {
    const kinds = new Map((data?.items ?? []).map((kind) => [kind.id, kind]));
    const fieldOf = (id: string, name: string) => kinds.get(id)?.fields.find((one) => one.name === name);
    return {
      kinds: [...kinds.values()].map((kind) => ({ value: kind.id, label: pick(kind.name_zh, kind.name_en) })),
      kind: (id: string) => pick(kinds.get(id)?.name_zh, kinds.get(id)?.name_en) || id,
      field: (id: string, name: string) => {
        const field = fieldOf(id, name);
        return field ? pick(field.name_zh, field.name_en) : name;
      },
      /** The word for a value of a closed list, the name of a built-in segment; any other value stays as it is. */
      value: (id: string, name: string, value: string) => {
        if (id.startsWith("segment.") && name === "name") return segments.get(value) ?? value;
        return fieldOf(id, name)?.values.includes(value) ? t(value, { defaultValue: value }) : value;
      },
    };
  }, [data, segments, pick, t]);
}

/** Names of built-in segments as events tell them, and in the reader's language; nothing where that is the same. */
function useTranslatedSegments(): ReadonlyMap<string, string> {
  const { can } = useSession();
  const { i18n } = useTranslation();
  const wanted = can("segments.read") && !i18n.language.startsWith("zh");
  const { data } = $api.useQuery("get", "/api/segments", {}, { ...LONG, enabled: wanted });
  return useMemo(
    () => new Map((wanted ? (data?.items ?? []) : []).map((one) => [one.name, one.name_en ?? one.name])),
    [data, wanted],
  );
}

export type EventNames = ReturnType<typeof useEventNames>;
