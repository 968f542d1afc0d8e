import { Button, Checkbox, Grid, Table } from "antd";
import type { ColumnType } from "antd/es/table";
import { type Key, type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { ListState } from "@/lib/list";
import { ScrollRegion } from "./ScrollRegion";
import { Empty, Failed, Loading } from "./states";

export type Column<T> = ColumnType<T> & { title: string; key: string };

export type Selection<T> = {
  keys: string[];
  onChange: (keys: string[]) => void;
  /** Names a row's box for a reader who cannot see it. */
  label: (row: T) => string;
};

type DataTableProps<T> = {
  list: ListState<T>;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  /** Names the table for a reader who cannot see it. */
  label: string;
  empty: { title: string; hint?: string; action?: ReactNode };
  /** Which rows are chosen, if rows can be. */
  selection?: Selection<T>;
  /** The row as a card, for narrow screens; without it the table scrolls inside its frame. */
  card?: (row: T) => ReactNode;
};

/** The one list of the product: skeleton, error with retry, empty, rows, and "more". */
export function DataTable<T extends object>({
  list,
  columns,
  rowKey,
  label,
  empty,
  selection,
  card,
}: DataTableProps<T>) {
  const { t } = useTranslation();
  const wide = Grid.useBreakpoint().md !== false;
  // A page may come back short, even empty, because its rows were filtered, and still not be the last.
  const { rows, more, loadingMore } = list;
  const skip = rows?.length === 0 && more && !loadingMore ? more : undefined;
  useEffect(() => skip?.(), [skip]);
  if (list.rows === undefined) {
    return list.error ? <Failed error={list.error} retry={list.retry} /> : <Loading rows={8} />;
  }
  if (list.rows.length === 0 && list.more) return <Loading rows={8} />;
  if (list.rows.length === 0) return <Empty {...empty} />;
  return (
    <>
      {card && !wide ? (
        <ul className="cards" aria-label={label}>
          {list.rows.map((row) => (
            <li key={rowKey(row)}>
              {selection ? (
                <Chosen row={row} rowKey={rowKey(row)} selection={selection} card={card} />
              ) : (
                card(row)
              )}
            </li>
          ))}
        </ul>
      ) : (
        <ScrollRegion label={label}>
          <Table<T>
            size="middle"
            columns={columns}
            dataSource={list.rows}
            rowKey={rowKey}
            pagination={false}
            {...(selection ? { rowSelection: rowSelection(selection) } : {})}
            showSorterTooltip={false}
          />
        </ScrollRegion>
      )}
      {list.more && (
        <div className="list-more">
          <Button type="text" onClick={list.more} loading={list.loadingMore}>
            {t("action.more")}
          </Button>
        </div>
      )}
    </>
  );
}

function rowSelection<T>({ keys, onChange, label }: Selection<T>) {
  return {
    selectedRowKeys: keys,
    preserveSelectedRowKeys: true,
    onChange: (chosen: Key[]) => onChange(chosen.map(String)),
    getCheckboxProps: (row: T) => ({ "aria-label": label(row) }),
  };
}

type ChosenProps<T> = { row: T; rowKey: string; selection: Selection<T>; card: (row: T) => ReactNode };

/** A card with a box to choose it. */
function Chosen<T>({ row, rowKey, selection: { keys, onChange, label }, card }: ChosenProps<T>) {
  const others = keys.filter((key) => key !== rowKey);
  return (
    <div className="row top" style={{ flexWrap: "nowrap" }}>
      <Checkbox
        aria-label={label(row)}
        checked={keys.includes(rowKey)}
        onChange={({ target }) => onChange(target.checked ? [...others, rowKey] : others)}
      />
      <div className="grow">{card(row)}</div>
    </div>
  );
}
