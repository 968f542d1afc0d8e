import type { ReactNode } from "react";
import { Link } from "@/lib/navigation";
import { useFormat } from "@/lib/useFormat";

export type CountBar = { key: string; label: ReactNode; count: number; href: string; current?: boolean };

/** How many people stand behind each of several things; each bar leads to them. The longest is as wide as there is room. */
export function CountBars({ bars, longest, label }: { bars: CountBar[]; longest: number; label?: string }) {
  const { number } = useFormat();
  return (
    <ul className="plain-list value-bars" aria-label={label}>
      {bars.map((bar) => (
        <li key={bar.key}>
          <Link href={bar.href} aria-current={bar.current ? "true" : undefined}>
            <span className="name">{bar.label}</span>
            <span className="bar" aria-hidden>
              <i style={{ width: `${(bar.count / Math.max(1, longest)) * 100}%` }} />
            </span>
            <span className="num soft">{number(bar.count)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
