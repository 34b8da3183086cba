import { expect, it } from "vitest";

import { oldSection } from "./report";

it("finds what the document says of a part, and of no other", () => {
  const section = (name: string) => `### About ${name}\n\n| 1 |\n\n\`npm --prefix ui run bench -- ${name}\`; then\n`;
  const text = `\n\n${section("table")}\n${section("live")}\n`;
  expect(oldSection(text, "live")).toBe(section("live"));
  expect(oldSection(text, "table")).toBe(section("table"));
  expect(oldSection(text, "charts")).toBeUndefined();
});
