import { SearchOutlined } from "@ant-design/icons";
import { Button, Input, Modal } from "antd";
import { type KeyboardEvent, useDeferredValue, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { $api } from "@/lib/api";
import { useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { Failed } from "@/ui/states";

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Finds a customer from anywhere: `/` or Ctrl+K opens it. */
export function PersonSearch() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      const slash = event.key === "/" && !isTyping(event.target);
      const ctrlK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
      if (!slash && !ctrlK) return;
      event.preventDefault();
      setOpen(true);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <Button
        icon={<SearchOutlined aria-hidden />}
        onClick={() => setOpen(true)}
        aria-label={t("search.open")}
        aria-keyshortcuts="/ Control+K"
      >
        <span className="wide-only">
          {t("search.open")} <kbd className="faint">/</kbd>
        </span>
      </Button>
      <Modal
        open={open}
        onCancel={() => setOpen(false)}
        footer={null}
        title={t("search.open")}
        destroyOnHidden
        width={560}
      >
        <SearchBox onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function SearchBox({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const { list } = useFormat();
  const go = useGo();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const q = useDeferredValue(text.trim());
  const found = $api.useQuery(
    "get",
    "/api/people",
    { params: { query: { q, limit: 8 } } },
    { enabled: q !== "" },
  );
  const rows = q === "" ? [] : (found.data?.items ?? []);
  const open = (id: string) => {
    onDone();
    go(paths.person(id));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, rows.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && rows[at]) open(rows[at].id);
    else return;
    event.preventDefault();
  };
  return (
    <div className="stack tight">
      <Input
        autoFocus
        size="large"
        allowClear
        prefix={<SearchOutlined aria-hidden />}
        role="combobox"
        aria-label={t("search.label")}
        aria-expanded={rows.length > 0}
        aria-controls="person-search-list"
        aria-activedescendant={rows[at] ? `found-${rows[at].id}` : undefined}
        placeholder={t("search.placeholder")}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setAt(0);
        }}
        onKeyDown={onKey}
      />
      {found.error && q !== "" && <Failed error={found.error} retry={() => void found.refetch()} />}
      <div id="person-search-list" role="listbox" aria-label={t("search.results")}>
        {rows.map((row, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the combobox that owns the list
          <div
            key={row.id}
            id={`found-${row.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            className="search-hit"
            onClick={() => open(row.id)}
            onMouseEnter={() => setAt(index)}
          >
            <span className="strong">{row.name ?? t("unnamed")}</span>
            <span className="num soft">{row.phone}</span>
            <span className="faint">{list(row.clinics)}</span>
          </div>
        ))}
      </div>
      {q !== "" && found.data && rows.length === 0 && <p className="soft">{t("search.none")}</p>}
    </div>
  );
}
