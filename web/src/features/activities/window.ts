import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";

dayjs.extend(utc);
dayjs.extend(timezone);

const FIELD = "YYYY-MM-DDTHH:mm";

/** What the clocks of a zone show at an instant, as a field for date and time holds it. */
export const onTheWall = (instant: string, timeZone: string): string =>
  dayjs(instant).tz(timeZone).format(FIELD);

/** From the present hour on for eight hours, as the clocks of a zone show them. */
export function eightHours(timeZone: string, now = new Date()): [string, string] {
  const starts = dayjs(now).tz(timeZone).startOf("hour");
  return [starts.format(FIELD), starts.add(8, "hour").format(FIELD)];
}
