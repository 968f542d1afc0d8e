import { Button, Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { pagesOf } from "@/lib/list";
import { useEventNames } from "@/lib/lookups";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { EventLine } from "@/ui/EventLine";
import { Empty, Failed, Loading } from "@/ui/states";
import { type Metric, useMetricEvents, type Window } from "../api";

type EventsDrawerProps = {
  metric: Metric;
  window: Window;
  dimensions: string[];
  keys: string[];
  onClose: () => void;
};

/** The events that make up one cell of a metric. */
export function EventsDrawer({ metric, window, dimensions, keys, onClose }: EventsDrawerProps) {
  const { t } = useTranslation("insight");
  const { pick } = useFormat();
  const names = useEventNames();
  const cell = Object.fromEntries(dimensions.map((dimension, at) => [dimension, keys[at] ?? ""]));
  const list = pagesOf(useMetricEvents(metric.id, window, cell));
  const label = [pick(metric.name_zh, metric.name_en), ...keys].filter(Boolean).join(" · ");
  return (
    <Drawer
      open
      onClose={onClose}
      size={560}
      title={t("metric.events", { label })}
      aria-label={t("metric.events", { label })}
    >
      {list.rows === undefined ? (
        list.error ? (
          <Failed error={list.error} retry={list.retry} />
        ) : (
          <Loading rows={8} />
        )
      ) : list.rows.length === 0 ? (
        <Empty title={t("metric.events_empty")} />
      ) : (
        <ol className="timeline">
          {list.rows.map((event) => (
            <li key={event.event_id}>
              <EventLine
                event={event}
                names={names}
                after={
                  event.person_id ? (
                    <Link href={paths.person(event.person_id)}>
                      {event.person_name || t("metric.open_person")}
                    </Link>
                  ) : undefined
                }
              />
            </li>
          ))}
        </ol>
      )}
      {list.more && (
        <Button block type="text" onClick={list.more} loading={list.loadingMore}>
          {t("common:action.more")}
        </Button>
      )}
    </Drawer>
  );
}
