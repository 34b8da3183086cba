import { expect, it } from "vitest";

import { joinListings } from "./shared-entries";

const file = (name: string, size?: number) => ({ path: name, name, isDirectory: false, size });
const directory = (name: string) => ({ path: name, name, isDirectory: true, size: undefined });

it("files of several runs are one list, with what each run has", () => {
  const joined = joinListings([
    [directory("plots"), file("a10.png", 5), file("a9.png")],
    [file("a9.png", 7), file("plots", 1)],
    [],
  ]);
  expect(joined.map(({ name, isDirectory, count, sizes }) => [name, isDirectory, count, sizes])).toEqual([
    ["plots", true, 1, [null, undefined, undefined]],
    ["a9.png", false, 2, [null, 7, undefined]],
    ["a10.png", false, 1, [5, undefined, undefined]],
    ["plots", false, 1, [undefined, 1, undefined]],
  ]);
});
