import { useRouter, useRouterState } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, MouseEvent } from "react";

/** Goes to an address of `paths`. */
export function useGo() {
  const router = useRouter();
  return (href: string, options: { replace?: boolean } = {}) =>
    options.replace ? router.history.replace(href) : router.history.push(href);
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { href: string };

/** A link inside the product: a real anchor, so that it opens in a new tab like any other. */
export function Link({ onClick, ...props }: LinkProps) {
  const go = useGo();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (event.defaultPrevented || !plain || props.target) return;
    event.preventDefault();
    go(props.href);
  };
  // biome-ignore lint/a11y/useValidAnchor: it is a real address; the click only spares the full page load
  // biome-ignore lint/a11y/noStaticElementInteractions: an anchor with an address is interactive
  // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on an anchor is a click
  return <a {...props} onClick={follow} />;
}

type UrlState<K extends string> = Record<K, string>;

/** Filters and tabs that live in the address. A value equal to its default is left out of it. */
export function useUrlState<K extends string>(defaults: UrlState<K>) {
  const router = useRouter();
  const search = useRouterState({ select: (state) => state.location.search as Record<string, unknown> });
  const state = Object.fromEntries(
    Object.entries<string>(defaults).map(([key, initial]) => [key, String(search[key] ?? initial)]),
  ) as UrlState<K>;
  const set = (patch: Partial<UrlState<K>>) => {
    const { pathname, search: now } = router.state.location;
    const params = new URLSearchParams(now as Record<string, string>);
    for (const [key, value] of Object.entries<string | undefined>(patch)) {
      if (value === undefined || value === "" || value === defaults[key as K]) params.delete(key);
      else params.set(key, value);
    }
    const text = params.toString();
    router.history.replace(text ? `${pathname}?${text}` : pathname);
  };
  return [state, set] as const;
}

export function usePathname(): string {
  return useRouterState({ select: (state) => state.location.pathname });
}
