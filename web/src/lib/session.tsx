import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo } from "react";
import { $api, type Schemas } from "./api";
import type { Permission } from "./permissions";

export type Session = Schemas["SessionView"];

export const sessionQuery = () =>
  $api.queryOptions("get", "/api/session", {}, { staleTime: Number.POSITIVE_INFINITY, retry: false });

type SessionContext = { session: Session; can: (permission: Permission) => boolean };
const Context = createContext<SessionContext | null>(null);

/** Holds the log-in of this page; inside it `useSession` always answers. */
export function SessionProvider(props: { children: ReactNode; fallback: ReactNode }) {
  const { data } = useQuery(sessionQuery());
  const value = useMemo(() => {
    if (!data) return null;
    const granted = new Set<string>(data.permissions);
    return { session: data, can: (permission: Permission) => granted.has(permission) };
  }, [data]);
  if (!value) return props.fallback;
  return <Context value={value}>{props.children}</Context>;
}

export function useSession(): SessionContext {
  const value = useContext(Context);
  if (!value) throw new Error("useSession is called outside the signed-in part");
  return value;
}
