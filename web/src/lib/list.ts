import type { InfiniteData } from "@tanstack/react-query";

/** What a list on screen needs to know, whatever it was read with. */
export type ListState<T> = {
  rows: T[] | undefined;
  total: number | undefined;
  error: unknown;
  retry: () => void;
  more: (() => void) | undefined;
  loadingMore: boolean;
};

type PageOf<T> = { items: T[]; next_cursor?: string | null; total?: number | null };

/** Options every cursor-paged query shares. */
export const paging = {
  pageParamName: "cursor",
  // Null, not undefined: for the latter the client would put 0.
  initialPageParam: null as string | null,
  getNextPageParam: (last: { next_cursor?: string | null }) => last.next_cursor ?? null,
};

type InfiniteLike<T> = {
  data: InfiniteData<PageOf<T>> | undefined;
  error: unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
  refetch: () => unknown;
};

export function pagesOf<T>(query: InfiniteLike<T>): ListState<T> {
  return {
    rows: query.data?.pages.flatMap((page) => page.items),
    total: query.data?.pages[0]?.total ?? undefined,
    error: query.data ? undefined : query.error,
    retry: () => void query.refetch(),
    more: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
    loadingMore: query.isFetchingNextPage,
  };
}

type QueryLike<T> = { data: T | undefined; error: unknown; refetch: () => unknown };

export function listOf<T>(query: QueryLike<{ items: T[] }>): ListState<T> {
  return {
    rows: query.data?.items,
    total: query.data?.items.length,
    error: query.data ? undefined : query.error,
    retry: () => void query.refetch(),
    more: undefined,
    loadingMore: false,
  };
}

/** A list that is at hand already. */
export function wholeList<T>(rows: T[]): ListState<T> {
  return { rows, total: rows.length, error: undefined, retry: () => {}, more: undefined, loadingMore: false };
}
