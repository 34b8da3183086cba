import type { Resource } from "solid-js";

/**
 * What a resource holds, or nothing while it is loaded for the first time or after it failed. Read this way it neither throws nor
 * has the page around it replaced by its loading state.
 */
export function settled<T>(resource: Resource<T>): T | undefined {
  return resource.state === "ready" || resource.state === "refreshing" ? resource.latest : undefined;
}
