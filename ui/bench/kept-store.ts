/** Stores that take long to fill: filled once, and kept below target/ for the next measurement. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { ROOT } from "../journeys/program";

export const FOLDER = join(ROOT, "target/bench-ui");

export interface KeptStore<Contents> {
  folder: string;
  contents: Contents;
}

/** The store of that name, filled anew unless it was made by the same recipe. */
export async function keptStore<Contents>(
  name: string,
  recipe: string,
  fill: (folder: string) => Promise<Contents>,
): Promise<KeptStore<Contents>> {
  const folder = join(FOLDER, name);
  const stamp = join(folder, "contents.json");
  const made = await readFile(stamp, "utf8").then(
    (text) => JSON.parse(text) as { recipe: string; contents: Contents },
    () => undefined,
  );
  if (made?.recipe === recipe) return { folder, contents: made.contents };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const contents = await fill(folder);
  await writeFile(stamp, JSON.stringify({ recipe, contents }));
  return { folder, contents };
}
