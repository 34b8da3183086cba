// Which runs are compared stands in the address: a few in the query, many in the fragment, which is never sent and may be long.

const ID = /^[\w-]{1,64}$/;
const MOST_IN_QUERY = 40;

/** Run ids of an address, each once, in order. */
export function readRunIds(search: string, hash: string): string[] {
  const ids = [search.replace(/^\?/, ""), hash.replace(/^#/, "")].flatMap((part) =>
    new URLSearchParams(part).getAll("run"),
  );
  return [...new Set(ids.filter((id) => ID.test(id)))];
}

/** The address that compares these runs, with what else its query says. */
export function compareAddress(
  ids: readonly string[],
  more: Readonly<Record<string, string | undefined>> = {},
): string {
  const list = ids.map((id) => `run=${encodeURIComponent(id)}`).join("&");
  const many = ids.length > MOST_IN_QUERY;
  const rest = Object.entries(more).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${encodeURIComponent(value)}`],
  );
  const query = [...(many ? [] : [list]), ...rest].join("&");
  return `/compare${query === "" ? "" : `?${query}`}${many ? `#${list}` : ""}`;
}
