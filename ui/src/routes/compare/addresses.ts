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

/** The address that compares these runs. */
export function compareAddress(ids: readonly string[]): string {
  const list = ids.map((id) => `run=${encodeURIComponent(id)}`).join("&");
  return `/compare${ids.length > MOST_IN_QUERY ? "#" : "?"}${list}`;
}
