import { expect, it } from "vitest";

import { rank, stillFits } from "./palette-match";

it("keeps of an older answer what fits the newer text", () => {
  const runs = [
    { name: "Iris forest", href: "/runs/0af3c1d2" },
    { name: "mnist", href: "/runs/77aa00bb" },
  ];
  const left = (typed: string) => runs.filter((one) => stillFits(one, typed)).map((one) => one.name);
  expect(left("")).toEqual(["Iris forest", "mnist"]);
  expect(left(" iris ")).toEqual(["Iris forest"]);
  expect(left("77AA")).toEqual(["mnist"]);
  expect(left("runs")).toEqual([]);
});

it("ranks what begins with the text first", () => {
  expect(rank(["go to models", "models", "data"], "mod", (text) => text)).toEqual(["models", "go to models"]);
});
