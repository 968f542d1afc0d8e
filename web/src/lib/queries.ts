import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

/** Re-reads every cached query whose path begins with one of these. */
export function useRefresh() {
  const queries = useQueryClient();
  return useCallback(
    (...prefixes: string[]) =>
      queries.invalidateQueries({
        predicate: ({ queryKey }) => prefixes.some((prefix) => String(queryKey[1]).startsWith(prefix)),
      }),
    [queries],
  );
}
