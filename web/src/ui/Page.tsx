import { type ReactNode, useEffect } from "react";

type PageProps = {
  title: string;
  heading?: ReactNode;
  sub?: ReactNode;
  actions?: ReactNode;
  back?: ReactNode;
  children: ReactNode;
};

/** One screen: its title (also the window's), what it is about, its actions, its content. */
export function Page({ title, heading, sub, actions, back, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · 诊环 Careloop`;
  }, [title]);
  return (
    <div className="page">
      <div className="page-head">
        <div className="titles">
          {back && <div className="faint">{back}</div>}
          <h1>{heading ?? title}</h1>
          {sub && <div className="soft">{sub}</div>}
        </div>
        {actions && <div className="actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

type PanelProps = { id?: string; title?: ReactNode; extra?: ReactNode; flush?: boolean; children: ReactNode };

/** A framed part of a page, under its own heading if it has a title. With `flush` its content reaches the frame. */
export function Panel({ id, title, extra, flush, children }: PanelProps) {
  return (
    <div className="panel" id={id}>
      {(title || extra) && (
        <header>
          {title && <h2>{title}</h2>}
          {extra}
        </header>
      )}
      <div className={flush ? "body flush" : "body"}>{children}</div>
    </div>
  );
}

/** Label and value pairs. */
export function Facts({ items }: { items: { label: string; value: ReactNode }[] }) {
  return (
    <dl className="facts">
      {items.map(({ label, value }) => (
        <div key={label} style={{ display: "contents" }}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
