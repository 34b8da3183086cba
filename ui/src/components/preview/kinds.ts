/** Which preview a file gets, by its name alone: nothing is fetched to decide it. */

export type PreviewKind =
  | "image"
  | "text"
  | "json"
  | "delimited"
  | "parquet"
  | "markdown"
  | "html"
  | "pdf"
  | "audio"
  | "video"
  /** The first bytes tell whether it is text. */
  | "unknown";

const EXTENSIONS: Record<Exclude<PreviewKind, "unknown">, string> = {
  image: "png jpg jpeg gif webp avif svg bmp ico",
  text:
    "txt log err out cfg conf cnf ini properties toml yaml yml xml py pyi ipynb r jl rs go java c h cpp js ts sh sql " +
    "rst jsonl ndjson env lock dockerfile css diff patch proto graphql",
  json: "json geojson webmanifest",
  delimited: "csv tsv",
  parquet: "parquet",
  markdown: "md markdown",
  html: "html htm",
  pdf: "pdf",
  audio: "wav mp3 ogg oga flac m4a aac opus",
  video: "mp4 webm mov m4v ogv",
};

const WHOLE_NAMES = new Set([
  "mlmodel",
  "mlproject",
  "license",
  "readme",
  "makefile",
  "dockerfile",
  "notice",
  "procfile",
]);

const BY_EXTENSION = new Map<string, PreviewKind>();
for (const [kind, extensions] of Object.entries(EXTENSIONS)) {
  for (const extension of extensions.split(" ")) {
    BY_EXTENSION.set(extension, kind as PreviewKind);
  }
}

export function previewKind(path: string): PreviewKind {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (WHOLE_NAMES.has(name)) {
    return "text";
  }
  const dot = name.lastIndexOf(".");
  return (dot < 0 ? undefined : BY_EXTENSION.get(name.slice(dot + 1))) ?? "unknown";
}

/** Whether the first bytes of a file look like text: valid UTF-8 (a cut character at the end aside) without NUL. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) {
    return false;
  }
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
