import { createResource, createRoot } from "solid-js";
import { expect, it } from "vitest";

import { isThere } from "./loaded";

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

it("shows nothing while it is asked for again after a first failure", async () => {
  let fails = true;
  const { resource, refetch, dispose } = createRoot((end) => {
    const [made, actions] = createResource(() => (fails ? Promise.reject(new Error("away")) : Promise.resolve("here")));
    return { resource: made, refetch: actions.refetch, dispose: end };
  });
  await settled();
  expect(resource.state).toBe("errored");
  fails = false;
  void refetch();
  expect(resource.state).toBe("refreshing");
  expect(isThere(resource)).toBe(false);
  await settled();
  expect(isThere(resource)).toBe(true);
  void refetch();
  expect([resource.state, isThere(resource)]).toEqual(["refreshing", true]);
  dispose();
});
