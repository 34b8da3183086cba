/** The path of a file that another file names relative to itself; nothing where it would lie above the top directory. */
export function relativePath(from: string, relative: string): string | undefined {
  const plain = relative.replace(/[?#].*$/, "");
  if (plain === "") {
    return undefined;
  }
  let decoded: string;
  try {
    decoded = decodeURIComponent(plain);
  } catch {
    return undefined;
  }
  const parts = from.split("/").slice(0, -1);
  for (const part of decoded.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) {
        return undefined;
      }
    } else if (part !== "" && part !== ".") {
      parts.push(part);
    }
  }
  return parts.length === 0 ? undefined : parts.join("/");
}
