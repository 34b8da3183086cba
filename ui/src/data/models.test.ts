import { afterEach, expect, it, vi } from "vitest";

import { allModelVersions } from "./models";

afterEach(() => vi.unstubAllGlobals());

it("all versions of a model are read, page after page", async () => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (path: string) => {
    const token = new URL(path, "http://host").searchParams.get("page_token") ?? "";
    asked.push(token);
    const pages: Record<string, unknown> = {
      "": { model_versions: [{ version: "3" }, { version: "2" }], next_page_token: "more" },
      more: { model_versions: [{ version: "1" }], next_page_token: "" },
    };
    return Promise.resolve(Response.json(pages[token]));
  });
  expect((await allModelVersions("it's")).map((one) => one.version)).toEqual(["3", "2", "1"]);
  expect(asked).toEqual(["", "more"]);
});
