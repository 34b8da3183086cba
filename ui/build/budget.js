// Fails when the build is larger than what a first visit may cost. Run after `npm run build`.
import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

// In bytes, and the table in kB of 1,000 of them.
const FIRST_ROUTE = 90_000;
const EVERYTHING = 250_000;
const dist = new URL("../dist/", import.meta.url).pathname;

/** @typedef {{ file: string, isEntry?: boolean, src?: string, imports?: string[], css?: string[] }} Chunk */
/** @type {Record<string, Chunk>} */
const manifest = JSON.parse(await readFile(join(dist, "manifest.json"), "utf8"));

/** @param {string} file */
const size = async (file) => (await stat(join(dist, `${file}.br`))).size;

/**
 * The files that a chunk needs before it runs.
 * @param {string} key
 * @param {Set<string>} files
 */
function closure(key, files) {
  const chunk = manifest[key];
  if (!chunk || files.has(chunk.file)) return files;
  files.add(chunk.file);
  for (const style of chunk.css ?? []) files.add(style);
  for (const next of chunk.imports ?? []) closure(next, files);
  return files;
}

/** @param {Iterable<string>} files */
async function sum(files) {
  let total = 0;
  for (const file of files) total += await size(file);
  return total;
}

const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry);
if (!entry) throw new Error("the build has no entry; run `npm run build` first");

/** @type {Record<string, unknown>[]} */
const rows = [];
let failed = false;
/** @param {string} name @param {number} bytes @param {number} limit */
function row(name, bytes, limit) {
  if (bytes > limit) failed = true;
  rows.push({ what: name, "kB brotli": (bytes / 1000).toFixed(1), limit: limit / 1000, ok: bytes <= limit });
}

// Every page of src/app.tsx may be the first one that somebody opens.
const app = await readFile(new URL("../src/app.tsx", import.meta.url), "utf8");
const pages = [...app.matchAll(/lazy\(\(\) => import\("\.\/([^"]+)"\)\)/g)].map(([, page]) => `src/${String(page)}`);
if (pages.length !== (app.match(/lazy\(/g) ?? []).length) throw new Error("src/app.tsx has pages that are not weighed");
for (const page of pages.sort()) {
  const chunk = [`${page}.tsx`, `${page}/index.tsx`].find((key) => manifest[key]);
  if (!chunk) throw new Error(`the build has no chunk of ${page}; run \`npm run build\` first`);
  const files = closure(chunk, closure(entry, new Set()));
  row(page.replace("src/", ""), await sum(files), FIRST_ROUTE);
}
const all = (await readdir(dist, { recursive: true })).filter((name) => /\.(js|css)$/.test(name));
row("everything", await sum(all), EVERYTHING);
console.table(rows);
if (failed) {
  console.error("over budget");
  process.exit(1);
}
