const script: string = import.meta.url;

/**
 * The path below which the server serves everything, ending in a slash. Known from where this script came from: all built
 * scripts lie in `<base>assets/`.
 */
export const basePath: string = import.meta.env.PROD ? new URL("../", script).pathname : "/";

/** An address of the server from one that is relative to the base path. */
export function address(path: string): string {
  return basePath + path.replace(/^\/+/, "");
}
