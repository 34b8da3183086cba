/** Fills what is measured on, where it is not there yet: nothing is timed. */
import { test } from "@playwright/test";

import { stockNames, stockRuns, stockThere } from "./stock";
import { longLines, manyNames, manyRuns, NAMES } from "./stores";

test("stores of Trainyard", async () => {
  await manyRuns();
  await manyNames();
  await longLines();
});

test("stores of stock MLflow", async () => {
  test.skip(!stockThere(), "TRAINYARD_STOCK_PYTHON names no interpreter with MLflow");
  for (const count of [2000, 100_000]) await stockRuns(count);
  for (const count of [1000, NAMES]) await stockNames(count);
});
