/** Addresses of the pages about models. */

export function modelHref(name: string): string {
  return `/models/${encodeURIComponent(name)}`;
}

export function versionHref(name: string, version: string): string {
  return `${modelHref(name)}/versions/${encodeURIComponent(version)}`;
}

export function compareHref(name: string, a: string, b: string): string {
  return `${modelHref(name)}/compare?${new URLSearchParams({ a, b }).toString()}`;
}

export function loggedModelHref(modelId: string): string {
  return `/logged-models/${encodeURIComponent(modelId)}`;
}

export function runHref(runId: string): string {
  return `/runs/${encodeURIComponent(runId)}`;
}

/** A part of an address as the text that it stands for. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
