/** Which addresses the texts of users may point to. */

/** Turns a relative address into one of this server, or into nothing where there is no such thing. */
export type Resolve = (relative: string) => string | undefined;

const SCHEME = /^([a-z][a-z0-9+.-]*):/i;
const LINK_SCHEMES = new Set(["http", "https", "mailto"]);

/** The address of a link, or nothing if following it could do something else than open a page or write a mail. */
export function linkAddress(url: string, resolve?: Resolve): string | undefined {
  const address = cleaned(url);
  const scheme = SCHEME.exec(address)?.[1]?.toLowerCase();
  if (scheme !== undefined) {
    return LINK_SCHEMES.has(scheme) ? address : undefined;
  }
  return relative(address, resolve);
}

/** The address of a picture, or nothing unless this server has it: others would learn who looks at the page. */
export function imageAddress(url: string, resolve?: Resolve): string | undefined {
  const address = cleaned(url);
  if (SCHEME.test(address)) {
    return undefined;
  }
  return relative(address, resolve);
}

/** Browsers ignore white space around an address, and tabs and line ends within: `java\nscript:` is a scheme. */
function cleaned(url: string): string {
  // eslint-disable-next-line no-control-regex
  return url.replace(/[\u0000-\u001f\u007f-\u009f]/g, "").trim();
}

function relative(address: string, resolve: Resolve | undefined): string | undefined {
  // Two slashes, of either kind, begin the name of another host.
  if (address === "" || /^[/\\]{2}/.test(address)) return undefined;
  // What only looks like a scheme is no place either.
  if (/^[^/?#]*:/.test(address)) return undefined;
  return resolve === undefined || /^[/#?\\]/.test(address) ? address : resolve(address);
}
