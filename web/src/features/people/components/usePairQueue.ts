import { App } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemMessage } from "@/lib/problem";
import { useRefresh } from "@/lib/queries";
import { keyOf } from "../evidence";
import { decide, type Pair, withdraw } from "../reviewApi";

type Past = { pair: Pair; id: Promise<string> };
type Keys = ReadonlySet<string>;

const NONE: Keys = new Set();
const plus = (keys: Keys, pair: Pair) => new Set([...keys, keyOf(pair)]);
const minus = (keys: Keys, pair: Pair) => new Set([...keys].filter((key) => key !== keyOf(pair)));

/**
 * Pairs one by one. A decision goes on to the next pair at once and is written behind its back; one that fails brings its
 * pair back into the queue. What is on screen stays there while the list is read again: a key never meets another pair
 * than the one that was seen.
 */
export function usePairQueue(pairs: Pair[] | undefined, sample: boolean) {
  const { t } = useTranslation("people");
  const { message } = App.useApp();
  const refresh = useRefresh();
  const [held, hold] = useState<Pair>();
  const [decided, setDecided] = useState(NONE);
  const [skipped, setSkipped] = useState(NONE);
  const [past, setPast] = useState<Past[]>([]);
  const waits = (pair: Pair) => !decided.has(keyOf(pair)) && !skipped.has(keyOf(pair));
  const waiting = (pairs ?? []).filter(waits);
  const current = held && waits(held) ? held : waiting[0];
  useEffect(() => hold(current), [current]);

  const reread = () => refresh("/api/identity", "/api/people");
  const answer = (same: boolean, reason: string) => {
    if (!current) return;
    const pair = current;
    const id = decide({ record_a: pair.a.id, record_b: pair.b.id, same, reason, sample });
    setDecided((keys) => plus(keys, pair));
    setPast((all) => [...all, { pair, id }]);
    id.then(reread, (error: unknown) => {
      setDecided((keys) => minus(keys, pair));
      setPast((all) => all.filter((one) => one.id !== id));
      void message.error(t("review.failed", { why: problemMessage(error, t) }));
    });
  };
  const undo = async () => {
    const last = past.at(-1);
    if (!last) return;
    setPast((all) => all.filter((one) => one !== last));
    // One that could not be written has said so, and there is nothing to take back.
    const id = await last.id.catch(() => undefined);
    if (!id) return;
    try {
      await withdraw([id]);
      setDecided((keys) => minus(keys, last.pair));
      hold(last.pair);
      void message.success(t("review.undone"));
      await reread();
    } catch (error) {
      setPast((all) => [...all, last]);
      void message.error(problemMessage(error, t));
    }
  };
  return {
    current,
    waiting: waiting.length,
    /** Pairs of the list that have been decided since it was read. */
    gone: (pairs ?? []).filter((pair) => decided.has(keyOf(pair))).length,
    decided: decided.size,
    skipped: skipped.size,
    answer,
    skip: () => current && setSkipped((keys) => plus(keys, current)),
    lookAgain: () => setSkipped(NONE),
    undo: past.length > 0 ? () => void undo() : undefined,
  };
}

export type PairQueue = ReturnType<typeof usePairQueue>;
