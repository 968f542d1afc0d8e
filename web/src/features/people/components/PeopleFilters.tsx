import { SearchOutlined } from "@ant-design/icons";
import { Input, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useClinicOptions } from "@/lib/lookups";
import type { PeopleFilter } from "../api";

type PeopleFiltersProps = { filter: PeopleFilter; onChange: (patch: Partial<PeopleFilter>) => void };
const TYPING_PAUSE_MS = 250;

export function PeopleFilters({ filter, onChange }: PeopleFiltersProps) {
  const { t } = useTranslation("people");
  const clinics = useClinicOptions();
  return (
    <search className="filters">
      <SearchInput value={filter.q} onChange={(q) => onChange({ q })} />
      <Select
        aria-label={t("common:clinic")}
        value={filter.clinic_id}
        style={{ minWidth: 140 }}
        options={[{ value: "", label: t("common:all_clinics") }, ...clinics]}
        onChange={(clinic_id) => onChange({ clinic_id })}
      />
      <Select
        aria-label={t("owner")}
        value={filter.owner}
        style={{ minWidth: 120 }}
        options={[
          { value: "", label: t("any_owner") },
          { value: "me", label: t("my_people") },
        ]}
        onChange={(owner) => onChange({ owner })}
      />
      <Select
        aria-label={t("sort")}
        value={filter.sort}
        style={{ minWidth: 130 }}
        options={[
          { value: "", label: t("sort_newest") },
          { value: "oldest", label: t("sort_oldest") },
        ]}
        onChange={(sort) => onChange({ sort })}
      />
    </search>
  );
}

/** Writes to the address once the typing rests, so that each letter is not a request. */
function SearchInput({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation("people");
  const [text, setText] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    if (text.trim() === value) return;
    const timer = setTimeout(() => latest.current(text.trim()), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <Input
      className="search"
      allowClear
      prefix={<SearchOutlined aria-hidden />}
      aria-label={t("search")}
      placeholder={t("search")}
      value={text}
      onChange={({ target }) => setText(target.value)}
    />
  );
}
