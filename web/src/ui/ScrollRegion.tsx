import type { CSSProperties, ReactNode } from "react";

type ScrollRegionProps = { label: string; className?: string; style?: CSSProperties; children: ReactNode };

/** A part that scrolls by itself and so must be reachable by keyboard. */
export function ScrollRegion({ label, className = "", style, children }: ScrollRegionProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups controls; this groups a table
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without a tab stop the arrow keys cannot scroll it
    <div role="group" className={`table-scroll ${className}`} style={style} aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}
