import { Button } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { ListState } from "@/lib/list";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Empty, Failed, Loading } from "@/ui/states";
import type { Pair } from "../reviewApi";
import { DecideBar, UndoButton } from "./DecideBar";
import { Evidence } from "./Evidence";
import { type PairQueue, usePairQueue } from "./usePairQueue";
import { useShortcuts } from "./useShortcuts";

type PairQueuePanelProps = {
  list: ListState<Pair>;
  /** Whether the pairs check what the program did, rather than settle what it left open. */
  sample: boolean;
  empty: { title: string; hint: string };
};

/** Fetch more before the pairs at hand run out. */
const LOW = 3;

/** One pair at a time, until none is left. */
export function PairQueuePanel({ list, sample, empty }: PairQueuePanelProps) {
  const queue = usePairQueue(list.rows, sample);
  const { more, loadingMore } = list;
  const hungry = queue.waiting < LOW && !loadingMore ? more : undefined;
  useEffect(() => hungry?.(), [hungry]);
  if (list.rows === undefined) {
    return list.error ? <Failed error={list.error} retry={list.retry} /> : <Loading rows={10} />;
  }
  if (!queue.current && (more || loadingMore)) return <Loading rows={10} />;
  return (
    <div className="stack queue">
      <Progress queue={queue} left={list.total === undefined ? undefined : list.total - queue.gone} />
      {queue.current ? (
        <>
          <Evidence pair={queue.current} />
          <DecideBar queue={queue} />
        </>
      ) : (
        <Finished queue={queue} empty={empty} />
      )}
    </div>
  );
}

function Progress({ queue, left }: { queue: PairQueue; left: number | undefined }) {
  const { t } = useTranslation("people");
  const { number } = useFormat();
  const told = (key: string, count: number) => t(`review.${key}`, { formatted: number(count) });
  const parts = [
    left ? told("left", left) : "",
    queue.decided ? told("done", queue.decided) : "",
    queue.skipped ? told("skipped", queue.skipped) : "",
  ].filter(Boolean);
  return parts.length > 0 && <output className="faint num">{parts.join(" · ")}</output>;
}

function Finished({ queue, empty }: { queue: PairQueue; empty: { title: string; hint: string } }) {
  const { t } = useTranslation("people");
  const closed = useReason()("people.merge");
  useShortcuts(closed ? {} : { u: queue.undo });
  const skipped = queue.skipped > 0;
  return (
    <Empty
      title={skipped ? t("review.empty_skipped") : empty.title}
      hint={skipped ? t("review.empty_skipped_hint") : empty.hint}
      action={
        <span className="row" style={{ justifyContent: "center" }}>
          {skipped && <Button onClick={queue.lookAgain}>{t("review.again")}</Button>}
          {queue.undo && <UndoButton undo={queue.undo} closed={closed} />}
        </span>
      }
    />
  );
}
